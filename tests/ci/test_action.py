"""The GitHub Action: its form, and its shell steps as the runner would run them."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kit.paths import ROOT

Do = Callable[..., Any]

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")  # what `shell: bash` stands for

# `python -m venv DIR` makes a folder whose pip notes down what it is asked for, and whose triagebook is ours.
PYTHON = """\
#!/bin/sh
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "$@" > "$RUNNER_TEMP/pip"\\n' > "$3/bin/pip"
printf '#!/bin/sh\\nexec triagebook "$@"\\n' > "$3/bin/triagebook"
chmod +x "$3/bin/pip" "$3/bin/triagebook"
"""


@pytest.fixture
def act(tmp_path: Path, shop: Path, do: Do) -> Callable[..., Any]:
    """Runs the shell steps in a user's repository, with inputs, and answers what the last one does."""
    stubs, temp = tmp_path / "stubs", tmp_path / "runner temp"
    stubs.mkdir()
    temp.mkdir()
    (stubs / "python").write_text(PYTHON)
    (stubs / "python").chmod(0o755)
    path = f"PATH={shlex.quote(str(stubs))}:$PATH\n"

    def run(outer: dict[str, str] | None = None, **given: str) -> Any:
        inputs = {
            name: str(about["default"]).replace("${{ github.token }}", "") for name, about in ACTION["inputs"].items()
        } | given
        runner = {"RUNNER_TEMP": str(temp), "GITHUB_ACTION_PATH": "/the action", "GITHUB_WORKSPACE": str(shop)}
        ran = None
        for step in ACTION["runs"]["steps"]:
            if "run" in step:
                env = {key: filled(value, inputs) for key, value in step.get("env", {}).items()}
                ran = do(*SHELL, path + step["run"], cwd=shop, **runner, **(outer or {}), **env)
                if ran.code:
                    break
        return ran

    return run


def filled(text: str, inputs: dict[str, str]) -> str:
    for name, value in inputs.items():
        text = text.replace(f"${{{{ inputs.{name} }}}}", value)
    assert "${{" not in text
    return text


def spoil(shop: Path, text: str) -> None:
    with (shop / "issues" / "1" / "issue.yaml").open("a", encoding="utf-8") as file:
        file.write(text)


def test_the_action_declares_its_inputs_and_steps(do: Do) -> None:
    ran = do("check-jsonschema", "--builtin-schema", "vendor.github-actions", ROOT / "action.yml", cwd=ROOT)
    assert ran.code == 0, ran.out


def test_every_step_names_its_shell() -> None:
    """A composite action has no default, and an expression in a script would run what an input says."""
    steps = ACTION["runs"]["steps"]
    assert all(step.get("shell") == "bash" for step in steps if "run" in step)
    assert not [step for step in steps if "${{" in step.get("run", "")]


def test_it_installs_itself(act: Callable[..., Any], tmp_path: Path) -> None:
    assert act().code == 0
    assert (tmp_path / "runner temp" / "pip").read_text() == "install --quiet /the action[scan]\n"


def test_a_clean_book_passes(act: Callable[..., Any]) -> None:
    ran = act()
    assert (ran.code, ran.out) == (0, "no findings\n")


def test_a_broken_book_is_annotated(act: Callable[..., Any], shop: Path) -> None:
    spoil(shop, "lables: [a]\n")
    ran = act()
    assert ran.code == 1
    assert ran.out.startswith("::error file=issues/1/issue.yaml,line=")
    assert ",title=TB107 unknown-key::" in ran.out


@pytest.mark.parametrize(
    "arguments", ["--strict --select TB4", "--strict\n--select TB4\n", " \n--strict  --select\tTB4"]
)
def test_arguments_are_passed_to_the_check(arguments: str, act: Callable[..., Any], shop: Path) -> None:
    """Parted by blanks or lines."""
    spoil(shop, "next: [Turn on the alarm]\n")  # a warning
    assert act().code == 0
    ran = act(arguments=arguments)
    assert (ran.code, ran.out.partition(" ")[0]) == (1, "::warning")


def test_an_argument_is_never_run_as_a_command(act: Callable[..., Any], shop: Path) -> None:
    """What an input says is never run, nor spread over file names."""
    ran = act(arguments="; touch owned $(touch owned) `touch owned` *")
    assert ran.code == 2
    assert not (shop / "owned").exists()


def test_the_book_may_be_in_another_folder(act: Callable[..., Any], shop: Path) -> None:
    (shop / "issues").rename(shop / "our issues")
    assert act(book="our issues").code == 0
    assert act(book="issues").code == 2


REPORT = "# Validation report\n\n**Status:** FIXED AND VALIDATED\n\nStaging was not accessible.\n"


def test_documents_are_audited_with_annotations_at_their_lines(act: Callable[..., Any], shop: Path) -> None:
    """Beside a check of the book, or alone."""
    (shop / "docs").mkdir()
    (shop / "docs" / "login-report.md").write_text(REPORT)
    (shop / "docs" / "notes.md").write_text(REPORT)
    for book in ("issues", ""):
        ran = act(book=book, documents="docs/*-report.md", **{"audit-arguments": "--select TB811"})
        assert ran.code == 1
        assert "::error file=docs/login-report.md,line=3,col=1,title=TB811 " in ran.out
        assert "notes.md" not in ran.out
    ran = act(documents="docs/*-plan.md")
    assert ran.code == 2
    assert "no file matches `docs/*-plan.md`" in ran.out


def test_a_pull_request_has_only_its_own_documents_audited(act: Callable[..., Any], shop: Path, do: Do) -> None:
    (shop / "old.md").write_text(REPORT)
    for command in (("add", "."), ("commit", "-qm", "Old"), ("update-ref", "refs/remotes/origin/main", "HEAD")):
        assert do("git", *command).code == 0
    (shop / "new.md").write_text(REPORT)
    ran = act(documents=".", outer={"GITHUB_BASE_REF": "main"})
    assert ran.code == 1
    assert "file=new.md,line=3" in ran.out
    assert "old.md" not in ran.out


def test_a_gate_fails_where_the_stage_is_not_reached(act: Callable[..., Any]) -> None:
    ran = act(gate="validated", **{"gate-arguments": "1 --no-source"})
    assert ran.code == 1
    assert "1 does not pass: its stage is reported" in ran.out
    assert act(gate="reported", **{"gate-arguments": "1 --no-source"}).code == 0
