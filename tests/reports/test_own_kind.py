"""A team's own kind of report: a template and a few lines of YAML beside it. The guide's postmortem is built here."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from tests.kit.paths import ROOT
from triagebook.cli.main import app
from triagebook.reports.sections import SECTIONS
from triagebook.site.content import ContentLoader
from triagebook.site.outputs import outputs
from triagebook.store.load import load

GUIDE = (ROOT / "site" / "guide" / "templates.md").read_text(encoding="utf-8")
DATA = re.search(r"```yaml\n(title: Postmortem\n.*?)```", GUIDE, re.DOTALL)
TEMPLATE = re.search(r"```jinja\n((?:(?!```).)*What happened.*?)```", GUIDE, re.DOTALL)
ISSUE = """\
title: Nobody can log in
severity: high
opened: 2026-01-01
summary: Since noon.
causes: [The key has expired]
fix: {changes: [{path: app/keys.py, commit: ab14a73d8}]}
next: [Renew the key every month]
"""


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(app, ["init", str(tmp_path)], standalone_mode=False)
    (tmp_path / "issues" / "1").mkdir()
    (tmp_path / "issues" / "1" / "issue.yaml").write_text(ISSUE)
    reports = tmp_path / "templates" / "reports"
    reports.mkdir(parents=True)
    assert DATA
    assert TEMPLATE
    (reports / "postmortem.yaml").write_text(DATA[1])
    (reports / "postmortem.md.j2").write_text(TEMPLATE[1])
    return tmp_path


def report(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["report", *arguments], standalone_mode=False)


def test_the_guide_needs_no_more_than_ten_lines_of_yaml() -> None:
    assert DATA
    assert len(DATA[1].splitlines()) <= 10


@pytest.mark.usefixtures("book")
def test_it_is_written_in_every_format() -> None:
    text = report("1", "postmortem").stdout
    assert text.startswith("# Postmortem: 1 · Nobody can log in\n")
    assert "- Cause: The key has expired (suspected)" in text
    assert "- [ ] Renew the key every month" in text
    assert "To be recorded next: whom it harms" in text
    assert "<h1" in report("1", "postmortem", "--format", "html").stdout
    data = json.loads(report("1", "postmortem", "--format", "json").stdout)
    assert data["report"] == "postmortem"
    schema = json.loads(report("--schema", "postmortem").stdout)
    Draft202012Validator(schema).validate(data)


def test_it_is_published_with_each_issue(book: Path) -> None:
    content = ContentLoader(load(book / "issues"), None).content()
    paths = {output.path for output in outputs(content)}
    assert {f"issues/1/postmortem.{form}" for form in ("md", "json")} <= paths


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("title: A\nsays: B\nsections: [impct]\n", "there is no section `impct`"),
        ("title: A\nsays: B\nsections: [impact]\ngaps: [x]\n", "there is no part of a record `x`"),
        ("title: A\nsections: [impact]\n", "`says` is missing"),
        ("title: A\nsays: B\nsections: [impact]\nsection: c\n", "`section` is not a known key"),
        ("title: [A\n", "postmortem.yaml: "),
    ],
)
def test_a_mistake_is_named_with_its_file(book: Path, written: str, says: str) -> None:
    (book / "templates" / "reports" / "postmortem.yaml").write_text(written)
    done = report("1", "postmortem")
    assert says in str(done.exception)
    assert "templates/reports/postmortem.yaml: " in str(done.exception)


def test_a_kind_needs_a_template_and_a_name_of_its_own(book: Path) -> None:
    reports = book / "templates" / "reports"
    (reports / "postmortem.md.j2").rename(reports / "summary.md.j2")
    assert "has no template" in str(report("1", "summary").exception)
    (reports / "postmortem.yaml").rename(reports / "summary.yaml")
    assert "is a kind that triagebook has" in str(report("1", "summary").exception)


def test_the_guide_lists_the_sections() -> None:
    listed = GUIDE.partition("The sections are ")[2]
    assert re.findall(r"`(\w+)`", listed) == sorted(SECTIONS)
