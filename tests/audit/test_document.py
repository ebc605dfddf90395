"""A document is read as blocks, each with the lines that it has in the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triagebook.audit import MarkdownDocument, audit
from triagebook.audit.document import DocumentPurpose, ListItem, StateMark, TitleBlock

TEXT = """# Validation report

**Status:** âœ… fixed

- [x] one **bold** [link](a.md)
- [ ] two
  and more
  1. nested

| Suite | Passed |
|---|---|
| unit | 7 |

```bash
make test
```
"""


def test_every_block_knows_its_line() -> None:
    document = MarkdownDocument("report.md", TEXT)
    assert [(type(block).__name__, block.line) for block in document.blocks] == [
        ("TitleBlock", 1), ("Paragraph", 3), ("ListItem", 5), ("ListItem", 6), ("ListItem", 8),
        ("Row", 10), ("Row", 12), ("CodeBlock", 15),
    ]  # fmt: skip


def test_prose_has_no_markup() -> None:
    document = MarkdownDocument("report.md", TEXT)
    assert document.prose[2].text == "[x] one bold link"
    assert [line.number for line in document.prose] == [1, 3, 5, 6, 7, 8, 10, 12]


def test_a_tick_that_was_decoded_with_the_wrong_character_set_is_a_tick() -> None:
    document = MarkdownDocument("report.md", TEXT)
    assert document.misread == [3]
    assert document.prose[1].marks == {StateMark.DONE}


@pytest.mark.parametrize(
    ("title", "body", "kind"),
    [
        ("Validation report", "All is well.", DocumentPurpose.REPORT),
        ("Test plan", "- [ ] run the tests", DocumentPurpose.PLAN),
        ("Diagnostic report", "The report of a process as JSON.", DocumentPurpose.OTHER),
        ("Changelog", "- faster start", DocumentPurpose.OTHER),
        ("Notes", "\n".join(f"- ✅ step {number}" for number in range(6)), DocumentPurpose.REPORT),
    ],
)
def test_the_kind_of_a_document_follows_from_its_title_and_its_content(
    title: str, body: str, kind: DocumentPurpose
) -> None:
    assert MarkdownDocument("notes.md", f"# {title}\n\n{body}\n").kind is kind


def test_a_section_ends_at_the_next_heading_of_its_level() -> None:
    document = MarkdownDocument("a.md", "# A\n\none\n\n## B\n\n- two\n\n# C\n\nthree\n")
    assert [block.text for block in document.under(document.headings[0])] == ["one", "B", "two"]
    assert isinstance(document.under(document.headings[0])[1], TitleBlock)
    assert isinstance(document.under(document.headings[1])[0], ListItem)


@given(st.text(alphabet=st.sampled_from("#-*|` \n[]x()1/%✅⏳abc:"), max_size=300))
def test_any_text_can_be_audited_and_every_finding_is_in_it(text: str) -> None:
    document = MarkdownDocument("any.md", text)
    for finding in audit(document):
        assert 1 <= finding.line <= len(document.raw)
