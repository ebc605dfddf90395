"""The kinds of reports, and how one is made: case -> a frozen view. Each kind's module is imported when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from triagebook.facts.case import Case

    from .figures import Figures
    from .ground import Ground

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "summary": "One page: the verdict, what is missing, cause, fix, who does what next.",
        "test-strategy": "How it is tested and why, by kind of tests, with what the evidence says.",
        "test-plan": "Every suite and test, what each proves and must do, with its code.",
        "execution-plan": "What to run, in order, what to expect, how to read and record it.",
        "remediation-checklist": "What to change where, ticked from scans, with all checks.",
        "validation-report": "The verdict first, then what it rests on, and what does not hold.",
    }
)


class Report(Struct, frozen=True):
    """One report: its kind, its view, and the figures it states."""

    kind: str
    view: Any
    ground: Ground

    @property
    def figures(self) -> Figures:
        return self.ground.figures

    @property
    def template(self) -> str:
        return f"reports/{self.kind}.md.j2"


def make(kind: str, case: Case, **more: object) -> Report:
    """The report of one kind on an issue. Each has figures of its own."""
    from .ground import Ground  # noqa: PLC0415  (the names of the kinds are known without it)

    ground = Ground(case)
    module = import_module(f".{kind.replace('-', '_')}", __name__)
    return Report(kind, module.view(ground, **more), ground)
