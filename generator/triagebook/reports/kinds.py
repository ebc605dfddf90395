"""The kinds of reports: each a title, its sections and its appendices, as `kinds.toml` says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec
from msgspec import Struct


class ReportKind(Struct, frozen=True):
    """A kind of report."""

    id: str
    title: str
    says: str  # what it tells whom
    sections: tuple[str, ...]  # names in `sections`, in the order of the JSON
    gaps: tuple[str, ...]  # names in `gaps`: parts of a record that it asks for if they are missing
    appendices: tuple[str, ...] = ("records", "evidence", "claims", "sources")  # that `--with` adds

    @property
    def template(self) -> str:
        return f"reports/{self.id}.md.j2"


# The appendices of reports in their order. Each is a block of the templates with the same name.
APPENDICES: Mapping[str, str] = MappingProxyType(
    {
        "records": "all that the record holds on the questions of the report",
        "evidence": "each piece of evidence, with what it counts for",
        "claims": "what documents state, and whether it holds",
        "sources": "the lines of documents that statements were taken from, as footnotes",
    }
)

_WRITTEN = tomllib.loads((Path(__file__).parent / "kinds.toml").read_text(encoding="utf-8"))
KINDS: Mapping[str, ReportKind] = MappingProxyType(
    {name: msgspec.convert({"id": name, **row}, ReportKind) for name, row in _WRITTEN.items()}
)
