"""The record beside the code as it is: what does not hold any more, what never did, and where it went."""

from __future__ import annotations

import pytest

from triagebook.code.state import Coverage
from triagebook.errors import TriagebookError

from .project import DETECTOR, Project

MANAGER = 'import shop\n\n\ndef get_manager(user=None):\n    """The one manager."""\n    return Manager(user)\n'


def places(project: Project, kind: str) -> list[tuple[str, str]]:
    """The strays of one kind, each with where it stands now."""
    return [(stray.what, stray.now) for stray in getattr(project.drift(), kind)]


def issue(commit: str, more: str) -> str:
    return f"source: {{repository: shop, commit: {commit}}}\n{more}"


def test_each_place_in_the_record_is_looked_up(project: Project) -> None:
    """Of causes, symptoms, statements, code and exclusions, and in undisputed claims."""
    commit = project.commit({"app/manager.py": MANAGER})
    project.issue(
        issue(
            commit,
            'symptoms: [{error: TypeError, at: "app/a.py:1"}]\n'
            'causes: [{says: It is, at: "app/b.py:1", why: [{says: So, at: "app/c.py:1"}]}]\n'
            'noticed: [{what: More, at: "app/d.py:1"}]\n'
            'fix: {code: [{path: "app/e.py:1", before: a}], verified: [{says: Seen, at: "app/manager.py:4,99"}]}\n',
        )
    )
    project.claims(
        'claims:\n  - {says: "see `app/f.py:7`, it says"}\n'
        '  - {says: "app/g.py:7", disputed: It is not there}\n'
        '  - {says: "http://example.org/app/x.py:80 and 10:30"}\n'
    )
    project.affected(
        f"source: {{repository: shop, commit: {commit}}}\nexcluded: [{{at: 'app/h.py:1', why: x}}]\n"
        "locations: [{at: 'app/i.py:1', state: fixed}]\n"
    )
    assert [what for what, _ in places(project, "misplaced")] == [
        "app/a.py:1", "app/b.py:1", "app/c.py:1", "app/d.py:1", "app/e.py:1", "app/manager.py:4,99", "app/f.py:7",
        "app/h.py:1",
    ]  # fmt: skip
    findings = {finding.says for finding in project.findings("TB503")}
    assert f"`app/manager.py:4,99`: `app/manager.py` has 6 lines at {commit[:9]}" in findings
    assert f"`app/f.py:7`: there is no `app/f.py` at {commit[:9]}" in findings


def test_a_file_renamed_before_the_commit_of_the_record_is_found(project: Project) -> None:
    """Renamed some time before the commit of the record, or known by its name in another folder."""
    project.commit({"app/old.py": MANAGER, "lib/deep/only.py": "x\n"})
    project.git("mv", "app/old.py", "app/manager.py")
    commit = project.commit()
    project.issue(issue(commit, 'causes: [{says: It is, at: ["app/old.py:4", "app/only.py:1"]}]\n'))
    assert places(project, "misplaced") == [("app/old.py:4", "app/manager.py"), ("app/only.py:1", "lib/deep/only.py")]


def test_moved_lines_are_reported_with_their_new_place(project: Project) -> None:
    commit = project.commit(
        {"app/manager.py": MANAGER, "app/gone.py": "x = 1\n" * 9, "app/talk.py": "talk()\nhello()\n"}
    )
    project.issue(
        issue(
            commit, 'causes: [{says: It is, at: ["app/manager.py:4", "app/gone.py:1", "app/talk.py:1", app/talk.py]}]\n'
        )
    )
    assert places(project, "moved") == []
    (project.root / "app/gone.py").unlink()
    project.commit({"app/manager.py": "import log\n" + MANAGER, "app/talk.py": "speak()\nhello()\n"})
    assert places(project, "moved") == [
        ("app/manager.py:4", "app/manager.py:5"),
        ("app/gone.py:1", ""),
        ("app/talk.py:1", ""),
    ]
    assert [finding.says for finding in project.findings("TB506")] == [
        "`app/manager.py:4` is at `app/manager.py:5` now",
        f"`app/gone.py:1`: the file is gone since {commit[:9]}",
        f"`app/talk.py:1`: line 1 was changed since {commit[:9]}",
    ]


@pytest.mark.parametrize(
    "over",
    ["closed: {on: 2025-10-01, as: fixed}", "fix: {changes: [{path: app/manager.py, what: a, commit: abcdef123}]}"],
)
def test_a_record_about_the_past_does_not_move(project: Project, over: str) -> None:
    """Once the fix is in, the places of the record are those of the code before it."""
    commit = project.commit({"app/manager.py": MANAGER})
    project.issue(issue(commit, f'causes: [{{says: It is, at: "app/manager.py:4"}}]\n{over}\n'))
    project.commit({"app/manager.py": "import log\n" + MANAGER})
    assert places(project, "moved") == []


def calls(lines: str) -> dict[str, str]:
    """A file of calls: `1 x 2` is a call, another line, a call; a dot is an empty line."""
    texts = {".": "", "x": "x = 0", "#": "# a"}
    return {"app/a.py": "".join(f"{texts.get(line, f'await get_manager({line})')}\n" for line in lines.split())}


def test_a_location_that_was_never_found_is_not_sent_to_a_scan(project: Project) -> None:
    """A scan leaves it as it is, so that advice would come back for ever."""
    commit = project.commit(calls("1 x"))
    project.affected(f"source: {{repository: shop, commit: {commit}}}\nlocations: ['app/a.py:1,2']\n")
    advice = [finding.do for finding in project.findings("TB501")]
    assert [one.startswith("a scan leaves it: correct the `detector`") for one in advice] == [True]


def test_each_wrong_location_is_reported_once(project: Project) -> None:
    """Cleared, moved, edited, new and back: each is reported once."""
    for lines in ("1 2 3 x 4", "2 3 x 4"):
        project.commit(calls(lines))
        project.scan()
    project.commit(calls("# 5 x . . 4 1 9"))
    drift = project.drift()
    assert [stray.what for stray in drift.cleared] == ["app/a.py:1", "app/a.py:2"]
    assert [(stray.what, stray.now) for stray in drift.moved] == [("app/a.py:4", "app/a.py:6")]
    assert [(stray.what, stray.now) for stray in drift.back] == [("app/a.py:1", "app/a.py:7")]
    assert dict(drift.unrecorded) == {"app/a.py": (2, 8)}
    codes = sorted(finding.code for finding in project.findings())
    assert codes == ["TB501", "TB501", "TB502", "TB502", "TB506"]
    project.scan()
    assert not project.findings()


def test_nothing_recorded_is_one_finding(project: Project) -> None:
    project.commit({f"app/{n}.py": "await get_manager()\n" for n in range(5)})
    assert [finding.says for finding in project.findings("TB502")] == [
        "the detector finds 5 locations in 5 files, but no location is recorded"
    ]


def test_places_at_an_unknown_commit_are_reported_once(project: Project) -> None:
    """What can't be looked up is unknown, and said so, once for each commit."""
    project.issue(issue("0" * 12, 'causes: [{says: It is, at: ["app/a.py:1", "app/b.py:1"]}]\n'))
    project.commit({"app/a.py": "a\n"})
    drift = project.drift()
    assert drift.unknown == (
        "whether 2 places hold at 000000000 is unknown: 000000000 is not a commit of this repository",
    )
    assert not drift.misplaced


def test_a_shallow_clone_knows_what_is_there_now(project: Project) -> None:
    commit = project.commit({"app/a.py": "await get_manager()\n"})
    project.issue(DETECTOR + issue(commit, 'causes: [{says: It is, at: "app/a.py:1"}]\n'))
    project.commit({"app/b.py": "await get_manager()\n"})
    clone = project.root / "../shallow"
    project.git("clone", "--quiet", "--depth=1", f"file://{project.root}", str(clone))
    drift = project.drift(clone)
    assert "shallow clone; fetch the history: git fetch --unshallow" in drift.unknown[0]
    assert dict(drift.unrecorded) == {"app/a.py": (1,), "app/b.py": (1,)}


def test_a_folder_without_git_is_compared_by_content(project: Project) -> None:
    """Such as a release: its content can be compared with the record, commits can't."""
    commit = project.commit({"app/a.py": "await get_manager()\n"})
    project.issue(DETECTOR + issue(commit, 'causes: [{says: It is, at: "app/a.py:1"}]\n'))
    release = project.root.parent / "release"
    release.mkdir()
    (release / "a.py").write_text("await get_manager()\n")
    drift = project.drift(release)
    assert dict(drift.unrecorded) == {"a.py": (1,)}
    assert drift.unknown[0].endswith("the folder is not a git checkout")


def test_a_missing_checkout_is_reported(project: Project) -> None:
    project.commit()
    project.issue(DETECTOR + issue("0" * 12, ""))
    project.git("remote", "remove", "origin")
    with pytest.raises(TriagebookError) as caught:
        project.drift()
    assert "no checkout of `shop` is known" in caught.value.what
    assert "--in DIR" in caught.value.do


# ── searches ─────────────────────────────────────────────────────────────────────────────


def test_a_check_is_compared_with_the_detector(project: Project) -> None:
    """How much of what the detector finds the check sees; what is excluded does not count."""
    commit = project.commit(
        {
            "app/a.py": "await get_manager()\nawait get_manager(a)\nawait get_manager(\n  b)\n",
            "t/b.py": "await get_manager(c)\n",
        }
    )
    project.affected(
        f"source: {{repository: shop, commit: {commit}}}\nexcluded: ['t/b.py:1']\nlocations: ['app/a.py:1,2,3']\n"
    )
    project.issue(
        DETECTOR + "plan: {after: [{do: Look, search: {regex: 'await get_manager\\(\\)'}}]}\n"
        "deployment: {production: {checks: [{do: Look, search: {regex: 'await get_manager\\('}},\n"
        "  {do: Look for errors, search: {regex: 'get_manager\\(\\s*$'}}, {do: Other, search: {regex: '  b'}}]}}\n"
    )
    checks = project.drift().checks
    assert checks["plan", "after", 0, "search"] == Coverage(1, 3, "app/a.py:2")
    assert checks["deployment", "production", "checks", 0, "search"] == Coverage(3, 3)
    assert checks["deployment", "production", "checks", 1, "search"] == Coverage(1, 3, "app/a.py:1")
    assert ("deployment", "production", "checks", 2, "search") not in checks, "it searches for something else"
    assert [finding.says for finding in project.findings("TB504")] == [
        "it finds 1 of 3 lines that the detector finds, but not `app/a.py:2`",
        "it finds 1 of 3 lines that the detector finds, but not `app/a.py:1`",
    ]


def test_a_search_that_can_not_search_is_reported(project: Project) -> None:
    project.issue(DETECTOR + "plan: {after: [{do: Look, search: {code: 'a(', language: python}}]}\n")
    project.commit({"app/a.py": "x\n"})
    assert [one.field for one in project.drift().invalid] == [("plan", "after", 0, "search")]
    project.issue("detector: {code: 'a(', language: python}\n")
    assert [(one.field, one.what) for one in project.drift().invalid] == [(("detector",), "`a(` is not valid python")]
    assert any("`detector` can't search" in why for why in project.drift().unknown)


# ── what is not there ────────────────────────────────────────────────────────────────────────────────

RUNNER = """\
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--category")
parser.add_argument("--fast-fail")
"""


def absent(project: Project, more: str, files: dict[str, str] | None = None) -> list[str]:
    commit = project.commit(
        {"tests/unit/test_a.py": "x\n", "tests/run.py": RUNNER, "app/a.py": "LIMIT = 5\n"} | (files or {})
    )
    project.issue(issue(commit, more))
    return [stray.what for stray in project.drift().absent]


def test_missing_files_are_reported_unless_they_are_planned(project: Project) -> None:
    """A suite that is still to be written has no file yet; one that was written since the commit has."""
    found = absent(
        project,
        "suites:\n"
        "  a: {category: unit, path: tests/unit/test_a.py}\n  b: {category: unit, path: tests/unit/test_b.py}\n"
        "  c: {category: unit, path: tests/unit/test_c.py, state: planned}\n  d: {category: unit, path: tests/unit}\n"
        "fix: {changes: [{path: app/b.py, what: x}], unrelated: [{path: app/a.py, what: x}]}\n",
    )
    assert found == ["tests/unit/test_b.py", "app/b.py"]
    project.write({"tests/unit/test_b.py": "x\n"})
    assert [stray.what for stray in project.drift().absent] == ["app/b.py"]


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("python -m pytest tests/unit/test_a.py::TestA::test_a -v", []),
        ("python -m pytest tests/integration/issue_1184/ -v --tb=short", ["tests/integration/issue_1184/"]),
        ("CI=1 python tests/run.py --category unit --filter a --no-fast-fail", ["--filter"]),
        ("python tests/runner.py --filter a", ["tests/runner.py"]),
        ("pytest --junitxml=tests/out.xml reports/a.xml", []),
        ("cp app/a.py app/b.py", []),
        ("cd app && python b/c.py", []),
        ("cat app/b.py | grep x > app/c.txt", ["app/b.py"]),
        ("pytest tests/$SUITE tests/*/x.py", []),
        ("pytest 'tests", []),
    ],
)
def test_commands_with_missing_files_or_options_are_reported(project: Project, command: str, found: list[str]) -> None:
    """Files in folders of the code, and options of a script that lists its options."""
    command = command.replace("'", "''")
    assert absent(project, f"plan: {{before: [{{do: Run it, command: {{run: '{command}'}}}}]}}\n") == found


def test_settings_that_the_code_does_not_name_are_reported(project: Project) -> None:
    """What is set in one environment may be known there alone."""
    found = absent(
        project,
        "fix: {changes: [{setting: LIMIT, now: 6}, {setting: NO_LIMIT, now: 1}, {setting: A limit, now: 1},\n"
        "  {setting: NO_LIMIT, now: 1, environment: production}]}\n",
    )
    assert found == ["NO_LIMIT"]
