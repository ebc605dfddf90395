"""Regular expressions of records: what they can't express is refused, and none takes long."""

from __future__ import annotations

import time

import pytest
from pydantic import ValidationError

from triagebook.expressions import occurs
from triagebook.model.pattern import Pattern
from triagebook.store.schema_errors import problems

SLOW = "(a+)+$"  # takes time that doubles with each letter where an engine backtracks


def pattern(expression: str) -> Pattern:
    return Pattern.model_validate({"title": "A pattern", "summary": "It happens.", "errors": expression})


def test_an_expression_takes_time_in_proportion_to_the_text() -> None:
    started = time.monotonic()
    assert not occurs(pattern(SLOW).errors[0], "a" * 50_000 + "b")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("expression", "why"),
    [("(", "missing ) in ("), ("Error: a(?=b)", "invalid perl operator in (?="), (r"(a)\1", r"\1")],
)
def test_what_it_can_not_express_is_refused_with_the_reason(expression: str, why: str) -> None:
    with pytest.raises(ValidationError) as error:
        pattern(expression)
    (problem,) = problems(error.value, Pattern)
    assert problem.says.startswith(f"`{expression}` is not a regular expression that can be searched for (")
    assert why in problem.says
    assert problem.do == "correct it; it is written as for RE2, without look-around and back-references"
