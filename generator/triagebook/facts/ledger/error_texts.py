"""Error texts: which part of a failure is its own message, and whether a recorded text occurs in it."""

from __future__ import annotations

import re

from triagebook.text import on_one_line

# Words that any failure prints: an expected error of these alone does not tell one reason from another.
_ANY_FAILURE = frozenset(
    {"assert", "assertionerror", "assertion", "error", "errors", "exception", "fail", "failed", "failure", "traceback"}
    | {"false", "true", "none", "is", "not", "of", "the", "expected", "java", "lang", "org", "junit", "but", "was"}
    | {"got", "actual", "received", "should", "to", "be", "equal", "equals", "value", "test", "tests", "null", "nil"}
    | {"want", "wanted", "left", "right", "thread", "main", "panicked", "at", "expect", "tobe", "toequal", "deep"}
    | {"tostrictequal", "object", "equality", "values", "strictly", "expression", "evaluated", "falsy", "truthy"}
)
_PLACEHOLDERS = re.compile(r"left [!=]= right|expect\((?:received|actual)\)(?:\.\w+)+\((?:expected)?\)")
_COMPARED = re.compile(r"[!=<>]=|[<>]|\bin\b")
_OF_PYTEST = re.compile(r"^E {2,}(.*(?:\n {4,}.*)*)", re.MULTILINE)  # with `--tb=line` only the first line has the E
_CHAINED = re.compile(r"^(?:During handling of the above|The above exception was the direct cause)", re.MULTILINE)
_OF_GO = re.compile(r"^(?:=== |\s*--- ).*\n?|^\s*\S+\.go:\d+: ", re.MULTILINE)
_FRAME = re.compile(r"^\s+at |^Caused by: |^ {2}File \"", re.MULTILINE)
NOT_WRITTEN = "not written yet: "  # what a test says that `triagebook tests` wrote
_NOT_RAISED = "DID NOT RAISE"


def names_a_reason(text: str) -> bool:
    """Whether an error text says more than that something failed: `assert 6 == 5` does, `AssertionError` does not."""
    text = _PLACEHOLDERS.sub("", text)  # of Rust and Jest, whatever they compare
    words = re.findall(r"\w+", text.lower())
    compares = _COMPARED.search(text) is not None or sum(word.isdigit() for word in words) > 1
    return compares or any(len(word) > 1 and word not in _ANY_FAILURE for word in words)


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


def first_line(error: str | None) -> str:
    """The first line of a failure's own message, clipped."""
    lines = [line.strip() for line in own_message(error or "").splitlines() if line.strip()]
    return on_one_line(lines[0])[:120] if lines else "no error text"


def reason_in(error: str | None) -> str:
    """The start of a failure's own message that names a reason, on one line."""
    message = _OF_GO.sub("", own_message(error or ""))
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    starts = (" ".join(lines[: end + 1]) for end in range(len(lines)))
    return next((on_one_line(start)[:120] for start in starts if names_a_reason(start)), first_line(error))


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


# The words between a denial and the error that it denies: `we did not see any more of the TypeError`.
_SEEING = (
    r"(?:a|an|any|the|this|that|we|more|longer|further|single|such|of|in|with|for|as|see|sees|saw|seen|seeing|show|shows|"
    r"showed|shown|get|gets|got|getting|observe|observed|find|found|log|logs|logged|raise|raises|raised|throw|throws|"
    r"thrown|report|reports|reported|fail|fails|failed|failing|produce|produces|reproduce|reproduces|reproduced|"
    r"match|matches|occurrences?|lines?|times?|signs?|traces?|errors?|exceptions?|messages?)"
)
_DENIED_BEFORE = re.compile(
    rf"(?:\b(?:no|not|never|without|zero|0|cannot|instead of|free of|gone is)|n't)\b(?:\s+{_SEEING})*"
    r"[^\w:]*(?:\w*(?:Error|Exception|Failure)\b[^.!?;,]*)?\Z",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"\W*(?:errors?\s+|exceptions?\s+|messages?\s+)?(?:"
    r"(?:is|are|was|were|has|have|had|does|do|did|can|could)(?:\s+not|\s+never|n't|\s+no longer)\s+(?:be\s+|been\s+)?"
    r"(?:seen|shown|occur|occurred|appear|appeared|happen|happened|come|raised|reproduced?|logged|found|there|return)"
    r"|(?:no longer|never)\s+(?:occurs|appears|happens|comes|shows|returns|seen|occurred|appeared|happened)"
    r"|(?:is|are|has|have)\s+(?:now\s+)?gone|(?:has\s+|have\s+)?(?:disappeared|vanished))\b",
    re.IGNORECASE,
)
_NEAR = 300  # characters: a denial farther away does not count
_SENTENCE = re.compile(r"[.!?](?=\s|\Z)|\n")
_CLAUSE = re.compile(r"[;,](?=\s|\Z)|\b(?:but|and|then|while|although)\b", re.IGNORECASE)
_TAKEN_BACK = re.compile(r"\b(?:still|except|until|till|unless|sometimes|only|always|yet|before)\b", re.IGNORECASE)


def says_it_occurred(error: str, text: str) -> bool:
    """Whether a text says that an error occurred: it contains it in some clause that does not deny it."""
    words = error.split()
    found = re.finditer(r"\s+".join(map(re.escape, words)), text) if words else ()
    return any(not _is_denied(text[: one.start()][-_NEAR:], text[one.end() :][:_NEAR]) for one in found)


def _is_denied(before: str, after: str) -> bool:
    before, after = _SENTENCE.split(before)[-1], _SENTENCE.split(after, maxsplit=1)[0]
    denied = _DENIED_BEFORE.search(_CLAUSE.split(before)[-1]) or _DENIED_AFTER.match(
        _CLAUSE.split(after, maxsplit=1)[0]
    )
    return denied is not None and not _TAKEN_BACK.search(f"{before} {after}")


def same_error(recorded: str, output: str) -> bool:
    """Whether an output contains a recorded error text, ignoring white space."""
    return bool(recorded.strip()) and " ".join(recorded.split()) in " ".join(output.split())
