"""Records command output, measured values and observations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from triagebook.code.checkouts import places_that_count
from triagebook.errors import TriagebookError
from triagebook.facts.base.facts import FAMILIES
from triagebook.facts.ledger.error_texts import same_error, says_it_occurred
from triagebook.facts.ledger.ledger import Ledger
from triagebook.intake.clean_text import clean
from triagebook.model.evidence import Grade, is_stated
from triagebook.model.values import FactRef, Quantity

from .evidence_data import draft, output_of, source_of
from .evidence_file import EvidenceDraft
from .input_files import InputFile
from .observed_code import ObservedCode
from .record import RecordingContext, refuse_too_early

_MOST_LINES = 20  # that are kept of an error


class TypedEvidence(Struct, frozen=True):
    """The evidence described on the command line."""

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
        """The options given, each for one kind of evidence."""
        given = {"--command": self.command, "--value": self.values, "--observe": self.says}
        return [flag for flag, what in given.items() if what]


def drafts_of(typed: TypedEvidence, context: RecordingContext, *, keep: bool) -> tuple[list[EvidenceDraft], list[str]]:
    """The evidence, with notes about it. What is read from a file is machine-graded."""
    setting, source = context.setting, typed.source
    at = setting.at or context.now
    refuse_too_early(context, at)
    code = _code(context)
    grade = Grade.MACHINE if source else Grade.ATTESTED
    kept = source.data if keep and source else None
    if typed.command:
        _require_person(context, "command output", known=source is not None, file="its output as FILE or -")
        own = {
            "command": clean(typed.command).strip(),
            "exit_code": typed.exit_code,
            "output": _output(context, source.data) if source else None,
            "code": code.digests,
            "source": source_of(source),
            "note": setting.note,
        }
        drafts = [draft("command", grade, setting, at, code, own, kept=kept)]
    elif typed.values:
        _require_person(context, "a measured value", known=source is not None, file="the FILE that contains it")
        drafts = []
        for text in typed.values:
            name, measured = _checked_value(text, source)
            own = {"name": name, "value": measured, "how": setting.note, "source": source_of(source)}
            stated_in = source.data if source else None  # kept to show the value
            drafts.append(draft("value", grade, setting, at, code, own, kept=stated_in))
    else:
        _require_person(context, "an observation", known=False)
        own = {
            "says": clean(str(typed.says)).strip(),
            "error": clean(typed.error or "").strip() or _told_by_files(context, typed),
            "count": typed.count,
            "note": setting.note,
        }
        drafts = [draft("observation", Grade.ATTESTED, setting, at, code, own, attached=typed.attached)]
    return drafts, [*code.notes, *_remarks(context, typed, code)]


def _output(context: RecordingContext, data: bytes) -> str:
    """The output, with the lines of a recorded error where they would be cut off."""
    text = data.decode("utf-8", errors="replace")
    kept = output_of(text)
    errors = [error for error in _errors(context) if same_error(error, text) and not same_error(error, kept)]
    lines = (line for error in errors for line in text.splitlines() if same_error(error, line))
    return "\n".join([kept, *dict.fromkeys(lines)][: _MOST_LINES + 1])


def _told_by_files(context: RecordingContext, typed: TypedEvidence) -> str:
    """A recorded error that an attached file tells of: a log shows the error, whatever is said about it."""
    texts = [data.decode("utf-8", errors="replace") for data in typed.attached.values()]
    return next((error for error in _errors(context) if any(says_it_occurred(error, text) for text in texts)), "")


def _errors(context: RecordingContext) -> tuple[str, ...]:
    return Ledger(context.entry, context.loaded.book.catalog).recorded_errors


def _code(context: RecordingContext) -> ObservedCode:
    """The named commit or checkout only: an observation in an environment says nothing about this work tree."""
    if context.commit is None and context.folder is None:
        return ObservedCode()
    return context.code(places_that_count(context.entry))


def _require_person(context: RecordingContext, what: str, *, known: bool, file: str = "") -> None:
    if known or context.setting.by:
        return
    do = f"name that person with --by ID{f', or give {file}' if file else ''}"
    raise TriagebookError(f"{what} needs somebody who vouches for it", do)


def _checked_value(text: str, source: InputFile | None) -> tuple[str, str]:
    """The name and the value of `NAME=VALUE`."""
    name, equals, measured = text.rpartition("=")
    if not equals or not name.strip() or not measured.strip():
        raise TriagebookError(f"--value: `{text}` is not NAME=VALUE", 'write for example chat.connected="97.2 %"')
    name, measured = name.strip(), measured.strip()
    try:
        quantity = Quantity.parse(measured)
        family = FactRef.parse(name).name.partition(".")[0]
    except ValueError as problem:
        raise TriagebookError(f"--value: {problem}", 'write NAME="97.2 %"') from None
    if family in FAMILIES:
        what = f"--value: `{name}` is a computed fact, not a measured value"
        raise TriagebookError(what, f"choose a name that does not start with `{family}.`")
    if source and not is_stated(quantity, source.data.decode("utf-8", errors="replace")):
        what = f"`{measured}` does not occur in {source.path}"
        raise TriagebookError(what, "give the file that contains it, or name who measured it with --by PERSON")
    return name, measured


def _remarks(context: RecordingContext, typed: TypedEvidence, code: ObservedCode) -> Iterator[str]:
    setting = context.setting
    if setting.environment is None:
        yield "no environment is given; add --environment"
    if code.commit is None and setting.build is None and not code.notes:
        yield "neither commit nor build is known; add --commit, --build or --in DIR"
    if typed.values and setting.phase is None:
        yield "without --phase the value can't meet a criterion"
    if typed.values:
        names = [FactRef.parse(text.rpartition("=")[0].strip()).name for text in typed.values]
        for name in names:
            if name not in context.entry.issue.measures:
                yield f"no criterion or metric of the issue uses `{name}`"
