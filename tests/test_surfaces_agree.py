"""Every command, report and page gives the same answer about an issue, wherever the book and the code are."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.kit.stories import AFTER, CODE_FILE, FIX, NOW, OLD, TEST_FILE, Story, failed, honest, run, sealed
from triagebook.cli.main import app
from triagebook.reports import KINDS

TESTS, BROKEN, FIXED = "def test_connects(): ...", "await get()", "get()"
CLAIMS = [
    {"says": "One file", "from": "report.md#L1", "of": "affected.files", "value": "1"},
    {"says": "Nine files", "from": "report.md#L2", "of": "affected.files", "value": "9"},
    {"says": "It is released", "from": "report.md#L3", "of": "stage", "state": "released"},
    {"says": "It is quick", "from": "report.md#L4"},
]
PATTERN = re.compile(f"{OLD}|{FIX}|{NOW}")


class Workplace:
    """A repository with a broken and a fixed commit, and a story's book in it or in a repository of its own."""

    def __init__(self, folder: Path, story: Story, *, apart: bool = False, below: str = "") -> None:
        story.issue["claims"] = CLAIMS
        self.code = folder / "app"
        self.code.mkdir()
        git(self.code, "init", "-q", "-b", "main")
        broken = self.commit({CODE_FILE: BROKEN, TEST_FILE: TESTS})
        fixed = self.commit({CODE_FILE: FIXED})
        now = self.commit({"README": "Read me"})
        self.commits = {OLD: broken, FIX: fixed, NOW: now}
        self.book = (folder / "book" if apart else self.code / below) / "issues"
        if apart:
            story.catalog["repositories"] = {"app": {"url": "https://example.org/app", "checkout": str(self.code)}}
        self.write(story)
        if apart:
            git(self.book.parent, "init", "-q", "-b", "main")

    def commit(self, files: dict[str, str]) -> str:
        for name, text in files.items():
            (self.code / name).parent.mkdir(parents=True, exist_ok=True)
            (self.code / name).write_text(text)
        git(self.code, "add", "-A")
        git(self.code, "commit", "-q", "-m", "change")
        return git(self.code, "rev-parse", "HEAD").strip()

    def write(self, story: Story) -> None:
        """The story's records, with the commits of this repository in place of the made-up ones."""
        records = {"catalog": story.catalog | {"title": "Shop"}, "1/issue": story.issue, "1/affected": story.affected}
        for name, plain in records.items():
            self.put(name, plain)
        for name, plain in story.evidence.items():
            real = self.real({key: value for key, value in plain.items() if key != "seal"})
            self.put(f"1/evidence/{name}", sealed(real) if "seal" in plain else real)

    def real(self, plain: Any) -> Any:
        return json.loads(PATTERN.sub(lambda found: self.commits[found[0]], json.dumps(plain)))

    def put(self, name: str, plain: Any) -> None:
        path = self.book / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.real(plain)))


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Dev", "-c", "user.email=dev@example.org"]
    return subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def ask(*arguments: str, book: Path) -> Any:
    done = CliRunner().invoke(app, [*arguments, "--book", str(book)])
    assert done.exit_code in {0, 1}, done.output
    return json.loads(done.stdout) if "json" in arguments else done.stdout


def assert_surfaces_agree(book: Path, out: Path, *options: str) -> dict[str, Any]:
    """Asks every surface, and returns what they all say."""
    shown = ask("show", "1", "--format", "json", *options, book=book)
    stage, line = shown["stage"], shown["bottom_line"]
    places, source = shown["environments"], shown["source"]
    text = ask("show", "1", *options, book=book)
    assert line in " ".join(text.split())

    facts = {
        (fact["name"], *fact["filters"].values()): fact["value"]
        for fact in ask("facts", "1", "--format", "json", *options, book=book)["facts"]
    }
    assert facts["stage",] == stage
    assert {name: facts["verdict", name] for name in places} == places

    checked = ask("check", "--format", "json", *options, book=book)
    findings = sorted((one["code"], one["file"], one["line"], one["says"]) for one in checked["findings"])
    assert findings == sorted((one["code"], one["file"], one["line"], one["says"]) for one in shown["findings"])
    claims = ask("claims", "1", "--format", "json", *options, book=book)

    assert {source} == {checked["source"], claims["source"]}
    for kind in KINDS:
        report = ask("report", "1", kind, "--format", "json", *options, book=book)
        assert report["source"] == source
        if "verdict" in report:
            assert report["verdict"]["bottom_line"] == line, kind
            for form in ("md", "html"):
                document = ask("report", "1", kind, "--format", form, *options, book=book)
                assert stage in document
                assert re.sub(r"\W", "", line) in re.sub(r"<[^>]+>|\W", "", document), kind

    ask("pages", "--out", str(out), *options, book=book)
    page = json.loads((out / "docs/api/issues/1.json").read_text())
    assert (page["stage"], page["bottom_line"], page["source"]) == (stage, line, source)
    assert page["environments"] == places
    assert len(page["findings"]) == len(findings)
    states = [one["state"] for one in page["claims"]]
    assert states == [one["state"] for one in claims["claims"]]
    assert {"holds", "contradicted", "unproven"} <= set(states)
    return {"stage": stage, "line": line, "source": source, "codes": {code for code, *_ in findings}}


def closed(story: Story) -> None:
    story.issue["closed"] = {"on": "2025-10-01", "as": "fixed"}
    story.issue["detector"] = {"regex": "await get"}


def nothing(_: Story) -> None:
    pass


def reverted(place: Workplace) -> None:
    place.commit({CODE_FILE: BROKEN})


@pytest.mark.parametrize(
    ("change", "then", "stage"),
    [
        pytest.param(nothing, None, "released", id="proven"),
        pytest.param(closed, reverted, "reproduced", id="closed and reverted"),
        pytest.param(nothing, lambda place: place.commit({TEST_FILE: "changed"}), "fixed", id="changed since"),
        pytest.param(
            lambda story: story.evidence.update({"b-after": run("after", AFTER | {"test_sends": failed()})}),
            None,
            "fixed",
            id="failing",
        ),
        pytest.param(
            lambda story: (closed(story), story.evidence.pop("b-after")), None, "fixed", id="closed beyond proof"
        ),
    ],
)
def test_every_surface_gives_the_same_answer(
    tmp_path: Path, change: Callable[[Story], Any], then: Callable[[Workplace], Any] | None, stage: str
) -> None:
    story = honest()
    change(story)
    place = Workplace(tmp_path, story)
    if then:
        then(place)
    found = assert_surfaces_agree(place.book, tmp_path / "out")
    assert found["stage"] == stage
    assert found["source"].startswith("compared with app at ")


def test_a_switched_off_source_is_off_everywhere(tmp_path: Path) -> None:
    place = Workplace(tmp_path, honest())
    found = assert_surfaces_agree(place.book, tmp_path / "out", "--no-source")
    assert found["source"] == "without the source code: --no-source was given"


@pytest.mark.parametrize("kind", ["clone", "shallow", "worktree", "sub-folder", "apart"])
def test_the_place_of_the_book_changes_no_answer(tmp_path: Path, kind: str) -> None:
    place = Workplace(tmp_path, honest(), apart=kind == "apart", below="docs" if kind == "sub-folder" else "")
    book = place.book
    if kind in {"clone", "shallow", "worktree"}:
        git(place.code, "add", "-A")
        git(place.code, "commit", "-q", "-m", "book")
        other = tmp_path / "other"
        clone = {
            "clone": ("clone", "-q", str(place.code), str(other)),
            "shallow": ("clone", "-q", "--depth", "1", f"file://{place.code}", str(other)),
            "worktree": ("worktree", "add", "-q", str(other)),
        }
        git(place.code, *clone[kind])
        book = other / "issues"
    found = assert_surfaces_agree(book, tmp_path / "out")
    assert found["stage"] == ("reproduced" if kind == "shallow" else "released")
