"""Every command, report and page gives the same answer about an issue, wherever the book and the code are."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.kit.commands import Ran, git, triagebook
from tests.kit.references import resolved
from tests.kit.stories import AFTER, BEFORE, CODE_FILE, FIX, NOW, OLD, TEST_FILE, failed, honest
from triagebook.reports import KINDS

TESTS = "def test_connects(): ...\ndef test_sends(): ...\ndef test_colours(): ...\n"
BROKEN = "async def connect(app):\n    await get(app)\n"
FIXED = "async def connect(app):\n    get(app)\n"
CHANGED = FIXED + "    app.log()\n"
SETTINGS = {
    "mkdocs.yml": "site_name: Shop\ndocs_dir: pages\nsite_dir: build\nuse_directory_urls: false\n"
    "theme: {name: material, font: false}\nplugins: [triagebook]\n",
    "pages/about.md": "# About\n",
    ".gitignore": "build\n",
}
CLAIMS = [
    {"says": "One file", "lines": "1", "about": {"fact": "affected.files"}, "value": "1"},
    {"says": "Nine files", "lines": "2", "about": {"fact": "affected.files"}, "value": "9"},
    {"says": "It is released", "lines": "3", "about": {"fact": "stage"}, "state": "released"},
    {"says": "It is quick", "lines": "4"},
]
REPORT = {"title": "Report", "date": "2025-09-30", "by": "developer", "claims": CLAIMS}

# ── a repository and its book ────────────────────────────────────────────────────────────────────────


class Workplace:
    """A repository with a book of one issue, which a story changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code = folder / "app"
        self.book = self.code / "issues"

    def copy(self, folder: Path) -> Workplace:
        shutil.copytree(self.code, folder / "app")
        return Workplace(folder)

    def git(self, *arguments: str, on: str = "2025-09-28") -> str:
        day = {"GIT_AUTHOR_DATE": f"{on}T08:00:00Z", "GIT_COMMITTER_DATE": f"{on}T08:00:00Z"}
        return git(self.code, *arguments, **day).strip()

    def commit(self, files: dict[str, str], on: str = "2025-09-28") -> str:
        for name, text in files.items():
            (self.code / name).parent.mkdir(parents=True, exist_ok=True)
            (self.code / name).write_text(text)
        self.git("add", "--", *files)
        self.git("commit", "-q", "-m", "Change", on=on)
        return self.git("rev-parse", "HEAD")

    def put(self, name: str, plain: Any) -> None:
        path = self.book / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(plain, indent=1))

    def change(self, name: str, **keys: Any) -> None:
        self.put(name, json.loads((self.book / f"{name}.yaml").read_text()) | keys)

    def record(self, phase: str, results: dict[str, Any], at: str) -> None:
        """Have the tool record the results of a run of what is checked out."""
        cases = "".join(_case(name, result) for name, result in results.items())
        file = self.folder / f"{phase}.xml"
        file.write_text(f'<testsuite name="pytest" tests="{len(results)}">{cases}</testsuite>')
        self.tell("record", "1", str(file), "--phase", phase, "--environment", "staging", "--at", at)

    def tell(self, *arguments: str) -> Ran:
        done = triagebook(*arguments, "--book", self.book)
        assert done.code in {0, 1}, done
        return done

    def ask(self, *arguments: str) -> Any:
        return json.loads(self.tell(*arguments, "--format", "json").out)


def _case(name: str, result: Any) -> str:
    error = f'<failure message="{html.escape(result["error"])}"/>' if isinstance(result, dict) else ""
    return f'<testcase classname="{TEST_FILE[:-3].replace("/", ".")}" name="{name}">{error}</testcase>'


@pytest.fixture(scope="session")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """A defect that was reproduced, fixed, validated and released, with evidence that the tool recorded."""
    place = Workplace(tmp_path_factory.mktemp("proven"))
    place.code.mkdir()
    place.git("init", "-q", "-b", "main")
    old = place.commit({CODE_FILE: BROKEN, TEST_FILE: TESTS, **SETTINGS}, on="2025-09-18")
    fix = place.commit({CODE_FILE: FIXED}, on="2025-09-24")
    now = place.commit({"README": "Read me\n"}, on="2025-09-24")
    story, commits = honest(), {OLD: old, FIX: fix, NOW: now}
    story.catalog["title"] = "Shop"
    story.issue["owner"] = "developer"
    story.affected["locations"][0]["at"] = f"{CODE_FILE}:2"
    files = {"catalog": story.catalog, "1/issue": story.issue, "1/affected": story.affected, "1/claims/report": REPORT}
    for name, plain in files.items():
        text = re.sub(f"{OLD}|{FIX}|{NOW}", lambda found: commits[found[0]], json.dumps(plain))
        place.put(name, json.loads(text))
    place.git("checkout", "-q", old)
    place.record("before", BEFORE, at="2025-09-20T10:00:00Z")
    place.git("checkout", "-q", "main")
    place.record("after", AFTER, at="2025-09-25T10:00:00Z")
    measured = ("--value", "connect.success=97 %", "--by", "developer", "--at", "2025-09-26T10:00:00Z")
    place.tell("record", "1", *measured, "--commit", now, "--phase", "after", "--environment", "staging")
    return place


# ── what all surfaces say ────────────────────────────────────────────────────────────────────────────


class Answer(NamedTuple):
    """What every surface says about the issue."""

    stage: str
    line: str
    environments: dict[str, str]
    source: str
    claims: list[tuple[str, str, str]]
    findings: list[tuple[str, str, int, str]]
    reasons: dict[str, list[str]]  # by environment

    @property
    def codes(self) -> set[str]:
        return {code for code, *_ in self.findings}


def answer(shown: dict[str, Any]) -> Answer:
    """The answer in the data of an issue."""
    return Answer(
        shown["stage"],
        shown["bottom_line"],
        shown["environments"],
        shown["source"],
        claims(shown),
        findings(shown),
        {name: found["reasons"] for name, found in shown["verdict"]["environments"].items()},
    )


def claims(shown: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["says"], one["state"], one["why"]) for one in shown["claims"]]


def findings(shown: dict[str, Any]) -> list[tuple[str, str, int, str]]:
    return [(one["code"], one["file"], one["line"], one["says"]) for one in shown["findings"]]


def bare(text: str) -> str:
    """The letters and digits of a document, whatever its markup."""
    return re.sub(r"\W", "", html.unescape(re.sub(r"<[^>]+>", "", text))).casefold()


def answer_of_all(place: Workplace, out: Path, *options: str) -> Answer:
    """Asks every surface; fails unless all say the same."""
    shown = place.ask("show", "1", *options)
    said = answer(shown)
    assert_commands_agree(place, said, options)
    place.tell("pages", "--out", str(out), *options)
    for kind in KINDS:
        assert_report_agrees(place, kind, out / "docs/issues/1", said, options)
    assert_site_agrees(out / "docs", said)
    page = json.loads((out / "docs/api/issues/1.json").read_text())
    assert page["facts"] == shown["facts"]
    return said


def assert_commands_agree(place: Workplace, said: Answer, options: tuple[str, ...]) -> None:
    text = place.tell("show", "1", *options)
    assert f"{said.stage}. {said.line}" in " ".join(text.out.split())
    assert said.source in text.source
    for plain in (place.ask("check", *options), place.ask("check", "--no-cache", *options)):
        assert (plain["source"], findings(plain)) == (said.source, said.findings)
    text = place.tell("check", *options)
    assert said.source in text.source
    assert all(bare(says) in bare(text.out) for *_, says in said.findings)
    stated = place.ask("claims", "1", *options)
    assert (stated["source"], claims(stated)) == (said.source, said.claims)
    facts = place.ask("facts", "1", *options)
    values = {(fact["name"], *fact["filters"].values()): fact["value"] for fact in facts["facts"]}
    assert values["stage",] == said.stage
    assert {name: values["verdict", name] for name in said.environments} == said.environments


def assert_report_agrees(place: Workplace, kind: str, site: Path, said: Answer, options: tuple[str, ...]) -> None:
    """In all formats, and as the site offers it for download."""
    report = place.ask("report", "1", kind, *options)
    verdict = report["verdict"]
    assert (report["source"], verdict["bottom_line"]) == (said.source, said.line)
    assert verdict["stage"]["value"] == said.stage
    assert {one["id"]: one["state"] for one in verdict["environments"]} == said.environments
    assert {one["id"]: one["reasons"] for one in verdict["environments"]} == said.reasons
    if contradictions := report.get("contradictions"):
        assert len(contradictions["parts"]) == sum(state == "contradicted" for _, state, _ in said.claims)
    if "claims" in report:
        contradicted = [one for group in contradictions["groups"] for one in group["claims"]]
        listed = [(one["claim"]["says"], one["state"]) for one in (*contradicted, *report["claims"])]
        assert sorted(listed) == sorted((says, state) for says, state, _ in said.claims)
    assert resolved(site / f"{kind}.json") == report
    for form, ending in {"md": "md.txt", "html": ""}.items():
        done = place.tell("report", "1", kind, "--format", form, *options)
        assert said.source == done.source
        for words in (f"Stage: {said.stage}.", said.line, re.split("[:;]", said.source[1:])[0]):
            assert bare(words) in bare(done.out), (kind, form)
        if ending:
            assert bare((site / f"{kind}.{ending}").read_text()) == bare(done.out)


def assert_site_agrees(site: Path, said: Answer) -> None:
    """The pages of a site and its data."""
    assert answer(json.loads((site / "api/issues/1.json").read_text())) == said
    (row,) = json.loads((site / "api/issues.json").read_text())
    assert (row["stage"], row["bottom_line"], row["environments"]) == said[:3]
    assert row["findings"] == len(said.findings)
    health = json.loads((site / "api/health.json").read_text())
    assert health["source"] == said.source
    page = next(path for path in (site / "issues/1/index.html", site / "issues/1/index.md") if path.exists())
    text = bare(page.read_text())
    for words in (said.line, f"Stage: {said.stage}.", said.source, *(says for *_, says in said.findings)):
        assert bare(words) in text, words


# ── the stories ──────────────────────────────────────────────────────────────────────────────────────

CLOSED = {"on": "2025-10-01", "as": "fixed"}


def unchanged(_: Workplace) -> None:
    pass


def reverted(place: Workplace) -> None:
    place.change("1/issue", closed=CLOSED)
    place.git("revert", "--no-edit", "HEAD~1", on="2025-10-02")


def back(place: Workplace) -> None:
    """The detector finds the defect in another file, in a change that is not committed."""
    place.change("1/issue", closed=CLOSED, detector={"regex": "await get"})
    (place.code / "app/other.py").write_text(BROKEN)


def changed_since(place: Workplace) -> None:
    place.change("1/issue", closed=CLOSED)
    place.commit({CODE_FILE: CHANGED}, on="2025-10-02")


def failing(place: Workplace) -> None:
    place.commit({CODE_FILE: CHANGED}, on="2025-10-02")
    place.record("after", AFTER | {"test_sends": failed()}, at="2025-10-03T10:00:00Z")


def closed_beyond_proof(place: Workplace) -> None:
    place.change("1/issue", closed=CLOSED)
    (after,) = (place.book / "1/evidence").glob("2025-09-25*.yaml")
    after.unlink()


def no_repository(place: Workplace) -> None:
    shutil.rmtree(place.code / ".git")


def clone(place: Workplace, *options: str) -> None:
    """Goes on in a clone, which gets no commit that is on no branch."""
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "Add the book")
    other = place.folder / "clone"
    place.git("clone", "-q", *options, f"file://{place.code}", str(other))
    place.code, place.book = other, other / "issues"


def shallow(place: Workplace) -> None:
    clone(place, "--depth", "1")


def squashed(place: Workplace) -> None:
    """The fix was merged as one commit, and its branch deleted."""
    fix = place.git("rev-parse", "HEAD~1")
    place.git("branch", "fix")
    place.git("reset", "-q", "--hard", "HEAD~2")
    place.git("merge", "-q", "--squash", "fix")
    place.git("commit", "-q", "-m", "Fix it")
    place.git("branch", "-q", "-D", "fix")
    clone(place)
    with pytest.raises(subprocess.CalledProcessError):
        place.git("cat-file", "-e", fix)


def worktree(place: Workplace) -> None:
    other = place.folder / "worktree"
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "Add the book")
    place.git("worktree", "add", "-q", str(other))
    place.code, place.book = other, other / "issues"


def sub_folder(place: Workplace) -> None:
    place.book = place.book.rename(place.code / "pages/issues")


def apart(place: Workplace) -> None:
    """The book is in a repository of its own, and its catalog names the checkout."""
    other = place.folder / "book"
    other.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=other, check=True)
    place.book = place.book.rename(other / "issues")
    place.change("catalog", repositories={"app": {"url": "https://example.org/app", "checkout": "../../app"}})


class Story(NamedTuple):
    """What happens to the proven fix, and what all surfaces say of it."""

    change: Callable[[Workplace], object]
    stage: str
    line: str  # how the bottom line begins
    environments: dict[str, str]
    source: str = "compared with app at "  # how the sentence about the source code begins
    why: str = ""  # in the reasons of the environment
    codes: frozenset[str] = frozenset()  # of findings that the proven fix does not have
    options: tuple[str, ...] = ()


PROVEN, FAILED, UNKNOWN = {"staging": "proven"}, {"staging": "failed"}, {"staging": "unknown"}
RELEASED = "Fixed and released: proven in staging."
UNSUPPORTED = frozenset({"TB302", "TB410"})  # the claim that it is released is contradicted too
CUT_OFF = "its history is cut off: `git fetch --unshallow` gets it, in CI `fetch-depth: 0`"
STORIES = {
    "proven": Story(unchanged, "released", RELEASED, PROVEN),
    "reverted": Story(
        reverted, "reproduced", "Closed as fixed, but the record proves no more than `reproduced`; fixed needs: fix"
        " it again, and record the commit in `fix.changes`: the fix was reverted", UNKNOWN, codes=UNSUPPORTED,
    ),
    "back elsewhere": Story(
        back, "reproduced", "Closed as fixed, but the record proves no more than `reproduced`; fixed needs: fix"
        " it again, and search: the current code shows the defect at app/other.py", UNKNOWN,
        codes=UNSUPPORTED | {"TB502"},
    ),
    "changed since": Story(
        changed_since, "released", "Closed as fixed: proven in staging.", PROVEN, why=", code changed since"
    ),
    "failing": Story(failing, "fixed", "Failed in staging: ", FAILED, why="the recorded error was seen in a build"),
    "closed beyond proof": Story(
        closed_beyond_proof, "fixed", "Closed as fixed, but the record proves no more than `fixed`", UNKNOWN,
        codes=UNSUPPORTED,
    ),
    "source switched off": Story(
        unchanged, "released", RELEASED, PROVEN, "without the source code: --no-source was given",
        why="whether the code has changed since is unknown", options=("--no-source",),
    ),
    "no repository": Story(
        no_repository, "released", RELEASED, PROVEN, "without the source code: the book is not in a git repository",
        why="whether the code has changed since is unknown",
    ),
    "shallow": Story(shallow, "released", RELEASED, PROVEN),
    "squashed": Story(squashed, "released", RELEASED, PROVEN),
    "clone": Story(clone, "released", RELEASED, PROVEN),
    "worktree": Story(worktree, "released", RELEASED, PROVEN),
    "sub-folder": Story(sub_folder, "released", RELEASED, PROVEN),
    "book apart": Story(apart, "released", RELEASED, PROVEN),
}  # fmt: skip
USUAL = ["TB302", "TB406"]  # nine files are claimed, and a test passes before and after
BUILT = ("proven", "reverted", "source switched off")


@pytest.mark.parametrize("name", STORIES)
def test_every_surface_gives_the_same_answer(proven: Workplace, tmp_path: Path, name: str) -> None:
    story, place = STORIES[name], proven.copy(tmp_path)
    story.change(place)
    said = answer_of_all(place, tmp_path / "out", *story.options)
    assert (said.stage, said.environments) == (story.stage, story.environments)
    assert said.line.startswith(story.line)
    assert said.source.startswith(story.source)
    assert story.why in "; ".join(said.reasons["staging"])
    assert story.codes <= said.codes
    assert (CUT_OFF in said.source) == (name == "shallow")
    if story.line == RELEASED:
        assert sorted(code for code, *_ in said.findings) == USUAL
        assert [state for _, state, _ in said.claims] == ["holds", "contradicted", "holds", "unproven"]
    if name in BUILT:
        place.tell("build", *story.options)
        assert_site_agrees(place.code / "build", said)


# ── the cached answer of check ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("where", [unchanged, apart], ids=["in the repository", "apart"])
def test_check_notices_each_change_of_the_code(
    proven: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: Callable[[Workplace], object]
) -> None:
    """And only then: nothing is loaded to give the same answer twice."""
    place = proven.copy(tmp_path)
    place.change("1/issue", closed=CLOSED)
    where(place)

    def checked() -> tuple[str, set[str]]:
        plain = place.ask("check")
        assert plain == place.ask("check", "--no-cache")
        with monkeypatch.context() as patch:
            patch.setattr("triagebook.store.load.load", lambda *_: pytest.fail("it reads records"))
            assert plain == place.ask("check")
        return plain["source"], {finding["code"] for finding in plain["findings"]}

    first, codes = checked()
    assert "TB410" not in codes
    (place.code / CODE_FILE).write_text(BROKEN)
    assert checked() == (f"{first}, with uncommitted changes", codes | {"TB410"})
    (place.code / CODE_FILE).write_text(CHANGED)
    assert checked() == (f"{first}, with uncommitted changes", codes)
    later = place.commit({CODE_FILE: CHANGED})
    assert checked() == (f"compared with app at {later[:7]}", codes)
    back = place.commit({CODE_FILE: BROKEN})
    assert checked() == (f"compared with app at {back[:7]}", codes | {"TB410"})
    place.git("revert", "--no-edit", "HEAD")
    source, again = checked()
    assert (source != first, again) == (True, codes)
