"""TB4xx: days, endings, ticks, changes, waivers, loose ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.books import DAY, book_of, findings_in, findings_of
from triagebook.model.seal import seal_of
from triagebook.rules import check
from triagebook.store.load import load
from triagebook.store.yaml import read


def said(text: str, code: str) -> list[str]:
    return [f"{each.file}:{each.line}: {each.says}" for each in findings_of(text, select=code)]


def at(text: str, code: str) -> list[tuple[str | int, ...]]:
    return [finding.field for finding in findings_of(text, select=code)]


# ── TB401, TB402: days ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        ("closed: {on: 2025-09-01, as: split, into: 2}", ("closed", "on"), "closed"),
        ("due: 2025-09-01", ("due",), "due"),
        ("next: [a, {do: b, done: 2025-09-01}]", ("next", 1, "done", "on"), "done"),
        ("plan: {after: {do: b, done: 2025-09-01}}", ("plan", "after", 0, "done", "on"), "done"),
        ("communication: [{says: b, done: 2025-09-01}]", ("communication", 0, "done", "on"), "done"),
        (
            "deployment: {staging: {attempts: [{on: 2025-09-01, outcome: done}]}}",
            ("deployment", "staging", "attempts", 0, "on"),
            "deployed",
        ),
    ],
)
def test_before_the_issue_was_opened(text: str, field: tuple[str | int, ...], says: str) -> None:
    whole = f"1/issue.yaml:1: {says} on 2025-09-01, before the issue was opened on 2025-09-15"
    assert said(text, "TB401") == [whole]
    assert at(text, "TB401") == [field]


def test_a_defect_that_came_in_later() -> None:
    assert said("introduced: {on: 2025-09-20}", "TB401") == [
        "1/issue.yaml:1: the defect was introduced on 2025-09-20, after the issue was opened on 2025-09-15"
    ]


@pytest.mark.parametrize("when", ["2025-09-01", "2025-09-01T23:00:00Z"])
def test_a_run_before_the_defect_came_in(when: str) -> None:
    run = f"{{kind: tests, grade: transcribed, from: 'https://x.org', phase: before, at: '{when}'}}"
    says = "seen on 2025-09-01, before the fix of a defect that came in on 2025-09-10"
    assert said(f"introduced: {{on: 2025-09-10}}\n# evidence/a.yaml\n{run}", "TB401") == [
        f"1/evidence/a.yaml:1: {says}"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "opened: 2025-09-15\ndue: 2025-09-15\nclosed: {on: 2025-09-15, as: split, into: 2}",
        "introduced: {on: 2025-09-15}",
        "introduced: 5222b2560",
        "deployment: {staging: {attempts: [{outcome: failed}]}}",
        "documents: {plan.md: {title: Plan, date: 2025-01-01}}",
        "introduced: {on: 2025-09-10}\n# evidence/a.yaml\n{kind: command, grade: machine, at: 2025-09-01, command: ls}",
        "# evidence/a.yaml\n{kind: tests, grade: machine, at: 2025-09-01, phase: before}",
    ],
)
def test_days_in_order(text: str) -> None:
    assert not said(text, "TB401")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("opened: 2025-10-16", ("opened",)),
        ("closed: {on: 2025-10-16, as: split, into: 2}", ("closed", "on")),
        ("next: [{do: a, done: 2025-10-16}]", ("next", 0, "done", "on")),
        ("documents: {a.md: {title: A, date: 2025-10-16}}", ("documents", "a.md", "date")),
        ("# evidence/a.yaml\n{kind: command, grade: machine, at: 2025-10-16, command: ls}", ("at",)),
        ("# evidence/a.yaml\n{kind: command, grade: machine, at: '2025-10-17T00:00:00Z', command: ls}", ("at",)),
    ],
)
def test_a_day_that_has_not_come(text: str, field: tuple[str | int, ...]) -> None:
    found = [finding for finding in findings_of(text, select="TB402") if finding.file.startswith("1/")]
    assert [finding.field for finding in found] == [field]
    assert found[0].says.endswith("is in the future: today is 2025-10-15")


@pytest.mark.parametrize(
    "text",
    [
        "due: 2999-01-01",
        "waivers: [{rule: TB424, who: backend, why: a, until: 2999-01-01}]",
        "opened: 2025-10-15",
        "# evidence/a.yaml\n{kind: command, grade: machine, at: '2025-10-16T01:00:00Z', command: ls}",
    ],
    ids=["due", "until", "today", "the clock of another country"],
)
def test_a_day_that_may_be_ahead(text: str) -> None:
    assert not said(text, "TB402")


def test_without_a_day_nothing_is_ahead() -> None:
    assert not findings_of("opened: 2999-01-01", as_of=None, select="TB402")


# ── TB410: endings ───────────────────────────────────────────────────────────────────────────────────


def test_closed_as_fixed_without_proof() -> None:
    found = said("closed:\n  on: 2025-10-01\n  as: fixed", "TB410")
    assert len(found) == 1
    assert found[0].startswith(
        "1/issue.yaml:3: closed as fixed, but the record proves no more than `reported`; triaged needs: name the"
    )


RUN = """
kind: tests
grade: machine
at: 2025-09-20
environment: staging
phase: before
commit: 5222b25608c3
dirty: false
suite: unit
results: {test_connects: {outcome: failed, error: "TypeError: no answer from the manager"}}
expected: {test_connects: {before: {fail: "TypeError: no answer from the manager"}, after: pass}}
"""


def test_closed_as_not_reproducible_though_a_run_did() -> None:
    text = f"""
closed: {{on: 2025-10-01, as: cannot-reproduce, why: It works here}}
components: routes
symptoms: "TypeError: no answer from the manager"
source: {{repository: app, commit: 5222b25608c3}}
causes: [{{says: a, at: app/routes/chat.py:3}}]
suites:
  unit: {{category: unit, before: {{fail: no answer from the manager}}, after: pass, tests: {{test_connects: a}}}}
# evidence/a.yaml{RUN}seal: {seal_of(read(RUN).plain())}
"""
    says = "closed as cannot-reproduce, but a run reproduced it: the stage is `reproduced`"
    assert said(text, "TB410") == [f"1/issue.yaml:1: {says}"]


@pytest.mark.parametrize(
    ("closed", "says"),
    [
        ("as: split", "closed as split, but `into` names no issue"),
        ("as: declined", "closed as declined, but `why` gives no reason"),
        ("as: cannot-reproduce", "closed as cannot-reproduce, but `why` gives no reason"),
    ],
)
def test_an_ending_that_leaves_something_unsaid(closed: str, says: str) -> None:
    assert said(f"closed: {{on: 2025-10-01, {closed}}}", "TB410") == [f"1/issue.yaml:1: {says}"]


@pytest.mark.parametrize(
    "closed", ["as: split, into: 2", "as: declined, why: a", "as: cannot-reproduce, why: a", "as: duplicate, into: 2"]
)
def test_an_honest_ending(closed: str) -> None:
    assert not said(f"closed: {{on: 2025-10-01, {closed}}}", "TB410")


# ── TB413, TB425: ticks ──────────────────────────────────────────────────────────────────────────────

CRITERIA = """
criteria: {connects: {says: It connects, measure: connection.success, target: at least 95 %}}
metrics: {quick: {says: It is quick, measure: affected.files, target: "1"}}
# affected.yaml
source: {repository: app, commit: 5222b25608c3}
locations: [app/routes/chat.py:12]
"""


def test_a_tick_before_its_criterion() -> None:
    text = "next:\n  - do: a\n    criterion: connects\n    done: 2025-10-01" + CRITERIA
    says = "the step is done, but `connects` is unknown: no value of `connection.success` was recorded"
    assert said(text, "TB413") == [f"1/issue.yaml:4: {says}"]


@pytest.mark.parametrize("step", ["criterion: quick, done: 2025-10-01", "criterion: connects", "criterion: nothing"])
def test_a_tick_with_its_criterion(step: str) -> None:
    assert not said(f"next: [{{do: a, {step}}}]{CRITERIA}", "TB413")


DONE = "{do: a, done: {on: 2025-10-01, commit: ab14a73d8}}"
OUT = f"deployment: {{production: {{steps: [{DONE}]}}, elsewhere: {{steps: [{DONE}]}}}}"


@pytest.mark.parametrize(
    ("text", "field", "part", "left"),
    [
        (
            f"plan: {{before: a, phases: {{mend: {{steps: [{DONE}]}}}}}}",
            ("plan", "phases", "mend", "steps", 0, "done"),
            "the phase `mend`",
            "1 earlier step is open, first `plan.before.0`",
        ),
        (
            f"plan: {{phases: {{one: {{steps: [{DONE}, a, b]}}, two: {{steps: [a, {DONE}]}}}}}}",
            ("plan", "phases", "two", "steps", 1, "done"),
            "the phase `two`",
            "2 earlier steps are open, first `plan.phases.one.steps.1`",
        ),
        (
            f"plan: {{phases: {{one: {{steps: a}}}}, after: [{DONE}]}}",
            ("plan", "after", 0, "done"),
            "`plan.after`",
            "1 earlier step is open, first `plan.phases.one.steps.0`",
        ),
        (
            f"plan: {{phases: {{one: {{steps: a}}}}}}\ndeployment: {{production: {{steps: [{DONE}]}}}}",
            ("deployment", "production", "steps", 0, "done"),
            "the deployment to `production`",
            "1 earlier step is open, first `plan.phases.one.steps.0`",
        ),
        (
            f"deployment: {{staging: {{steps: a, checks: [{DONE}]}}}}",
            ("deployment", "staging", "checks", 0, "done"),
            "the checks in `staging`",
            "1 earlier step is open, first `deployment.staging.steps.0`",
        ),
    ],
)
def test_a_tick_ahead_of_its_turn(text: str, field: tuple[str | int, ...], part: str, left: str) -> None:
    says = f"a step of {part} is done, but {left}"
    assert [finding.says for finding in findings_of(text, select="TB413")] == [says]
    assert at(text, "TB413") == [field]


@pytest.mark.parametrize(
    "text",
    [
        f"plan: {{before: [{DONE}], phases: {{one: {{steps: [{DONE}, {DONE}]}}, two: {{steps: a}}}}, after: a}}",
        f"plan: {{phases: {{one: {{steps: [a, {DONE}]}}}}}}",
        f"plan: {{phases: {{one: {{steps: a}}}}}}\ndeployment: {{staging: {{steps: [{DONE}]}}}}",
        f"plan: {{phases: {{out: {{environment: production, steps: a}}}}}}\n{OUT}",
        f"plan: {{during: [{DONE}], phases: {{one: {{steps: a}}}}}}",
    ],
    ids=["in order", "within a phase", "staging is work", "the phase is the deployment", "while it is done"],
)
def test_a_tick_in_its_turn(text: str) -> None:
    assert not said(text, "TB413")


def test_a_tick_with_nothing_to_show() -> None:
    assert said("next: [{do: a, done: 2025-10-01}]", "TB425") == [
        "1/issue.yaml:1: done on 2025-10-01, but nothing shows it"
    ]


@pytest.mark.parametrize(
    "step",
    [
        "do: a",
        "do: a, done: {on: 2025-10-01, commit: ab14a73d8}",
        "do: a, done: {on: 2025-10-01, evidence: a}",
        "do: a, done: {on: 2025-10-01, from: 'https://example.org'}",
        "do: a, done: 2025-10-01, from: 'https://example.org'",
    ],
)
def test_a_tick_with_something_to_show(step: str) -> None:
    assert not said(f"next: [{{{step}}}]", "TB425")


# ── TB419, TB420, TB421, TB427: the fix and its extent ───────────────────────────────────────────────

AFFECTED = """
# affected.yaml
source: {repository: app, commit: 5222b25608c3}
locations:
  - {at: "app/routes/chat.py:12", state: fixed, commit: ab14a73d8}
"""


def fix(change: str, rest: str = "") -> str:
    return f"fix:\n  changes: [{{{change}}}]\n{rest}"


def test_changes_without_a_choice() -> None:
    text = fix("path: app/a.py", "  options: {one: {title: One}, two: {title: Two}}")
    assert said(text, "TB419") == ["1/issue.yaml:3: 2 options and 1 change, but no option is chosen"]


def test_a_change_that_changes_nothing() -> None:
    text = fix("setting: TIMEOUT, was: 30 s, now: 30 s")
    assert said(text, "TB419") == ["1/issue.yaml:2: `TIMEOUT` is changed from `30 s` to the same value"]
    assert at(text, "TB419") == [("fix", "changes", 0, "now")]


def test_a_location_that_another_commit_fixed() -> None:
    text = fix("path: app/routes/chat.py, commit: 5222b25608c3") + AFFECTED
    says = "app/routes/chat.py:12 is fixed by commit ab14a73d8, which no change names"
    assert said(text, "TB419") == [f"1/affected.yaml:3: {says}"]


@pytest.mark.parametrize(
    "text",
    [
        fix("path: app/a.py", "  options: {one: {title: One}}\n  chosen: one"),
        fix("path: app/a.py"),
        "fix: {options: {one: {title: One}, two: {title: Two}}}",
        fix("setting: TIMEOUT, was: 30 s, now: 60 s"),
        fix("setting: TIMEOUT, now: 60 s"),
        fix("path: app/routes/chat.py, commit: ab14a73d8429") + AFFECTED,
        fix("path: app/routes/chat.py") + AFFECTED,
        AFFECTED,
    ],
)
def test_a_fix_that_is_what_was_changed(text: str) -> None:
    assert not said(text, "TB419")


COMPONENTS = """
# catalog.yaml
components: {routes: {title: Routes, paths: ["app/routes/**"]}, auth: {title: Auth, paths: ["app/auth/**"]}}
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (fix("path: app/auth/a.py") + AFFECTED, "`app/auth/a.py` is not an affected file"),
        (
            fix("path: app/auth/a.py", "components: routes") + AFFECTED,
            "`app/auth/a.py` is not an affected file; it belongs to `auth`, but the issue names `routes`",
        ),
        (
            fix("path: app/auth/a.py", "components: routes"),
            "`app/auth/a.py`: it belongs to `auth`, but the issue names `routes`",
        ),
    ],
)
def test_a_change_that_nothing_explains(text: str, says: str) -> None:
    assert said(text + COMPONENTS, "TB420") == [f"1/issue.yaml:2: {says}"]
    assert at(text + COMPONENTS, "TB420") == [("fix", "changes", 0, "path")]


@pytest.mark.parametrize(
    "text",
    [
        fix("path: app/routes/chat.py") + AFFECTED,
        fix("setting: TIMEOUT") + AFFECTED,
        fix("path: app/auth/a.py"),
        fix("path: app/auth/a.py", "components: [routes, auth]"),
        fix("path: README.md", "components: [routes]"),
        fix("path: app/auth/a.py", "causes: [{says: a, at: app/auth/a.py}]") + AFFECTED,
        fix("path: app/auth/a.py", "causes: [{says: a, why: [{says: b, at: app/auth/a.py}]}]") + AFFECTED,
        fix("path: app/auth/a.py", "symptoms: [{says: a, at: app/auth/a.py}]") + AFFECTED,
        fix("path: tests/test_a.py", "suites: {unit: {category: unit, path: tests}}") + AFFECTED,
    ],
)
def test_a_change_that_the_record_explains(text: str) -> None:
    assert not said(text + COMPONENTS, "TB420")


def test_a_component_that_is_left_out() -> None:
    text = "components: auth" + AFFECTED + "  - app/routes/a.py:3\n  - app/auth/a.py:5\n" + COMPONENTS
    assert said(text, "TB421") == [
        "1/affected.yaml:3: 2 affected places belong to `routes`, which the issue does not name"
    ]


@pytest.mark.parametrize("text", ["components: routes" + AFFECTED, AFFECTED, "components: auth"])
def test_no_component_is_left_out(text: str) -> None:
    assert not said(text + COMPONENTS, "TB421")


@pytest.mark.parametrize(
    ("excluded", "place"),
    [("app/routes/chat.py:4,12", "app/routes/chat.py:12"), ("app/routes/chat.py", "app/routes/chat.py")],
)
def test_listed_and_excluded(excluded: str, place: str) -> None:
    text = f'{AFFECTED}excluded: [{{at: "{excluded}"}}]'
    assert said(text, "TB427") == [f"1/affected.yaml:4: `{place}` is listed both as affected and as excluded"]
    assert at(text, "TB427") == [("excluded", 0, "at")]


def test_a_file_that_is_listed_whole() -> None:
    text = '# affected.yaml\nsource: {repository: app, commit: 5222b2560}\nlocations: app/a.py\nexcluded: "app/a.py:3"'
    assert said(text, "TB427") == ["1/affected.yaml:3: `app/a.py` is listed both as affected and as excluded"]


@pytest.mark.parametrize("excluded", ["app/routes/chat.py:13", "app/other.py"])
def test_listed_or_excluded(excluded: str) -> None:
    assert not said(f'{AFFECTED}excluded: [{{at: "{excluded}"}}]', "TB427")
    assert not said("title: a", "TB427")


# ── TB423, TB424: what is missing ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rest", "missing"),
    [("", "date and no author"), (", date: 2025-09-15", "author"), (", by: backend", "date")],
)
def test_a_document_without_a_date_or_author(rest: str, missing: str) -> None:
    quoted = f"documents: {{a.md: {{title: A{rest}}}}}\nlessons: {{says: b, from: a.md#L1}}"
    assert said(quoted, "TB423") == [f"1/issue.yaml:1: the document `a.md` has no {missing}"]


@pytest.mark.parametrize(
    "text",
    [
        "documents: {a.md: {title: A, date: 2025-09-15, by: backend}}\nlessons: {says: b, from: a.md}",
        "documents: {a.md: {title: A, from: a.md#L1}}",
    ],
)
def test_a_document_with_both_or_one_that_is_only_named(text: str) -> None:
    assert not said(text, "TB423")


@pytest.mark.parametrize("severity", ["critical", "high"])
def test_a_grave_issue_that_nobody_owns(severity: str, tmp_path: Path) -> None:
    book_of(f"severity: {severity}", tmp_path)
    path = tmp_path / "1" / "issue.yaml"
    path.write_text(path.read_text().replace("owner: backend\n", ""))
    found = findings_in(load(tmp_path), select="TB424")
    assert [f"{each.file}:{each.line}: {each.says}" for each in found] == [
        f"1/issue.yaml:1: the issue is {severity} and open, but has no owner"
    ]


def test_steps_that_nobody_owns() -> None:
    text = "next:\n  - {do: a, owner: backend}\n  - b\n  - {do: c, done: 2025-10-01}\n  - d"
    assert said(text, "TB424") == ["1/issue.yaml:3: 2 of 4 next steps have no owner"]


def test_a_defect_that_is_only_noticed() -> None:
    text = "noticed:\n  - {what: a, issue: 2}\n  - {what: b, owner: backend}"
    assert said(text, "TB424") == ["1/issue.yaml:3: a defect was noticed, but has no issue"]


# ── TB411, TB412: waivers ────────────────────────────────────────────────────────────────────────────


def waiver(rest: str) -> str:
    return f"next: [a]\nwaivers:\n  - {{who: backend, why: a, {rest}}}"


def test_a_waiver_that_has_run_out() -> None:
    text = waiver("rule: TB424, until: 2025-10-14")
    assert said(text, "TB411") == ["1/issue.yaml:3: the waiver of TB424 expired on 2025-10-14"]
    assert not [finding for finding in findings_of(text, select="TB424") if finding.accepted]
    assert not said(text, "TB412")


def test_an_excuse_that_has_run_out() -> None:
    flaky = "{flaky: {why: a, owner: backend, until: 2025-10-14}}"
    text = f"suites: {{unit: {{category: unit, tests: {{test_a: {flaky}}}}}}}"
    assert said(text, "TB411") == ["1/issue.yaml:1: `test_a` may be flaky until 2025-10-14 only"]


def test_its_last_day_holds() -> None:
    text = waiver("rule: TB424, until: 2025-10-15")
    assert not said(text, "TB411")
    assert [finding.accepted for finding in findings_of(text, select="TB424")] == ["backend, until 2025-10-15: a"]
    assert not findings_of(waiver("rule: TB424, until: 2025-10-14"), as_of=None, select="TB411")


@pytest.mark.parametrize(
    ("rest", "field", "says"),
    [
        ("rule: TB999", "rule", "TB999 has no finding to accept"),
        ("rule: TB301", "rule", "TB301 has no finding to accept"),
        ("rule: TB424, at: next.1", "at", "TB424 has no finding at `next.1` to accept"),
    ],
)
def test_a_waiver_of_nothing(rest: str, field: str, says: str) -> None:
    text = waiver(f"{rest}, until: 2999-12-31")
    assert said(text, "TB412") == [f"1/issue.yaml:3: {says}"]
    assert at(text, "TB412") == [("waivers", 0, field)]


@pytest.mark.parametrize("rest", ["rule: TB424", "rule: TB424, at: next", "rule: TB424, at: next.0", "rule: TB501"])
def test_a_waiver_of_something(rest: str) -> None:
    assert not said(waiver(f"{rest}, until: 2999-12-31"), "TB412")


def test_without_a_day_no_waiver_is_for_nothing() -> None:
    assert not findings_of(waiver("rule: TB402, until: 2999-12-31"), as_of=None, select="TB412")


RISK = "impact: {revenue: [{stream: chat, at_risk: %s USD/year, from: 'https://x.org'}]}\n"


def test_what_is_found_between_issues_can_be_accepted() -> None:
    text = f"{RISK % 3}# 2/issue.yaml\n{RISK % 4}waivers: [{{rule: TB311, who: backend, why: a, until: 2999-12-31}}]"
    assert [finding.accepted for finding in findings_of(text, select="TB311")] == ["backend, until 2999-12-31: a"]
    assert not said(text, "TB412")


def test_what_is_found_between_issues_belongs_to_one(tmp_path: Path) -> None:
    book = book_of(f"{RISK % 3}# 2/issue.yaml\n{RISK % 4}", tmp_path).book
    assert "TB311" in {finding.code for finding in check(book, as_of=DAY, only=frozenset({"2"}))}
    assert "TB311" not in {finding.code for finding in check(book, as_of=DAY, only=frozenset({"1"}))}
    assert all(finding.file.startswith("2/") for finding in check(book, as_of=DAY, only=frozenset({"2"})))
