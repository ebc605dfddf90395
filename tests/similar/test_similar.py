"""Which issues a report resembles, and what is said of why."""

from __future__ import annotations

import pytest

from triagebook.similar import Fingerprint, Match, Profile, SimilarIssues, fingerprint, own_frames
from triagebook.text_index import TextIndex

AWAITED = "TypeError: object Manager can't be used in 'await' expression"
ISSUES = {
    "1": Profile("Nobody can pay", "The cart refuses every card.", (AWAITED,), ("app/pay.py",), patterns=("await",)),
    "2": Profile("The page stays empty", "Messages load, and none is shown.", ("KeyError: 'id'",)),
    "3": Profile("Images are blurred", "Thumbnails of large photographs are blurred."),
    "4": Profile("Export is slow", "A file of ten rows takes a minute.", paths=("app/export.py",)),
}


def matches(**report: object) -> list[Match]:
    return SimilarIssues(ISSUES).to(Profile(**report), least=0.1)  # type: ignore[arg-type]


def test_the_same_words_in_another_form_match() -> None:
    assert matches(title="A photograph is blurry, its thumbnail blurs")[0].issue == "3"


def test_the_same_error_outranks_the_same_words() -> None:
    found = matches(title="Images are blurred", errors=(AWAITED,))
    assert (found[0].issue, found[0].failure) == ("1", f"the same error ({AWAITED})")


def test_an_error_about_another_object_is_the_same_failure() -> None:
    found = matches(errors=(AWAITED.replace("Manager", "Session"),))
    assert found[0].failure.startswith("the same error but for names and numbers")


def test_a_shared_pattern_and_path_are_named() -> None:
    found = matches(title="Other", paths=("app/pay.py",), patterns=("await",))
    assert found[0].reasons() == "the pattern await; the paths app/pay.py"


def test_one_shared_word_is_not_telling() -> None:
    assert [match.is_telling for match in matches(title="A minute")] == [False]


def test_nothing_in_common_matches_nothing() -> None:
    assert matches(title="Sound crackles") == []


def test_the_report_itself_can_be_excluded() -> None:
    assert "3" not in {match.issue for match in SimilarIssues(ISSUES).to(ISSUES["3"], excluding="3", least=0)[:1]}


def test_a_word_that_most_texts_use_does_not_count() -> None:
    index = TextIndex([f"crash of part{number}" for number in range(30)])
    scores = [0.0] * 30
    index.add_similarities("a crash", 1, scores)
    assert not any(scores)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("KeyError: 'id'", Fingerprint("KeyError", "*")),
        ("app.Failed: no answer from 10.0.0.1 at 0x7f3a", Fingerprint("app.Failed", "no answer from *.*.*.* at *")),
        ("connection lost", Fingerprint("", "connection lost")),
    ],
)
def test_a_fingerprint_leaves_out_what_varies(error: str, expected: Fingerprint) -> None:
    assert fingerprint(error) == expected


@pytest.mark.parametrize(
    ("trace", "frames"),
    [
        (
            '  File "app/chat.py", line 3, in connect\n  File "site-packages/a.py", line 1, in f',
            ["app/chat.py connect"],
        ),
        ("    at render (src/page.js:10:5)\n    at x (node_modules/y/z.js:1:1)", ["src/page.js render"]),
        ("\tat shop.Cart.pay(Cart.java:12)\n\tat java.util.List.get(List.java:1)", ["shop.Cart.pay"]),
        ("main.pay()\n\tshop/pay.go:12 +0x1d\n\t/usr/local/go/src/net/http/server.go:2", ["shop/pay.go"]),
    ],
)
def test_frames_of_other_code_are_left_out(trace: str, frames: list[str]) -> None:
    assert own_frames(trace) == frames
