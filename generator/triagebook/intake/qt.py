"""Reads the XML and the plain text of Qt Test."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from triagebook.model.evidence import Outcome

from .results import Results, added, case, counted
from .xml import seconds, text_at

# A blacklisted result (`b...`) has no say. Qt counts a pass against the expectation as a failure.
_ENDS = {"pass": Outcome.PASSED, "xfail": Outcome.XFAILED, "skip": Outcome.SKIPPED}
_ENDS |= dict.fromkeys(("bpass", "bfail", "bxfail", "bxpass"), Outcome.SKIPPED)
_ORDER = (Outcome.FAILED, Outcome.XFAILED, Outcome.SKIPPED, Outcome.PASSED)

_START = re.compile(r"^\*{9} Start testing of (.+) \*{9}$", re.MULTILINE)
_LINE = re.compile(r"(B?PASS|B?FAIL!?|B?XFAIL|B?XPASS|SKIP) *: (?:.*::)?(\w+)\((.*?)\)(?: (.*))?$")
_OTHER_LINE = re.compile(r"[A-Z]+ *: |Totals: |\*{9} ")
_TOTALS = re.compile(r"(\d+) (passed|failed|skipped|blacklisted)")
_COUNTS = {"passed": "passed", "failed": "failed", "skipped": "skipped", "blacklisted": "skipped"}
_VERSION = re.compile(r"^Config: Using QtTest library (\S+),", re.MULTILINE)


def knows(root: Element) -> bool:
    return root.tag == "TestCase" or any(root.find(f"{way}TestFunction") is not None for way in ("", "*/"))


def read(root: Element) -> Results:
    """Read functions and their data rows. An expected failure is followed by the result of its function."""
    cases = []
    for class_ in list(root.iter("TestCase")) or [root]:  # the light form has no class
        for function in class_.findall("TestFunction"):
            rows: dict[str | None, list[tuple[Outcome, str | None]]] = {}
            for one in function:
                kind = one.get("type") or ""
                if one.tag == "Incident" or (one.tag == "Message" and kind == "skip"):
                    found = _ENDS.get(kind, Outcome.FAILED), text_at(one, "Description")
                    rows.setdefault(text_at(one, "DataTag"), []).append(found)
            duration = function.find("Duration")
            took = seconds(duration.get("msecs"), 1000) if duration is not None and len(rows) == 1 else None
            for tag, ended in rows.items():
                name = f"{function.get('name')}[{tag}]" if tag else function.get("name")
                outcome = min((outcome for outcome, _ in ended), key=_ORDER.index)
                cases.append(case([class_.get("name"), name], outcome, [text for _, text in ended], took))
    version = text_at(root, ".//Environment/QTestVersion", ".//Environment/QtVersion")
    stated = [
        counted({key: int(number) for number, key in _TOTALS.findall(one.text or "")}, _COUNTS)
        for one in root.iter("Totals")
    ]
    return Results("qttest", tuple(cases), added(stated), tool=f"QtTest {version or ''}".strip())


def as_xml(text: str) -> Element | None:
    """What Qt prints for people, in the form of its XML; None if it is something else."""
    if not _START.search(text):
        return None
    root, below = Element("TestRun"), None
    version = _VERSION.search(text)
    SubElement(SubElement(root, "Environment"), "QTestVersion").text = version[1] if version else ""
    class_ = SubElement(root, "TestCase")
    functions: dict[str, Element] = {}
    for line in text.splitlines():
        if started := _START.match(line):
            class_, functions = SubElement(root, "TestCase", name=started[1]), {}
        elif found := _LINE.match(line):
            name = found[2]
            if name not in functions:
                functions[name] = SubElement(class_, "TestFunction", name=name)
            incident = SubElement(functions[name], "Incident", type=found[1].lower().rstrip("!"))
            SubElement(incident, "DataTag").text = found[3]
            below = SubElement(incident, "Description")
            below.text = found[4]
        elif line.startswith("Totals: "):
            SubElement(root, "Totals").text = line
        elif below is not None and not _OTHER_LINE.match(line):
            below.text = f"{below.text or ''}\n{line}"
        else:
            below = None
    return root
