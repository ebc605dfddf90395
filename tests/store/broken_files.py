"""What is YAML, or no text at all, and still no record: the one finding that each file gives."""

from __future__ import annotations

START = "title: T\nseverity: low\nopened: 2025-09-15\nsummary: S\n"

# name: what the file holds; code, place and what is wrong; what to do
BROKEN: dict[str, tuple[str | bytes, str, str]] = {
    "a key twice": (
        START + "title: other\n",
        "TB103 5:1 duplicate key `title`; the first is on line 1",
        "keep one of the two",
    ),
    "a key twice in braces": (
        START + "people: {reported: a, reported: b}\n",
        "TB103 5:23 duplicate key `reported`; the first is on line 5",
        "keep one of the two",
    ),
    "an anchor": (
        START + "labels: &x [a]\n",
        "TB104 5:9 `&x` is an anchor; a record is plain YAML",
        "remove it, or put quotes around text that begins with `&`",
    ),
    "an alias": (
        START + "labels: *x\n",
        "TB104 5:9 `*x` is an alias; a record is plain YAML",
        "write the value out, or put quotes around text that begins with `*`",
    ),
    "a tag": (
        START + "owner: !!str x\n",
        "TB104 5:8 `!!str` is a tag; a record is plain YAML",
        "remove it, as the schema knows the types, or put quotes around text that begins with `!`",
    ),
    "an exclamation mark": (
        START + "owner: !important\n",
        "TB104 5:8 `!important` is a tag; a record is plain YAML",
        "remove it, as the schema knows the types, or put quotes around text that begins with `!`",
    ),
    "a merge key": (
        START + "<<: {a: b}\n",
        "TB104 5:1 `<<` merges another mapping; a record is plain YAML",
        "write its keys out",
    ),
    "a list for a key": (
        START + "? [a]\n: b\n",
        "TB104 5:3 a list or mapping is used as a key; a record is plain YAML",
        "write the key as plain text",
    ),
    "a list for a key in braces": (
        START + "people: {[a]: b}\n",
        "TB104 5:10 a list or mapping is used as a key; a record is plain YAML",
        "write the key as plain text",
    ),
    "two documents": (
        START + "---\n" + START,
        "TB104 5:1 a second document begins; a record is plain YAML",
        "keep one document in a file",
    ),
    "the start of a second document": (
        START + "---\n",
        "TB104 5:1 a second document begins; a record is plain YAML",
        "keep one document in a file",
    ),
    "a directive": (
        "%YAML 1.1\n---\n" + START,
        "TB104 1:1 the file begins with a directive; a record is plain YAML",
        "remove the line that begins with `%`",
    ),
    "an empty file": ("", "TB101 1:1 the file is empty", "fill it, or delete it"),
    "blank lines": ("\n\n", "TB101 1:1 the file is empty", "fill it, or delete it"),
    "a comment and no more": ("# only\n", "TB101 1:1 the file is empty", "fill it, or delete it"),
    "three dashes and no more": ("---\n", "TB101 1:1 the file is empty", "fill it, or delete it"),
    "a list": ("- a\n", "TB108 1:1 the file holds a list where a mapping belongs", "write `key: value` lines"),
    "plain text": (
        "hello\n",
        "TB108 1:1 the file holds plain text where a mapping belongs",
        "write `key: value` lines",
    ),
    "nothing, spelled out": (
        "null\n",
        "TB108 1:1 the file holds plain text where a mapping belongs",
        "write `key: value` lines",
    ),
    "a bell": (
        START + "owner: a\u0007b\n",
        "TB102 5:9 the character U+0007 is not allowed in a record",
        "remove it, or write it as `\\u0007` in double quotes",
    ),
    "a bell behind umlauts": (
        "# äöü €😀\n" + START + "owner: ä\x07b\n",
        "TB102 6:9 the character U+0007 is not allowed in a record",
        "remove it, or write it as `\\u0007` in double quotes",
    ),
    "a zero byte": (
        START + "owner: \u0000\n",
        "TB102 5:8 the character U+0000 is not allowed in a record",
        "remove it, or write it as `\\u0000` in double quotes",
    ),
    "a delete character": (
        START + "owner: \u007f\n",
        "TB102 5:8 the character U+007F is not allowed in a record",
        "remove it, or write it as `\\u007f` in double quotes",
    ),
    "a next line character": (
        START + "owner: a\u0085b\n",
        "TB102 5:9 the character U+0085 is not allowed in a record",
        "remove it, or write it as `\\u0085` in double quotes",
    ),
    "a line separator": (
        START + "owner: a\u2028b\n",
        "TB102 5:9 the character U+2028 is not allowed in a record",
        "remove it, or write it as `\\u2028` in double quotes",
    ),
    "a byte order mark in the midst": (
        START + "owner: a\ufeffb\n",
        "TB102 5:9 the character U+FEFF is not allowed in a record",
        "remove it, or write it as `\\ufeff` in double quotes",
    ),
    "no character at all": (
        START + "owner: a\ufffeb\n",
        "TB102 5:9 the character U+FFFE is not allowed in a record",
        "remove it, or write it as `\\ufffe` in double quotes",
    ),
    "Latin 1": (START.encode() + b"owner: \xe9\n", "TB102 5:8 the byte 0xE9 is not UTF-8", "save the file as UTF-8"),
    "Latin 1 behind UTF-8": (
        START.encode() + b"owner: \xc3\xa9 \xe9\n",
        "TB102 5:10 the byte 0xE9 is not UTF-8",
        "save the file as UTF-8",
    ),
    "UTF-16": (START.encode("utf-16"), "TB102 1:1 the byte 0xFF is not UTF-8", "save the file as UTF-8"),
    "a picture": (bytes(range(256)), "TB102 3:115 the byte 0x80 is not UTF-8", "save the file as UTF-8"),
    "a byte order mark": (
        "\ufeff" + START,
        "TB106 1:1 the file begins with a byte order mark",
        "save it as UTF-8 without one",
    ),
    "lines that end in CR LF": (
        START.replace("\n", "\r\n"),
        "TB106 1:1 the lines end in CR LF",
        "save it with LF; git does so with `*.yaml text eol=lf`",
    ),
    "lines that end in CR": (
        START.replace("\n", "\r"),
        "TB106 1:1 the lines end in CR",
        "save it with LF; git does so with `*.yaml text eol=lf`",
    ),
    "a byte order mark and CR LF": (
        "\ufeff" + START.replace("\n", "\r\n"),
        "TB106 1:1 the file begins with a byte order mark",
        "save it as UTF-8 without one",
    ),
    "brackets, very deep": (
        START + "labels: " + "[" * 100_000,
        "TB105 5:40 values are nested more than 32 levels deep",
        "flatten the record",
    ),
    "braces, very deep": (
        START + "impact: " + "{a: " * 50,
        "TB105 5:133 values are nested more than 32 levels deep",
        "flatten the record",
    ),
    "keys, very deep": (
        "".join(" " * depth + "a:\n" for depth in range(200)),
        "TB105 33:33 values are nested more than 32 levels deep",
        "flatten the record",
    ),
    "dashes, very deep": ("- " * 1000, "TB105 1:65 values are nested more than 32 levels deep", "flatten the record"),
    "an unknown key": (
        START + "ownr: x\n",
        "TB107 5:1 `ownr` is not a known key",
        "did you mean `owner`?",
    ),
    "an unknown key within": (
        START + "people:\n  reviewer: x\n",
        "TB107 6:3 `reviewer` is not a known key",
        "did you mean `reviewed`?",
    ),
}
