"""Help: every command and option is explained, its examples work, and it starts fast."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from triagebook import __version__
from triagebook.cli.main import COMMANDS, LazyCommand, app

HEAVY = ("pydantic", "jinja2", "mkdocs", "rich", "yaml", "ruamel")


def loaded(name: str) -> click.Command:
    later = app.commands[name]
    assert isinstance(later, LazyCommand)
    return later.load()


def test_help_lists_commands_exit_codes_and_completion(
    run_installed: Callable[..., Any], golden: Callable[[str, str], None]
) -> None:
    ran = run_installed("--help")
    assert (ran.code, ran.err) == (0, "")
    golden("help", ran.out)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_each_command(
    name: str, run_installed: Callable[..., Any], golden: Callable[[str, str], None]
) -> None:
    """In a process of its own: what other tests loaded before changes nothing."""
    ran = run_installed(name, "--help")
    assert (ran.code, ran.err) == (0, "")
    golden(f"help-{name}", ran.out)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    """Every option has a help text; every command takes --book."""
    command = loaded(name)
    assert command.name == name
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    assert all(option.help and option.help.endswith(".") for option in options)
    assert "--book" in {flag for option in options for flag in option.opts}


@pytest.mark.parametrize("name", COMMANDS)
def test_choices_are_written_as_people_type_them(name: str) -> None:
    kinds = [parameter.type for parameter in loaded(name).params]
    choices = [choice for kind in kinds if isinstance(kind, click.Choice) for choice in kind.choices]
    assert all(re.fullmatch(r"[a-z0-9+-]+", choice) for choice in choices), choices


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_are_valid_command_lines(name: str) -> None:
    command = loaded(name)
    examples = re.findall(rf"^ +triagebook {name}\b(.*)$", command.epilog or "", re.MULTILINE)
    assert examples
    for example in examples:
        arguments = shlex.split(re.split(r" > | \| |  +", example.strip())[0])
        command.make_context(name, arguments)


def test_no_arguments_print_the_help(run_installed: Callable[..., Any]) -> None:
    ran = run_installed()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == run_installed("--help").out


def test_version_is_one_line(run_installed: Callable[..., Any]) -> None:
    assert run_installed("--version").out == f"triagebook {__version__}\n"


def test_python_m_triagebook_is_the_same_command(run_installed: Callable[..., Any]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "triagebook", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={"COLUMNS": "100"},
    )
    assert done.stdout == run_installed("--help").out


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_help_imports_nothing_heavy(flag: str) -> None:
    """Printing help imports neither pydantic nor the parts that make records and pages."""
    code = (
        f"import sys; from triagebook.cli.main import app; app([{flag!r}], standalone_mode=False); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = {module.partition(".")[0] for module in done.stdout.split()}
    assert modules.isdisjoint(HEAVY)


def test_completion_of_commands_options_and_names(run_installed: Callable[..., Any], book: Path) -> None:
    with (book / "10/issue.yaml").open("a") as record:
        record.write(
            "suites: {unit: {category: unit, purpose: It counts}, load: {category: unit, purpose: It holds}}\n"
        )

    def offered(line: str) -> list[str]:
        words = shlex.split(line) + ([""] if line.endswith(" ") else [])
        ran = run_installed(_TRIAGEBOOK_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1))
        return [answer.partition(",")[2] for answer in ran.out.splitlines()]

    assert offered("triagebook s") == ["status", "search", "show", "set", "scan", "serve", "schema"]
    assert offered("triagebook list --se") == ["--severity"]
    assert offered("triagebook show ") == ["9", "10", "101"]
    assert offered("triagebook list --component c") == ["cart", "checkout"]
    assert offered("triagebook list --book issues --owner ") == ["backend", "web"]
    assert offered("triagebook run 10 --suite ") == ["load", "unit"]
    assert offered("triagebook schema a") == ["affected"]


def test_completion_is_silent_without_a_book(run_installed: Callable[..., Any]) -> None:
    for words in ("triagebook show ", "triagebook list --owner "):
        ran = run_installed(
            _TRIAGEBOOK_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD="2" if "show" in words else "3"
        )
        assert (ran.out, ran.err) == ("\n", "")


@pytest.mark.parametrize("name", COMMANDS)
def test_json_can_be_asked_for_in_one_way_everywhere(name: str) -> None:
    flags = {flag: option for option in loaded(name).params for flag in option.opts}
    choices = getattr(flags["--format"].type, "choices", ()) if "--format" in flags else ()
    assert ("json" in choices) == ("--json" in flags)
