"""Templates beside the book override ours, block by block; an error in one names its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.kit.paths import ROOT
from tests.kit.reports import proven, written
from triagebook.render import BrokenTemplateError, templates
from triagebook.reports import KINDS

GUIDE = ROOT / "site" / "guide" / "templates.md"


def test_the_example_of_the_guide_renders(tmp_path: Path) -> None:
    case, root = proven().case(), tmp_path / "issues"
    before = written(case, "summary", "md", root)
    for name, text in examples():
        put(tmp_path, name, text)
    after = written(case, "summary", "md", root)
    assert "Ask the product team" not in before
    assert "This report belongs to the Chat team.\n" in after
    assert "Ask the product team" in after
    added = ("Ask the product team before you tell customers.", "This report belongs to the Chat team.")
    assert [line for line in after.splitlines() if line and line not in added] == [
        line for line in before.splitlines() if line
    ]


def examples() -> list[tuple[str, str]]:
    found = re.findall(r"```jinja\n\{# templates/(\S+) #\}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) == 2
    return found


def test_html_of_an_own_template_stays_in_markdown(tmp_path: Path) -> None:
    """The normal form has no place for it: the report stays in the form that it came in, and nothing is lost."""
    folded = "<details>\n<summary>Who to ask</summary>\n\nAsk the product team.\n\n</details>\n"
    put(tmp_path, "reports/summary.md.j2", "# A title\n\n" + folded)
    assert written(proven().case(), "summary", "md", tmp_path / "issues") == f"# A title\n\n{folded}"
    page = written(proven().case(), "summary", "html", tmp_path / "issues")
    assert "Ask the product" in page
    assert "<details>" not in page


@pytest.mark.parametrize("kind", KINDS)
def test_the_guide_names_every_template(kind: str) -> None:
    assert f"reports/{kind}.md.j2" in GUIDE.read_text(encoding="utf-8")
    assert (templates() / "reports" / f"{kind}.md.j2").is_file()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{% block verdict %}", "reports/summary.md.j2:1: Unexpected end of template"),
        ("one\n{{ report.nothing }}", "reports/summary.md.j2:2: .*'nothing', while rendering issue 1"),
        ("{{ nothing }}", "reports/summary.md.j2:1: 'nothing' is undefined, while rendering issue 1"),
        ("\n\n{{ report.head.id }}\n{{ 1 / 0 }}", "reports/summary.md.j2:4: division by zero, while rendering issue 1"),
        ("{{ report.since }}", "reports/summary.md.j2:1: a template printed None"),
        ('{% extends "reports/gone.md.j2" %}', "no template `reports/gone.md.j2`"),
        ('{{ "".__class__.__mro__ }}', "unsafe"),
    ],
)
def test_a_broken_template_is_told_with_its_line_and_record(tmp_path: Path, text: str, said: str) -> None:
    put(tmp_path, "reports/summary.md.j2", text)
    with pytest.raises(BrokenTemplateError) as error:
        written(proven().case(), "summary", "md", tmp_path / "issues")
    assert re.search(said, error.value.what)


def put(folder: Path, name: str, text: str) -> None:
    path = folder / "templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
