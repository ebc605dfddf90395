"""Reads what `cargo test` prints: Rust's own runner has no file of results."""

from __future__ import annotations

import re

from triagebook.model.evidence import Outcome

from .clean_text import clean, joined
from .results import Results, SuiteProblem, added, case

_BINARY = re.compile(r"^ +(?:Running (?:unittests )?(\S+\.rs)\b|Doc-tests ).*", re.MULTILINE)
_ANNOUNCED = re.compile(r"^running (\d+) tests?$", re.MULTILINE)
_TEST = re.compile(
    r"^test (?P<name>.+?)(?: - should panic)? \.\.\. (?P<ended>ok|FAILED|ignored)(?:, (?P<why>.*))?$", re.MULTILINE
)
_TOTALS = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;", re.MULTILINE)
_OUTPUT = re.compile(
    r"^---- (.+?) stdout ----\n(.*?)(?=^---- .+ stdout ----$|^failures:$|\Z)", re.MULTILINE | re.DOTALL
)
# The message stands below the place, or before it in quotes, as Rust wrote it until 1.72.
_PANIC = re.compile(
    r"^thread '.*' (?:\(\d+\) )?panicked at (?:'(?P<old>.*)', \S+|\S+:\n(?P<new>.*?))"
    r"(?=\n(?:note: |stack backtrace:)|\Z)",
    re.MULTILINE | re.DOTALL,
)
_ERROR = re.compile(r"^(?:Error: |note: test did not panic).*", re.MULTILINE)
_COUNTED = ("passed", "failed", "skipped")
_ENDS = {"ok": Outcome.PASSED, "FAILED": Outcome.FAILED, "ignored": Outcome.SKIPPED}


def knows(text: str) -> bool:
    return bool(_ANNOUNCED.search(text) and (_TOTALS.search(text) or _TEST.search(text)))


def read(text: str) -> Results:
    """Read the tests of each binary of a run; `Running FILE` names the file that it was built from."""
    text = clean(text)
    starts = [*_BINARY.finditer(text)]
    ends = [*(found.start() for found in starts[1:]), len(text)]
    parts = [(found[1], text[found.end() : end]) for found, end in zip(starts, ends, strict=True)] or [(None, text)]
    cases, stated, problems = [], [], []
    for file, part in parts:
        printed = {name: _message(output) for name, output in _OUTPUT.findall(part)}
        tests = [*_TEST.finditer(part)]
        for test in tests:
            why = test["why"] or printed.get(test["name"])
            name = [file, *test["name"].split("::")] if file else [test["name"]]
            cases.append(case(name, _ENDS[test["ended"]], [why], None))
        planned = sum(map(int, _ANNOUNCED.findall(part)))
        if len(tests) < planned:
            says = f"{planned - len(tests)} of {planned} tests have no result"
            problems.append(SuiteProblem(joined(file or "tests"), says))
        stated += [dict(zip(_COUNTED, map(int, totals), strict=True)) for totals in _TOTALS.findall(part)]
    return Results("libtest", tuple(cases), added(stated), tuple(problems), tool="cargo test")


def _message(output: str) -> str:
    """What a failed test says for itself, without what it printed and the trace."""
    panics = [found["new"] or found["old"] for found in _PANIC.finditer(output.strip())]
    return panics[-1] if panics else "\n".join(_ERROR.findall(output))
