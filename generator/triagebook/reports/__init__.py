"""Reports: a kind, its sections computed for one issue, the figures that it states, and the appendices it prints."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct, defstruct

from .kinds import APPENDICES, KINDS, ReportKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triagebook.facts.case import Case
    from triagebook.views.figures import Figures

    from .since import EarlierState


class Report(Struct, frozen=True):
    """A report on an issue."""

    kind: ReportKind
    view: Any  # its sections by name
    case: Case
    figures: Figures
    appendices: tuple[str, ...]


def make(
    kind: ReportKind | str, case: Case, earlier: EarlierState | None = None, appendices: Sequence[str] = ()
) -> Report:
    """The report of one kind. `earlier` is the state that a summary lists the changes since.

    Appendices that the kind does not have are left out.
    """
    from .sections import SECTIONS, names_of  # noqa: PLC0415  (the command line needs only the names of kinds)
    from .subject import Subject  # noqa: PLC0415

    subject = Subject(case, KINDS[kind] if isinstance(kind, str) else kind, earlier)
    own = tuple(name for name in subject.kind.appendices if name in appendices)
    values = {name: SECTIONS[name].make(subject) for name in names_of(subject.kind, own)}
    return Report(subject.kind, view_type(subject.kind, own)(**values), case, subject.figures, own)


@cache
def view_type(kind: ReportKind, appendices: tuple[str, ...]) -> type[Struct]:
    """The type of a kind's view with some appendices: a field for each section."""
    from .sections import SECTIONS, names_of  # noqa: PLC0415

    fields = [(name, SECTIONS[name].type) for name in names_of(kind, appendices)]
    return defstruct(kind.title.title().replace(" ", ""), fields, frozen=True)


__all__ = ["APPENDICES", "KINDS", "Report", "ReportKind", "make", "view_type"]
