"""A partial clone gets the files that it lacks together, and says so where it can't."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.code.repository import Repository, counting_git, run_git
from triagebook.code.checkout import Checkout, checkout_at
from triagebook.code.diffs import diffs_to_now


@pytest.fixture
def clone(tmp_path: Path) -> tuple[Checkout, str]:
    """A clone without the content of old files, and an old commit."""
    origin = Repository(tmp_path / "origin")
    first = origin.commit({f"{number}.py": f"a = {number}\n" for number in range(30)})
    origin.commit({f"{number}.py": f"b = {number}\n" for number in range(30)} | {"old.py": "c = 1\n"})
    origin.git("mv", "old.py", "new.py")
    origin.commit()
    origin.git("config", "uploadpack.allowFilter", "true")
    run_git(tmp_path, "clone", "--quiet", "--filter=blob:none", f"file://{origin.root}", "clone")
    return checkout_at(tmp_path / "clone"), first


def blobs(clone: Checkout, commit: str) -> list[str]:
    return [item.id for _, item in clone.objects.files(commit)]


def test_missing_objects_are_fetched_all_at_once(
    clone: tuple[Checkout, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout, first = clone
    wanted = blobs(checkout, first)
    folder, log = counting_git(tmp_path)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    assert checkout.objects.fetch(wanted)
    assert checkout.objects.fetch(wanted)
    assert sum(" fetch " in line for line in log.read_text().splitlines()) == 1
    assert checkout.objects.text(first, "7.py") == b"a = 7\n"


def test_objects_that_can_not_be_fetched_are_reported(clone: tuple[Checkout, str], tmp_path: Path) -> None:
    checkout, first = clone
    wanted = blobs(checkout, first)
    shutil.rmtree(tmp_path / "origin")
    assert not checkout.objects.fetch(wanted)
    assert checkout.why_unknown(first).startswith(f"this partial clone lacks files of {first[:9]}; get them: ")
    assert checkout.objects.text(first, "7.py") is None
    assert checkout.objects.text(checkout.head, "7.py") == b"b = 7\n", "what is there can still be read"


def test_a_renamed_file_is_found_without_old_content(clone: tuple[Checkout, str], tmp_path: Path) -> None:
    checkout, _ = clone
    shutil.rmtree(tmp_path / "origin")
    before = run_git(checkout.root, "rev-parse", "HEAD~1")
    assert diffs_to_now(checkout, {before: {"old.py"}})[before].of("old.py").now == "new.py"
