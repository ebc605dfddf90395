"""Evidence that is no run of tests: a command's output, a measured value, what a person saw."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct, field

from triagebook.code.checkouts import places_that_count
from triagebook.errors import TriagebookError
from triagebook.facts.base.facts import FAMILIES
from triagebook.model.values import FactRef, Quantity

from .evidence_data import CommandOutput, PersonObservation, command, observation, value
from .observed_code import ObservedCode

if TYPE_CHECKING:
    from .evidence_file import EvidenceDraft
    from .input_files import InputFile
    from .record import RecordingContext

_FIGURE = re.compile(r"\d+(?:[.,]\d+)?(?:/\d+)?")


class TypedEvidence(Struct, frozen=True):
    """What a command line tells of one of these."""

    command: str | None = None
    exit_code: int | None = None
    values: tuple[str, ...] = ()  # each `NAME=VALUE`
    says: str | None = None
    error: str | None = None
    count: int | None = None
    source: InputFile | None = None
    attached: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def kinds(self) -> list[str]:
        """The options that say what kind of evidence it is."""
        given = {"--command": self.command, "--value": self.values, "--observe": self.says}
        return [flag for flag, what in given.items() if what]


def drafts_of(told: TypedEvidence, context: RecordingContext, *, keep: bool) -> tuple[list[EvidenceDraft], list[str]]:
    """The evidence, and what a person should know about it."""
    at = context.setting.at or context.now
    code = _code(context)
    if told.command:
        _need_witness(context, "the output of a command", known=told.source is not None, file="its output: FILE, or -")
        text = told.source.data.decode("utf-8", errors="replace") if told.source else ""
        seen = CommandOutput(told.command, told.exit_code, told.source, text)
        drafts = [command(seen, context.setting, at, code, keep=keep)]
    elif told.values:
        _need_witness(context, "a measured value", known=told.source is not None, file="the FILE that it stands in")
        drafts = [_value(text, told, context, at, code, keep=keep) for text in told.values]
    else:
        _need_witness(context, "an observation", known=False)
        seen_by = PersonObservation(str(told.says), told.error, told.count, told.attached)
        drafts = [observation(seen_by, context.setting, at, code)]
    return drafts, [*code.notes, *_remarks(context, told, code)]


def _code(context: RecordingContext) -> ObservedCode:
    """Only what a person names: what was seen in an environment was not seen on this work tree."""
    if context.commit is None and context.folder is None:
        return ObservedCode()
    return context.code(places_that_count(context.entry))


def _need_witness(context: RecordingContext, what: str, *, known: bool, file: str = "") -> None:
    if known or context.setting.by:
        return
    do = f"name who saw it with --by PERSON{f', or {file}' if file else ''}"
    raise TriagebookError(f"nobody stands for {what} that is typed", do)


def _value(
    text: str, told: TypedEvidence, context: RecordingContext, at: date, code: ObservedCode, *, keep: bool
) -> EvidenceDraft:
    name, equals, measured = text.rpartition("=")
    if not equals or not name.strip() or not measured.strip():
        raise TriagebookError(f"--value: `{text}` is not a value", 'write NAME="97.2 %"')
    name, measured = name.strip(), measured.strip()
    try:
        quantity = Quantity.parse(measured)
        family = FactRef.parse(name).name.partition(".")[0]
    except ValueError as problem:
        raise TriagebookError(f"--value: {problem}", 'write NAME="97.2 %"') from None
    if family in FAMILIES:
        what = f"--value: `{name}` is computed from the record, not measured"
        raise TriagebookError(what, f"choose a name that does not begin with `{family}.`")
    if told.source and not _stands_in(quantity, told.source):
        what = f"`{measured}` does not stand in {told.source.path}"
        raise TriagebookError(what, "name the file that it stands in, or who measured it with --by PERSON")
    return value(name, measured, context.setting, at, code, told.source, keep=keep)


def _stands_in(quantity: Quantity, source: InputFile) -> bool:
    """Does a file hold every figure of a value?"""
    held = set(_FIGURE.findall(source.data.decode("utf-8", errors="replace")))
    return set(_FIGURE.findall(str(quantity))) <= held


def _remarks(context: RecordingContext, told: TypedEvidence, code: ObservedCode) -> Iterator[str]:
    setting = context.setting
    if setting.environment is None:
        yield "no environment is named; name it with --environment"
    if code.commit is None and setting.build is None and not code.notes:
        yield "neither commit nor build is known: name one with --commit, --build or --in DIR"
    if told.values and setting.phase is None:
        yield "it does not say whether it was measured before or after the fix, so no criterion is met by it: --phase"
    if told.values:
        asked = _asked_for(context)
        names = [FactRef.parse(text.rpartition("=")[0].strip()).name for text in told.values]
        for name in names:
            if name not in asked:
                yield f"no criterion or metric of the issue asks for `{name}`"


def _asked_for(context: RecordingContext) -> set[str]:
    issue = context.entry.issue
    measures = [target.measure for target in (*issue.criteria.values(), *issue.metrics.values()) if target.measure]
    return {ref.name for ref in (*measures, *(watch.measure for watch in issue.monitoring if watch.measure))}
