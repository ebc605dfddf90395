"""Drafts the claims file of a document from its audit, and keeps what people added when the document changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from triagebook.audit import DOCUMENT_RULES, MarkdownDocument
from triagebook.audit.document import ListItem, StateMark, TextLine
from triagebook.audit.figures import kind_of, outcomes
from triagebook.audit.record import environments_in, stated_result
from triagebook.audit.success import verdict_in
from triagebook.audit.ticks import StepsWithoutOwner
from triagebook.code.tree import SourceTree
from triagebook.facts.base.test_facts import runs_by_result
from triagebook.facts.case import Case
from triagebook.facts.verdict.criteria import Answer
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.facts.verdict.stages import Stage
from triagebook.findings import Edit, Finding
from triagebook.model.document import Audited, document_name
from triagebook.model.evidence import Grade, Outcome, Phase
from triagebook.model.values import Digest, FactRef
from triagebook.store.edit import apply
from triagebook.store.emit import new_record
from triagebook.store.old_claims import stem_of
from triagebook.store.yaml import read_plain
from triagebook.text import counted

_NOT_CHECKABLE = {rule.code for rule in DOCUMENT_RULES if rule.__module__.endswith((".vague", ".origin"))}
_KINDS = {rule.code: rule.kind for rule in DOCUMENT_RULES}
_NO_CLAIM = {StepsWithoutOwner.code}  # found at a heading, which claims nothing
_BY_WEIGHT = (Audited.CONTRADICTED, Audited.UNVERIFIED, Audited.NOT_CHECKABLE)
_PLACE = re.compile(r"(?<![\w/.-])((?:[\w.-]+/)*[\w-]+\.[A-Za-z]{1,5}):(\d+)\b")
_COUNT = re.compile(r"(?i)\b(\d[\d,]*) (?:affected )?(files|locations)\b")
_OF_ALL = re.compile(r"(?i)\b(?:all|total|affected|in \d)")
_RESULT = re.compile(r"(?i)\b(?:pass|fail|succeed|success|work|deliver|verif|validat|prove)|[✅✔☑✓❌]")
_SEVERITY = re.compile(r"(?i)\bseverity\W{1,6}(critical|high|medium|low)\b")
_FIGURE = re.compile(r"[$€£] ?\d|\d ?%|\b\d+(?:\.\d+)? ?(?:ms|s|min|h)\b")
_DATE = re.compile(r"(?i)\bdate\W{1,6}(\d{4}-\d{2}-\d{2})\b")
_BEFORE = re.compile(r"(?i)\b(?:before|without) the (?:fix|change)|\breproduc")
_FEW_WORDS = 3  # that introduce a place, such as "calls it in"
_NO_RUN = "no recorded run was found for it"
_OF_ANSWER = {
    Answer.MET: Audited.HOLDS,
    Answer.FAILED: Audited.CONTRADICTED,
    Answer.UNKNOWN: Audited.UNVERIFIED,
}
_KIND = re.compile(
    r"(?i)\b(?:test |validation |remediation |release |execution |incident )*(?:plan|report|strategy|notes)\b"
)


class DraftedClaim(Struct, frozen=True):
    """A claim of a document, as the audit sees it."""

    says: str
    line: int
    audited: Audited
    why: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    value: dict[str, str] = field(default_factory=dict)  # `value` or `state`, where the claim is about a fact
    kind: str = ""  # of contradiction
    evidence: tuple[str, ...] = ()  # the runs that show it

    def as_plain(self) -> dict[str, Any]:
        about = {"about": self.about} if self.about else {}
        why = {"why": self.why} if self.why else {}
        kind = {"kind": self.kind} if self.kind else {}
        evidence = {"evidence": list(self.evidence)} if self.evidence else {}
        audited = {"audited": self.audited.value}
        return {"says": self.says, "lines": str(self.line), **about, **self.value, **kind, **evidence, **audited, **why}


class DraftedFile(Struct, frozen=True):
    """The claims file of a document, and what to print about it."""

    name: str
    before: str  # empty if there was none
    text: str
    notes: tuple[str, ...]


# ── what the document claims ─────────────────────────────────────────────────────────────────────────


def drafts(
    document: MarkdownDocument, findings: Iterable[Finding], case: Case, tree: SourceTree | None
) -> list[DraftedClaim]:
    """The statements of the document that can be compared with something, in order."""
    found: dict[int, list[Finding]] = {}
    for finding in findings:
        if finding.code not in _NO_CLAIM:
            found.setdefault(finding.line, []).append(finding)
    success = {line.number for line, _ in verdict_in(document)}
    lines = {line.number: line for line in document.lines}
    for number in found:
        lines.setdefault(number, TextLine(number, document.raw[number - 1] if number <= len(document.raw) else ""))
    made = []
    for number, line in sorted(lines.items()):
        says = re.sub(r"\s+", " ", line.text.strip(" |\t")).strip()
        draft = _compared(says, line, case, tree) if says else None
        if draft is None and says and number in success:
            audited = Audited.HOLDS if case.verdict.has_reached(Stage.VALIDATED) else Audited.UNVERIFIED
            draft = DraftedClaim(says, number, audited, f"the evidence supports `{case.verdict.stage.value}`")
        own = found.get(number, [])
        if draft and draft.audited is Audited.HOLDS:  # what the document does not name of it, the record does
            own = [one for one in own if one.code not in _NOT_CHECKABLE]
        if says and own:
            worst = min(own, key=lambda one: _BY_WEIGHT.index(_state(one)))
            audited, kind = _state(worst), _KINDS[worst.code]
            why = "; ".join(dict.fromkeys(f"{one.code}: {one.says}" for one in own))
            draft = replace(draft or DraftedClaim(says, number, audited), audited=audited, why=why, kind=kind)
        parts = _parts(line.text, case) if says else {}
        if draft is None and parts and _RESULT.search(line.text):
            draft = _of_parts(says, line, case, parts)
        if draft:
            made.append(replace(draft, about={**parts, **draft.about}))
    return made


def _state(finding: Finding) -> Audited:
    if finding.code in _NOT_CHECKABLE:
        return Audited.NOT_CHECKABLE
    return Audited.UNVERIFIED if finding.says.endswith("recorded: none") else Audited.CONTRADICTED


def _compared(says: str, line: TextLine, case: Case, tree: SourceTree | None) -> DraftedClaim | None:
    """What the words of a line are about, and whether they hold; None if they state nothing of that kind."""
    if places := [(match[0], match[1], int(match[2])) for match in _PLACE.finditer(line.text)]:
        named = list(dict.fromkeys(place for place, _, _ in places))
        about = {"location": named[0] if len(named) == 1 else named}
        if tree is None:
            return DraftedClaim(says, line.number, Audited.UNVERIFIED, "no source code was given", about)
        if gone := [place for place, path, at in places if not (tree.has(path) and 0 < at <= len(tree.lines(path)))]:
            why = f"{tree.name} has no line `{gone[0]}`"
            return DraftedClaim(says, line.number, Audited.CONTRADICTED, why, about)
        if _is_quoted_there(line.text, [tree.lines(path)[at - 1] for _, path, at in places]):
            return DraftedClaim(says, line.number, Audited.HOLDS, f"{tree.name} has there what it quotes", about)
        why = f"{tree.name} has this line; nothing recorded shows what is said of it"
        return DraftedClaim(says, line.number, Audited.UNVERIFIED, why, about)
    if (match := _COUNT.search(line.text)) and _OF_ALL.search(line.text):
        return _of_fact(says, line, case, f"affected.{match[2].lower()}", {"value": match[1].replace(",", "")})
    if match := _SEVERITY.search(line.text):
        return _of_fact(says, line, case, "severity", {"state": match[1].lower()})
    stated = outcomes(line.text)
    if stated.of("passed") is not None or stated.of("failed") is not None:
        if runs := runs_by_result(case.ledger).get(stated_result(line.text) or (0, 0)):
            return DraftedClaim(says, line.number, Audited.HOLDS, "a recorded run has this result", evidence=runs)
        return DraftedClaim(says, line.number, Audited.UNVERIFIED, _NO_RUN)
    for _, name, proven in environments_in(line.text, case):  # where it is not proven, a finding says so
        if proven and proven.state is EnvironmentStatus.PROVEN:
            return DraftedClaim(says, line.number, Audited.HOLDS, f"{name} is proven", evidence=proven.evidence)
    if _FIGURE.search(line.text):
        return DraftedClaim(says, line.number, Audited.NOT_CHECKABLE, "nothing recorded measures it")
    return None


def _is_quoted_there(text: str, code: Sequence[str]) -> bool:
    """Whether a statement names places and the code that stands there, and says no more."""
    quotes = [quote.strip() for quote in re.findall(r"`+([^`]+)`+", text) if not _PLACE.fullmatch(quote.strip())]
    rest = re.findall(r"[A-Za-z]{2,}", _PLACE.sub("", re.sub(r"`+[^`]*`+", "", text)))
    return len(rest) <= (_FEW_WORDS if quotes else 0) and all(any(quote in line for line in code) for quote in quotes)


def _of_fact(says: str, line: TextLine, case: Case, name: str, value: dict[str, str]) -> DraftedClaim:
    fact = case.fact(FactRef(name))
    if fact.value is None:
        return DraftedClaim(says, line.number, Audited.UNVERIFIED, f"`{name}` is unknown", {"fact": name}, value)
    audited = Audited.HOLDS if str(fact.value) in value.values() else Audited.UNVERIFIED
    return DraftedClaim(says, line.number, audited, f"`{name}` is {fact}", {"fact": name}, value)


def _of_parts(says: str, line: TextLine, case: Case, parts: Mapping[str, Any]) -> DraftedClaim:
    """Whether the tests that a line names ended as it says wherever they ran, or the criterion is met."""
    if "test" not in parts and isinstance(name := parts.get("criterion"), str) and StateMark.DONE in line.marks:
        found = case.criteria[name]
        return DraftedClaim(says, line.number, _OF_ANSWER[found.answer], found.why)
    named, phase = _several(parts.get("test", [])), Phase.BEFORE if _BEFORE.search(line.text) else Phase.AFTER
    ended = [
        result for test in case.ledger.tests if test.name in named for place in case.ledger.environments
        if (result := case.ledger.combined[*test.key, phase, place]).grade not in {None, Grade.TRANSCRIBED}
    ]  # fmt: skip
    if not ended or len(ended) < len(named):
        return DraftedClaim(says, line.number, Audited.UNVERIFIED, _NO_RUN)
    says_failed = StateMark.FAILED in line.marks or kind_of(re.sub(r"\w*_\w*", "", line.text)) == "failed"
    unlike = [one for one in ended if (one.outcome is Outcome.PASSED) is says_failed]
    shown = {one.last.evidence: one.outcome for one in unlike or ended if one.last}
    why = ", ".join(f"{outcome.value if outcome else 'flaky'} in {run}" for run, outcome in shown.items())
    return DraftedClaim(
        says, line.number, Audited.CONTRADICTED if unlike else Audited.HOLDS, why, evidence=tuple(shown)
    )


def _parts(text: str, case: Case) -> dict[str, Any]:
    """The parts of the record that a line names for certain: by path, by command, by the name of a test."""
    issue, about = case.issue, dict[str, Any]()
    tests = [test for suite in issue.suites.values() for test in suite.tests if re.fullmatch(r"\w{8,}", test)]
    if named := [str(test) for test in dict.fromkeys(tests) if re.search(rf"\b{test}\b", text)]:
        about["test"] = named
    commands = [str(command.run).strip() for suite in issue.suites.values() for command in suite.command]
    if given := [command for command in dict.fromkeys(commands) if command in text]:
        about["command"] = given
    if suites := [str(name) for name, suite in issue.suites.items() if suite.path and str(suite.path) in text]:
        about["suite"] = suites
    says = _plain(text)
    if criteria := [str(n) for n, one in issue.criteria.items() if len(one.says) > 12 and _plain(one.says) in says]:
        about["criterion"] = criteria
    return {key: value[0] if len(value) == 1 else value for key, value in about.items()}


def _ticks(document: MarkdownDocument) -> list[dict[str, Any]]:
    boxes = [block for block in document.blocks if isinstance(block, ListItem)]
    found = []
    for block in boxes:
        marks = block.lines[0].marks if block.lines else set()
        if block.box is not None or marks & {StateMark.DONE, StateMark.PENDING}:
            is_open = block.box is False or StateMark.PENDING in marks
            says = re.sub(r"^\s*\[[ xX]\]\s*|[✅✔☑✓⏳☐]\s*", "", block.lines[0].text).strip()
            if says:
                found.append({"says": says, "lines": str(block.line), **({"open": "true"} if is_open else {})})
    return found


# ── what is written ──────────────────────────────────────────────────────────────────────────────────


def written(
    root: Path, case: Case, document: MarkdownDocument, place: str, made: Sequence[DraftedClaim]
) -> DraftedFile:
    """The new text of the document's claims file; nothing that people wrote in it is lost."""
    cited = next(
        (stem for stem, known in case.entry.claims.items() if document_name(stem, known) == Path(document.path).name),
        None,
    )
    stem, head = stem_of(Path(document.path).name)
    name = f"{case.entry.id}/claims/{cited or stem}.yaml"
    path, digest = root / name, Digest.of(document.text.encode())
    if not path.is_file():
        plain = {**_head(document, place), **head, "digest": digest, "claims": [draft.as_plain() for draft in made]}
        text = new_record(
            "claims", {key: value for key, value in {**plain, "ticks": _ticks(document)}.items() if value}
        )
        return DraftedFile(name, "", text, (f"{counted(len(made), 'claim')}: {_tally(made)}",))
    before = path.read_bytes().decode("utf-8")
    record: Any = read_plain(before.removeprefix("\ufeff"))
    edits, notes = _changes(name, record, document, digest, made)
    return DraftedFile(name, before, apply(before, edits), tuple(notes))


def _head(document: MarkdownDocument, place: str) -> dict[str, Any]:
    start = "\n".join(document.raw[:20])
    date, kind = _DATE.search(start), _KIND.search(document.title)
    return {
        "title": document.title or Path(document.path).name,
        "kind": re.sub(r"\W+", "-", kind[0].lower()) if kind else "",
        "path": place,
        "commit": document.commit,
        "date": date[1] if date else "",
    }


def _tally(made: Iterable[DraftedClaim]) -> str:
    states = Counter(draft.audited.value.replace("-", " ") for draft in made)
    return ", ".join(f"{number} {state}" for state, number in states.items()) or "none"


def _changes(
    name: str,
    record: dict[str, Any],
    document: MarkdownDocument,
    digest: str,
    made: Sequence[DraftedClaim],
) -> tuple[list[Edit], list[str]]:
    """The edits that bring a claims file up to date: lines by their words, states, and new claims."""
    edits: list[Edit] = []
    notes: list[str] = []
    claims = _several(record.get("claims", []))
    left = list(made)
    stated = [_plain(line) for line in document.raw]
    has_changed = record.get("digest", digest) != digest
    for index, claim in enumerate(claims):
        way, says = ("claims", index), _plain(str(claim.get("says", "")))
        taken = {number for lines in _several(claim.get("lines", [])) for number in _numbers(lines)}
        draft = next((one for one in left if _plain(one.says) == says), None)
        at = [number for number, text in enumerate(stated, 1) if says and says in text]
        if draft:
            left.remove(draft)
            edits += _of_claim(name, way, claim, draft, taken)
        elif at and has_changed and not taken & set(at):
            edits.append(Edit(name, (*way, "lines"), "set", str(at[0])))
            notes.append(f"moved to line {at[0]}: {claim['says']}")
        elif not at and "audited" in claim:
            gone = DraftedClaim(claim["says"], 0, Audited.UNVERIFIED, "it is no longer in the document")
            edits += _of_claim(name, way, claim, gone, taken)
            notes.append(f"no longer in the document: {claim['says']}")
        elif not at and has_changed:
            notes.append(f"not found by its words, check its lines: {claim['says']}")
        if "audited" not in claim and not has_changed:  # a person has judged these lines
            left = [one for one in left if one.line not in taken]
    edits += [Edit(name, ("claims",), "append", draft.as_plain()) for draft in left]
    edits += _of_ticks(name, _several(record.get("ticks", [])), document, notes)
    if record.get("digest") != digest:
        edits.append(Edit(name, ("digest",), "set", digest))
    return edits, [f"{counted(len(left), 'new claim')}: {_tally(left)}", *notes]


def _of_claim(
    name: str, way: tuple[str | int, ...], claim: dict[str, Any], draft: DraftedClaim, taken: set[int]
) -> Iterator[Edit]:
    """A claim with the new result of the audit; what people wrote about it stays, and so does what it is about."""
    now = draft.as_plain()
    for key in ("lines", "evidence", "audited", "why"):
        new = now.get(key) if draft.line or key != "lines" else None
        if new is None and key in claim:
            yield Edit(name, (*way, key), "remove")
        elif new is not None and claim.get(key) != new and not (key == "lines" and draft.line in taken):
            yield Edit(name, (*way, key), "set", new)
    for key in ("about", "kind"):
        if key in now and key not in claim:
            yield Edit(name, (*way, key), "set", now[key])


def _of_ticks(
    name: str, ticks: Sequence[dict[str, Any]], document: MarkdownDocument, notes: list[str]
) -> Iterator[Edit]:
    """The lines and states of the boxes as they are now, and new boxes; those that are gone stay, and are named."""
    left = _ticks(document)
    for index, tick in enumerate(ticks):
        now = next((one for one in left if _plain(one["says"]) == _plain(str(tick.get("says", "")))), None)
        if now is None:
            notes += [f"no longer ticked in the document: {tick['says']}"] if "lines" in tick else []
            continue
        left.remove(now)
        for key in ("lines", "open"):
            if key in now and now[key] != str(tick.get(key)):
                yield Edit(name, ("ticks", index, key), "set", now[key])
            elif key not in now and key in tick:
                yield Edit(name, ("ticks", index, key), "remove")
    yield from (Edit(name, ("ticks",), "append", tick) for tick in left)


def _numbers(lines: str) -> range:
    first, _, last = str(lines).replace("L", "").partition("-")
    return range(int(first), int(last or first) + 1)


def _several(value: Any) -> list[Any]:  # noqa: ANN401  (plain data)
    return value if isinstance(value, list) else [value]


def _plain(text: str) -> str:
    """Words without marks of Markdown, for comparison."""
    return re.sub(r"[\s*_`|#>-]+", " ", text).strip().casefold()
