"""What is not YAML, and the one finding that each file gives."""

from __future__ import annotations

START = "title: T\nseverity: low\nopened: 2025-09-15\nsummary: S\n"

# name: what the file holds; code, place and what is wrong; what to do
BROKEN: dict[str, tuple[str | bytes, str, str]] = {
    "a tab for indentation": (
        START + "people:\n\treported: x\n",
        "TB101 6:1 a tab is used where only spaces are allowed",
        "use spaces",
    ),
    "spaces, then a tab": (
        START + "impact:\n  \tgoal: x\n",
        "TB101 6:3 a tab is used where only spaces are allowed",
        "use spaces",
    ),
    "a tab before a dash": (
        START + "labels:\n\t- x\n",
        "TB101 6:1 a tab is used where only spaces are allowed",
        "use spaces",
    ),
    "a colon in a value": (
        "title: Error: it fails\nseverity: low\n",
        "TB101 1:13 a `: ` is not allowed here",
        "put quotes around a value that contains `: `, or indent this line like the key above it",
    ),
    "a line indented too far": (
        START + " owner: x\n",
        "TB101 5:7 a `: ` is not allowed here",
        "put quotes around a value that contains `: `, or indent this line like the key above it",
    ),
    "no space behind the colon, at the end": (
        START + "owner:x\n",
        "TB101 5:1 this line has no `: `",
        "write it as `key: value`",
    ),
    "no space behind the colon": (
        "title:x\nseverity: low\n",
        "TB101 2:9 a `: ` is not allowed here",
        "put quotes around a value that contains `: `, or indent this line like the key above it",
    ),
    "a key without a colon": (
        START + "owner\nlabels: [a]\n",
        "TB101 5:1 this line has no `: `",
        "write it as `key: value`",
    ),
    "a key without a colon, at the end": (
        START + "owner\n",
        "TB101 5:1 this line has no `: `",
        "write it as `key: value`",
    ),
    "a key between two levels": (
        START + "people:\n    reported: x\n  prepared: y\n",
        "TB101 7:3 this line is not aligned with a key above it",
        "indent it like the lines it belongs to, and check that quotes and brackets before it are closed",
    ),
    "a dash between two levels": (
        START + "labels:\n  - a\n - b\n",
        "TB101 7:2 this line is not aligned with a key above it",
        "indent it like the lines it belongs to, and check that quotes and brackets before it are closed",
    ),
    "an item among keys": (
        START + "people:\n  reported: x\n  - y\n",
        "TB101 7:3 this line is not aligned with a key above it",
        "indent it like the lines it belongs to, and check that quotes and brackets before it are closed",
    ),
    "a list behind a key": (
        START + "owner: - a\n",
        "TB101 5:8 a list can't begin here",
        "begin it on a line of its own, or put quotes around a value that begins with `- `",
    ),
    "double quotes never closed": (
        START + 'owner: "abc\n',
        "TB101 5:8 the quotes that open here are not closed",
        "close them",
    ),
    "single quotes never closed": (
        START + "owner: 'abc\nlabels: []\n",
        "TB101 5:8 the quotes that open here are not closed",
        "close them",
    ),
    "quotes of a key never closed": (
        START + '"abc: x\n',
        "TB101 5:1 the quotes that open here are not closed",
        "close them",
    ),
    "a quote within quotes": (
        START + "owner: 'it's'\n",
        "TB101 5:12 unexpected text after the end of the value",
        "put quotes around the whole value, and write a quote within single quotes twice",
    ),
    "text behind quotes": (
        START + 'owner: "a" b\n',
        "TB101 5:12 unexpected text after the end of the value",
        "put quotes around the whole value, and write a quote within single quotes twice",
    ),
    "a path of Windows in double quotes": (
        START + 'owner: "C:\\dir"\n',
        "TB101 5:11 this escape is unknown in double quotes",
        "double the backslash, or use single quotes",
    ),
    "a bracket never closed": (
        START + "labels: [a, b\npriority: 1\n",
        "TB101 5:9 the `[` that opens here is not closed",
        "close it with `]`, or put quotes around a value that contains `,`, `[`, `]`, `{` or `}`",
    ),
    "a brace never closed": (
        START + "people: {reported: x\npriority: 1\n",
        "TB101 5:9 the `{` that opens here is not closed",
        "close it with `}`, or put quotes around a value that contains `,`, `[`, `]`, `{` or `}`",
    ),
    "a bracket too many": (
        START + "labels: [a]]\n",
        "TB101 5:12 unexpected text after the end of the value",
        "put quotes around the whole value, and write a quote within single quotes twice",
    ),
    "two commas": (
        START + "labels: [a, , b]\n",
        "TB101 5:13 a value is missing here",
        "write it, or remove the comma or sign before it",
    ),
    "a colon before a comma": (
        START + "labels: [a :, b]\n",
        "TB101 5:12 a `:` is not allowed here",
        "put quotes around a value that contains `:`",
    ),
    "a backtick": (
        START + "owner: `x`\n",
        "TB101 5:8 a value can't begin with a backtick",
        "put quotes around a value that begins with a backtick",
    ),
    "an at sign": (
        START + "owner: @x\n",
        "TB101 5:8 a value can't begin with `@`",
        "put quotes around a value that begins with `@`",
    ),
    "a percent sign": (
        START + "owner: %x\n",
        "TB101 5:8 a value can't begin with `%`",
        "put quotes around a value that begins with `%`",
    ),
    "a percent sign first in a line": (
        START + "%x: 1\n",
        "TB101 5:1 a line begins with `%`",
        "put quotes around a value that begins with `%`",
    ),
    "bold text": (
        START + "owner: *bold*\n",
        "TB101 5:8 a value begins with `*`",
        "put quotes around a value that begins with `*`",
    ),
    "an ampersand": (
        START + "owner: & b\n",
        "TB101 5:8 a value begins with `&`",
        "put quotes around a value that begins with `&`",
    ),
    "a fact first in a value": (
        START + "owner: {{ fact }}\n",
        "TB104 5:9 `{{` opens two mappings; a record is plain YAML",
        "put quotes around text that begins with `{{`",
    ),
    "a word behind the sign of a block": (
        START + "impact:\n  goal: |x\n    abc\n",
        "TB101 6:9 text follows `|`, which opens a block of text",
        "begin the text on the next line, or put quotes around a value that begins with `|`",
    ),
    "more than 80 %": (
        START + "owner: >80%\n",
        "TB101 5:8 text follows `>`, which opens a block of text",
        "begin the text on the next line, or put quotes around a value that begins with `>`",
    ),
    "a pipe": (
        START + "owner: | cmd\n",
        "TB101 5:8 text follows `|`, which opens a block of text",
        "begin the text on the next line, or put quotes around a value that begins with `|`",
    ),
    "a block of text that is left too early": (
        START + "impact:\n  goal: |\n   abc\n  def\n",
        "TB101 8:3 this line has no `: `",
        "write it as `key: value`",
    ),
    "no key": (
        START + ": x\n",
        "TB101 5:1 this line is not aligned with a key above it",
        "indent it like the lines it belongs to, and check that quotes and brackets before it are closed",
    ),
    "text behind the end": (
        "{title: T}\nseverity: low\n",
        "TB101 2:1 this text follows the end of the record",
        "indent it like the lines it belongs to, and check that quotes and brackets before it are closed",
    ),
    "a closing bracket first in a value": (
        START + "owner: ]a\n",
        "TB101 5:8 a value is missing here",
        "write it, or remove the comma or sign before it",
    ),
}
