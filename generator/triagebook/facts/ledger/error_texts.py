"""Error texts: which part of a failure is its own message, and whether a recorded text occurs in it."""

from __future__ import annotations

import re

# Words that any failure prints: an expected error of these alone does not tell one reason from another.
_ANY_FAILURE = frozenset(
    {"assert", "assertionerror", "assertion", "error", "errors", "exception", "fail", "failed", "failure", "traceback"}
    | {"false", "true", "none", "is", "not", "of", "the", "expected", "java", "lang", "org", "junit"}
)
_COMPARED = re.compile(r"[!=<>]=|[<>]|\bin\b")
_OF_PYTEST = re.compile(r"^E {2,}(.*(?:\n {4,}.*)*)", re.MULTILINE)  # with `--tb=line` only the first line has the E
_CHAINED = re.compile(r"^(?:During handling of the above|The above exception was the direct cause)", re.MULTILINE)
_FRAME = re.compile(r"^\s+at |^Caused by: |^ {2}File \"", re.MULTILINE)
_NOT_RAISED = "DID NOT RAISE"


def names_a_reason(text: str) -> bool:
    """Whether an error text says more than that something failed: `assert 6 == 5` does, `AssertionError` does not."""
    words = re.findall(r"\w+", text.lower())
    return bool(_COMPARED.search(text)) or any(len(word) > 1 and word not in _ANY_FAILURE for word in words)


def own_message(error: str) -> str:
    """The type and message of a failure, without source code, frames, and the errors that it followed.

    Formats that have neither, as those of Go and CTest, give what the test printed: all of it counts.
    """
    last = _CHAINED.split(error)[-1]
    if marked := _OF_PYTEST.findall(last):
        return "\n".join(marked)
    if _FRAME.search(last) is None:
        return last
    if "Traceback (most recent call last)" in last:
        return _below_frames(last)
    return _FRAME.split(last, maxsplit=1)[0]


def _below_frames(text: str) -> str:
    """What follows the last frame of a Python traceback: the lines that are not indented."""
    lines = text.splitlines()
    frame = max(number for number, line in enumerate(lines) if line.startswith('  File "'))
    below = [number for number in range(frame, len(lines)) if lines[number] and not lines[number][0].isspace()]
    return "\n".join(lines[below[0] :]) if below else text


def is_reason(expected: str, error: str | None) -> bool:
    """Whether a failure was for an expected reason: the text occurs in its own type and message."""
    message = own_message(error or "")
    if _NOT_RAISED in message and _NOT_RAISED not in expected:
        return False  # the message names an error that did not occur
    return same_error(expected, message)


def same_error(recorded: str, output: str) -> bool:
    """Whether an output contains a recorded error text, ignoring white space."""
    return bool(recorded.strip()) and " ".join(recorded.split()) in " ".join(output.split())
