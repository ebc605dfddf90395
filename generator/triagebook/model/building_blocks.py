"""Small parts that several records use: steps, commands, code, statements and detectors."""

from typing import Self

from pydantic import model_validator

from triagebook.errors import nearest
from triagebook.languages import LANGUAGES, language_of

from .base import Commit, Count, Day, Id, Line, Many, Path, Prose, Record, Short, Text, Url, optional, required, several
from .refs import CriterionRef, EnvironmentRef, EvidenceRef, HorizonRef, PersonRef, SuiteRef
from .values import Expression, Place, Quantity, Sourced


class Link(Short, short="url"):
    """An address worth keeping."""

    url: Url = required("The address", "https://github.com/netra-systems/netra-apex/issues/1231")
    title: Line | None = optional("The title of the linked page", "The issue in the tracker")


class CodeLanguage(Id):
    """A language in which code can be searched."""

    @classmethod
    def parse(cls, text: str) -> Self:
        if language_of(text) is None:
            near = nearest(text, LANGUAGES)
            hint = f"did you mean `{near}`?" if near else f"use one of: {', '.join(LANGUAGES)}"
            raise ValueError(f"`{text}` is not a language in which code can be searched: {hint}")
        return super().parse(text)


class Detector(Record):
    """What finds the defect in source code: a piece of code to match by structure, or a regular expression."""

    code: Text | None = optional(
        "Code to find by structure; `$NAME` matches any part, `$$$` any number of parts",
        "await get_websocket_manager($$$)",
    )
    regex: Expression | None = optional(
        "A regular expression that finds it, line by line", r"await get_websocket_manager\("
    )
    language: CodeLanguage | None = optional("The language of `code`, and of the files that are searched", "python")
    include: Many[Path] = several("Only files that match one of these patterns", ["**/*.py"])
    exclude: Many[Path] = several("No file that matches one of these patterns", ["docs/**"])

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.code is None) == (self.regex is None):
            raise ValueError("needs either `code` or `regex`: write one of the two")
        if self.code is not None and self.language is None:
            raise ValueError("`code` needs its `language`: `python`")
        return self


class Command(Short, short="run"):
    """A command to run; `triagebook run` shows it and asks first."""

    run: Text = required("The command line", "python -m pytest tests/unit -v")
    environment: EnvironmentRef | None = optional("The environment, if it runs only there", "staging")
    why: Prose | None = optional("When to choose this command, if there are several", "through the test runner")
    expect: Prose | None = optional("What it should show", "no match")


class Done(Short, Sourced, short="on"):
    """A note that something was done."""

    on: Day = required("The day it was done", "2025-09-15")
    by: PersonRef | None = optional("Who did it", "backend")
    commit: Commit | None = optional("The commit that did it", "ab14a73d8")
    evidence: Many[EvidenceRef] = several("The evidence that shows it", ["2025-09-15-smoke-test"])
    note: Prose | None = optional("A note for the reader", "Before the strategy was written")


class Step(Short, Sourced, short="do"):
    """One thing to do: a step of a plan, an item of a checklist, what comes next."""

    do: Prose = required("What to do", "Remove `await` from the calls")
    command: Many[Command] = several("The command that does it", "python -m pytest -k issue_1231")
    search: Detector | None = optional("What must not be found when it is done", {"regex": r"await get_manager\("})
    suites: Many[SuiteRef] = several("The suites it runs", ["fix-validation"])
    takes: Quantity | None = optional("The duration", "5 to 8 min")
    expect: Prose | None = optional("The expected result", "No line is found")
    instead: Many[Prose] = several("Alternatives to this step", "Change each file by hand")
    environment: EnvironmentRef | None = optional("Where it is done", "staging")
    owner: PersonRef | None = optional("Who does it", "backend")
    priority: Count | None = optional("The order: 1 before 2", 1)
    horizon: HorizonRef | None = optional("A horizon of the plan's timeline", "short-term")
    criterion: CriterionRef | None = optional("The criterion it serves", "connects")
    done: Done | None = optional("When it was done; absent while it is open", "2025-09-15")
    note: Prose | None = optional("A note for the reader", "Needs the cloud build")


class Code(Sourced):
    """A piece of code before and after a change."""

    title: Line | None = optional("What it shows", "A call without a user context")
    path: Place | None = optional("The file and line", "app/routes/websocket_ssot.py:1233")
    language: Id | None = optional("The language, for highlighting", "python")
    before: Text | None = optional("The code as it was", "manager = await get_websocket_manager()")
    after: Text | None = optional("The code as it should be", "manager = get_websocket_manager()")
    note: Prose | None = optional("A note for the reader", "Both forms work")


class Statement(Short, Sourced, short="says"):
    """Something said to be so, with where it can be seen."""

    says: Prose = required("The statement", "The factory is synchronous")
    at: Many[Place] = several("The location that shows it", "app/websocket_manager.py:309")
    evidence: Many[EvidenceRef] = several("The evidence that shows it", ["2025-09-15-smoke-test"])
    by: PersonRef | None = optional("Who vouches for it", "backend")
