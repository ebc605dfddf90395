"""A pattern: a known root cause, its symptoms, how to find it and how to fix it."""

from .base import Line, Many, Prose, optional, required, several
from .building_blocks import Code, Detector, Link, Step
from .planning import Work
from .refs import PatternRef
from .values import Expression, Sourced


class Pattern(Sourced):
    """A known root cause."""

    title: Line = required("The root cause, in one line", "A synchronous call is awaited")
    summary: Prose = required("What it is, and how it comes about", "A plain function is called with `await`.")
    errors: Many[Expression] = several("Regular expressions of its errors", [r"object \S+ can't be used"])
    detector: Detector | None = optional("What finds it in the source code", {"regex": r"await get_\w+_manager\("})
    remedy: Prose | None = optional("How to fix it", "Remove the `await`.")
    code: Many[Code] = several("Code before and after", [{"before": "await get()", "after": "get()"}])
    prevention: Many[Step] = several("How to prevent it", ["Turn on the linter's rule"])
    related: Many[PatternRef] = several("Similar patterns", ["unawaited-coroutine"])
    links: Many[Link] = several("Related URLs", ["https://docs.python.org/3/reference/expressions.html"])
    playbook: Work | None = optional("What such an issue starts with", {"criteria": {"gone": "No call is left"}})
