"""Which rules and issues `triagebook check` covers, how severe findings are, and when it fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def loose(book: Path) -> Path:
    """A book with an error (TB201) and a warning (TB424) in issue 10, and an error (TB201) in issue 101."""
    add(book, "10", "owner: nobody\nnext: [Turn on the alarm]\n")
    add(book, "101", "labels: [a]\npeople: {reported: nobody}\n")
    return book


def add(book: Path, issue: str, text: str) -> None:
    with (book / issue / "issue.yaml").open("a", encoding="utf-8") as file:
        file.write(text)


def in_catalog(book: Path, text: str) -> None:
    with (book / "catalog.yaml").open("a", encoding="utf-8") as file:
        file.write(text)


def found(run: Run, *options: str) -> list[tuple[str, str, str]]:
    """Issue, code and severity of each finding, as of a fixed day."""
    ran = run("check", "--format", "json", "--as-of", "2026-05-01", *options)
    assert not ran.err
    findings = json.loads(ran.out)["findings"]
    return [(each["file"].partition("/")[0], each["code"], each["severity"]) for each in findings]


ALL = [("10", "TB201", "error"), ("10", "TB424", "warning"), ("101", "TB201", "error")]
ONLY = ("--select", "TB201,TB424")


# ── select, ignore ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("loose")
@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ("--select TB201", "TB201"),
        ("--select tb201, --select TB424", "TB201 TB424"),
        ("--select TB201,loose-end", "TB201 TB424"),
        ("--select TB2", "TB201"),
        ("--select TB2xx", "TB201"),
        ("--select TB2,TB4 --ignore TB429", "TB201 TB424"),
        ("--select TB --ignore TB4,TB6,TB7", "TB201"),
        ("--ignore TB2,TB429", "TB424"),
        ("--select TB201 --ignore unknown-reference", ""),
    ],
)
def test_select_and_ignore_take_codes_names_and_families(options: str, codes: str, run: Run) -> None:
    assert {code for _, code, _ in found(run, *options.split())} == set(codes.split())


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("name", "near"),
    [("TB4249", "TB42"), ("TB42", "TB4"), ("TB8xx", "TB"), ("lose-end", "loose-end"), ("xyz", None)],
)
def test_an_unknown_rule_is_an_error(name: str, near: str | None, run: Run) -> None:
    """The error suggests the most similar name."""
    ran = run("check", "--select", f"TB201,{name}")
    assert (ran.code, ran.out) == (2, "")
    what, do = ran.err.splitlines()
    assert what == f"error: there is no rule or family of rules named `{name}`"
    assert do.startswith(f"  did you mean `{near}" if near else "  list them: triagebook rules")


def test_a_quiet_rule_runs_when_selected(run: Run, book: Path) -> None:
    in_catalog(book, "segments: {free: Free}\nstreams: {chat: Chat}\n")
    orphan = ("catalog.yaml", "TB607", "note")
    assert orphan not in found(run)
    assert orphan in found(run, "--select", "TB607")
    assert orphan in found(run, "--select", "TB6")


# ── issues ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("loose")
def test_ids_limit_the_check(run: Run) -> None:
    """Findings in other issues and in the catalog are left out, and the summary says how many issues were checked."""
    assert found(run, "10", *ONLY) == ALL[:2]
    assert found(run, "10", "101", *ONLY) == ALL
    assert run("check", "9", *ONLY).out == "no findings in 1 of 3 issues\n"


def test_an_unreadable_issue_can_be_named(run: Run, book: Path) -> None:
    add(book, "10", "lables: [a]\n")
    assert [code for _, code, _ in found(run, "10")] == ["TB107"]
    assert found(run, "101", "--select", "TB1") == []


@pytest.mark.usefixtures("book")
def test_an_unknown_issue_is_refused(run: Run) -> None:
    ran = run("check", "100")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: there is no issue `100` in this book\n  did you mean `10")


# ── severities ───────────────────────────────────────────────────────────────────────────────────────


def test_the_catalog_sets_severities(run: Run, loose: Path) -> None:
    in_catalog(loose, "rules: {TB201: note, TB424: error}\n")
    assert found(run, *ONLY) == [(issue, code, {"TB201": "note", "TB424": "error"}[code]) for issue, code, _ in ALL]
    assert run("check", "--select", "TB201").code == 0
    assert run("check", "--select", "TB424").code == 1


def test_a_rule_switched_off_runs_only_when_named(run: Run, loose: Path) -> None:
    """Selecting its family does not run it."""
    in_catalog(loose, "rules: {TB424: off}\n")
    assert {code for _, code, _ in found(run, "--ignore", "TB429")} == {"TB201"}
    assert "TB424" not in {code for _, code, _ in found(run, "--select", "TB4")}
    assert found(run, "--select", "TB424") == [("10", "TB424", "warning")]


def test_the_catalog_sets_the_severity_of_unreadable_files_too(run: Run, book: Path) -> None:
    (book / "10" / "notes.txt").write_text("a\n")
    in_catalog(book, "rules: {TB110: warning}\n")
    assert found(run, "--select", "TB1") == [("10", "TB110", "warning")]


def test_a_quiet_rule_with_a_severity_in_the_catalog_runs(run: Run, book: Path) -> None:
    in_catalog(book, "streams: {chat: Chat}\nrules: {TB607: warning}\n")
    assert ("catalog.yaml", "TB607", "warning") in found(run)


def test_an_unknown_rule_in_the_catalog_is_found(run: Run, book: Path) -> None:
    """The finding has its position, and suggests the most similar name."""
    in_catalog(book, "rules:\n  TB424: note\n  TB4240: off\n")
    ran = run("check", "--select", "TB2")
    assert ran.code == 1
    assert "issues/catalog.yaml:22:3: TB201 error: there is no rule `TB4240`\n" in ran.out
    assert "  did you mean `TB42" in ran.out


@pytest.mark.parametrize("level", ["fatal", "false", "[error]"])
def test_an_unknown_severity_in_the_catalog_is_found(level: str, run: Run, book: Path) -> None:
    in_catalog(book, f"rules: {{TB424: {level}}}\n")
    ran = run("check", "--select", "TB1")
    assert ran.code == 1
    assert "issues/catalog.yaml:20:9: TB108 error" in ran.out
    assert "use `error`, `warning`, `note` or `off`" in ran.out


# ── failing ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("loose")
def test_strict_fails_on_warnings_but_not_on_notes(run: Run) -> None:
    assert run("check", "--select", "TB424").code == 0
    assert run("check", "--select", "TB424", "--strict").code == 1
    assert run("check", "--select", "TB7", "--strict").code == 0


@pytest.mark.usefixtures("loose")
def test_strict_counts_warnings_as_failures_in_junit(run: Run) -> None:
    assert 'failures="0"' in run("check", "--select", "TB424", "--format", "junit").out
    assert 'failures="1"' in run("check", "--select", "TB424", "--format", "junit", "--strict").out


WAIVER = "waivers: [{rule: TB201, who: web, why: The team is being formed, until: 2026-05-31}]\n"


def test_accepted_findings_are_shown_and_do_not_fail(run: Run, loose: Path) -> None:
    add(loose, "10", WAIVER)
    ran = run("check", "10", "--select", "TB201", "--as-of", "2026-05-31")
    assert ran.code == 0
    assert "TB201 error: there is no person `nobody`" in ran.out
    assert "  accepted by web, until 2026-05-31: The team is being formed\n" in ran.out
    assert ran.out.endswith("1 accepted in 1 of 3 issues\n")


def test_an_expired_waiver_fails(run: Run, loose: Path) -> None:
    add(loose, "10", WAIVER)
    assert run("check", "10", "--select", "TB201", "--as-of", "2026-06-01").code == 1


def test_as_of_replaces_today(run: Run, loose: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is read in one place, and not at all with --as-of."""
    add(loose, "10", WAIVER)
    monkeypatch.setattr("triagebook.checking.today", lambda: date(2026, 6, 1))
    assert run("check", "10", "--select", "TB201").code == 1
    monkeypatch.setattr("triagebook.checking.today", lambda: pytest.fail("the clock was read"))
    assert run("check", "10", "--select", "TB201", "--as-of", "2026-05-31").code == 0


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("day", ["today", "2026-13-01", "20260501", "2026-W01-1", "2026-05-01T10:00"])
def test_an_invalid_date_is_refused(day: str, run: Run) -> None:
    ran = run("check", "--as-of", day)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"error: invalid value for '--as-of': `{day}` is not a date; write it as YYYY-MM-DD\n"
        "  see: triagebook check --help\n"
    )


# ── baseline ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def baseline(run: Run, loose: Path) -> Path:
    """The findings of the loose book, as JSON."""
    path = loose.parent / "baseline.json"
    path.write_text(run("check", "--format", "json", *ONLY).out, encoding="utf-8")
    return path


def test_findings_in_the_baseline_are_counted_apart(run: Run, baseline: Path) -> None:
    ran = run("check", "--baseline", baseline, "--strict", *ONLY)
    assert (ran.code, ran.out) == (0, "no findings in 3 issues; 3 more in the baseline\n")


def test_new_findings_fail(run: Run, loose: Path, baseline: Path) -> None:
    """Known findings are recognised on other lines, and not in other files."""
    path = loose / "10" / "issue.yaml"
    path.write_text("# one more line\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    add(loose, "9", "people: {reported: nobody}\n")
    ran = run("check", "--baseline", baseline, *ONLY, cwd=loose / "9")
    assert ran.code == 1
    assert "9/issue.yaml:" in ran.out
    assert ran.out.endswith("1 error in 3 issues; 3 more in the baseline\n")


@pytest.mark.parametrize("form", ["json", "github", "sarif", "junit"])
def test_every_format_omits_findings_of_the_baseline(form: str, run: Run, baseline: Path) -> None:
    ran = run("check", "--baseline", baseline, "--format", form, *ONLY)
    assert ran.code == 0
    sign = {"json": '"known": 3', "github": "no findings", "sarif": '"unchanged"', "junit": "in the baseline"}
    assert sign[form] in ran.out


@pytest.mark.usefixtures("loose")
def test_an_invalid_baseline_is_refused(run: Run, here: Path) -> None:
    (here / "x.json").write_text('{"findings": 1}')
    ran = run("check", "--baseline", "x.json")
    assert (ran.code, ran.out) == (2, "")
    assert (
        ran.err == "error: x.json is not the JSON output of a check\n"
        "  create one: triagebook check --format json > baseline.json\n"
    )


@pytest.mark.usefixtures("loose")
def test_a_missing_baseline_is_refused(run: Run) -> None:
    ran = run("check", "--baseline", "gone.json")
    assert (ran.code, ran.out) == (2, "")
    assert "gone.json" in ran.err
