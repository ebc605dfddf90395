"""Inquiries about books in a real repository: evidence that git once held is found again."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.kit.commands import git
from tests.kit.paths import ROOT
from triagebook.code.history import held_evidence
from triagebook.inquire import inquire, vanished_evidence
from triagebook.store.load import load


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "-qm", "Change the book")


def test_deleted_evidence_is_found_and_other_changed_files_are_not(tmp_path: Path) -> None:
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
    assert set(inquire(loaded).cases) == {"12"}
