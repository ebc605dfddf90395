"""What all records share: how a field is declared, and in which forms people may write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    InstanceOf,
    PlainSerializer,
    WithJsonSchema,
    WrapSerializer,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")
Json = dict[str, Any]


_NAMED: dict[frozenset[str], set[str]] = {}  # the keys that some record has


class Record(BaseModel):
    """A part of a record: read-only, and strict about its keys.

    Modules of records omit `from __future__ import annotations`, which would make pydantic parse each one from text.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=lambda name: name.rstrip("_"),  # `from_` in Python is `from` in a record
        validate_default=False,
        serialize_by_alias=True,
        defer_build=True,  # whole records are read: most of their parts never need a reader of their own
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **more: object) -> None:
        super().__pydantic_init_subclass__(**more)
        if "from_" in cls.model_fields:  # a source is the last thing that a record says, although it is inherited
            cls.model_fields["from_"] = cls.model_fields.pop("from_")

    def model_post_init(self, context: object, /) -> None:  # noqa: ARG002
        named = self.__pydantic_fields_set__  # a set of its own for each of many records would be a third of a book
        object.__setattr__(self, "__pydantic_fields_set__", _NAMED.setdefault(frozenset(named), named))

    def __deepcopy__(self, memo: dict[int, object] | None = None) -> Self:
        return self  # what never changes need not be copied


class Short(Record):
    """A part that may be written as one line, which then fills the field that `short` names."""

    short: ClassVar[str]

    def __init_subclass__(cls, short: str = "", **more: Any) -> None:  # noqa: ANN401  (what pydantic takes)
        super().__init_subclass__(**more)
        cls.short = short or cls.short

    @model_validator(mode="before")
    @classmethod
    def _read_line(cls, data: object) -> object:
        return {cls.short: data} if isinstance(data, str) else data

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Json:
        reference = handler(schema)
        form = handler.resolve_ref_schema(reference)
        whole = dict(form)
        form.clear()
        form.update(description=whole.pop("description", ""), anyOf=[whole["properties"][cls.short], whole])
        return reference


# ── values written as one scalar ─────────────────────────────────────────────────────────────────────


class Scalar:
    """A value that is written as one scalar, which `parse` reads. One with parts is shown as it was written."""

    __slots__ = ()
    pattern: ClassVar[str] = ""  # any text

    @classmethod
    def parse(cls, text: str) -> Self:
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        form: Any = cls
        return core_schema.no_info_after_validator_function(
            partial(_parsed, form), core_schema.str_schema(), serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Json:
        # An editor types scalars by YAML's rules, where a title may look like a number.
        form: Json = {"type": ["string", "number", "boolean"]}
        return form | ({"pattern": f"^(?:{cls.pattern})$"} if cls.pattern else {"minLength": 1, "pattern": r"\S"})


class Text(Scalar, str):
    """Text of any length, taken literally: commands, code, errors, claims. Never expanded."""

    __slots__ = ()
    problem: ClassVar[str] = "is empty"

    @classmethod
    def parse(cls, text: str) -> Self:
        if not text.strip():
            raise ValueError("is empty: write it, or leave the key out")
        if cls.pattern and not re.fullmatch(cls.pattern, text):
            raise ValueError(f"`{text}` {cls.problem}")
        return cls(text)


@lru_cache(maxsize=1 << 14)  # names, paths and errors repeat in a book: each is parsed and kept once
def _parsed(form: Any, text: str) -> Any:  # noqa: ANN401  (a form of text, or a scalar)
    return form.parse(text)


class Line(Text):
    """Text on one line."""

    pattern = r"[^\r\n]*\S[^\r\n]*"
    problem = "has more than one line: keep it to one"


class Prose(Text):
    """Markdown for people; `{{ fact }}` in it is replaced by the fact's value."""


class Id(Text):
    """A name that other records can refer to."""

    pattern = r"[A-Za-z0-9][A-Za-z0-9._-]*"
    problem = "is not an id: letters, digits, `.`, `_` and `-`, the first a letter or digit"


class Path(Text):
    """A file or folder of the repository the record speaks of, from its root, with forward slashes."""

    pattern = r"(?!/|[A-Za-z]:|~)[^\r\n\\]+"
    problem = "is not a path from the repository's root with forward slashes: write it as `src/app.py`"


class Commit(Text):
    """A commit, by its hash or the start of it."""

    pattern = r"[0-9a-f]{7,64}"
    problem = "is not a commit: write 7 to 64 hexadecimal digits"


class Url(Text):
    """An address on the web."""

    pattern = r"""https?://[^\s<>"]+"""
    problem = "is not a URL: write it with https://"


class Ref(Text):
    """The id of something recorded elsewhere; `to` names its kind in words."""

    pattern = Id.pattern
    problem = Id.problem
    to: ClassVar[str]

    def __init_subclass__(cls, to: str) -> None:
        cls.to = to


def _read(pattern: str, read: Callable[[str], T], problem: str) -> BeforeValidator:
    def check(value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            if re.fullmatch(pattern, value):
                return read(value)
        except ValueError:
            pass
        raise ValueError(f"`{value}` {problem}")

    return BeforeValidator(check)


DAY = r"\d{4}-\d{2}-\d{2}"
MOMENT = DAY + r"[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})"

Day = Annotated[date, _read(DAY, date.fromisoformat, "is not a date: write it as YYYY-MM-DD, such as 2025-09-15")]
When = Annotated[
    InstanceOf[date],
    _read(
        f"{DAY}|{MOMENT}",
        lambda text: datetime.fromisoformat(text).astimezone(UTC) if len(text) > 10 else date.fromisoformat(text),
        "is neither a day (2025-09-15) nor a time (2025-09-15T14:30:00Z)",
    ),
    PlainSerializer(lambda at: at.isoformat().replace("+00:00", "Z"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": f"^(?:{DAY}|{MOMENT})$"}),
]
Count = Annotated[int, _read(r"\d{1,12}", int, "is not a whole number"), Field(ge=0)]
Flag = Annotated[bool, _read("true|false", lambda text: text == "true", "is neither `true` nor `false`")]


# ── lists and mappings ───────────────────────────────────────────────────────────────────────────────


class _OneOrMany:
    """A list; a single item may be written without the list."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            lambda value: value if isinstance(value, list | tuple) else [value], handler(source)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Json:
        many = handler(schema)
        return {"anyOf": [many["items"], many]}


class _Once:
    """A part that repeats within a record and is validated once: it never changes."""

    most = 1_000  # to be kept at once

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        kept: dict[str, object] = {}

        def read(value: object, handler: core_schema.ValidatorFunctionWrapHandler) -> object:
            if not isinstance(value, str | dict):
                return handler(value)
            words = repr(value)
            if (known := kept.get(words)) is not None:
                return known
            if len(kept) >= self.most:
                kept.clear()
            made = kept[words] = handler(value)
            return made

        return core_schema.no_info_wrap_validator_function(read, handler(source))


class _InTheFormOf:
    """A key that is validated as one kind of text and stays a plain `str`."""

    def __init__(self, form: type[Text]) -> None:
        self.form = form

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler.generate_schema(self.form)


Once = Annotated[T, _Once()]
Many = Annotated[tuple[T, ...], _OneOrMany()]
_AS_DICT = WrapSerializer(lambda mapping, dumped: dumped(dict(mapping)))
Keyed = Annotated[Mapping[Annotated[str, _InTheFormOf(Id)], T], AfterValidator(MappingProxyType), _AS_DICT]
Named = Annotated[Mapping[Annotated[str, _InTheFormOf(Line)], T], AfterValidator(MappingProxyType), _AS_DICT]


# ── how a field is declared ──────────────────────────────────────────────────────────────────────────


_NOTHING: Mapping[str, Any] = MappingProxyType({})


def required(description: str, example: object) -> Any:  # noqa: ANN401  (takes the place of a field's value)
    return Field(description=description, examples=[example])


def optional(description: str, example: object, default: object = None) -> Any:  # noqa: ANN401
    return Field(default, description=description, examples=[example])


def several(description: str, example: object) -> Any:  # noqa: ANN401
    return Field((), description=description, examples=[example])


def keyed(description: str, example: object) -> Any:  # noqa: ANN401
    return Field(default_factory=lambda: _NOTHING, description=description, examples=[example])
