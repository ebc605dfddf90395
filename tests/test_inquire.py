"""Inquiries about books in a real repository: evidence that git once held is found again."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.kit.commands import git
from tests.kit.paths import ROOT
from triagebook.checking import BookCheck
from triagebook.code.history import held_evidence
from triagebook.inquire import inquire, vanished_evidence
from triagebook.store.load import load


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "-qm", "Change the book")


def test_deleted_evidence_and_locations_are_found_and_other_changed_files_are_not(tmp_path: Path) -> None:
    issues = tmp_path / "issues"
    shutil.copytree(ROOT / "tests" / "story" / "book", issues)
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    gone = min((issues / "12" / "evidence").glob("*-callers-local.yaml"))
    gone.unlink()
    catalog = issues / "catalog.yaml"
    catalog.write_text(catalog.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    (issues / "12" / "affected.yaml").unlink()
    commit(tmp_path)

    loaded = load(issues)
    (name,) = vanished_evidence(loaded, held_evidence(issues))["12"]
    assert name.startswith(f"{gone.stem}@")
    assert inquire(loaded).case("12").source.lost_locations


def test_a_deleted_issue_does_not_take_its_evidence_along(tmp_path: Path) -> None:
    issues = tmp_path / "issues"
    shutil.copytree(ROOT / "tests" / "story" / "book", issues)
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    shutil.copytree(issues / "12", tmp_path / "copy")
    shutil.rmtree(issues / "12")
    commit(tmp_path)

    (found,) = (one for one in BookCheck(issues).findings() if one.code == "TB439")
    assert found.file == "12/issue.yaml"
    assert "issue 12 was deleted with" in found.says

    shutil.copytree(tmp_path / "copy", issues / "13")  # as if its evidence had been moved to another issue
    assert not [one for one in BookCheck(issues).findings() if one.code == "TB439"]
