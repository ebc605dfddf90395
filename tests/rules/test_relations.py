"""Rules about relations between issues."""

from __future__ import annotations

import pytest

from tests.kit.books import book_of, findings_of
from triagebook.facts.inquiry import Inquiry
from triagebook.findings import Edit, Finding
from triagebook.rules import check


def found(text: str, code: str) -> list[Finding]:
    return findings_of(text, select=code)


def issues(**relations: str) -> str:
    """A book of issues that have relations: `a="{to: b, kind: blocks}"`."""
    return "".join(f"# {name}/issue.yaml\nrelations: [{said}]\n" for name, said in relations.items())


ERROR = 'symptoms: ["TypeError: it breaks"]\n'


def affected(first: str, commit: str, second: str, second_commit: str) -> str:
    return f"""
# affected.yaml
source: {{repository: app, commit: {commit}}}
locations: ["{first}"]
# 2/affected.yaml
source: {{repository: app, commit: {second_commit}}}
locations: ["{second}"]
"""


@pytest.mark.parametrize(
    ("kind", "back"),
    [
        ("same-cause", "same-cause"),
        ("related", "related"),
        ("parent", "child"),
        ("child", "parent"),
        ("blocks", "blocked-by"),
        ("blocked-by", "blocks"),
        ("caused-by", "causes"),
        ("causes", "caused-by"),
    ],
)
def test_the_missing_inverse_relation_is_added(kind: str, back: str) -> None:
    (finding,) = found(f"relations: [{{to: 2, kind: {kind}}}]", "TB601")
    assert finding.edits == (Edit("2/issue.yaml", ("relations",), "append", {"to": "1", "kind": back}),)


@pytest.mark.parametrize("kind", ["duplicate-of", "regression-of"])
def test_one_way_relations_are_accepted(kind: str) -> None:
    assert not found(f"relations: [{{to: 2, kind: {kind}}}]", "TB601")


def test_any_relation_implies_related() -> None:
    assert not found(issues(a="{to: b, kind: related}", b="{to: a, kind: regression-of}"), "TB601")


def test_another_relation_does_not_imply_blocked_by() -> None:
    assert found(issues(a="{to: b, kind: blocks}", b="{to: a, kind: related}"), "TB601")


def test_an_unknown_issue_is_left_to_tb201() -> None:
    assert not found("relations: [{to: nowhere, kind: blocks}]", "TB601")


@pytest.mark.parametrize("kind", ["parent", "blocks", "caused-by", "duplicate-of"])
def test_a_cycle_is_reported_once(kind: str) -> None:
    text = issues(a=f"{{to: b, kind: {kind}}}", b=f"{{to: c, kind: {kind}}}", c=f"{{to: a, kind: {kind}}}")
    assert [finding.says for finding in found(text, "TB602")] == [f"c -> a -> b -> c is a cycle of `{kind}`"]


def test_a_cycle_of_inverse_relations_is_found() -> None:
    text = issues(a="{to: b, kind: child}", b="{to: a, kind: child}")
    assert [finding.says for finding in found(text, "TB602")] == ["b -> a -> b is a cycle of `parent`"]


def test_a_cycle_is_reported_at_its_newest_issue() -> None:
    text = issues(a="{to: b, kind: blocks}", b="{to: a, kind: blocks}").replace("\n#", "\nopened: 2025-09-20\n#")
    assert [finding.file for finding in found(text, "TB602")] == ["a/issue.yaml"]


def test_two_cycles_are_two_findings() -> None:
    text = issues(
        a="{to: b, kind: blocks}", b="{to: a, kind: blocks}", c="{to: d, kind: blocks}", d="{to: c, kind: blocks}"
    )
    assert len(found(text, "TB602")) == 2


def test_paths_that_meet_are_accepted() -> None:
    text = issues(
        a="{to: b, kind: blocks}, {to: c, kind: blocks}", b="{to: d, kind: blocks}", c="{to: d, kind: blocks}"
    )
    assert not found(text, "TB602")


def test_a_path_into_a_cycle_is_not_part_of_it() -> None:
    text = issues(a="{to: b, kind: blocks}", b="{to: c, kind: blocks}", c="{to: b, kind: blocks}")
    assert [finding.says for finding in found(text, "TB602")] == ["c -> b -> c is a cycle of `blocks`"]


@pytest.mark.parametrize(
    "text", ["relations: [{to: 1, kind: duplicate-of}]", "closed: {on: 2025-10-01, as: duplicate, into: 1}"]
)
def test_a_relation_to_itself_is_found(text: str) -> None:
    assert len(found(text, "TB602")) == 1


def test_the_end_of_a_chain_is_proposed() -> None:
    text = issues(
        a="{to: b, kind: duplicate-of}", b="{to: c, kind: duplicate-of}", c="{to: d, kind: duplicate-of}", d=""
    )
    assert [edit.value for finding in found(text, "TB604") for edit in finding.edits] == ["d", "d"]


def test_a_chain_of_closed_duplicates_is_found() -> None:
    text = """
closed: {on: 2025-10-01, as: duplicate, into: 2}
# 2/issue.yaml
closed: {on: 2025-10-01, as: duplicate, into: 3}
# 3/issue.yaml
severity: high
"""
    assert [finding.edits for finding in found(text, "TB604")] == [
        (Edit("1/issue.yaml", ("closed", "into", 0), "set", "3"),)
    ]


def test_a_cycle_of_duplicates_has_no_original() -> None:
    assert not found(issues(a="{to: b, kind: duplicate-of}", b="{to: a, kind: duplicate-of}"), "TB604")


def test_an_original_in_closed_or_relations_is_accepted() -> None:
    closed = "closed: {on: 2025-10-01, as: duplicate}\n"
    assert found(closed, "TB410")
    assert not found(f"{closed}relations: [{{to: 2, kind: duplicate-of}}]", "TB410")


def test_a_duplicate_is_reported_at_the_newer_issue() -> None:
    text = f"opened: 2025-09-20\n{ERROR}# 2/issue.yaml\n{ERROR}"
    (finding,) = found(text, "TB606")
    assert (finding.file, finding.line) == ("1/issue.yaml", 2)
    assert finding.says == "1 and 2 share the error but have no relation"


@pytest.mark.parametrize(
    "text",
    [
        "causes: [{pattern: p}]\n# 2/issue.yaml\ncauses: [{pattern: p, state: confirmed}]\n",
        affected("app/a.py:3,4", "5222b25608c3", "app/a.py:4,5", "5222b25"),
        "symptoms: [{error: 'no  answer'}]\n# 2/issue.yaml\nsymptoms: ['no answer']\n",
    ],
)
def test_shared_locations_causes_and_errors_are_found(text: str) -> None:
    assert len(found(text, "TB606")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "causes: [{pattern: p}]\n# 2/issue.yaml\ncauses: [{pattern: p, state: ruled-out}]\n",
        affected("app/a.py:3", "5222b25608c3", "app/a.py:3", "ab14a73d8"),
        affected("app/a.py:3", "5222b25608c3", "app/a.py", "5222b25608c3"),
        f"{ERROR}# 2/issue.yaml\n{ERROR}relations: [{{to: 1, kind: regression-of}}]\n",
        f"{ERROR}closed: {{on: 2025-10-01, as: duplicate, into: 2}}\n# 2/issue.yaml\n{ERROR}",
        f"{ERROR}noticed: [{{what: another, issue: 2}}]\n# 2/issue.yaml\n{ERROR}",
        "symptoms: [it breaks, it breaks]",
    ],
)
def test_different_or_related_issues_are_accepted(text: str) -> None:
    assert not found(text, "TB606")


TITLED = "title: The cart loses its voucher\nsummary: %s\n"


def test_issues_that_say_the_same_in_their_titles_are_found() -> None:
    text = f"{TITLED % 'Seen twice'}# 2/issue.yaml\ntitle: Carts lose vouchers\nsummary: By a cart with two lines\n"
    (finding,) = found(text, "TB606")
    assert finding.says == "2 and 1 share the words of a title but have no relation"


@pytest.mark.parametrize(
    "other",
    [
        "title: The cart loses its lines\nsummary: All of them\n",  # shares half of the words, and not the voucher
        "title: The cart loses its voucher\nsummary: Unlike 1 it comes back\n",  # a person compared them
        "title: The cart loses its voucher\nrelations: [{to: 1, kind: related}]\n",
    ],
)
def test_other_titles_and_compared_issues_are_accepted(other: str) -> None:
    assert not found(f"{TITLED % 'Seen twice'}# 2/issue.yaml\n{other}", "TB606")


def test_all_shared_traits_are_one_finding() -> None:
    both = f"causes: [{{pattern: p}}]\n{ERROR}"
    (finding,) = found(f"{both}# 2/issue.yaml\n{both}", "TB606")
    assert finding.says == "2 and 1 share the error and the cause `p` but have no relation"


def test_each_of_many_duplicates_is_reported_once() -> None:
    text = "".join(f"# {name}/issue.yaml\n{ERROR}" for name in "abcde")
    assert [finding.file[0] for finding in found(text, "TB606")] == ["b", "c", "d", "e"]


def test_an_unused_pattern_is_found() -> None:
    text = "# patterns/p.yaml\ntitle: A pattern\nsummary: What it is\n"
    assert "patterns/p.yaml" in [finding.file for finding in found(text, "TB607")]


def test_unused_records_are_reported_only_when_selected() -> None:
    assert not [finding for finding in findings_of("severity: high") if finding.code == "TB607"]


def test_an_unreadable_record_may_refer_to_it() -> None:
    assert not found("title: [open", "TB607")


def test_a_second_book_has_its_own_index(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One rule looks at two books, and does not take one for the other."""
    alike = book_of(f"{ERROR}# 2/issue.yaml\n{ERROR}", tmp_path_factory.mktemp("alike")).book
    other = book_of("severity: high", tmp_path_factory.mktemp("other")).book
    assert [any(f.code == "TB606" for f in check(Inquiry(book))) for book in (alike, other, alike)] == [
        True,
        False,
        True,
    ]
