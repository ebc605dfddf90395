"""TB101 to TB110: what keeps a file from being a record. The store finds it while reading; here stands what it is.

TB111 to TB113 are in `wording`, TB114 in `locations`: they look at records that can be read.
"""

from __future__ import annotations

from triagebook.findings import Level

from .base import Rule


class NotYaml(Rule):
    """A file can't be read as YAML, or is empty."""

    code = "TB101"
    name = "not-yaml"
    why = "Nothing in a file that can't be read counts: its issue is missing from every report."
    remedy = "mend the line that the finding names; most often a value needs quotes"
    bad = 'title: Connections fail: "nobody can connect"'
    good = 'title: "Connections fail: nobody can connect"'


class NotText(Rule):
    """A file is not UTF-8, or holds a character that can't stand in YAML."""

    code = "TB102"
    name = "not-text"
    why = "Another character set or a control character is read in another way by each tool, or not at all."
    remedy = "save the file as UTF-8, and remove the character"
    bad = "title: Connections\x07 fail"
    good = "title: Connections fail"


class DuplicateKey(Rule):
    """A key stands twice in one mapping."""

    code = "TB103"
    name = "duplicate-key"
    why = "Most tools keep the last of the two without a word, so what the first one says is lost."
    remedy = "keep one of the two"
    bad = """
severity: high
severity: low
"""
    good = "severity: high"


class NotPlain(Rule):
    """A file holds an anchor, an alias, a tag, a merge key, a directive or a second document."""

    code = "TB104"
    name = "not-plain-yaml"
    why = (
        "A record is what stands there: a value that comes from elsewhere is overlooked by readers, and lost by edits."
    )
    remedy = "write the value out"
    bad = """
components: &parts [routes]
labels: *parts
"""
    good = """
components: [routes]
labels: [routes]
"""


class TooLarge(Rule):
    """A file is larger than 10 MB, or nested deeper than any record needs to be."""

    code = "TB105"
    name = "too-large"
    why = "Such a file holds something else than a record, and reading it would stop everybody else's work."
    remedy = "keep raw data beside the record, and name it there"
    bad = f"labels: {'[' * 40}routes{']' * 40}"
    good = "labels: [routes]"


class LineEnds(Rule):
    """A file begins with a byte order mark, or its lines end in CR LF."""

    code = "TB106"
    name = "line-ends"
    severity = Level.WARNING
    why = "One file in two forms shows as changed in every line, and hides the line that really changed."
    remedy = "save it as UTF-8 without a byte order mark and with LF; git does so with `*.yaml text eol=lf`"
    bad = "title: Connections fail\r\n"
    good = "title: Connections fail\n"


class UnknownKey(Rule):
    """A key is not one of those that can stand in this place."""

    code = "TB107"
    name = "unknown-key"
    why = "A key that is misspelt would be silently left out of every report."
    remedy = "use the key that the finding proposes, or remove it; `triagebook schema issue` lists them all"
    bad = "compnents: [routes]"
    good = "components: [routes]"


class WrongValue(Rule):
    """A value has not the form that its key asks for."""

    code = "TB108"
    name = "wrong-value"
    why = "A day, a quantity or a place in the code that can't be read can't be compared or counted."
    remedy = "write the value in the form that the finding shows"
    bad = "due: 30.09.2025"
    good = "due: 2025-09-30"


class MissingKey(Rule):
    """A key that must be there is missing."""

    code = "TB109"
    name = "missing-key"
    why = "Without it the record says too little to be of use: a criterion that does not say what must be true."
    remedy = "add the key"
    bad = "criteria: {connects: {target: 100 %}}"
    good = "criteria: {connects: {says: Connections succeed, target: 100 %}}"


class WrongPlace(Rule):
    """A file or folder is no part of a book, leads out of it, or can't be read."""

    code = "TB110"
    name = "wrong-place"
    why = "What lies in the wrong place is not read, and nobody notices that it is missing."
    remedy = "move it where the finding says, or out of the book"
    bad = """
# 1/affcted.yaml
locations: [app/routes/chat.py:3]
"""
    good = """
# 1/affected.yaml
source: {repository: app, commit: 5222b25608c3}
locations: [app/routes/chat.py:3]
"""


RULES = (
    NotYaml,
    NotText,
    DuplicateKey,
    NotPlain,
    TooLarge,
    LineEnds,
    UnknownKey,
    WrongValue,
    MissingKey,
    WrongPlace,
)
