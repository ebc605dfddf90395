"""`triagebook scan` from end to end: its output, what it writes, and its exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kit.commands import git as run_git

Run = Callable[..., Any]

CATALOG = """\
repositories: {shop: https://example.org/shop}
environments: {local: Local}
file_categories: {product: {title: Product, paths: ["app/**"]}}
people: {me: Me}
"""
ISSUE = """\
title: Nobody can connect
severity: low
opened: 2025-09-15
summary: Each connection fails.
owner: me
detector: {code: await get_manager($$$), language: python}
"""
DAY = "2025-09-20T12:00:00+00:00"
CHAT = "async def connect(user):\n    one = await get_manager(user)\n    two = await get_manager()\n"


def git(folder: Path, *arguments: str) -> str:
    return run_git(folder, *arguments, GIT_AUTHOR_DATE=DAY, GIT_COMMITTER_DATE=DAY).strip()


def commit(folder: Path, **files: str) -> str:
    """Commit everything, with new texts for `app/NAME.py`; return the hash."""
    for name, text in files.items():
        (folder / "app").mkdir(exist_ok=True)
        (folder / "app" / f"{name}.py").write_text(text, encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "A change")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def shop(here: Path) -> Path:
    """A repository with code and a book."""
    (here / "issues" / "1").mkdir(parents=True)
    (here / "issues" / "catalog.yaml").write_text(CATALOG)
    (here / "issues" / "1" / "issue.yaml").write_text(ISSUE)
    git(here, "init", "--quiet")
    git(here, "remote", "add", "origin", "git@example.org:shop.git")
    commit(here, chat=CHAT)
    return here


def record(shop: Path) -> str:
    return (shop / "issues" / "1" / "affected.yaml").read_text(encoding="utf-8")


def test_the_first_scan_records_the_locations(run: Run, shop: Path) -> None:
    """It reports them, their commit and the file."""
    head = git(shop, "rev-parse", "HEAD")
    ran = run("scan", 1)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "open    app/chat.py:2  await get_manager(user)\n"
        "open    app/chat.py:3  await get_manager()\n"
        f"2 locations open in 1 file at {head[:9]}; 1 file searched; wrote issues/1/affected.yaml\n"
    )
    assert record(shop) == (
        "# yaml-language-server: $schema=../.schema/affected.json\n"
        f"source:\n  repository: shop\n  commit: {head}\n"
        "scan:\n  on: 2025-09-20\n  files: 1\n  detector:\n    code: await get_manager($$$)\n    language: python\n"
        "  by: triagebook 0.1.0\n"
        "locations:\n  - at: app/chat.py:2\n    text: await get_manager(user)\n"
        "  - at: app/chat.py:3\n    text: await get_manager()\n"
    )


def test_a_second_scan_changes_nothing(run: Run, shop: Path) -> None:
    """The file just written does not count as changed code."""
    run("scan", 1)
    before = record(shop)
    ran = run("scan", 1)
    assert ran.out.endswith("; issues/1/affected.yaml is up to date\n")
    assert record(shop) == before


def test_fixed_moved_and_new_locations_are_reported(run: Run, shop: Path) -> None:
    run("scan", 1)
    fix = commit(shop, chat="import log\n" + CHAT.replace("await get_manager(user)", "get_manager(user)"), talk=CHAT)
    tally = f"3 locations open in 2 files at {fix[:9]} (1 fixed, 1 moved, 2 new); 2 files searched"
    assert run("scan", 1).out.splitlines() == [
        f"fixed   app/chat.py:2  by {fix[:9]}",
        "moved   app/chat.py:4  await get_manager()  (was app/chat.py:3)",
        "new     app/talk.py:2  await get_manager(user)",
        "new     app/talk.py:3  await get_manager()",
        f"{tally}; wrote issues/1/affected.yaml",
    ]


def test_a_dry_run_writes_nothing(run: Run, shop: Path) -> None:
    ran = run("scan", 1, "--dry-run")
    assert ran.out.endswith("; nothing was written\n")
    assert not (shop / "issues/1/affected.yaml").exists()


def test_json_output(run: Run, shop: Path) -> None:
    """Locations, changes, and the number of searched files."""
    (shop / "app" / "data.py").write_bytes(b"\0")
    head = commit(shop)
    answer = json.loads(run("scan", 1, "--dry-run", "--format", "json").out)
    assert answer["locations"][0] == {
        "path": "app/chat.py", "line": 2, "text": "await get_manager(user)",
    }  # fmt: skip
    assert (answer["issue"], answer["written"], answer["commit"], answer["dirty"]) == ("1", False, head, [])
    assert answer["files"] == {"searched": 1, "skipped": {"app/data.py": "binary"}}
    assert [change["what"] for change in answer["changes"]] == ["open", "open"]
    assert answer["detector"] == {"code": "await get_manager($$$)", "language": "python"}
    assert json.loads(run("scan", 1, "--format", "json").out)["written"] is True


def test_uncommitted_changes_are_not_recorded(run: Run, shop: Path) -> None:
    """No commit contains them. A dry run works, and other files do not matter."""
    (shop / "readme.md").write_text("more")
    assert run("scan", 1).code == 0
    (shop / "app" / "chat.py").write_text("pass\n" + CHAT)
    before = record(shop)
    ran = run("scan", 1)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: uncommitted changes in app/chat.py, so the locations can't be tied to a commit\n"
        "  commit or stash the changes; or see what is found with --dry-run\n"
    )
    assert record(shop) == before
    look = run("scan", 1, "--dry-run")
    assert look.code == 0
    assert "1 searched file with uncommitted changes" in look.err


def test_an_older_checkout_is_refused(run: Run, shop: Path) -> None:
    old = git(shop, "rev-parse", "HEAD")
    commit(shop, chat=CHAT + CHAT)
    run("scan", 1)
    (shop / "issues").rename(shop.parent / "issues")
    git(shop, "checkout", "--quiet", "--force", old)
    ran = run("scan", 1, "--book", shop.parent / "issues", "--in", shop)
    assert ran.code == 2
    assert "which is older than the record" in ran.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["2"], "there is no issue `2` in this book"),
        (["1", "--in", "nowhere"], "there is no folder nowhere"),
        ([], "name one issue;"),
    ],
)
def test_invalid_options_are_refused(run: Run, shop: Path, arguments: list[str], says: str) -> None:
    assert shop.is_dir()
    ran = run("scan", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {says}")


@pytest.mark.parametrize(
    ("detector", "says"),
    [
        ("", "issue 1 has no detector"),
        ("detector: {regex: '('}", "`(` is not a regular expression that can be searched for (missing )"),
        ("detector: {code: 'a(', language: python}", "is not valid: `a(` is not valid python"),
        ("detector: {code: 'a', language: cobol}", "`cobol` is not a language"),
    ],
)
def test_an_invalid_detector_is_refused(run: Run, shop: Path, detector: str, says: str) -> None:
    path = shop / "issues/1/issue.yaml"
    path.write_text(ISSUE.partition("detector:")[0] + detector + "\n")
    ran = run("scan", 1)
    assert ran.code == 2
    assert says in ran.err
    assert "issues/1/issue.yaml" in ran.err


@pytest.mark.parametrize(
    ("detector", "affected", "says"),
    [
        ("{regex: nowhere}", "", "the detector finds nothing in 1 file; check its `code` or `regex`"),
        ("{regex: await, include: [web/**]}", "", "no file of 1 matches `include`"),
        ("{regex: await, language: go}", "", "no file of 1 is written in go; check `language`"),
        ("{regex: await, exclude: ['**']}", "", "`exclude` leaves out 1 file, all that the detector is for"),
        ("{regex: await}", "excluded: [{at: app/chat.py, why: x}]\n", "every line that the detector finds is excluded"),
    ],
)
def test_a_search_that_can_find_nothing_says_so(run: Run, shop: Path, detector: str, affected: str, says: str) -> None:
    (shop / "issues/1/issue.yaml").write_text(
        ISSUE.replace("{code: await get_manager($$$), language: python}", detector)
    )
    if affected:
        head = git(shop, "rev-parse", "HEAD")
        (shop / "issues/1/affected.yaml").write_text(f"source: {{repository: shop, commit: {head}}}\n{affected}")
    commit(shop)
    ran = run("scan", 1)
    assert ran.code == 0
    assert f"note: {says}" in ran.err


def test_another_repository_fixes_nothing(run: Run, shop: Path, tmp_path: Path) -> None:
    """It has none of the recorded files, so their absence says nothing."""
    assert run("scan", 1).code == 0
    commit(shop)
    before = (shop / "issues/1/affected.yaml").read_bytes()
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("x")
    git(other, "init", "-q")
    commit(other)
    ran = run("scan", 1, "--in", str(other))
    assert (ran.code, "has none of the recorded files" in ran.err) == (2, True)
    assert (shop / "issues/1/affected.yaml").read_bytes() == before


def test_the_fix_gets_its_commit(run: Run, shop: Path) -> None:
    with (shop / "issues/1/issue.yaml").open("a") as file:
        file.write("fix: {changes: [{path: app/chat.py, what: The awaits are gone}]}  # mine\n")
    run("scan", 1)
    fix = commit(shop, chat=CHAT.replace("await ", ""))
    ran = run("scan", 1)
    assert f"fix     fix.changes.0  commit {fix[:9]}" in ran.out
    assert f"commit: {fix}" in (shop / "issues/1/issue.yaml").read_text()
    assert "# mine" in (shop / "issues/1/issue.yaml").read_text()


def test_its_advice_works(run: Run, shop: Path) -> None:
    """Who does what a refusal says gets on: to the next refusal, and then to the locations."""
    issue, catalog = shop / "issues/1/issue.yaml", shop / "issues/catalog.yaml"
    git(shop, "remote", "remove", "origin")
    issue.write_text(
        ISSUE.replace("{code: await get_manager($$$), language: python}", "{code: await x, language: py3}")
    )
    catalog.write_text(CATALOG.replace("{shop: ", "{web: https://example.org/web, shop: "))
    commit(shop)

    def refused(says: str, advice: str) -> None:
        ran = run("scan", 1)
        assert ran.code == 2
        assert says in ran.err
        assert advice in " ".join(ran.err.split())

    refused("`py3` is not a language in which code can be searched", "use one of: bash, c, cpp, csharp")
    issue.write_text(ISSUE.replace("detector:", "# detector:"))
    refused("issue 1 has no detector", "detector: {code: await get_manager($$$), language: python}")
    issue.write_text(ISSUE)
    refused("the record does not say which repository", "source: {repository: ..., commit: ...}")
    issue.write_text(f"{ISSUE}source: {{repository: shop, commit: {git(shop, 'rev-parse', 'HEAD')}}}\n")
    (shop / "app/chat.py").write_text(f"{CHAT}# a change\n")
    refused("uncommitted changes in app/chat.py", "commit or stash the changes; or see what is found with --dry-run")
    assert "open    app/chat.py:2" in run("scan", 1, "--dry-run").out
    commit(shop)
    assert "2 locations open in 1 file" in run("scan", 1).out


def test_the_detector_of_the_pattern_is_the_default(run: Run, shop: Path) -> None:
    (shop / "issues" / "patterns").mkdir()
    text = "title: A\nsummary: B\ndetector: {regex: 'await get_\\w+\\(', include: ['**/*.py']}\n"
    (shop / "issues" / "patterns" / "awaited.yaml").write_text(text)
    path = shop / "issues/1/issue.yaml"
    path.write_text(ISSUE.partition("detector:")[0] + "causes: [{pattern: awaited, state: confirmed}]\n")
    assert run("scan", 1).out.startswith("open    app/chat.py:2  await get_manager(\n")


def test_a_folder_without_git_can_be_searched_but_not_recorded(run: Run, shop: Path) -> None:
    release = shop.parent / "release"
    release.mkdir()
    (release / "a.py").write_text(CHAT)
    ran = run("scan", 1, "--in", release)
    assert ran.code == 2
    assert "is not a git checkout, so the locations can't be tied to a commit" in ran.err
    assert run("scan", 1, "--in", release, "--dry-run").out.startswith("open    a.py:2  await get_manager(user)\n")


def test_an_unreadable_record_is_refused(run: Run, shop: Path) -> None:
    (shop / "issues/1/affected.yaml").write_text("locations: [")
    ran = run("scan", 1)
    assert (ran.code, ran.err.splitlines()[-2]) == (2, "error: issues/1/affected.yaml can't be read")


def test_control_characters_are_escaped(run: Run, shop: Path) -> None:
    """In file names and in lines."""
    commit(shop, chat='x = await get_manager("\x1b[31m")\n')
    out = run("scan", 1).out
    assert "\x1b" not in out
    assert "\\x1b[31m" in out


# ── drift ────────────────────────────────────────────────────────────────────────────────────────────


def test_check_finds_nothing_without_drift(run: Run, shop: Path) -> None:
    assert shop.is_dir()
    run("scan", 1)
    ran = run("scan", "--check")
    assert (ran.code, ran.out, ran.err) == (0, "no findings\n", "")


def test_check_reports_drift_and_writes_nothing(run: Run, shop: Path) -> None:
    """The exit code is 1."""
    run("scan", 1)
    before = record(shop)
    commit(shop, chat="import log\n" + CHAT.replace("await get_manager(user)", "get_manager(user)"))
    ran = run("scan", 1, "--check")
    assert ran.code == 1
    says = [line.partition(".yaml:")[2] for line in ran.out.splitlines() if line.startswith("issues/1/")]
    cleared = "`app/chat.py:2` is listed as open, but the detector does not find it: the line was changed"
    assert says == [
        f"13:5: TB501 error: {cleared}",
        "15:5: TB506 warning: `app/chat.py:3` is at `app/chat.py:4` now",
    ]
    assert ran.out.endswith("1 error, 1 warning\n")
    assert record(shop) == before


def test_check_as_json(run: Run, shop: Path) -> None:
    """The same form as that of `triagebook check`."""
    assert shop.is_dir()
    answer = json.loads(run("scan", "--check", "--format", "json").out)
    assert [finding["code"] for finding in answer["findings"]] == ["TB502"]
    assert answer["counts"]["error"] == 1


def test_accepted_findings_do_not_fail(run: Run, shop: Path) -> None:
    path = shop / "issues/1/issue.yaml"
    path.write_text(ISSUE + "waivers: [{rule: TB502, who: me, why: Not yet, until: 2999-12-31}]\n")
    ran = run("scan", "--check")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "1 accepted")


def test_unavailable_code_is_an_error_for_a_named_issue(run: Run, shop: Path) -> None:
    """Otherwise it is a note, unless no issue's code is available."""
    (shop / "issues/catalog.yaml").write_text(CATALOG.replace("{shop:", "{other: https://example.org/other, shop:"))
    (shop / "issues/2").mkdir()
    other = ISSUE + "source: {repository: other, commit: abcdef123}\n"
    (shop / "issues/2/issue.yaml").write_text(other)
    (shop / "issues/1/issue.yaml").write_text(ISSUE + "source: {repository: shop, commit: abcdef123}\n")
    run("scan", 1)
    ran = run("scan", "--check")
    assert ran.code == 0
    assert "note: 2 was skipped: no checkout of `other` is known" in ran.err
    assert run("scan", 2, "--check").code == 2


def test_a_shallow_clone_is_checked_as_far_as_possible(run: Run, shop: Path) -> None:
    """A note says what needs history, and how to get it."""
    first = git(shop, "rev-parse", "HEAD")
    (shop / "issues/1/issue.yaml").write_text(
        ISSUE + f'source: {{repository: shop, commit: {first}}}\ncauses: [{{says: A, at: "app/chat.py:1"}}]\n'
    )
    run("scan", 1)
    commit(shop, chat=CHAT)
    clone = shop.parent / "clone"
    git(shop, "clone", "--quiet", "--depth=1", f"file://{shop}", str(clone))
    ran = run("scan", "--check", "--in", ".", cwd=clone)
    assert ran.code == 0
    assert "git fetch --unshallow" in ran.err


def test_the_progress_bar_is_shown_on_a_terminal_only(run_on_terminal: Run, run_installed: Run, shop: Path) -> None:
    commit(shop, **{f"m{number}": CHAT for number in range(50)})
    ran = run_installed("scan", "1", "--dry-run")
    assert ran.err == ""
    assert "searching" not in ran.out
    shown = run_on_terminal("scan", "1", "--dry-run").out
    assert "102 locations open" in shown
