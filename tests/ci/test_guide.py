"""The guide to CI: what it tells people to write is what the services accept."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from triagebook.cli.main import app
from triagebook.model.catalog import Catalog

Do = Callable[..., Any]

FOLDER = Path(__file__).parents[2] / "site" / "guide"
GUIDE = (FOLDER / "ci.md").read_text(encoding="utf-8")
AUDIT = (FOLDER / "audit.md").read_text(encoding="utf-8")
SNIPPETS = dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", AUDIT + GUIDE, re.DOTALL))
SCHEMAS = {
    ".github/workflows/documents.yml": "vendor.github-workflows",
    ".github/workflows/issues.yml": "vendor.github-workflows",
    ".github/workflows/issues-scan.yml": "vendor.github-workflows",
    ".gitlab-ci.yml": "vendor.gitlab-ci",
}
COMMANDS = re.findall(r"(triagebook check [^`|>\n]*)", GUIDE)


def test_every_snippet_names_its_file() -> None:
    assert len(SNIPPETS) + 1 == (GUIDE + AUDIT).count("```yaml")  # both show hooks of pre-commit
    assert set(SNIPPETS) == {*SCHEMAS, ".pre-commit-config.yaml", "issues/catalog.yaml"}


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_snippet_is_valid_for_its_service(name: str, do: Do, tmp_path: Path) -> None:
    path = tmp_path / "snippet.yml"
    path.write_text(SNIPPETS[name], encoding="utf-8")
    ran = do("check-jsonschema", "--builtin-schema", SCHEMAS[name], path, cwd=tmp_path)
    assert ran.code == 0, ran.out


def test_the_hooks_in_the_guide_exist(do: Do, tmp_path: Path) -> None:
    path = tmp_path / ".pre-commit-config.yaml"
    path.write_text(SNIPPETS[path.name], encoding="utf-8")
    ran = do("pre-commit", "validate-config", path, cwd=tmp_path)
    assert ran.code == 0, ran.out
    offered = yaml.safe_load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    wanted = yaml.safe_load(SNIPPETS[path.name])["repos"][0]["hooks"]
    assert {hook["id"] for hook in wanted} == {hook["id"] for hook in offered}


def takes(options: list[str]) -> None:
    """`check` accepts these options, as it does when it is called."""
    with click.Context(app, **app.context_settings) as called:
        app.commands["check"].make_context("check", options, called)


@pytest.mark.parametrize(("name", "job"), [("issues.yml", "check"), ("documents.yml", "audit")])
def test_the_inputs_in_the_guide_exist(name: str, job: str) -> None:
    action = yaml.safe_load((Path(__file__).parents[2] / "action.yml").read_text(encoding="utf-8"))
    steps = yaml.safe_load(SNIPPETS[f".github/workflows/{name}"])["jobs"][job]["steps"]
    (ours,) = (step for step in steps if step["uses"].startswith("OWNER/triagebook@"))
    assert set(ours["with"]) <= set(action["inputs"])
    takes(shlex.split(ours["with"].get("arguments", "").replace("${{ github.base_ref }}", "main")))


def test_the_severities_in_the_guide_are_valid() -> None:
    rules = yaml.load(SNIPPETS["issues/catalog.yaml"], yaml.BaseLoader)  # noqa: S506  (all as text, as the store reads it)
    assert Catalog.model_validate(rules).rules


@pytest.mark.parametrize("line", COMMANDS)
def test_the_options_in_the_guide_exist(line: str) -> None:
    takes(shlex.split(line)[2:])
