"""A baseline: known findings from the JSON of an earlier check, which do not fail a new one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import TypeAlias

from triagebook.findings import Finding

_Key: TypeAlias = tuple[str, str, tuple[str | int, ...], str]


class Baseline:
    """Known findings, identified by code, file, field and message: the line may change."""

    def __init__(self, keys: Iterable[_Key]) -> None:
        self._times = Counter(keys)

    @classmethod
    def read(cls, text: str) -> Baseline:
        """A baseline from the JSON of a check; a ValueError if it is something else."""
        try:
            document = json.loads(text)
            found = [*document["findings"], *document.get("known", [])]
            open_ones = [finding for finding in found if not finding["accepted"]]
            return cls((one["code"], one["file"], tuple(one["field"]), one["says"]) for one in open_ones)
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("not the JSON of a check") from error

    def split(self, findings: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
        """The findings that are new, and those that are known; each known one excuses one finding."""
        left = Counter(self._times)
        new, known = [], []
        for finding in findings:
            key = (finding.code, finding.file, finding.field, finding.says)
            if left[key] and not finding.accepted:
                left[key] -= 1
                known.append(finding)
            else:
                new.append(finding)
        return new, known
