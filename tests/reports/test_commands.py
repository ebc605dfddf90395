"""`triagebook report` and `triagebook tests`, as a person runs them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.commands import BARE_PYTEST, git
from tests.kit.paths import BOOK
from tests.kit.reports import REAL, real
from triagebook.cli.main import outcome
from triagebook.reports import KINDS


def test_a_report_goes_to_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert outcome(["report", "1231", "summary", "--book", str(BOOK)]) == 0
    assert capsysbinary.readouterr().out.startswith("# Summary: 1231 · ".encode())


@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_all_kinds_go_into_a_folder(tmp_path: Path, form: str) -> None:
    assert (
        outcome(["report", "1184", "all", "--format", form, "--out", str(tmp_path / "new"), "--book", str(BOOK)]) == 0
    )
    assert {path.name for path in (tmp_path / "new").iterdir()} == {f"1184-{kind}.{form}" for kind in KINDS}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["report", "1231", "all"], "name a folder with --out DIR"),
        (["report", "1231", "sumary"], "did you mean `summary`?"),
        (["report", "9999", "summary"], "there is no issue `9999`"),
        (["report", "1231", "test-plan", "--since", "HEAD"], "--since works only with the kind `summary`"),
        (["report", "1231", "summary", "--with", "claims"], "these reports have no appendix `claims`"),
        (["report", "1231", "summary", "--since", "--output=x"], "no commit, branch or tag named"),
        (["report", "1231", "summary", "--since", "no-such-revision"], "no-such-revision"),
        (["tests", "9999", "--out", "x"], "there is no issue `9999`"),
    ],
)
def test_impossible_requests_are_explained(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert outcome([*arguments, "--book", str(BOOK)]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_appendices_are_added_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    def printed(*options: str) -> str:
        assert outcome(["report", "1231", "validation-report", "--book", str(BOOK), *options]) == 0
        return capsys.readouterr().out

    assert "## Evidence\n" not in printed()
    assert "## Evidence\n" in printed("--with", "evidence")
    assert "[^1]" not in printed("--with", "evidence")
    assert "\n[^1]: 1231-" in printed("--with", "sources")
    full = printed("--full")
    assert all(part in full for part in ("## Evidence\n", "## All statements of ", "\n[^1]: 1231-"))


def test_what_is_reported_passes_the_audit_of_documents(tmp_path: Path) -> None:
    paths = [tmp_path / f"{issue_id}-{kind}.md" for issue_id in REAL for kind in ("summary", "validation-report")]
    for path in paths:
        issue_id, _, kind = path.stem.partition("-")
        assert outcome(["report", issue_id, kind, "--out", str(path), "--book", str(BOOK)]) == 0
    assert outcome(["audit", *map(str, paths)]) == 0


def test_sources_are_superscripts_in_html(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["report", "1231", "validation-report", "--with", "sources", "--format", "html", "--book", str(BOOK)]
    assert outcome(arguments) == 0
    page = capsys.readouterr().out
    assert re.search(r'<sup class="footnote-ref"><a href="#fn-1" id="fnref-1" data-footnote-ref>1</a></sup>', page)
    assert '<li id="fn-1">' in page


def test_the_schema_is_printed(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert outcome(["report", "--schema", "test-plan"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["properties"]["report"] == {"const": "test-plan"}


def test_since_lists_what_changed_after_a_revision(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "issues" / "7"
    folder.mkdir(parents=True)
    (tmp_path / "issues" / "catalog.yaml").write_text("title: T\n", encoding="utf-8")
    record = "title: T\nseverity: low\nopened: 2025-09-15\nsummary: S\n"
    (folder / "issue.yaml").write_text(record, encoding="utf-8")
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        git(tmp_path, *command)
    (folder / "issue.yaml").write_text(record.replace("low", "high"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert outcome(["report", "7", "summary", "--since", "HEAD"]) == 0
    assert "- How much harm the defect does: low before, high now" in capsys.readouterr().out


PRODUCT = """

class Anything: ...


class Stand:
    def find_spec(self, name, path=None, target=None):
        from importlib.machinery import ModuleSpec
        return ModuleSpec(name, self, is_package=True) if name.split(".")[0] in PARTS else None
    def create_module(self, spec): return None
    def exec_module(self, module):
        module.__getattr__ = lambda name: Anything if name[:1].isupper() else lambda *_: None


PARTS = {"netra_backend", "shared", "test_framework"}
__import__("sys").meta_path.append(Stand())
"""  # stands in for the code that the tests import


# ── pytest files ─────────────────────────────────────────────────────────────────────────────────────


def collected(folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "--strict-markers", "-p", "no:cacheprovider", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, **BARE_PYTEST, "PYTEST_ADDOPTS": "", "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if "::" in line]


@pytest.mark.parametrize("issue_id", ["1184", "1231"])
def test_pytest_collects_every_test_of_a_plan(tmp_path: Path, issue_id: str) -> None:
    assert outcome(["tests", issue_id, "--out", str(tmp_path), "--book", str(BOOK)]) == 0
    conftest = tmp_path / "conftest.py"
    conftest.write_text((conftest.read_text() if conftest.exists() else "") + PRODUCT)
    found = {line.rpartition("::")[2] for line in collected(tmp_path)}
    planned = {
        test.name if test.name.startswith("test_") else f"test_{test.name}" for test in real(issue_id).ledger.tests
    }
    assert found == {name.replace(" ", "_") for name in planned}


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["tests", "1184", "--out", str(tmp_path), "--book", str(BOOK)]) == 0
    for path in tmp_path.rglob("*.py"):
        path.write_text("# mine\n", encoding="utf-8")
    assert outcome(["tests", "1184", "--out", str(tmp_path), "--book", str(BOOK)]) == 0
    assert {path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.py")} == {"# mine\n"}
    assert "register these markers" in capsys.readouterr().err


def test_a_link_does_not_lead_out(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "tests").symlink_to(tmp_path / "elsewhere")
    assert outcome(["tests", "1184", "--out", str(tmp_path / "out"), "--book", str(BOOK)]) == 2
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_files_of_a_real_issue_run(tmp_path: Path) -> None:
    suite = ["--suite", "await-error-reproduction"]
    assert outcome(["tests", "1184", *suite, "--out", str(tmp_path), "--book", str(BOOK)]) == 0
    assert [path.name for path in tmp_path.rglob("*.py")] == ["test_websocket_await_error_reproduction.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, **BARE_PYTEST, "PYTEST_ADDOPTS": ""},
        check=False,
    )
    assert "not written yet: The synchronous and the async factory differ" in done.stdout
    assert " passed" not in done.stdout
