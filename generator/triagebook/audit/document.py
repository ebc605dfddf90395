"""A Markdown document as blocks with line numbers: headings, paragraphs, list items, tables and code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from functools import cached_property, lru_cache
from itertools import takewhile

import ftfy
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from msgspec import Struct
from msgspec.structs import replace

from .words import Words

WORDS = Words("document")


class StateMark(Enum):
    """What a tick box or a symbol states about its line."""

    DONE = "done"
    FAILED = "failed"
    WARNED = "warned"
    PENDING = "pending"


_AT_END = r"[:|(\u2013\u2014-]\s*(?:{})\s*[|).]?\s*$"  # a state behind a colon, a dash or in the last cell
_MARKS = {
    StateMark.DONE: re.compile(
        rf"[✅✔☑✓🟢]|^\s*\[[xX]\]|^\W*(?:done|completed): |{_AT_END.format('done|finished')}", re.IGNORECASE
    ),
    StateMark.FAILED: re.compile(r"[❌✗✘✖🔴]"),
    StateMark.WARNED: re.compile(r"⚠|âš"),  # often decoded with the wrong character set, beyond repair
    StateMark.PENDING: re.compile(
        rf"[⏳⌛🔄🚧🔜☐⬜⏭🟡]|^\s*\[ \]|{_AT_END.format('open|pending|to ?do|in progress|not started')}", re.IGNORECASE
    ),
}


class DocumentPurpose(Enum):
    """What a document is for."""

    PLAN = "plan"
    REPORT = "report"
    OTHER = "other"


_KINDS = {DocumentPurpose.REPORT: WORDS.report, DocumentPurpose.PLAN: WORDS.plan}
COMMIT = re.compile(r"(?i)\bcommit\W{1,6}([0-9a-f]{7,40})\b")
_ISSUE = re.compile(r"(?<![\w.])(?:#?\d{2,6}(?![.\d])|[A-Z]{2,}-\d+)(?![\w%])")
_PARSER = MarkdownIt("commonmark").enable("table")
_EMPHASIS = re.compile(r"\*{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)|~~")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MISREAD = re.compile(r"âš|â€|âœ")  # what cannot be repaired
LONGEST = 3000  # characters of a line that are examined; longer lines would make the expressions slow
_LABELLED = re.compile(r"\s*[A-Z][\w ]{2,20}: ")
_CODE_SPAN = re.compile(r"`[^`]*`")


class TextLine(Struct, frozen=True):
    """One line of prose without emphasis and link targets; code spans keep their backticks."""

    number: int
    text: str

    @property
    def without_code(self) -> str:
        """The text with a space for each character of its code spans."""
        return _CODE_SPAN.sub(lambda span: " " * len(span.group()), self.text)

    @property
    def sentences(self) -> list[TextLine]:
        return [TextLine(self.number, part) for part in re.split(r"(?<=[.;!])\s(?=[A-Z*|`])", self.text)]

    @property
    def marks(self) -> set[StateMark]:
        return {mark for mark, pattern in _MARKS.items() if pattern.search(self.text)}


class Block(Struct, frozen=True):
    """A piece of a document."""

    line: int
    lines: tuple[TextLine, ...]

    @cached_property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)


class TitleBlock(Block, frozen=True, dict=True):
    depth: int


class Paragraph(Block, frozen=True, dict=True):
    pass


class ListItem(Block, frozen=True, dict=True):
    """An item of a list, without the items nested in it."""

    depth: int
    list_line: int  # where its list begins

    @property
    def box(self) -> bool | None:
        """Whether its tick box is ticked; None without one."""
        found = re.match(r"\s*\[([ xX])\]", self.text)
        return found[1] != " " if found else None


class Row(Block, frozen=True, dict=True):
    """A row of a table; the first row of a table holds the column titles."""

    cells: tuple[str, ...]
    table_line: int
    named_above: bool = False  # the last row, under the name of what the whole table is about

    @property
    def is_header(self) -> bool:
        return self.line == self.table_line

    @property
    def is_total(self) -> bool:
        return self.named_above or bool(WORDS.total.match(next(filter(None, self.cells), "")))

    def labelled(self, titles: Row) -> str:
        """The row as words: each cell behind the title of its column."""
        return ", ".join(self.labelled_cells(titles))

    def labelled_cells(self, titles: Row) -> list[str]:
        """Each cell behind the title of its column, in words."""
        words = ("passed" if _MARKS[StateMark.DONE].match(one) else "failed" if _MARKS[StateMark.FAILED].match(one)
                 else "skipped" if WORDS.skip_sign.match(one) else one for one in titles.cells)  # fmt: skip
        return [f"{title}: {cell}" for title, cell in zip(words, self.cells, strict=False)]


class CodeBlock(Block, frozen=True, dict=True):
    """A block of code."""

    language: str

    @cached_property
    def source(self) -> str:
        return "\n".join(line.text for line in self.lines)


class MarkdownDocument(Struct, frozen=True, dict=True):
    """A document as it was read."""

    path: str
    text: str

    @cached_property
    def raw(self) -> list[str]:
        """The lines of the file."""
        return re.split(r"\r\n?|\n", self.text)

    @cached_property
    def misread(self) -> list[int]:
        """The numbers of the lines that were decoded with the wrong character set."""
        return [number for number, line in enumerate(self.raw, 1) if _repaired(line) != line or _MISREAD.search(line)]

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        lines = list(map(_repaired, self.raw))
        front = lines.index("---", 1) if lines[0] == "---" and "---" in lines[1:] else 0
        tree = SyntaxTreeNode(_PARSER.parse("\n".join([*[""] * (front + 1), *lines[front + 1 :]] if front else lines)))
        head = tuple(TextLine(at, text[:LONGEST]) for at, text in enumerate(lines[1:front], 2))
        return tuple(_with_totals([block for block in (Paragraph(2, head), *_blocks(tree)) if block.lines]))

    @cached_property
    def prose(self) -> list[TextLine]:
        """Every line of prose, in order."""
        return [line for block in self.blocks if not isinstance(block, CodeBlock) for line in block.lines]

    @cached_property
    def lines(self) -> list[TextLine]:
        """Every line of prose and code, in order."""
        return [line for block in self.blocks for line in block.lines]

    @cached_property
    def code(self) -> list[CodeBlock]:
        return [block for block in self.blocks if isinstance(block, CodeBlock)]

    @cached_property
    def headings(self) -> list[TitleBlock]:
        return [block for block in self.blocks if isinstance(block, TitleBlock)]

    @property
    def title(self) -> str:
        return self.headings[0].text if self.headings else ""

    @cached_property
    def kind(self) -> DocumentPurpose:
        """What its title or file name calls it, if it shows signs of work; a document full of ticks is a report."""
        listed = sum(bool(block.lines[0].marks) for block in self.blocks if not isinstance(block, CodeBlock | Row))
        if (
            WORDS.sure_title.search(self.title)
            or WORDS.work.search(self.text)
            or WORDS.work_title.search(self.title)
            or any(line.marks for line in self.prose)
        ):
            for text in (self.title, re.sub(r"[-_.]", " ", self.path.rpartition("/")[2])):
                found = [kind for kind, pattern in _KINDS.items() if pattern.search(text)]
                if found:
                    is_filled = any(block.box for block in self.blocks if isinstance(block, ListItem))
                    return DocumentPurpose.REPORT if is_filled and WORDS.filled.search(text) else found[0]
        has_results = any(len(WORDS.of_results.findall(line.text)) > 1 for line in self.prose)
        top = [
            one
            for one in self.blocks[:20]
            if not isinstance(one, CodeBlock) and (not isinstance(one, Row) or len(one.cells) == 2)
        ]
        start = "\n".join(line.text for one in top if one not in self.headings[:1] for line in one.lines)
        boxes = sum(block.box is not None for block in self.blocks if isinstance(block, ListItem))
        signs = (
            WORDS.names_commit.search(start), WORDS.head_date.search(start), WORDS.head_author.search(start), boxes > 2,
            WORDS.of_results.search(self.text), WORDS.status.search(start),
        )  # fmt: skip
        is_report = listed > 5 or has_results or sum(map(bool, signs)) > 2
        return DocumentPurpose.REPORT if is_report else DocumentPurpose.OTHER

    @property
    def needs_author(self) -> bool:
        """Whether it is more than the notes of a release, which tell what changed and need no author."""
        called = f"{self.title} {self.path.rpartition('/')[2]}"
        return any(kind.search(called) for kind in _KINDS.values()) or not WORDS.of_release.search(self.title)

    @property
    def commit(self) -> str:
        """The commit that the document says it is about; empty if it names none."""
        found = next(filter(None, (COMMIT.search(line.text) for line in self.prose[:20])), None)
        return found[1] if found else ""

    @cached_property
    def head(self) -> str:
        """What stands above the second heading, and a last paragraph that signs the document."""
        second = next((heading.line for heading in self.headings[1:]), len(self.raw) + 1)
        last = self.blocks[-1] if self.blocks else None
        end = last.text if isinstance(last, Paragraph) and WORDS.signature.search(last.text) else ""
        return "\n".join([*(line.text for line in self.prose if line.number < second), end])

    @property
    def is_by_name(self) -> bool:
        """Whether it names who wrote it."""
        return bool(WORDS.head_author.search(self.head.removeprefix(self.title)))

    @cached_property
    def issues(self) -> set[str]:
        """The numbers and keys of issues in its title and file name."""
        return set(_ISSUE.findall(f"{self.title} {self.path.rpartition('/')[2]}"))

    @property
    def is_of_work(self) -> bool:
        """Whether it plans or reports work; guides, changelogs and the like state no results."""
        return self.kind is not DocumentPurpose.OTHER

    def under(self, heading: TitleBlock) -> list[Block]:
        """The blocks of a section, with those of its sub-sections."""
        after = self.blocks[self.blocks.index(heading) + 1 :]
        return list(takewhile(lambda block: not isinstance(block, TitleBlock) or block.depth > heading.depth, after))

    def section_of(self, line: int) -> TitleBlock | None:
        """The nearest heading at or above a line."""
        return next((heading for heading in reversed(self.headings) if heading.line <= line), None)

    @cached_property
    def lists(self) -> list[tuple[Block | None, list[ListItem]]]:
        """Each list with the block before it, which often introduces it."""
        lists: dict[int, tuple[Block | None, list[ListItem]]] = {}
        for before, block in zip((None, *self.blocks), self.blocks, strict=False):
            if isinstance(block, ListItem):
                lists.setdefault(block.list_line, (before, []))[1].append(block)
        return list(lists.values())

    @cached_property
    def parts(self) -> list[tuple[Block, list[ListItem | Row]]]:
        """Each heading, or other block that introduces a list or a table, with the items or rows below it."""
        parts: list[tuple[Block, list[ListItem | Row]]] = []
        for before, items in self.lists:
            is_apart = isinstance(before, ListItem) and before.depth >= items[0].depth
            if before is not None and not is_apart and not isinstance(before, CodeBlock):
                parts.append((before, list(items)))
        for before, block in zip(self.blocks, self.blocks[1:], strict=False):
            if isinstance(block, Row) and block.is_header and not isinstance(before, ListItem | CodeBlock | Row):
                parts.append((before, [row for row in self.tables_by_line[block.line][1:] if not row.is_total]))
        return [(before, items) for before, items in parts if items]

    @cached_property
    def summaries(self) -> list[tuple[Block, list[ListItem | Row]]]:
        """Each paragraph directly behind a list or table, with its items or rows."""
        summaries: list[tuple[Block, list[ListItem | Row]]] = []
        for before, block in zip(self.blocks, self.blocks[1:], strict=False):
            if isinstance(block, Paragraph) and isinstance(before, ListItem | Row):
                listed = [items for _, items in self.parts if items and items[-1].line <= before.line]
                summaries += [(block, listed[-1])] if listed and before.line - listed[-1][-1].line < 2 else []
        return summaries

    @cached_property
    def sections(self) -> list[tuple[Block, list[ListItem | Row]]]:
        """Each heading whose lists stand in its sub-sections, or behind other words, with their items."""
        direct = {before.line for before, _ in self.parts}
        sections = [
            (heading, [block for block in self.under(heading) if isinstance(block, ListItem)])
            for heading in self.headings
            if heading.line not in direct
        ]
        return [(heading, list(items)) for heading, items in sections if items]

    @cached_property
    def tables_by_line(self) -> dict[int, list[Row]]:
        """Each table: its row of titles, then the others."""
        tables: dict[int, list[Row]] = {}
        for block in self.blocks:
            if isinstance(block, Row):
                tables.setdefault(block.table_line, []).append(block)
        return tables

    @property
    def tables(self) -> list[list[Row]]:
        return list(self.tables_by_line.values())

    def column(self, line: int, words: str) -> int:
        """The column of some words in a line of the file; 1 where markup stands between them."""
        return self.raw[line - 1].find(words) + 1 or 1 if words else 1


@lru_cache(maxsize=4096)
def _repaired(line: str) -> str:
    return line if line.isascii() else ftfy.fix_encoding(line)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────


def _blocks(node: SyntaxTreeNode, depth: int = 0) -> Iterator[Block]:
    for child in node.children:
        match child.type:
            case "heading":
                yield TitleBlock(_line(child), _lines(child), int(child.tag[1]))
            case "paragraph":
                yield Paragraph(_line(child), _lines(child))
            case "bullet_list" | "ordered_list":
                for item in child.children:
                    yield from _item(item, depth + 1, _line(child))
            case "table":
                yield from _rows(child)
            case "html_block":
                shown = re.sub(r"<!--.*?-->", _line_breaks, child.content, flags=re.DOTALL)
                texts = (re.sub(r"<[^<>]*>", " ", text) for text in shown.split("\n"))
                lines = (TextLine(at, _plain(text)) for at, text in enumerate(texts, _line(child)))
                yield Paragraph(_line(child), tuple(line for line in lines if line.text.strip()))
            case "fence" | "code_block":
                first = _line(child) + (child.type == "fence")
                texts = (text[:LONGEST] for text in child.content.removesuffix("\n").split("\n"))
                code = tuple(TextLine(at, text) for at, text in enumerate(texts, first))
                if child.type == "code_block" and all(_LABELLED.match(line.text) for line in code):
                    yield Paragraph(first, code)  # `Author: ...`, set in by some blanks
                else:
                    yield CodeBlock(first, code, child.info.strip().partition(" ")[0].lower())
            case "blockquote":
                yield from _blocks(child, depth)


def _with_totals(blocks: list[Block]) -> Iterator[Block]:
    """The blocks; the last row of a table is its total if it has the name of what the words above the table count."""
    above = ""
    for block, after in zip(blocks, (*blocks[1:], None), strict=False):
        is_last = isinstance(block, Row) and not (isinstance(after, Row) and after.table_line == block.table_line)
        name = block.cells[0] if isinstance(block, Row) else ""
        if isinstance(block, Row) and is_last and len(name) > 3 and re.search(rf"(?i)\bthe {re.escape(name)}\b", above):
            yield replace(block, named_above=True)
        else:
            yield block
        above = above if isinstance(block, Row) else block.text


def _line_breaks(found: re.Match[str]) -> str:
    return "\n" * found.group().count("\n")


def _item(item: SyntaxTreeNode, depth: int, list_line: int) -> Iterator[Block]:
    """The text of a list item, then what is nested in it."""
    first = item.children[0] if item.children else None
    if first is not None and first.type == "paragraph":
        yield ListItem(_line(item), _lines(first), depth, list_line)
    for block in _blocks(item, depth):
        if not isinstance(block, Paragraph) or first is None or block.line != _line(first):
            yield block


def _rows(table: SyntaxTreeNode) -> Iterator[Row]:
    for part in table.children:
        for row in part.children:
            cells = tuple(_plain(cell.children[0].content) if cell.children else "" for cell in row.children)
            yield Row(_line(row), (TextLine(_line(row), " | ".join(cells)),), cells, _line(table))


def _line(node: SyntaxTreeNode) -> int:
    return node.map[0] + 1 if node.map else 0


def _lines(node: SyntaxTreeNode) -> tuple[TextLine, ...]:
    texts = node.children[0].content.split("\n") if node.children else []
    return tuple(TextLine(number, _plain(text)) for number, text in enumerate(texts, _line(node)))


def _plain(text: str) -> str:
    """Text without emphasis and link targets; code spans stay."""
    parts = re.split(r"(`[^`]*`)", _LINK.sub(r"\1", text[:LONGEST]))
    return "".join(part if part.startswith("`") else _EMPHASIS.sub("", part) for part in parts)
