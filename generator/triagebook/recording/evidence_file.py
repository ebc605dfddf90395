"""Turns evidence into sealed YAML files, and verifies that they read back unchanged."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct, field
from pydantic import ValidationError

from triagebook.errors import TriagebookError
from triagebook.model.evidence import Evidence, seal_of
from triagebook.model.values import Digest
from triagebook.store.emit import new_record
from triagebook.store.files import MAX_BYTES
from triagebook.store.load import EVIDENCE_KINDS
from triagebook.store.schema_errors import problems
from triagebook.store.yaml import YamlProblem, read_plain
from triagebook.text import counted

from .secrets import masked_bytes, masked_record

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_BUG = "this is a bug in triagebook; please report it with the input file"
MAX_PART = 60  # of a file's name


class EvidenceDraft(Struct, frozen=True):
    """Evidence to be written: a record, and the files to keep beside it."""

    what: str  # the suite, or the kind of evidence
    plain: dict[str, Any]
    kept: bytes | None = None  # the source file, to keep beside the evidence
    attached: Mapping[str, bytes] = field(default_factory=dict)  # by original name


class EvidenceFile(Struct, frozen=True):
    """An evidence record and the files beside it, ready to write."""

    name: str  # of the evidence
    files: Mapping[str, bytes]  # by path in the book, the record first
    record: Evidence
    masked: int = 0  # values that looked like secrets


def finished(issue_id: str, draft: EvidenceDraft, taken: Collection[str]) -> EvidenceFile:
    """Name and seal the draft, and name the files to keep beside it."""
    name = _free_name(draft, taken)
    folder = f"{issue_id}/evidence"
    plain, masked = masked_record(_plain(draft.plain))
    kept, in_kept = masked_bytes(draft.kept) if draft.kept is not None else (None, 0)
    files = {f"{name}-{_attachment(own)}": masked_bytes(data) for own, data in draft.attached.items()}
    masked += in_kept + sum(number for _, number in files.values())
    if masked:
        what = f"Masked: {counted(masked, 'value')} that looked like a secret."
        plain["note"] = "\n".join(filter(None, [plain.get("note"), what]))
    beside: dict[str, bytes] = {}
    if kept is not None and isinstance(plain.get("source"), dict):
        content = Digest.of(kept).removeprefix("sha256:")[:8]  # jobs that run at once name their evidence alike
        own = f"{name}-{content}-{_fit(plain['source']['name'])}.gz"
        plain["source"] = plain["source"] | {"kept": own}
        beside[f"{folder}/{own}"] = gzip.compress(kept, mtime=0)
    if files:
        plain["attached"] = list(files)
        beside |= {f"{folder}/{own}": data for own, (data, _) in files.items()}
    text, record = _sealed(plain)
    return EvidenceFile(name, {f"{folder}/{name}.yaml": text.encode(), **beside}, record, masked)


def _plain(value: Any) -> Any:  # noqa: ANN401  (whatever a record holds)
    """A value as text, without fields that hold nothing."""
    if isinstance(value, Mapping):
        return {str(key): _plain(below) for key, below in value.items() if below not in (None, "", {}, [])}
    if isinstance(value, list | tuple):
        return [_plain(below) for below in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _free_name(draft: EvidenceDraft, taken: Collection[str]) -> str:
    at, environment = str(draft.plain["at"]).replace(":", ""), str(draft.plain.get("environment") or "")
    parts = (at, draft.what[:MAX_PART], environment[:MAX_PART])
    return free_name(_fit("-".join(part for part in parts if part)), taken)


def free_name(name: str, taken: Collection[str]) -> str:
    """A name that no other evidence has; two jobs may begin in the same second."""
    numbered = (f"{name}-{number}" for number in range(2, len(taken) + 3))
    return next(free for free in (name, *numbered) if free not in taken)


def _fit(name: str) -> str:
    """Text that is safe in a file name on every system."""
    return _UNFIT.sub("-", name)[-MAX_PART * 3 :].strip("-.") or "file"


def _attachment(name: str) -> str:
    """The file name of an attachment; one ending in `.yaml` would be read as a record."""
    fit = _fit(name)
    return f"{fit}.txt" if fit.endswith((".yaml", ".yml")) else fit


def _sealed(plain: dict[str, Any]) -> tuple[str, Evidence]:
    """The text of the sealed record, after reading it back: evidence can never be corrected later."""
    plain = plain | {"seal": seal_of(plain)}
    _refuse_too_large(len(json.dumps(plain)))  # a cheap check before the slow YAML writer
    text = new_record("evidence", plain)
    _refuse_too_large(len(text.encode()))
    model = EVIDENCE_KINDS[plain["kind"]]
    try:
        read = read_plain(text)
        record = model.model_validate(read)
    except YamlProblem:
        raise TriagebookError("the evidence contains text that YAML can't represent", _BUG) from None
    except ValidationError as invalid:
        first = problems(invalid, model)[0]
        raise TriagebookError(f"the evidence would not be valid: {first.says}", first.do) from None
    if read != plain or not record.sealed:
        raise TriagebookError("the evidence does not read back unchanged", _BUG)
    return text, record


def _refuse_too_large(size: int) -> None:
    if size > MAX_BYTES:
        what = f"the evidence is {size // 1_000_000} MB, over the limit of {MAX_BYTES // 1_000_000} MB for a record"
        raise TriagebookError(what, "record the suites one by one")
