"""`triagebook record`: reads, reports and refuses results, and writes all of them or none."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from triagebook.model.evidence import Grade
from triagebook.store.load import load

Run = Callable[..., Any]

SUITES = """
suites:
  unit:
    category: unit
    path: tests/test_cart.py
    before: {fail: "StaleCartError: cart 17"}
    after: pass
    tests: {test_adds: It adds, test_keeps: It keeps, TestA::test_same: One, TestB::test_same: Another}
criteria:
  quick: {says: It is quick, measure: cart.latency, target: at most 2 s}
"""
JUNIT = """\
<testsuites><testsuite name="pytest" tests="4" failures="2" timestamp="2026-03-05T10:00:00+00:00">
<testcase classname="tests.test_cart" name="test_adds">
<failure message="StaleCartError: cart 17 was changed"/></testcase>
<testcase classname="tests.test_cart" name="test_same"/>
<testcase classname="tests.test_other" name="test_other"/>
</testsuite></testsuites>
"""
BEFORE = ("--phase", "before", "--environment", "staging")
AFTER = ("--phase", "after", "--environment", "staging")
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def junit(book: Path) -> Path:
    """A book whose issue 9 plans a suite, and its results."""
    issue = book / "9" / "issue.yaml"
    issue.write_text(issue.read_text(encoding="utf-8") + SUITES, encoding="utf-8")
    path = book.parent / "junit.xml"
    path.write_text(JUNIT, encoding="utf-8")
    return path


def recorded(book: Path) -> list[Any]:
    """The evidence added to the issue."""
    evidence = load(book).book.issues["9"].evidence
    return [record for name, record in evidence.items() if name != "2026-03-03-two-windows"]


def files(book: Path) -> set[str]:
    return {path.name for path in (book / "9" / "evidence").iterdir()}


def test_it_reports_results_matches_and_notes(run: Run, junit: Path, golden: Callable[[str, str], None]) -> None:
    assert junit.exists()
    ran = run("record", "9", "junit.xml", *BEFORE, "--commit", COMMIT)
    assert (ran.code, ran.err) == (1, "")
    golden("record", ran.out)


def test_a_dry_run_writes_nothing(run: Run, junit: Path, book: Path) -> None:
    """It needs neither phase nor environment."""
    before = files(book)
    ran = run("record", "9", junit, "--dry-run", "--format", "json")
    assert ran.code == 1
    told = json.loads(ran.out)
    unclear = "ambiguous, so they prove nothing: tests/test_cart.py::test_same"
    assert told["problems"][:2] == [unclear, "1 planned test has no result: unit: test_keeps"]
    assert any(problem.startswith("it names no commit") for problem in told["problems"])
    assert told["evidence"] == []
    (file,) = told["files"]
    counts = {name: file[name] for name in ("tests", "passed", "failed", "errors", "skipped", "xfailed", "xpassed")}
    assert counts == {"tests": 3, "passed": 2, "failed": 1, "errors": 0, "skipped": 0, "xfailed": 0, "xpassed": 0}
    assert (file["path"], file["format"], file["tool"]) == (str(junit), "junit", "pytest")
    assert file["not_in_plan"] == ["tests/test_other.py::test_other"]
    assert list(file["matched"]) == ["tests/test_cart.py::test_adds"]
    assert [test["test"] for test in file["ambiguous"]["tests/test_cart.py::test_same"]] == [
        "TestA::test_same",
        "TestB::test_same",
    ]
    assert file["disagreements"] == [
        "the file states 4 tests, but lists 3",
        "the file states 2 failures and errors, but lists 1",
    ]
    assert told["missing"] == [{"suite": "unit", "test": "test_keeps"}]
    assert files(book) == before


def test_input_format_overrides_detection(run: Run, junit: Path, book: Path) -> None:
    forced = run("record", "9", junit, "--dry-run", "--input-format", "junit", "--format", "json")
    assert json.loads(forced.out)["files"][0]["format"] == "junit"
    assert "it is not valid JSON" in run("record", "9", junit, "--dry-run", "--input-format", "mocha-json").err
    assert files(book) == {"2026-03-03-two-windows.yaml"}


def test_failures_that_are_counted_but_not_listed_stay_in_the_totals(run: Run, junit: Path, book: Path) -> None:
    run("record", "9", junit, *BEFORE, "--commit", COMMIT)
    (record,) = recorded(book)
    assert (record.totals.failed, record.totals.passed, record.totals.total) == (2, 2, 3)
    assert "The file states 4 tests, but lists 3." in record.note


def test_a_file_is_recorded_once(run: Run, junit: Path, book: Path) -> None:
    """It is recognised by its digest, whatever its name; a dry run says so too."""
    assert run("record", "9", junit, *BEFORE, "--exit-zero").code == 0
    again = junit.with_name("other.xml")
    again.write_bytes(junit.read_bytes())
    refused = run("record", "9", again, *AFTER)
    assert refused.code == 2
    assert refused.err.startswith("error: this file is already recorded as 2026-03-05T100000Z-tests-staging")
    assert len(recorded(book)) == 1
    assert "is already recorded as 2026-03-05" in run("record", "9", again, "--dry-run").out
    legs = run(
        "record",
        "101",
        "--phase",
        "before",
        "--environment",
        f"production={junit}",
        "--environment",
        f"staging={again}",
    )
    assert "have the same content, but are for different environments" in legs.err
    assert run("record", "101", junit, *BEFORE, "--exit-zero").code == 0  # another issue may rest on the same run


def test_recorded_and_duplicate_files_of_a_folder_are_named_and_skipped(run: Run, junit: Path, book: Path) -> None:
    run("record", "9", junit, *BEFORE)
    folder = book.parent / "results"
    folder.mkdir()
    (folder / "a.xml").write_bytes(junit.read_bytes())
    for name in ("b.xml", "c.xml"):
        (folder / name).write_text(JUNIT.replace("test_adds", "test_keeps"), encoding="utf-8")
    ran = run("record", "9", folder, *BEFORE, "--exit-zero")
    assert (ran.code, len(recorded(book))) == (0, 2)
    assert "a.xml is already recorded as 2026-03-05T100000Z-tests-staging, so it was left out" in ran.out
    assert "c.xml has the same content as" in ran.out
    assert run("record", "9", folder, *BEFORE).code == 2  # nothing is left to record


def test_several_files_are_recorded_together(run: Run, junit: Path, book: Path) -> None:
    """Each becomes a piece of evidence; a planned test is missing if none of them contains it."""
    other = junit.with_name("b.xml")
    other.write_text(JUNIT.replace("test_adds", "test_keeps"), encoding="utf-8")
    ran = run("record", "9", junit, other, *BEFORE, "--exit-zero")
    assert ran.code == 0
    assert "missing" not in ran.out
    assert len(recorded(book)) == 2


def test_a_bad_file_among_good_ones_is_named_and_the_others_are_recorded(run: Run, junit: Path, book: Path) -> None:
    """Alone, bad files are an error that names each of them."""
    empty, cut = junit.with_name("empty.xml"), junit.with_name("cut.xml")
    empty.write_bytes(b"")
    cut.write_text(JUNIT[:100], encoding="utf-8")
    problems = ("empty.xml: it is empty", "cut.xml: it is not valid XML", "nowhere.xml: no such file")
    bad = (empty, cut, "nowhere.xml")
    alone = run("record", "9", *bad, *BEFORE)
    assert (alone.code, len(alone.err.splitlines())) == (2, 2)
    assert files(book) == {"2026-03-03-two-windows.yaml"}
    ran = run("record", "9", *bad[:2], junit, bad[2], *BEFORE)
    assert (ran.code, len(recorded(book))) == (1, 1)
    for problem in problems:
        assert problem in alone.err
        assert problem in ran.err


def _beside(folder: Path, _: Path) -> None:
    (folder / "pom.xml").write_text("<project/>")


def _gzipped(folder: Path, junit: Path) -> None:
    (folder / "a.xml.gz").write_bytes(gzip.compress(junit.read_bytes()))


def _zipped(folder: Path, junit: Path) -> None:
    with zipfile.ZipFile(folder / "results.zip", "w") as archive:
        archive.write(junit, "deep/junit.xml")
        archive.writestr("deep/coverage.xml", "<coverage/>")
        archive.writestr("readme.txt", "results")


PACKED: dict[str, tuple[Callable[[Path, Path], None], str]] = {
    "a folder": (_beside, "results"),
    "a pattern": (_beside, "results/**/j*.xml"),
    "gzip": (_gzipped, "results/*.gz"),
    "zip": (_zipped, "results/results.zip"),
}


@pytest.mark.parametrize("kind", PACKED)
def test_folders_patterns_and_packed_files_are_read(kind: str, run: Run, junit: Path, book: Path, here: Path) -> None:
    """Other files in them are skipped; the results count once, packed or not."""
    folder = here / "results" / "deep"
    folder.mkdir(parents=True)
    if kind in {"a folder", "a pattern"}:
        (folder / "junit.xml").write_bytes(junit.read_bytes())
    pack, named = PACKED[kind]
    pack(here / "results", junit)
    ran = run("record", "9", named, *BEFORE, "--exit-zero")
    assert (ran.code, ran.err) == (0, "")
    assert len(recorded(book)) == 1
    assert "is already recorded as" in run("record", "9", junit, "--dry-run").out


@pytest.mark.usefixtures("junit")
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xml.gz", b"\x1f\x8b" + b"x" * 50),
        ("a.zip", b"PK\x03\x04" + b"x" * 50),
        ("bomb.xml.gz", gzip.compress(b" " * 64_000_002)),
        ("none.zip", b"PK\x05\x06" + b"\0" * 18),
    ],
)
def test_broken_archives_are_refused(name: str, data: bytes, run: Run, here: Path) -> None:
    (here / name).write_bytes(data)
    ran = run("record", "9", name, *BEFORE)
    assert (ran.code, ran.err.startswith(f"error: {name}: it")) == (2, True)
    (here / "nothing").mkdir()
    assert "nothing: no test results" in run("record", "9", "nothing", *BEFORE).err


@pytest.mark.parametrize("size", [200_000_000, 64_000_001])
def test_a_file_over_the_limit_is_not_read(size: int, run: Run, junit: Path) -> None:
    with junit.open("wb") as file:
        file.truncate(size)
    ran = run("record", "9", junit, *BEFORE)
    assert (ran.code, f"it is {size // 1_000_000} MB; the limit is 64 MB" in ran.err) == (2, True)


@pytest.mark.usefixtures("junit")
def test_a_hyphen_reads_standard_input(run: Run, book: Path) -> None:
    assert run("record", "9", "-", *BEFORE, "--exit-zero", stdin=JUNIT).code == 0
    assert recorded(book)[0].source.name == "stdin"


def test_the_suite_is_named_or_derived_from_the_results(run: Run, junit: Path, book: Path) -> None:
    junit.write_text(JUNIT.replace("tests.test_other", "tests.test_cart"), encoding="utf-8")
    run("record", "9", junit, *BEFORE)
    assert recorded(book)[0].suite == "unit"
    ran = run("record", "9", junit, *BEFORE, "--suite", "unti")
    assert ran.err == "error: issue 9 has no suite `unti`\n" + ran.err.splitlines()[1] + "\n"
    assert "did you mean `unit`?" in ran.err


@pytest.mark.parametrize(
    ("arguments", "says", "do"),
    [
        (["77", "junit.xml", *BEFORE], "there is no issue `77` in this book", "see: triagebook list"),
        (["9", "junit.xml"], "--phase and --environment are missing", "add --phase before or after"),
        (["9", "junit.xml", "--phase", "before"], "--environment is missing", "--environment staging or production"),
        (["9", "junit.xml", "--phase", "before", "--environment", "stagng"], "there is no environment `stagng`",
         "did you mean `staging`?"),
        (["9", "junit.xml", *BEFORE, "--by", "bakend"], "there is no person `bakend`", "did you mean `backend`?"),
        (["9", "junit.xml", *BEFORE, "--commit", "main"], "`main` is not the hash of a commit", "--in"),
        (["9", "junit.xml", *BEFORE, "--at", "noon"], "--at: `noon` is not a date or time", "(2025-09-15)"),
        (["9", "junit.xml", *BEFORE, "--in", "nowhere"], "there is no folder nowhere", "name the folder"),
        (["9", *BEFORE], "there is nothing to record", "name a result file"),
        (["9", "--command", "x", "--observe", "y"], "--command and --observe are different kinds", "record"),
        (["9", "junit.xml", "--count", "3"], "--error, --count and --attach belong to an observation", "--observe"),
        (["9", "junit.xml", *BEFORE, "--exit-code", "3"], "--exit-code belongs to a command", "--command"),
        (["9", "a", "b", "--command", "x"], "--command and --value take one FILE, not 2", "name the file"),
        (["9", "junit.xml", "--observe", "x", "--by", "web"], "--observe takes no result file", "--attach junit.xml"),
        (["9", "--command", "x"], "command output needs somebody who vouches for it", "or give its output"),
        (["9", "--observe", "x"], "an observation needs somebody who vouches for it", "--by ID"),
        (["9", "--value", "a.b=1 s"], "a measured value needs somebody who vouches for it", "or give the FILE"),
        (["9", "--value", "a.b", "--by", "web"], "--value: `a.b` is not NAME=VALUE", '="97.2 %"'),
        (["9", "--value", "a.b=many", "--by", "web"], "--value: `many` is not a quantity", 'NAME="97.2 %"'),
        (["9", "--value", "A B=1 s", "--by", "web"], "--value: `A B` is not the name of a fact", 'NAME="97.2 %"'),
        (["9", "--value", "tests.passed=3", "--by", "web"], "--value: `tests.passed` is a computed fact",
         "does not start with `tests.`"),
    ],
)  # fmt: skip
def test_invalid_options_are_refused(
    arguments: list[str], says: str, do: str, run: Run, junit: Path, book: Path
) -> None:
    """Two lines each, and nothing is written."""
    assert junit.exists()
    ran = run("record", *arguments)
    assert (ran.code, ran.out) == (2, "")
    what, advice = ran.err.splitlines()
    assert says in what
    assert do in advice
    assert recorded(book) == []


# ── other evidence ───────────────────────────────────────────────────────────────────────────────────


def test_the_output_of_a_command_is_recorded(run: Run, junit: Path, book: Path) -> None:
    """From a file or a pipe."""
    out = junit.with_name("out.txt")
    out.write_text("shop/cart.py:41: \x1b[31mread\x1b[0m\n", encoding="utf-8")
    place = ("--environment", "staging", "--commit", COMMIT, "--at", "2026-03-05T12:00:00Z")
    ran = run("record", "9", out, "--command", "grep -n read shop", "--exit-code", "0", "--keep", *place)
    assert ran.code == 0
    (record,) = recorded(book)
    assert (record.kind, record.grade, record.command, record.exit_code) == (
        "command", Grade.MACHINE, "grep -n read shop", 0,
    )  # fmt: skip
    assert (record.output, record.commit, record.sealed) == ("shop/cart.py:41: read", COMMIT, True)
    assert record.source.kept in files(book)
    piped = run("record", "9", "-", "--command", "true", *place, stdin="")
    assert piped.code == 0
    assert run("record", "9", "--command", "true", "--by", "web", *place).code == 0
    assert sorted(one.grade for one in recorded(book)) == [Grade.ATTESTED, Grade.MACHINE, Grade.MACHINE]


def test_measured_values_are_recorded(run: Run, junit: Path, book: Path) -> None:
    """Several at once, vouched for by a person or by a file that contains them."""
    two = ("--value", "cart.latency=1.5 s", "--value", "cart.latency environment=staging=1200 ms")
    assert run("record", "9", *two, *AFTER, "--by", "web", "--commit", COMMIT, "--note", "By hand").code == 0
    first, second = sorted(recorded(book), key=lambda one: str(one.name))
    assert (str(first.name), str(first.value), first.grade, first.how) == (
        "cart.latency", "1.5 s", Grade.ATTESTED, "By hand",
    )  # fmt: skip
    assert (str(second.name), str(second.value)) == ("cart.latency environment=staging", "1200 ms")
    log = junit.with_name("load.log")
    log.write_text("mean 97.2 ms, most 130 ms\n", encoding="utf-8")
    read = run("record", "9", log, "--value", "cart.latency=97.2 ms", *AFTER, "--build", "shop-17")
    assert read.code == 0
    assert [one.grade for one in recorded(book)].count(Grade.MACHINE) == 1
    (stated,) = (one for one in recorded(book) if one.grade is Grade.MACHINE)
    assert stated.stated, "the file that states it is kept"
    made_up = run("record", "9", log, "--value", "cart.latency=97 ms", *AFTER)
    assert made_up.err.startswith("error: `97 ms` does not occur in ")


def test_a_value_is_recorded_with_notes_on_what_is_missing(run: Run, junit: Path) -> None:
    assert junit.exists()
    ran = run("record", "9", "--value", "cart.speed=1 s", "--by", "web")
    assert ran.code == 1
    assert ran.err.splitlines() == [
        "note: no environment is given; add --environment",
        "note: neither commit nor build is known; add --commit, --build or --in DIR",
        "note: without --phase the value can't meet a criterion",
        "note: no criterion or metric of the issue uses `cart.speed`",
    ]


def test_an_observation_is_recorded(run: Run, junit: Path, book: Path) -> None:
    """With the error, the count, the build and an attachment."""
    picture = junit.with_name("cart window.png")
    picture.write_bytes(b"\x89PNG")
    ran = run(
        "record", "9", "--observe", "It is **empty** again", "--error", "StaleCartError: cart 17 was changed",
        "--count", "3", "--attach", picture, "--by", "web", "--environment", "production", "--build", "shop-17",
        "--at", "2026-03-06",
    )  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    (record,) = recorded(book)
    assert (record.kind, record.grade, record.by, record.count) == ("observation", Grade.ATTESTED, "web", 3)
    assert (record.build, record.commit, record.at.isoformat()) == ("shop-17", None, "2026-03-06")
    assert record.attached == ("2026-03-06-observation-production-cart-window.png",)
    assert (book / "9/evidence" / record.attached[0]).read_bytes() == b"\x89PNG"
    about, shows, done = ran.out.splitlines()
    assert about == "no commit, no phase, in production, build shop-17:"
    assert shows.startswith("  shows ")
    assert done == "recorded issues/9/evidence/2026-03-06-observation-production.yaml"


def test_json_of_values_and_observations(run: Run, junit: Path, book: Path) -> None:
    """Recorded, or with a dry run."""
    assert junit.exists()
    flags = ("--observe", "x", "--by", "web", "--at", "2026-03-06", "--format", "json")
    dry = json.loads(run("record", "9", *flags, "--dry-run").out)
    assert (dry["evidence"], dry["records"][0]["says"]) == ([], "x")
    assert recorded(book) == []
    wet = json.loads(run("record", "9", *flags).out)
    assert wet["evidence"] == ["issues/9/evidence/2026-03-06-observation.yaml"]
