"""A small application with a defect, in a git repository of its own, with a book beside the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.kit.commands import IDENTITY, Ran, git, triagebook
from tests.kit.paths import shared_folder
from triagebook.book import Entry
from triagebook.code.checkouts import states_for
from triagebook.facts.case import Case
from triagebook.model.evidence import Evidence
from triagebook.store.load import Loaded, load

ERROR = "object Manager can't be used in 'await' expression"
FILES = {
    "app/__init__.py": "",
    "app/chat.py": """\
class Manager:
    pass


def get_manager():
    return Manager()


async def connect():
    return await get_manager()
""",
    "tests/__init__.py": "",
    "tests/test_chat.py": """\
import asyncio

import pytest

from app.chat import Manager, connect


def test_connects():
    assert isinstance(asyncio.run(connect()), Manager)


class TestMore:
    @pytest.mark.parametrize("number", [1, 2])
    def test_many(self, number):
        assert asyncio.run(connect()) is not None


def test_blue():
    pass
""",
    "issues/catalog.yaml": """\
components: {chat: Chat}
environments: {local: A context, staging: Staging}
required: [local]
test_categories: {unit: Unit}
people: {developer: A developer, robot: {title: Robot, kind: assistant}}
repositories: {app: https://example.org/app}
""",
    "issues/7/issue.yaml": """\
title: The connection fails
severity: high
opened: 2026-01-01
owner: developer
summary: Nobody can connect.
components: [chat]
symptoms:
  - {error: "TypeError: object Manager can't be used in 'await' expression", at: "app/chat.py:10"}
causes: [{says: A plain function is awaited, state: confirmed, at: "app/chat.py:10"}]
suites:
  unit:
    category: unit
    path: tests/test_chat.py
    command: python -m pytest tests/test_chat.py
    before: fail
    after: pass
    tests:
      test_connects: It connects
      TestMore::test_many: It connects again
      test_blue: {proves: It is blue, before: pass}
criteria:
  connects: {says: Connections succeed, measure: chat.connected, target: at least 95 %}
""",
}


@dataclass
class App:
    """The application's repository, and a person who stands in it."""

    root: Path
    monkeypatch: pytest.MonkeyPatch
    results: Path  # of runs that were made

    @property
    def book(self) -> Path:
        return self.root / "issues"

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD").strip()

    def git(self, *arguments: str) -> str:
        return git(self.root, *arguments)

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def commit(self, says: str = "a change") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", says)
        return self.head

    def pytest(self, name: str = "junit.xml", *arguments: str, cwd: str = ".") -> Path:
        """The results of a real run, in a file outside of the repository.

        The same code is run once for all tests: each gets a copy of the results, as of now.
        """
        junit = self.root.parent / name
        files = [path for path in self.root.rglob("*.*") if path.is_file() and ".git" not in path.parts]
        code = {path.relative_to(self.root).as_posix(): path.read_bytes() for path in sorted(files)}
        ours = {path: data for path, data in code.items() if not path.startswith("issues/")}
        kept = self.results / f"{sha256(repr((ours, arguments, cwd)).encode()).hexdigest()}.xml"
        if not kept.exists():
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={junit}"]
            subprocess.run(
                [*command, *arguments], cwd=self.root / cwd, capture_output=True, check=False, env=plain_environment()
            )
            junit.replace(kept)
        now = datetime.now().astimezone().isoformat()
        junit.write_text(re.sub(r'timestamp="[^"]*"', f'timestamp="{now}"', kept.read_text(encoding="utf-8")))
        return junit

    def triagebook(self, *arguments: object, stdin: str = "") -> Ran:
        self.monkeypatch.chdir(self.root)
        return triagebook(*arguments, stdin=stdin)

    def record(self, *arguments: object, stdin: str = "") -> Ran:
        return self.triagebook("record", "7", *arguments, stdin=stdin)

    def load(self) -> Loaded:
        loaded = load(self.book)
        assert loaded.findings == ()
        return loaded

    @property
    def entry(self) -> Entry:
        return self.load().book.issues["7"]

    @property
    def evidence(self) -> dict[str, Evidence]:
        return dict(self.entry.evidence)

    def only(self) -> Any:
        """The one piece of evidence there is."""
        assert len(self.evidence) == 1
        return next(iter(self.evidence.values()))

    def case(self) -> Case:
        loaded = self.load()
        entry = loaded.book.issues["7"]
        return Case(loaded.book, entry, states_for(loaded.book, loaded.root, [entry])["7"])

    def fix(self) -> str:
        """The fix as a commit, and what the record then says of it."""
        self.edit("app/chat.py", "await get_manager", "get_manager")
        commit = self.commit("the await is gone")
        change = f"{{path: app/chat.py, what: The await is gone, commit: {commit}}}"
        self.edit("issues/7/issue.yaml", "criteria:", f"fix: {{changes: [{change}]}}\ncriteria:")
        self.write(
            "issues/7/affected.yaml",
            f"source: {{repository: app, commit: {commit}}}\n"
            "scan: {on: 2026-01-02, files: 4, by: triagebook 0.1.0, detector: {regex: await get_manager}}\n"
            f'locations: [{{at: "app/chat.py:10", state: fixed, commit: {commit}}}]\n',
        )
        return commit


def plain_environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_"))}
    return kept | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of runs, shared by all workers."""
    folder = shared_folder(tmp_path_factory) / "results"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, results: Path) -> App:
    """The application before the fix, committed."""
    for key in [key for key in os.environ if key.startswith(("PYTEST_", "GIT_"))]:
        monkeypatch.delenv(key)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    made = App(tmp_path / "app", monkeypatch, results)
    for name, text in FILES.items():
        made.write(name, text)
    made.git("init", "--quiet", "--initial-branch=main")
    made.commit("the start")
    return made
