"""A team's own kinds of reports: a template and a few lines of YAML in the folder of their templates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from triagebook.errors import TriagebookError
from triagebook.model.base import Id, Line, Many, Record, required, several
from triagebook.reports import APPENDICES, KINDS, ReportKind
from triagebook.reports.gaps import PARTS
from triagebook.reports.sections import SECTIONS
from triagebook.store.schema_errors import problems
from triagebook.store.yaml import read_plain
from triagebook.store.yaml_errors import YamlProblem


class OwnKind(Record):
    """A kind of report, as its file describes it."""

    title: Line = required("The title", "Postmortem")
    says: Line = required("What it tells whom", "What happened, why, and what we change.")
    sections: Many[Id] = required("What it is made of", ["opening", "impact", "likely_causes"])
    gaps: Many[Id] = several("Parts of a record that it asks for if they are missing", ["causes"])
    appendices: Many[Id] = several("What `--with` adds", ["sources"])


def kinds_in(templates: Path | None) -> Mapping[str, ReportKind]:
    """The built-in kinds, and those that `reports/KIND.yaml` in a folder of templates describes."""
    files = sorted((templates / "reports").glob("*.yaml")) if templates else []
    return MappingProxyType({**KINDS, **{file.stem: _kind(file) for file in files}})


def _kind(file: Path) -> ReportKind:
    try:
        own = OwnKind.model_validate(read_plain(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, YamlProblem) as error:
        what, do = str(error), "correct it"
        if isinstance(error, ValidationError):
            found = problems(error, OwnKind)[0]
            what, do = f"{'.'.join(map(str, found.field))}: {found.says}", found.do
        raise TriagebookError(f"{file.as_posix()}: {what}", do) from None
    for problem, known in _problems(file, own):
        raise TriagebookError(f"{file.as_posix()}: {problem}", f"use one of: {', '.join(known)}")
    if not file.with_suffix(".md.j2").is_file():
        raise TriagebookError(f"{file.as_posix()} has no template", f"write {file.with_suffix('.md.j2').as_posix()}")
    sections, gaps, appendices = (tuple(map(str, names)) for names in (own.sections, own.gaps, own.appendices))
    return ReportKind(file.stem, str(own.title), str(own.says), sections, gaps, appendices)


def _problems(file: Path, own: OwnKind) -> Iterator[tuple[str, Iterable[str]]]:
    if file.stem in KINDS:
        yield f"`{file.stem}` is a kind that triagebook has; its template alone can be replaced", ["another name"]
    for names, known, what in ((own.sections, SECTIONS, "section"), (own.gaps, PARTS, "part of a record"),
                               (own.appendices, APPENDICES, "appendix")):  # fmt: skip
        yield from ((f"there is no {what} `{name}`", known) for name in names if name not in known)
