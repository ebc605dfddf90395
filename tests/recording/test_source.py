"""The source code that an issue is about: which checkout holds it, and its state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from triagebook.code.checkouts import Checkouts, states_for
from triagebook.recording.observed_code import code_now
from triagebook.store.load import load


def test_the_state_has_the_files_of_an_issue_and_which_commits_hold_its_fix(app: Any) -> None:
    """The files that count, and whether each commit holds the fix."""
    first = app.head
    app.record(app.pytest(), "--phase", "before", "--environment", "local")
    fixed = app.fix()
    loaded = app.load()
    state = states_for(loaded.book, loaded.root, [loaded.book.issues["7"]])["7"]
    assert (state.head, state.dirty) == (fixed, False)
    assert set(state.digests) == {"app/chat.py", "tests/test_chat.py"}
    assert state.holds(first, fixed) is False
    assert state.holds(fixed, fixed[:9]) is True


# ── which checkout ───────────────────────────────────────────────────────────────────────────────────


def where(app: Any, folder: Path | None = None) -> Any:
    loaded = app.load()
    return Checkouts(loaded.root, loaded.book, folder).of(loaded.book.issues["7"])


def test_the_repository_around_the_book_is_the_default(app: Any) -> None:
    """It is taken where the issue names no other."""
    assert where(app).checkout.root == app.root.resolve()


def test_an_issue_about_another_repository_has_an_unknown_state(app: Any) -> None:
    """Its commit would be wrong; so nothing is known until somebody says where the code is."""
    app.edit("issues/7/issue.yaml", "causes:", f"source: {{repository: app, commit: {'1' * 40}}}\ncauses:")
    found = where(app)
    assert found.checkout is None
    assert found.why.startswith("no checkout of `app` is known")
    ran = app.record(app.pytest(), "--phase", "before", "--environment", "local")
    assert "note: the commit is not known, so it proves nothing" in ran.out
    assert app.only().commit is None


def test_a_repository_is_recognised_by_its_address(app: Any) -> None:
    """However the address is written."""
    app.edit("issues/7/issue.yaml", "causes:", f"source: {{repository: app, commit: {'1' * 40}}}\ncauses:")
    app.edit("issues/catalog.yaml", "https://example.org/app", "https://example.org/team/app")
    app.git("remote", "add", "origin", "git@example.org:team/app.git")
    assert where(app).checkout.root == app.root.resolve()


def test_the_catalog_names_a_checkout(app: Any) -> None:
    """Seen from the book's folder; one that is not there is said."""
    app.git("clone", "--quiet", str(app.root), str(app.root.parent / "code"))
    app.edit("issues/7/issue.yaml", "causes:", f"source: {{repository: app, commit: {'1' * 40}}}\ncauses:")
    app.edit("issues/catalog.yaml", "{app: https", "{app: {checkout: ../../code, url: https")
    app.edit("issues/catalog.yaml", "org/app}", "org/app}}")
    assert where(app).checkout.root == (app.root.parent / "code").resolve()
    app.edit("issues/catalog.yaml", "../../code", "../../gone")
    assert "it is not there" in where(app).why


def test_a_named_folder_overrides_the_catalog(app: Any, tmp_path: Path) -> None:
    """It counts for more than the catalog; it may be no repository."""
    assert where(app, app.root / "app").checkout.root == app.root.resolve()
    (tmp_path / "plain").mkdir()
    found = where(app, tmp_path / "plain")
    assert (found.checkout, "is not in a git repository" in found.why) == (None, True)
    assert "so it proves nothing" in code_now(found, []).notes[0]


def test_records_at_the_top_of_a_repository_are_not_code(app: Any) -> None:
    """Then its records are kept apart, and the code is not."""
    app.git("mv", "issues/catalog.yaml", "catalog.yaml")
    app.git("mv", "issues/7", "7")
    app.commit()
    app.write("7/issue.yaml", (app.root / "7/issue.yaml").read_text() + "# changed\n")
    loaded = load(app.root)
    found = Checkouts(app.root, loaded.book).of(loaded.book.issues["7"])
    assert found.checkout
    assert not found.checkout.dirty
    app.write("app/chat.py", "changed")
    assert Checkouts(app.root, loaded.book).of(loaded.book.issues["7"]).checkout.changed == ("app/chat.py",)
