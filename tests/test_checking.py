"""What a check reuses equals a check without the memo, byte for byte, after any change of records, code or day."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.code.repository import CATALOG, Repository
from tests.kit.commands import triagebook
from tests.kit.hypotheses import examples
from triagebook.cache_folder import VARIABLE

DAY = date(2025, 10, 1)
CODE = "def start(user):\n    return await get(user)\n\n\ndef stop():\n    pass\n"
FIXED = CODE.replace("await get", "get")
CITED = {
    "commit": "causes: [{says: It waits, at: 'app/a.py:2'}]\n",
    "detector": "detector: {regex: await get}\n",
    "fix": "fix: {changes: [{path: app/a.py, what: No await, commit: %s}]}\n",
    "setting": "fix: {changes: [{setting: USE_GET, to: 'yes'}]}\n",
    "suite": "suites: {unit: {category: unit, path: tests/test_a.py, command: pytest tests/test_a.py}}\n",
    "waiver": "waivers: [{rule: TB424, who: me, why: Later, until: 2025-10-03}]\nnext: [Wait]\n",
    "future": "documents: {}\nclosed: {on: 2025-10-02, as: declined, why: No}\n",
    "others": "relations: [{to: 2, kind: blocks}]\nsymptoms: ['TypeError: it cannot wait']\n",
    "answer": "relations: [{to: 1, kind: blocked-by}]\n",
    "twin": "symptoms: ['TypeError: it can not wait']\n",
    "": "",
}


class Place:
    """A repository with code and a book of two issues in it, and the day."""

    def __init__(self, root: Path) -> None:
        self.repository = Repository(root)
        self.day = DAY
        self.first = self.repository.commit({"app/a.py": CODE, "tests/test_a.py": "def test_a(): ...\n"})
        self.repository.write({"issues/catalog.yaml": CATALOG})
        self.record("1", "commit")
        self.record("2", "")

    def record(self, issue: str, *parts: str) -> None:
        head = self.repository.git("rev-parse", "HEAD")
        source = f"source: {{repository: app, commit: {self.first}}}\n"
        text = "title: It waits\nseverity: high\nopened: 2025-09-01\nsummary: It waits.\n"
        text += "".join(CITED[part].replace("%s", head) for part in dict.fromkeys(parts))
        self.repository.write({f"issues/{issue}/issue.yaml": text + source})

    def answers(self, *options: str) -> list[tuple[int, str, str]]:
        book = self.repository.root / "issues"
        asked = [["check", "--format", "json", "--as-of", self.day.isoformat(), *options]]
        asked += [] if options else [["show", "1", "--format", "json"], ["facts", "1", "--format", "json"]]
        asked += [] if options else [["status"], ["list"], ["search", "it", "waits"]]
        ran = [triagebook(*words, "--book", book) for words in asked]
        return [(one.code, one.out, one.stderr) for one in ran]


def _commit(place: Place) -> None:
    place.repository.commit()


def _run(place: Place) -> str:
    head = place.repository.git("rev-parse", "HEAD")
    return (
        f"kind: tests\ngrade: machine\nat: 2025-09-21\ncommit: {head}\nresults: {{'tests/test_a.py::test_a': passed}}\n"
    )


CHANGES: Mapping[str, Callable[[Place], object]] = {
    **{f"issue 1: {part}": lambda place, part=part: place.record("1", part) for part in CITED},
    **{f"issue 2: {part}": lambda place, part=part: place.record("2", part) for part in CITED},
    "no issue 2": lambda place: shutil.rmtree(place.repository.root / "issues" / "2", ignore_errors=True),
    "a pull of thirty issues": lambda place: [
        place.record(str(number), ("twin", "others", "commit")[number % 3]) for number in range(3, 33)
    ],
    "a run": lambda place: place.repository.write({"issues/1/evidence/run.yaml": _run(place)}),
    "no run": lambda place: (place.repository.root / "issues/1/evidence/run.yaml").unlink(missing_ok=True),
    "code": lambda place: place.repository.write({"app/a.py": FIXED}),
    "code back": lambda place: place.repository.write({"app/a.py": CODE}),
    "longer code": lambda place: place.repository.write({"app/a.py": "import os\n" + CODE}),
    "other code": lambda place: place.repository.write({"app/b.py": CODE}),
    "a setting": lambda place: place.repository.write({"config.ini": "USE_GET = yes\n"}),
    "no tests": lambda place: (place.repository.root / "tests" / "test_a.py").unlink(missing_ok=True),
    "renamed": lambda place: (
        (place.repository.root / "app/a.py").exists()
        and (place.repository.root / "app/a.py").rename(place.repository.root / "app/c.py")
    ),
    "commit": _commit,
    "back": lambda place: [_commit(place), place.repository.git("checkout", "--quiet", "--detach", place.first)],
    "main": lambda place: [_commit(place), place.repository.git("checkout", "--quiet", "main")],
    "another day": lambda place: setattr(place, "day", place.day + timedelta(days=1)),
    "an earlier day": lambda place: setattr(place, "day", DAY),
}


@examples(6)
@given(changes=st.lists(st.sampled_from(sorted(CHANGES)), min_size=2, max_size=8))
def test_after_any_changes_every_answer_equals_one_without_the_memo(
    tmp_path_factory: pytest.TempPathFactory, changes: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("place")
    place = Place(folder / "app")
    place.answers()
    for change in changes:
        CHANGES[change](place)
        kept = place.answers()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(VARIABLE, str(folder / "none" / "x"))
            (folder / "none").touch()
            assert kept == place.answers(), change
        assert kept[:1] == place.answers("--no-cache"), change


def read(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> set[str]:
    """The issues that are read while something is done."""
    from triagebook.store import load as module  # noqa: PLC0415

    names: set[str] = set()
    real = module.load
    monkeypatch.setattr(module, "load", lambda root, only: [names.update(only), real(root, only)][1])
    act()
    monkeypatch.setattr(module, "load", real)
    return names


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    return Place(tmp_path / "app")


def test_only_what_changed_is_read_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The issue itself, and those in which a finding between issues is another now."""
    assert read(monkeypatch, place.answers) == {"1", "2"}
    assert read(monkeypatch, lambda: place.answers("--strict")) == set()
    place.record("2", "twin")
    assert read(monkeypatch, lambda: place.answers("--strict")) == {"2"}
    place.record("1", "others")
    assert read(monkeypatch, lambda: place.answers("--strict")) == {"1"}
    place.record("2", "others")
    assert read(monkeypatch, lambda: place.answers("--strict")) == {"2"}
    place.record("2", "answer")
    assert read(monkeypatch, lambda: place.answers("--strict")) == {"1", "2"}


def test_a_commit_that_touches_nothing_an_issue_names_reads_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.repository.commit()
    place.answers()
    place.repository.commit({"app/b.py": "a = 1\n"})
    assert read(monkeypatch, lambda: place.answers("--strict")) == set()
    place.repository.write({"app/a.py": FIXED})
    assert read(monkeypatch, lambda: place.answers("--strict")) == {"1"}


def test_a_memo_restored_elsewhere_is_used(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In another folder, with other inodes and times, as after a clone in CI."""
    place.repository.commit()
    place.answers()
    shutil.copytree(place.repository.root, tmp_path / "elsewhere" / "app", symlinks=True)
    for path in (tmp_path / "elsewhere" / "app" / "issues").rglob("*.yaml"):
        os.utime(path, (1, 1))
    place.repository.root = tmp_path / "elsewhere" / "app"
    assert read(monkeypatch, lambda: place.answers("--strict")) == set()
