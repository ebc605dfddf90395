"""TB101 to TB110: files that can't be read as records. The store reports these while reading.

TB111 to TB113 are in `text_defects`, TB114 in `locations`: they check readable records.
"""

from __future__ import annotations

from triagebook.findings import Level

from .base import Rule


class NotYaml(Rule):
    """A file is empty or not valid YAML."""

    code = "TB101"
    why = "An unreadable file counts for nothing: its issue is missing from every report."
    remedy = "correct the line that the finding names; most often a value needs quotes"
    bad = 'title: Connections fail: "nobody can connect"'
    good = 'title: "Connections fail: nobody can connect"'


class NotText(Rule):
    """A file is not UTF-8, or contains a character that YAML does not allow."""

    code = "TB102"
    why = "Tools disagree on other character sets and on control characters, or refuse to read them."
    remedy = "save the file as UTF-8, and remove the character"
    bad = "title: Connections\x07 fail"
    good = "title: Connections fail"


class DuplicateKey(Rule):
    """A mapping contains the same key twice."""

    code = "TB103"
    why = "Most tools silently keep the last one, so the first value is lost."
    remedy = "keep one of the two"
    bad = """
severity: high
severity: low
"""
    good = "severity: high"


class NotPlainYaml(Rule):
    """A file holds an anchor, an alias, a tag, a merge key, a directive or a second document."""

    code = "TB104"
    why = (
        "A value that is defined elsewhere is overlooked by readers and lost by edits; records are written out in full."
    )
    remedy = "write the value where it is used"
    bad = """
components: &parts [routes]
labels: *parts
"""
    good = bad.replace("components: &parts [routes]\nlabels: *parts", "components: [routes]\nlabels: [routes]")


class TooLarge(Rule):
    """A file is larger than 10 MB, or nested deeper than a record can be."""

    code = "TB105"
    why = "Such a file is not a record, and reading it would block every command."
    remedy = "keep raw data in another file and refer to it from the record"
    bad = f"labels: {'[' * 40}routes{']' * 40}"
    good = "labels: [routes]"


class LineEnds(Rule):
    """A file begins with a byte order mark, or its lines end in CR LF."""

    code = "TB106"
    severity = Level.WARNING
    why = "When line endings change, every line shows as changed, which hides the real change."
    remedy = "save it as UTF-8 without a byte order mark and with LF; git does so with `*.yaml text eol=lf`"
    bad = "title: Connections fail\r\n"
    good = "title: Connections fail\n"


class UnknownKey(Rule):
    """A key is not known at this place in the record."""

    code = "TB107"
    why = "A misspelt key would silently be missing from every report."
    remedy = "use the key that the finding suggests, or remove it; `triagebook schema issue` lists all keys"
    bad = "compnents: [routes]"
    good = "components: [routes]"


class WrongValue(Rule):
    """A value does not have the form that its key requires."""

    code = "TB108"
    why = "A date, quantity or code location that can't be parsed can't be compared or counted."
    remedy = "write the value in the form that the finding shows"
    bad = "due: 30.09.2025"
    good = "due: 2025-09-30"


class MissingKey(Rule):
    """A required key is missing."""

    code = "TB109"
    why = "Without it the record is not usable, like a criterion that does not say what must be true."
    remedy = "add the key"
    bad = "criteria: {connects: {target: 100 %}}"
    good = "criteria: {connects: {says: Connections succeed, target: 100 %}}"


class WrongPlace(Rule):
    """A file or folder does not belong in a book, points outside it, or can't be read."""

    code = "TB110"
    why = "A misplaced file is not read, and nobody notices that it is missing."
    remedy = "move it to where the finding says, or out of the book"
    bad = """
# 1/affcted.yaml
locations: [app/routes/chat.py:3]
"""
    good = bad.replace("# 1/affcted.yaml", "# 1/affected.yaml\nsource: {repository: app, commit: 5222b25608c3}")
