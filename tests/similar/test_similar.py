"""Which issues a report resembles, and what is said of why."""

from __future__ import annotations

from triagebook.similar import Match, Profile, SimilarIssues
from triagebook.text_index import TextIndex, stem_counts

AWAITED = "TypeError: object Manager can't be used in 'await' expression"
ISSUES = {
    "1": Profile("Nobody can pay", "The cart refuses every card.", (AWAITED,), ("app/pay.py",), patterns=("await",)),
    "2": Profile("The page stays empty", "Messages load, and none is shown.", ("KeyError: 'id'",)),
    "3": Profile("Images are blurred", "Thumbnails of large photographs are blurred."),
    "4": Profile("Export is slow", "A file of ten rows takes a minute.", paths=("app/export.py",)),
}
TRAITS = {name: profile.traits for name, profile in ISSUES.items()}


def matches(**report: object) -> list[Match]:
    return SimilarIssues(TRAITS).to(Profile(**report), least=0.1)  # type: ignore[arg-type]


def test_the_same_words_in_another_form_match() -> None:
    assert matches(title="A photograph is blurry, its thumbnail blurs")[0].issue == "3"


def test_the_same_error_outranks_the_same_words() -> None:
    found = matches(title="Images are blurred", errors=(AWAITED,))
    assert (found[0].issue, found[0].failure) == ("1", "the same error")


def test_the_same_error_with_other_numbers_is_the_same_failure() -> None:
    known = SimilarIssues({"1": Profile("Nobody can pay", errors=("BankError: no answer after 30 s",)).traits})
    (found,) = known.to(Profile("Paying hangs", errors=("BankError: no answer after 31 s",)))
    assert found.failure == "the same error but for values"


def test_a_shared_pattern_and_path_are_named() -> None:
    found = matches(title="Other", paths=("app/pay.py",), patterns=("await",))
    assert found[0].reasons() == "the pattern await; the paths app/pay.py"


def test_one_shared_word_is_not_telling() -> None:
    assert [match.is_telling for match in matches(title="A minute")] == [False]


def test_nothing_in_common_matches_nothing() -> None:
    assert matches(title="Sound crackles") == []


def test_the_report_itself_can_be_excluded() -> None:
    assert "3" not in {match.issue for match in SimilarIssues(TRAITS).to(ISSUES["3"], excluding="3", least=0)[:1]}


def test_a_word_that_most_texts_use_does_not_count() -> None:
    index = TextIndex([stem_counts(f"crash of part{number}") for number in range(30)])
    scores = [0.0] * 30
    index.add_similarities(stem_counts("a crash"), 1, scores)
    assert not any(scores)


def test_a_word_of_many_issues_finds_them_all_the_same() -> None:
    cart = {str(number): Profile(f"The cart is late {number}").traits for number in range(30)}
    similar = SimilarIssues({**cart, "other": Profile("The sound crackles").traits})
    assert similar.with_all_words("late carts") == list(cart)
    assert similar.with_all_words("the") == []
