"""The hooks, through the real pre-commit on real git repositories."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kit.paths import ROOT

Do = Callable[..., Any]


CONFIG = """\
repos:
  - repo: {repo}
    rev: {rev}
    hooks:
      - id: triagebook-check
        args: [{args}]
      - id: triagebook-schema
      - id: triagebook-audit
        files: ^docs/
"""


@pytest.fixture
def hooked(shop: Path, offered: Path, do: Do) -> Path:
    configure(shop, offered, do)
    return shop


def configure(shop: Path, offered: Path, do: Do, args: str = "") -> None:
    rev = do("git", "rev-parse", "HEAD", cwd=offered).out.strip()
    text = CONFIG.format(repo=offered, rev=rev, args=args)
    (shop / ".pre-commit-config.yaml").write_text(text, encoding="utf-8")
    do("git", "add", ".")


def spoil(shop: Path, text: str) -> None:
    with (shop / "issues" / "1" / "issue.yaml").open("a", encoding="utf-8") as file:
        file.write(text)


def test_the_manifest_is_valid(do: Do) -> None:
    ran = do("pre-commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml", cwd=ROOT)
    assert ran.code == 0, ran.out


@pytest.mark.usefixtures("hooked")
def test_a_clean_book_passes(do: Do) -> None:
    ran = do("pre-commit", "run", "--all-files")
    assert ran.code == 0, ran.out
    lines = [line for line in ran.out.splitlines() if line.startswith("triagebook")]
    assert [line.rpartition(".")[2] for line in lines] == ["Passed", "Passed", "(no files to check)Skipped"]


def test_a_broken_book_fails_with_the_finding(hooked: Path, do: Do) -> None:
    spoil(hooked, "lables: [a]\n")
    ran = do("pre-commit", "run", "--all-files")
    assert ran.code == 1
    assert "TB107 error: `lables` is not a known key\n" in ran.out
    assert "did you mean `labels`?" in ran.out


def test_a_document_below_the_given_folder_is_audited(hooked: Path, do: Do) -> None:
    for name in ("docs/report.md", "README.md"):
        (hooked / name).parent.mkdir(exist_ok=True)
        (hooked / name).write_text("# Report\n\n**Status:** FIXED\n\nStaging was not accessible.\n")
    do("git", "add", ".")
    ran = do("pre-commit", "run", "triagebook-audit", "--all-files")
    assert ran.code == 1
    assert "docs/report.md:3:1: TB811 error: `Status: FIXED`, but line 5 says" in ran.out
    assert "README.md" not in ran.out


def test_a_commit_of_a_broken_record_is_refused(hooked: Path, do: Do) -> None:
    """Installed into git, as people use it. A commit without YAML does not wait for a check."""
    assert do("git", "commit", "--quiet", "--message", "The hooks").code == 0
    assert do("pre-commit", "install").code == 0
    (hooked / "app.py").write_text("\n")
    do("git", "add", ".")
    ran = do("git", "commit", "--message", "The code")
    assert ran.code == 0
    assert ran.out.count("(no files to check)Skipped") == 3
    spoil(hooked, "lables: [a]\n")
    do("git", "add", ".")
    before = do("git", "rev-parse", "HEAD").out
    ran = do("git", "commit", "--message", "A record")
    assert ran.code == 1
    assert "TB107 error" in ran.out
    assert do("git", "rev-parse", "HEAD").out == before


def test_arguments_are_passed_to_the_hook(shop: Path, offered: Path, do: Do) -> None:
    """They are those of the command."""
    spoil(shop, "next: [Turn on the alarm]\n")  # a warning
    configure(shop, offered, do)
    assert do("pre-commit", "run", "triagebook-check", "--all-files").code == 0
    configure(shop, offered, do, args="--strict")
    ran = do("pre-commit", "run", "triagebook-check", "--all-files")
    assert ran.code == 1
    assert "TB424 warning" in ran.out


def test_a_schema_that_is_not_current_fails(hooked: Path, do: Do) -> None:
    (hooked / "issues" / ".schema" / "issue.json").write_text("{}\n")
    ran = do("pre-commit", "run", "triagebook-schema", "--all-files")
    assert ran.code == 1
    assert "issues/.schema/issue.json: outdated" in ran.out
