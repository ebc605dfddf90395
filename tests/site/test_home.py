"""The home page: the four counts, next actions, recent changes, what expires, or that all is well."""

from __future__ import annotations

from pathlib import Path

from tests.kit.pages import MINIMAL, load_book, pages
from triagebook.markdown import plain
from triagebook.site.content import RecordChanges, SiteContent

OWNED = MINIMAL + "owner: developer\n"
CLOSED = OWNED + "closed: {on: 2025-10-01, as: declined, why: It works as it should}\n"


def home(folder: Path, files: dict[str, str], changes: RecordChanges | None = None) -> str:
    loaded = load_book(folder, files)
    content = SiteContent(loaded.book, loaded.findings, **({"changes": changes} if changes else {}))
    page = next(page for page in pages(loaded.book, content=content) if page.path == "index.md")
    return plain(page.text()[0])


def test_the_counts_lead_to_their_issues(tmp_path: Path) -> None:
    claims = "title: A\nclaims: [{says: Done, lines: 1, disputed: It is not}]\n"
    text = home(tmp_path, {"1/issue.yaml": MINIMAL, "2/issue.yaml": OWNED, "2/claims/a.yaml": claims})
    assert (
        "- 1 [contradicted](next-actions/index.md#contradicted)\n- 0 [failing](next-actions/index.md#failing)" in text
    )
    assert "- 1 [without owner](next-actions/index.md#without-owner)" in text


def test_a_book_without_problems_says_so_in_one_sentence(tmp_path: Path) -> None:
    assert "All is well: every issue is closed" in home(tmp_path / "a", {"1/issue.yaml": CLOSED})
    assert "All is well: nothing is contradicted" in home(tmp_path / "b", {"1/issue.yaml": OWNED})
    assert "All is well" not in home(tmp_path / "c", {"1/issue.yaml": MINIMAL})
    assert "All is well" not in home(tmp_path / "d", {"1/issue.yaml": OWNED, "2/issue.yaml": "title: ["})
    assert "All is well" not in home(tmp_path / "e", {})


def test_a_next_action_comes_with_its_command(tmp_path: Path) -> None:
    text = home(tmp_path, {"1/issue.yaml": OWNED})
    assert "- [1 · The chat does not open](issues/1/index.md) reported\n" in text
    assert "    ```sh\n    triagebook scan 1\n    ```" in text
    assert "(Developer)" in text


def test_changes_are_grouped_by_issue(tmp_path: Path) -> None:
    changed = {"1/issue.yaml", "1/evidence/run.yaml", "catalog.yaml", ".schema/issue.json", "404/issue.yaml"}
    text = home(tmp_path, {"1/issue.yaml": OWNED}, RecordChanges("Since v1", frozenset(changed)))
    assert "Since v1:\n\n- [1 · The chat does not open](issues/1/index.md): run, record\n" in text
    assert "- `404`" in text
    assert "- `catalog.yaml`" in text
    assert "schema" not in text.split("## Expiring")[0]
    assert "Since v1, no record changed." in home(tmp_path / "b", {"1/issue.yaml": OWNED}, RecordChanges("Since v1"))


def test_an_unknown_history_is_reported(tmp_path: Path) -> None:
    assert "Nobody knows." in home(tmp_path, {"1/issue.yaml": OWNED}, RecordChanges("", why_unknown="Nobody knows."))


def test_waivers_are_sorted_by_their_last_day(tmp_path: Path) -> None:
    waiver = "{{rule: {}, who: developer, why: so, until: {}}}"
    waivers = f"waivers: [{waiver.format('TB101', '2026-02-01')}, {waiver.format('TB102', '2026-01-01')}]\n"
    text = home(tmp_path, {"1/issue.yaml": OWNED + waivers})
    first, second = text.index("- 2026-01-01: waiver of TB102 in [1]"), text.index("- 2026-02-01: waiver")
    assert first < second


def test_every_page_is_reached_from_home(tmp_path: Path) -> None:
    text = home(tmp_path, {"1/issue.yaml": OWNED})
    for name in ("issues", "patterns", "components", "files", "environments", "impact", "evidence", "rules", "schema"):
        assert f"]({name}/index.md)" in text
