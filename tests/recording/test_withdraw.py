"""Mistakes are taken back without deleting anything, and the legs of a matrix are recorded together."""

from __future__ import annotations

import re
from typing import Any

import pytest

from triagebook.facts.verdict.stages import Stage
from triagebook.inquire import inquire
from triagebook.model.evidence import seal_of
from triagebook.store.emit import Writer
from triagebook.store.yaml import read_plain

BEFORE = ("--phase", "before", "--environment", "local")
WHY = ("--by", "developer", "--why", "It ran without the fix")


def stage(app: Any) -> Stage:
    return inquire(app.load()).case("7").verdict.stage


def test_a_wrong_phase_is_withdrawn_and_recorded_again(app: Any) -> None:
    app.edit("issues/7/issue.yaml", "causes:", f"source: {{repository: app, commit: {app.head}}}\ncauses:")
    junit = app.pytest()
    app.record(junit, "--phase", "after", "--environment", "local")
    (wrong,) = app.evidence
    file = app.book / f"7/evidence/{wrong}.yaml"
    before = file.read_bytes()
    assert "already recorded" in app.record(junit, *BEFORE).err
    ran = app.triagebook("withdraw", "7", wrong, *WHY)
    assert ran.code == 0, ran.err
    assert f"withdrew {wrong}; recorded issues/7/evidence/" in ran.out
    assert file.read_bytes() == before
    assert stage(app) is Stage.TRIAGED
    assert app.record(junit, *BEFORE).code == 0
    assert stage(app) is Stage.REPRODUCED
    assert len(app.evidence) == 3


def test_sealed_evidence_that_check_finds_wrong_is_withdrawn_and_no_finding_stays(app: Any) -> None:
    app.record(app.pytest(), *BEFORE)
    (wrong,) = app.evidence
    file = app.book / f"7/evidence/{wrong}.yaml"
    record = dict(read_plain(file.read_text(encoding="utf-8")))
    record["totals"] = record["totals"] | {"passed": "19"}
    record["seal"] = seal_of({key: value for key, value in record.items() if key != "seal"})
    file.write_text(Writer().document(record), encoding="utf-8")
    found = app.triagebook("check", "7", "--select", "TB404,TB417").out
    assert f"evidence/{wrong}.yaml" in found
    assert "triagebook withdraw" in found
    app.triagebook("withdraw", "7", wrong, *WHY)
    assert "evidence/" not in app.triagebook("check", "7", "--select", "TB404,TB417").out


def test_a_withdrawal_is_shown_and_proves_nothing(app: Any) -> None:
    app.record(app.pytest(), *BEFORE)
    (name,) = app.evidence
    app.triagebook("withdraw", "7", f"issues/7/evidence/{name}.yaml", *WHY)
    case = inquire(app.load()).case("7")
    assert case.verdict.stage is Stage.REPORTED
    assert case.ledger.refusals[name].why.startswith("developer withdrew it on ")
    shown = app.triagebook("show", "7").out
    assert "withdrawn by developer" in shown
    assert "It ran without the fix" in " ".join(shown.split())
    report = app.triagebook("report", "7", "validation-report").out
    assert "It ran without the fix" in report or "withdrew" in report


def test_a_withdrawal_by_hand_does_not_count(app: Any) -> None:
    """One without a seal, or by a person who is not in the catalog."""
    app.record(app.pytest(), *BEFORE)
    (name,) = app.evidence
    app.write("issues/7/evidence/a.yaml", "kind: observation\ngrade: attested\nat: 2026-02-01\nby: developer\n"
              f"says: x\nwithdraws: {name}\n")  # fmt: skip
    assert not inquire(app.load()).case("7").ledger.withdrawn


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nothing", *WHY], "issue 7 has no evidence `nothing`"),
        (["NAME", "--by", "developer"], "--why is missing"),
        (["NAME"], "--by and --why are missing"),
        (["NAME", "--by", "nobody", "--why", "x"], "there is no person `nobody`"),
    ],
)
def test_an_invalid_withdrawal_is_refused(app: Any, arguments: list[str], says: str) -> None:
    app.record(app.pytest(), *BEFORE)
    (name,) = app.evidence
    ran = app.triagebook("withdraw", "7", *(name if text == "NAME" else text for text in arguments))
    assert ran.code == 2
    assert says in ran.err
    assert len(app.evidence) == 1


def test_a_withdrawal_is_final(app: Any) -> None:
    app.record(app.pytest(), *BEFORE)
    (name,) = app.evidence
    app.triagebook("withdraw", "7", name, *WHY)
    assert f"{name} is already withdrawn" in app.triagebook("withdraw", "7", name, *WHY).err
    (other,) = set(app.evidence) - {name}
    assert "is a withdrawal itself" in app.triagebook("withdraw", "7", other, *WHY).err


# ── a matrix ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_legs_of_a_matrix_are_recorded_together(app: Any) -> None:
    """Each for its environment, though both ran at one time."""
    legs = [f"--environment={name}={app.pytest(f'{name}.xml')}" for name in ("local", "staging")]
    ran = app.record("--phase", "before", *legs)
    assert ran.code == 0, ran.err
    assert sorted(run.environment for run in app.evidence.values()) == ["local", "staging"]
    assert "before the fix, in local:" in ran.out
    assert "before the fix, in staging:" in ran.out
    again = [f"--environment={name}={app.pytest(f'{name}.xml')}" for name in ("local", "staging")]
    assert app.record("--phase", "before", *again).code == 0
    assert len(app.evidence) == 4


def test_a_file_names_its_environment_itself(app: Any) -> None:
    """As a property of the suite, or by the name of the machine; an option counts for more, with a note."""
    junit = app.pytest().read_text()
    one, two, three = (app.root.parent / f"{number}.xml" for number in (1, 2, 3))
    named = '<properties><property name="environment" value="staging"/></properties>'
    one.write_text(re.sub(r"(<testsuite [^>]*>)", rf"\1{named}", junit))
    two.write_text(re.sub(r'hostname="[^"]*"', 'hostname="local"', junit))
    three.write_text(re.sub(r'hostname="[^"]*"', 'hostname="build-17"', junit))
    ran = app.record("--phase", "before", one, two)
    assert ran.code == 0, ran.err
    assert sorted(run.environment for run in app.evidence.values()) == ["local", "staging"]
    refused = app.record("--phase", "before", three, one)
    assert f"--environment is missing for {three}" in refused.err
    other = app.record("--phase", "before", "--environment", "staging", two, "--dry-run")
    assert f"note: {two} says that it ran in local, and is recorded for staging" in other.out


def test_legs_in_one_environment_do_not_hide_each_other(app: Any) -> None:
    """A pass in the later leg leaves the failure in the earlier one: the answer is unknown."""
    app.fix()
    passed = app.pytest("passed.xml")
    failed = app.root.parent / "failed.xml"
    broken = '<failure message="TypeError: x"/></testcase>'
    failed.write_text(re.sub(r'(name="test_connects"[^>]*)/>', rf"\1>{broken}", passed.read_text()))
    ran = app.record(failed, passed, "--phase", "after", "--environment", "local")
    assert ran.code == 1
    assert "test_connects: passed and failed on the same code" in ran.out
    assert len(app.evidence) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--environment", "local=one.xml", "--environment", "nowhere=two.xml"], "there is no environment `nowhere`"),
        (["--environment", "local", "--environment", "staging"], "local and staging are different environments"),
        (["--environment", "local=one.xml", "--environment", "staging=one.xml"], "one file is given for two"),
    ],
)
def test_a_matrix_that_is_not_clear_is_refused(app: Any, arguments: list[str], says: str) -> None:
    ran = app.record("--phase", "before", *arguments)
    assert ran.code == 2
    assert says in ran.err
    assert not app.evidence
