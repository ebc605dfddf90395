"""Which suites are run, by which words, and where their results are looked for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from triagebook.errors import TriagebookError
from triagebook.model.suites import Suite
from triagebook.recording.suites import ResultFiles, RunOptions, Task, choose, job_of

JUNIT = Path("/scratch/junit.xml")


def suites(**plain: Any) -> dict[str, Suite]:
    return {name: Suite.model_validate({"category": "unit", **suite}) for name, suite in plain.items()}


def chosen(wanted: list[str] | None = None, **plain: Any) -> dict[str, str]:
    return {task.suite: task.command for task in choose(suites(**plain), wanted or [], "local", Path("/nowhere"))[0]}


def test_all_runnable_suites_are_chosen_and_the_others_are_explained() -> None:
    """A suite of another environment, an unwritten one and one without a command are left out, with the reason."""
    plan = suites(
        unit={"command": "pytest"},
        journey={"command": "pytest", "environments": ["staging"]},
        later={"command": "pytest", "state": "planned"},
        bare={},
        elsewhere={"command": {"run": "pytest", "environment": "staging"}},
    )
    tasks, left_out = choose(plan, [], "local", Path("/nowhere"))
    assert [task.suite for task in tasks] == ["unit"]
    assert left_out == [
        "journey runs in staging, not in local",
        "later is planned but not written yet",
        "bare has no command",
        "elsewhere has no command for local",
    ]


def test_a_planned_suite_whose_file_is_there_is_written(tmp_path: Path) -> None:
    plan = suites(unit={"command": "pytest", "state": "planned", "path": "tests/test_a.py"})
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").touch()
    assert [task.suite for task in choose(plan, [], "local", tmp_path)[0]] == ["unit"]


def test_a_named_suite_without_a_command_is_refused() -> None:
    """What can't be run is an error then; one that is only planned may be there by now."""
    assert chosen(["later"], later={"command": "pytest", "state": "planned"}) == {"later": "pytest"}
    with pytest.raises(TriagebookError, match="suite `bare` has no command"):
        chosen(["bare"], bare={})


def test_having_nothing_to_run_is_explained() -> None:
    """It says why."""
    with pytest.raises(TriagebookError, match="there is nothing to run: bare has no command"):
        chosen(bare={})
    with pytest.raises(TriagebookError, match="the issue plans no suites"):
        chosen()


def test_the_command_of_the_environment_is_preferred() -> None:
    """Several commands are several ways: the one for the place counts first, else the first for any."""
    ways = ["one", "two", {"run": "three", "environment": "local"}, {"run": "four", "environment": "staging"}]
    assert chosen(unit={"command": ways}) == {"unit": "three"}
    assert chosen(unit={"command": ways[:2]}) == {"unit": "one"}


# ── the words of a command ───────────────────────────────────────────────────────────────────────────


def words(command: str, folder: Path) -> list[str]:
    return list(job_of(command, RunOptions(folder), JUNIT).command)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python -m pytest tests -v", ["python", "-m", "pytest", f"--junitxml={JUNIT}", "tests", "-v"]),
        ("python -m pytest -k 'a or b'", ["python", "-m", "pytest", f"--junitxml={JUNIT}", "-k", "a or b"]),
        ("python -m pytest --junitxml=a.xml", ["python", "-m", "pytest", "--junitxml=a.xml"]),
        ("python tests/run.py --filter 'x | y'", ["python", "tests/run.py", "--filter", "x | y"]),
        ("A=1 B='2 3' python -c pass", ["python", "-c", "pass"]),
        ("git test ./...", ["git", "test", "./..."]),
    ],
)
def test_a_command_is_split_as_a_shell_would(command: str, expected: list[str], tmp_path: Path) -> None:
    """As a shell would split them; pytest gets an option that says where to write."""
    assert words(command, tmp_path) == expected


def test_go_and_node_are_told_to_write_results(tmp_path: Path) -> None:
    (tmp_path / "go").touch()
    (tmp_path / "node").touch()
    assert words("go test ./... -run X", tmp_path) == ["go", "test", "-json", "./...", "-run", "X"]
    assert words("go test -json .", tmp_path) == ["go", "test", "-json", "."]
    told = words("node --test test", tmp_path)
    assert told[:2] == ["node", "--test"]
    assert told[-2:] == [f"--test-reporter-destination={JUNIT}", "test"]
    assert words("node --test --test-reporter=tap", tmp_path) == ["node", "--test", "--test-reporter=tap"]


@pytest.mark.parametrize(
    ("command", "path", "below"),
    [
        ("python -m pytest test_cart.py", "api/test_cart.py", "api"),
        ("python -m pytest ./tests/test_cart.py::test_a", "api/tests/test_cart.py", "api"),
        ("python -m pytest api/test_cart.py", "api/test_cart.py", "."),
        ("npm test", "web/test/cart.test.js", "web"),
        ("go test ./...", "api/cart_test.go", "."),
        ("make test", "api/test_cart.py", "."),
        ("npm test", None, "."),
    ],
)
def test_a_command_runs_in_the_folder_of_its_project(
    command: str, path: str | None, below: str, tmp_path: Path
) -> None:
    """In a repository with several projects a command is written as one runs it in its own."""
    (tmp_path / "web").mkdir()
    (tmp_path / "web/package.json").touch()
    (tmp_path / "api").mkdir()
    (tmp_path / "api/test_cart.py").touch()
    assert Task("unit", command, path).below(tmp_path) == tmp_path / below


def test_leading_variables_go_into_the_environment(tmp_path: Path) -> None:
    """They go into the environment, no shell needed."""
    assert job_of("A=1 B='2 3' python", RunOptions(tmp_path), JUNIT).environment == {"A": "1", "B": "2 3"}


@pytest.mark.parametrize(
    "command",
    ["python a.py && python b.py", "python a.py; rm x", "python a.py | tee x", "python a.py > x", "cd x\npython a.py",
     "python $FILE", "python `x`", 'python "$(x)"', "(python a.py)", "python a.py &", "python a.py 2>&1"],
)  # fmt: skip
def test_a_command_that_needs_a_shell_is_refused_without_one(command: str, tmp_path: Path) -> None:
    """It is refused without one, and what to do is said."""
    with pytest.raises(TriagebookError) as caught:
        words(command, tmp_path)
    assert caught.value.do == "read the command, then add --shell to run it in a shell"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("nowhere-to-be-found x", "`nowhere-to-be-found` was not found"),
        ("python 'x", "can't be read: No closing quotation"),
        ("A=1", "contains no program"),
    ],
)
def test_a_command_that_can_not_run_is_refused_before_it_starts(command: str, says: str, tmp_path: Path) -> None:
    """It is found out before anything is run."""
    with pytest.raises(TriagebookError, match=says):
        words(command, tmp_path)


def test_a_command_may_name_a_program_in_its_folder(tmp_path: Path) -> None:
    """A command may name a file in the folder."""
    (tmp_path / "run.sh").touch()
    assert words("./run.sh x", tmp_path) == ["./run.sh", "x"]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("cd x && pytest tests", True),
        ("pytest a; pytest b", False),
        ("make test", False),
        ("pytest --junit-xml=a.xml", False),
    ],
)
def test_pytest_in_a_shell_is_told_through_its_variable(command: str, told: object, tmp_path: Path) -> None:
    """The option is passed in its own variable, if the command runs pytest once."""
    job = job_of(command, RunOptions(tmp_path, shell=True, limit=5), JUNIT)  # noqa: S604
    assert (job.command, job.limit) == (command, 5)
    assert job.environment == ({"PYTEST_ADDOPTS": f"--junitxml={JUNIT}"} if told else {})


# ── the files of its results ─────────────────────────────────────────────────────────────────────────


def test_result_files_named_by_the_command_count_if_they_are_new(tmp_path: Path) -> None:
    """Only what was written since: what lay there before is of another run."""
    for name in ("old.xml", "again.xml", "other.xml"):
        (tmp_path / name).write_text("old")
        os.utime(tmp_path / name, (1, 1))
    command = "run --output=old.xml --gtest_output=xml:again.xml 'new.json' > \"deep/a.trx\""
    files = ResultFiles(command, tmp_path, [], JUNIT)
    (tmp_path / "again.xml").write_text("new")
    (tmp_path / "new.json").write_text("new")
    (tmp_path / "other.xml").write_text("new")
    assert files.fresh() == [tmp_path / "again.xml", tmp_path / "new.json"]


def test_a_pattern_replaces_the_files_that_the_command_names(tmp_path: Path) -> None:
    """By a pattern, and then those of the command do not count."""
    (tmp_path / "target").mkdir()
    files = ResultFiles("run --out=a.xml", tmp_path, ["target/*.xml"], JUNIT)
    for name in ("a.xml", "target/b.xml", "target/c.xml"):
        (tmp_path / name).write_text("new")
    assert files.fresh() == [tmp_path / "target/b.xml", tmp_path / "target/c.xml"]


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("mvn -q test -Dtest=A", "web/target/surefire-reports/TEST-A.xml"),
        ("./mvnw verify", "target/failsafe-reports/TEST-AIT.xml"),
        ("./gradlew test", "app/build/test-results/test/TEST-A.xml"),
        ("dotnet test --logger trx", "A.Tests/TestResults/a.trx"),
    ],
)
def test_files_where_a_runner_always_writes_need_no_pattern(command: str, file: str, tmp_path: Path) -> None:
    files = ResultFiles(command, tmp_path, [], JUNIT)
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text("new")
    assert files.fresh() == [tmp_path / file]


def test_the_file_that_pytest_was_told_to_write_comes_first(tmp_path: Path) -> None:
    """It counts before all others."""
    junit = tmp_path / "scratch.xml"
    files = ResultFiles("pytest --out=a.xml", tmp_path, [], junit)
    for path in (junit, tmp_path / "a.xml"):
        path.write_text("new")
    assert files.fresh() == [junit]
