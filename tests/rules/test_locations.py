"""Rules about the order of affected locations."""

from __future__ import annotations

import pytest

from tests.kit.books import findings_of, said
from triagebook.findings import Edit


def edits(text: str, code: str) -> list[Edit]:
    return [edit for finding in findings_of(text, select=code) for edit in finding.edits]


AFFECTED = "# affected.yaml\nsource: {repository: app, commit: 5222b25608c3}\nlocations:\n"


def test_unsorted_lines_are_corrected() -> None:
    assert edits(f"{AFFECTED}  - app/a.py:9,3,9\n", "TB114") == [
        Edit("1/affected.yaml", ("locations", 0, "at"), "set", "app/a.py:3,9")
    ]


def test_lines_of_an_earlier_location_are_removed() -> None:
    assert edits(f"{AFFECTED}  - app/a.py:3\n  - app/a.py:3,4\n", "TB114") == [
        Edit("1/affected.yaml", ("locations", 1, "at"), "set", "app/a.py:4")
    ]


def test_a_repeated_location_is_removed() -> None:
    assert edits(f"{AFFECTED}  - app/a.py\n  - app/a.py\n", "TB114") == [
        Edit("1/affected.yaml", ("locations", 1), "remove")
    ]


def test_a_repeated_location_with_details_has_no_edit() -> None:
    text = f"{AFFECTED}  - app/a.py:3\n  - {{at: app/a.py:3, note: the worse one}}\n"
    assert said(text, "TB114") == ["1/affected.yaml:4: `app/a.py:3` is listed twice"]
    assert not edits(text, "TB114")


def test_unsorted_locations_are_found() -> None:
    text = f"{AFFECTED}  - app/b.py\n  - app/a.py\n"
    assert said(text, "TB114") == ["1/affected.yaml:4: `app/a.py` is listed after `app/b.py`"]
    assert not edits(text, "TB114")


@pytest.mark.parametrize(
    "text",
    [
        "  - {at: app/b.py, priority: 1}\n  - {at: app/a.py, priority: 2}\n",
        "  - {at: app/b.py, note: the worst}\n  - app/a.py\n",
        "  - tests/b.py\n  - tests/c.py\n  - app/a.py\n",  # one kind of file after the other
    ],
)
def test_grouped_locations_are_accepted(text: str) -> None:
    assert not said(f"{AFFECTED}{text}", "TB114")
