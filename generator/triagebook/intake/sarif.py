"""Reads SARIF: the results of linters by file and line, and the commit that was scanned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from msgspec import Struct, field

from triagebook.model.values import Place

from .clean_text import MAX_ERROR, clean
from .input_text import UnreadableError, json_documents

_ADVICE = "pass a SARIF 2.1.0 file written by a linter"


class SarifHit(Struct, frozen=True):
    """A result on one line."""

    path: str
    line: int  # 0: the file as a whole
    text: str  # the code; empty if not in the file
    says: str
    rule: str


class SarifLog(Struct):
    """The results in one file."""

    hits: list[SarifHit] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    repositories: set[str] = field(default_factory=set)  # URLs
    commits: set[str] = field(default_factory=set)
    suppressed: int = 0
    placeless: int = 0
    outside: list[str] = field(default_factory=list)  # files not known to be in the repository


def read(data: bytes) -> SarifLog:
    """Read the results in a file, sorted and without repetitions."""
    log, runs = SarifLog(), _runs(data)
    try:
        for run in runs:
            _Run(run, log).read()
    except (AttributeError, TypeError, KeyError, IndexError, ValueError) as error:
        why = f"{type(error).__name__}: {error}"
        raise UnreadableError(f"part of it is not valid SARIF ({why})", _ADVICE) from None
    log.hits = sorted(dict.fromkeys(log.hits), key=lambda hit: (hit.path, hit.line, hit.rule, hit.says))
    log.outside = sorted(set(log.outside))
    return log


def _runs(data: bytes) -> list[Any]:
    document, *more = json_documents(data, _ADVICE)
    if more or not isinstance(document, dict) or not isinstance(runs := document.get("runs"), list):
        raise UnreadableError("it is JSON, but not SARIF: it has no `runs`", _ADVICE)
    if not str(document.get("version", "2.1.0")).startswith("2."):
        raise UnreadableError(f"it is SARIF {str(document['version'])[:20]}; only 2.x is supported", _ADVICE)
    return runs


class _Run:
    """Reads one run of one tool."""

    def __init__(self, run: Mapping[str, Any], log: SarifLog) -> None:
        self.run, self.log = run, log
        self.bases: Mapping[str, Any] = run.get("originalUriBaseIds") or {}
        self.artifacts: list[Any] = run.get("artifacts") or []

    def read(self) -> None:
        driver = (self.run.get("tool") or {}).get("driver") or {}
        version = driver.get("semanticVersion") or driver.get("version") or ""
        tool = " ".join(clean(f"{driver.get('name') or 'a tool without a name'} {version}").split())
        if tool not in self.log.tools:
            self.log.tools.append(tool)
        for state in self.run.get("versionControlProvenance") or []:
            if re.fullmatch(r"[0-9a-f]{7,64}", commit := str(state.get("revisionId") or "").lower()):
                self.log.commits.add(commit)
            if address := state.get("repositoryUri"):
                self.log.repositories.add(str(address))
        for result in self.run.get("results") or []:
            self._result(result)

    def _result(self, result: Mapping[str, Any]) -> None:
        dropped = [one for one in result.get("suppressions") or [] if one.get("status", "accepted") == "accepted"]
        if (
            dropped
            or result.get("baselineState") == "absent"
            or result.get("kind", "fail") in {"pass", "notApplicable"}
        ):
            self.log.suppressed += 1
            return
        rule, says = self._rule(result), self._message(result)
        places = list(self._places(result))
        self.log.placeless += not places
        for physical in places:
            self._hit(physical, rule, says)

    def _rule(self, result: Mapping[str, Any]) -> str:
        rule = result.get("ruleId") or (result.get("rule") or {}).get("id")
        index = result.get("ruleIndex", -1)
        rules = ((self.run.get("tool") or {}).get("driver") or {}).get("rules") or []
        if not rule and isinstance(index, int) and 0 <= index < len(rules):
            rule = rules[index].get("id")
        return " ".join(clean(str(rule or "")).split())

    def _message(self, result: Mapping[str, Any]) -> str:
        message = result.get("message") or {}
        text = message.get("text") or message.get("markdown") or ""
        return clean(str(text)).strip()[:MAX_ERROR]

    def _places(self, result: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        for location in result.get("locations") or []:
            if isinstance(physical := location.get("physicalLocation"), dict):
                yield physical

    def _hit(self, physical: Mapping[str, Any], rule: str, says: str) -> None:
        region = physical.get("region") or {}
        uri = self._uri(physical.get("artifactLocation") or {})
        line = int(region.get("startLine") or 0)
        path = _path(uri)
        if path is None:
            self.log.outside.append(uri[:200])
            return
        code = ((region.get("snippet") or {}).get("text")) or ""
        text = next((words for one in clean(str(code)).split("\n") if (words := one.strip())), "")[:300]
        self.log.hits.append(SarifHit(path, line, text, says, rule))

    def _uri(self, artifact: Mapping[str, Any]) -> str:
        """The URI of a file, relative to the repository root if the run says where that is."""
        uri, index = artifact.get("uri"), artifact.get("index", -1)
        if uri is None and isinstance(index, int) and 0 <= index < len(self.artifacts):
            artifact = self.artifacts[index].get("location") or {}
            uri = artifact.get("uri")
        uri = str(uri or "")
        roots = sorted((str(one.get("uri") or "") for one in self.bases.values() if isinstance(one, dict)), key=len)
        for root in reversed(roots):
            if root and "://" in root and uri.startswith(root):
                return uri.removeprefix(root).lstrip("/")
        return uri


def _path(uri: str) -> str | None:
    """A path relative to the repository root; None if the URI leads elsewhere."""
    parts = urlsplit(uri)
    if parts.scheme or uri.startswith("/"):
        return None
    path = re.sub(r"^(?:\./)+", "", unquote(parts.path).replace("\\", "/"))
    try:
        return str(Place.parse(path).path) if path and ".." not in path.split("/") else None
    except ValueError:
        return None
