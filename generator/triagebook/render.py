"""Renders views as Markdown through Jinja templates.

Every printed value is escaped for Markdown by its type, so no template can forget it: prose keeps its emphasis and
links, a path or a commit is code, all other text is plain words.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from datetime import date, datetime
from difflib import unified_diff
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    Undefined,
)
from jinja2.bccache import Bucket
from markupsafe import Markup

from . import markdown
from .cache_folder import cache_folder
from .errors import TriagebookError
from .markdown import BLANK, MARK_CLOSE, MARK_MIDDLE, MARK_OPEN, ComputedText, Linked, Lookup
from .model.base import Commit, Prose, Text
from .model.base import Path as RecordPath
from .model.values import Digest, FactRef, Place
from .text import counted

_GROUPS = re.compile(r"(?<![\w.,])\d{5,}(?![\w,]|\.\d)")  # an amount of five digits or more

_lookup: ContextVar[Lookup | None] = ContextVar("lookup", default=None)


class BrokenTemplateError(TriagebookError):
    """A template that cannot be rendered."""


def render(
    template: str,
    view: Mapping[str, object],
    lookup: Lookup | None = None,
    *,
    own: Path | None = None,
    about: str = "",
) -> str:
    """The Markdown of a view, with marks that `markup` turns into HTML and `markdown.plain` removes.

    The lookup gives the values of names in `{{ }}` in prose; without one they stay as written. Templates in the folder
    `own` come before ours and can extend them as `triagebook/NAME`. `about` names the record in errors.
    """
    token = _lookup.set(lookup)
    try:
        return _tidy(_environment(own).get_template(template).render(view))
    except (TemplateError, TypeError, AttributeError, LookupError, ValueError, ArithmeticError) as error:
        if own is None:
            raise
        raise _broken(error, template, own, about) from error
    finally:
        _lookup.reset(token)


def _broken(error: Exception, template: str, own: Path, about: str) -> BrokenTemplateError:
    """The error with the template, its line and the record."""
    place, line = template, 0
    if isinstance(error, TemplateSyntaxError):
        place, line = error.name or template, error.lineno
    elif isinstance(error, TemplateNotFound):
        return BrokenTemplateError(f"there is no template `{error.name}`", f"see the templates in {own}")
    trace = error.__traceback__
    while trace and not isinstance(
        error, TemplateSyntaxError
    ):  # Jinja adds the templates to the trace, the innermost last
        name = trace.tb_frame.f_code.co_filename
        if name.endswith(".j2"):
            folder = own if Path(name).is_relative_to(own) else templates()
            place, line = Path(name).relative_to(folder).as_posix(), trace.tb_lineno
        trace = trace.tb_next
    whose = own / place if (own / place).is_file() else Path(place)
    what = f"{whose.as_posix()}:{line}: {error}{f', while rendering {about}' if about else ''}"
    return BrokenTemplateError(what, "fix that line, or delete the file to use the template that comes with triagebook")


@cache
def templates() -> Path:
    """The folder of the templates: beside this file in an installed package, at the top of a checkout."""
    beside = Path(__file__).parent / "templates"
    return beside if beside.is_dir() else Path(__file__).parents[2] / "templates"


def own_templates(root: Path) -> Path | None:
    """The templates beside the book's folder, which come before ours; None if there are none."""
    own = root.parent / "templates"
    return own if own.is_dir() and own.resolve() != templates().resolve() else None


@cache
def _environment(own: Path | None = None) -> Environment:
    """The environment of our own templates, or of those of a book, which are sandboxed: they may be a stranger's."""
    ours = FileSystemLoader(templates())
    options: dict[str, Any] = {
        "undefined": StrictUndefined,
        "finalize": _shown,  # it escapes for Markdown and returns Markup, so `autoescape` has nothing left to do
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    if own is None:
        environment = Environment(loader=ours, bytecode_cache=bytecode_cache(), autoescape=True, **options)
    else:
        from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415  (most books have no templates)

        loader = ChoiceLoader([FileSystemLoader(own), ours, PrefixLoader({"triagebook": ours})])
        # No bytecode: sandboxed code differs under the same name.
        environment = ImmutableSandboxedEnvironment(loader=loader, autoescape=True, **options)
    environment.filters |= _FILTERS
    return environment


class _BytecodeCache(FileSystemBytecodeCache):
    """Compiled templates in the user's cache folder. Rendering works without: if it is read-only, full or damaged."""

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # noqa: BLE001  (a damaged file can raise anything)
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def bytecode_cache(name: str = "templates") -> BytecodeCache | None:
    """The cache of compiled templates; None if there is no safe folder for it."""
    parent = cache_folder()
    if parent is None:
        return None
    folder = parent / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = not hasattr(os, "geteuid") or folder.stat().st_uid == os.geteuid()
    except OSError:
        return None
    return _BytecodeCache(str(folder)) if own else None  # bytecode is run: never that of another user


# ── printed values ───────────────────────────────────────────────────────────────────────────


def _safe(text: str) -> Markup:
    """Markdown that is ready to be printed: the one place where text is declared safe."""
    return str.__new__(Markup, text)  # Markup() first looks for __html__, which takes longer than all the rest


def _shown(value: object) -> Markup:
    """A value as Markdown within a line."""
    return _printer(type(value))(value)  # type: ignore[arg-type]


@cache
def _printer(kind: type) -> Callable[[Any], Markup]:
    """The function that prints the values of a type. A page has a thousand values, of few types."""
    if issubclass(kind, Markup):
        return lambda value: value
    if issubclass(kind, Undefined):
        return lambda value: _safe(str(value))  # raises, and names what is undefined
    if issubclass(kind, bool | Mapping | tuple | list | NoneType):
        return _refused
    if issubclass(kind, Linked):
        return lambda value: _safe(markdown.link(value))
    if issubclass(kind, Prose):
        return lambda value: _safe(markdown.line(value, _lookup.get()))
    if issubclass(kind, Commit):
        return lambda value: _safe(markdown.code(value[:9]))
    if issubclass(kind, RecordPath | Digest | FactRef | Place) or kind is Text:
        return lambda value: _safe(markdown.code(str(value)))
    if issubclass(kind, date):
        return lambda value: _safe(_day(value))
    return lambda value: _safe(markdown.inline(str(value)))


def _refused(value: object) -> Markup:
    raise TypeError(f"a template printed {value!r}: the view decides what to say")


def _brief(value: str, most: int = 120) -> Markup:
    """Text from a record on a line or in a cell with room for so many characters: whole sentences if one fits."""
    shown, room, kind = _shown(value), most, str if isinstance(value, Markup) else type(value)
    while len(markdown.plain(shown)) > most and room > 0:
        shown = _shown(kind(_cut(" ".join(str.__str__(value).split()), room)))
        room -= 10  # escaping and filling in make the text longer
    return shown


def _cut(text: str, room: int) -> str:
    """The beginning of a text up to the end of a sentence, else of a word outside of code."""
    sentence = text.rfind(". ", room // 3, room)
    if sentence > 0:
        return text[: sentence + 1]
    words = text[:room].rpartition(" ")[0] or text[:room]
    words = words if words.count("`") % 2 == 0 else words.rpartition("`")[0]
    return f"{words.rstrip(' ,:;(')}…"


def _diff(before: str, after: str) -> Markup:
    """What a change takes away and what it adds, line by line."""
    old, new = (markdown.clean(text).strip("\n").split("\n") for text in (before, after))
    lines = list(unified_diff(old, new, n=max(len(old), len(new)), lineterm=""))
    return _safe(_kept(markdown.fence("\n".join(lines[3:]), "diff")))


def _day(value: date) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else f"{value:%Y-%m-%d}"


# ── blank lines ──────────────────────────────────────────────────────────────────────────────────────


def _kept(text: str) -> str:
    """Protects the blank lines and trailing blanks of a record's text: only those of a template are tidied."""
    return "\n".join([line if line and line[-1] not in " \t" else line + BLANK for line in text.split("\n")])


def _tidy(text: str) -> str:
    """The text with at most one blank line in a row, none at the start, and one line end at the end."""
    lines = "\n".join([line.rstrip(" \t") for line in text.split("\n")])
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n").replace(BLANK, "") + "\n"


_FILTERS: dict[str, Callable[..., Markup]] = {
    "prose": lambda value, level=4: _safe(_kept(markdown.prose(value, level, _lookup.get()))),
    "item": lambda value, level=4: _safe(_kept(markdown.item(value, level, _lookup.get()))),
    "fence": lambda value, language="": _safe(_kept(markdown.fence(str(value), str(language or "")))),
    "code": lambda value: _safe(markdown.code(str(value))),
    "words": lambda value: _safe(markdown.inline(str(value))),
    "cell": lambda value: _safe(markdown.cell(str.__str__(_shown(value)))),
    "each": lambda values, between=", ": _safe(between.join(map(_shown, values))),
    "nest": lambda text, width=2: _safe(re.sub(rf"\n(?=[^\n{BLANK}])", "\n" + " " * width, _shown(text))),
    "quote": lambda text: _safe(re.sub("^", "> ", _shown(text).strip(), flags=re.MULTILINE)),
    "rendered": lambda text: _safe(_kept(text.strip("\n"))),  # the result of `render`, as it is
    "heading": lambda text, level=2: _safe(f"\n\n{'#' * level} {_shown(text)}\n\n"),
    # Words that HTML styles by their kind; plain words in Markdown.
    "mark": lambda value, kind: _safe(f"{MARK_OPEN}{kind}{MARK_MIDDLE}{_shown(value)}{MARK_CLOSE}"),
    "footnote": lambda number: _safe(f"[^{number}]"),
    "brief": _brief,
    "counted": lambda number, thing, things="": _safe(counted(number, thing, things)),
    "money": lambda value: _safe(_GROUPS.sub(lambda found: f"{int(found[0]):,}", _shown(value))),
    "diff": lambda code: _diff(code.before or "", code.after or ""),
    "figure": lambda value: _safe(markdown.figure(ComputedText(str(value), value.number))),
    "bare": lambda value: _safe(markdown.figure(ComputedText(value.bare, value.number))),
}
