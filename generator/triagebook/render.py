"""Views to Markdown, through the templates: the only user of jinja2.

A template cannot forget to make a value safe. What it prints is escaped for Markdown by what the value is: prose may
bring its emphasis and links, a path or a commit is code, all other text is plain words.
"""

from __future__ import annotations

import marshal
import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from keyword import iskeyword
from pathlib import Path
from types import NoneType
from typing import Any

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    Undefined,
)
from jinja2.bccache import Bucket, bc_magic
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Call, Expr, Getattr
from markupsafe import Markup

from . import markdown
from .errors import TriagebookError
from .markdown import BLANK, MARK_CLOSE, MARK_MIDDLE, MARK_OPEN, Computed, Linked, Lookup
from .model.base import Commit, Prose, Text
from .model.base import Path as RecordPath
from .model.values import Digest, FactRef, Place

_lookup: ContextVar[Lookup | None] = ContextVar("lookup", default=None)


class BrokenTemplateError(TriagebookError):
    """A template that can't be rendered."""


def render(
    template: str,
    view: Mapping[str, object],
    lookup: Lookup | None = None,
    *,
    own: Path | None = None,
    about: str = "",
) -> str:
    """The Markdown of a view, with marks that `markup` turns into HTML, or into nothing.

    The lookup gives the values of the names in `{{ }}` that prose may hold; without one they stay as written. Templates
    in the folder `own` go before ours, which they can extend as `triagebook/NAME`. `about` names the record in errors.
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
    """Which template, at which line, on which record."""
    place, line = template, 0
    if isinstance(error, TemplateSyntaxError):
        place, line = error.name or template, error.lineno
    elif isinstance(error, TemplateNotFound):
        return BrokenTemplateError(f"there is no template `{error.name}`", f"see the templates in {own}")
    trace = error.__traceback__
    while trace and not isinstance(error, TemplateSyntaxError):  # jinja names templates in it, the innermost last
        name = trace.tb_frame.f_code.co_filename
        if name.endswith(".j2"):
            folder = own if Path(name).is_relative_to(own) else templates()
            place, line = Path(name).relative_to(folder).as_posix(), trace.tb_lineno
        trace = trace.tb_next
    whose = own / place if (own / place).is_file() else Path(place)
    what = f"{whose.as_posix()}:{line}: {error}{f', while rendering {about}' if about else ''}"
    return BrokenTemplateError(
        what, "mend that line, or take the file away: the template that comes with triagebook is used then"
    )


@cache
def templates() -> Path:
    """The folder of the templates: beside this file in an installed package, at the top of a checkout."""
    beside = Path(__file__).parent / "templates"
    return beside if beside.is_dir() else Path(__file__).parents[2] / "templates"


def own_templates(root: Path) -> Path | None:
    """The templates beside the book's folder, which go before those that come with us; none where these are ours."""
    own = root.parent / "templates"
    return own if own.is_dir() and own.resolve() != templates().resolve() else None


@cache
def _environment(own: Path | None = None) -> Environment:
    kind, loader = _source(own)
    environment = kind(
        loader=loader,
        bytecode_cache=_Compiled() if own is None else None,  # fenced in, a template is compiled another way
        undefined=StrictUndefined,
        autoescape=True,  # so that jinja tells apart what is safe; `finalize` comes first, and escapes for Markdown
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.code_generator_class = _Ours if own is None else _Printing
    environment.filters |= {
        "prose": lambda value, level=4: _safe(_kept(_no_alerts(markdown.prose(value, level, _lookup.get())))),
        "item": lambda value, level=4: _safe(_kept(_no_alerts(markdown.item(value, level, _lookup.get())))),
        "fence": lambda value, language="": _safe(_kept(markdown.fence(str(value), str(language or "")))),
        "code": lambda value: _safe(markdown.code(str(value))),
        "words": lambda value: _safe(markdown.inline(str(value))),
        "cell": lambda value: _safe(markdown.cell(str.__str__(_shown(value)))),
        "each": lambda values, between=", ": _safe(between.join(map(_shown, values))),
        "nest": lambda text, width=2: _safe(re.sub(rf"\n(?=[^\n{BLANK}])", "\n" + " " * width, _shown(text))),
        "quote": lambda text: _safe(re.sub("^", "> ", _shown(text).strip(), flags=re.MULTILINE)),
        "rendered": lambda text: _safe(_kept(text.strip("\n"))),  # what `render` made, taken as it is
        "heading": lambda text, level=2: _safe(f"\n\n{'#' * level} {_shown(text)}\n\n"),
        "mark": _mark,
        "counted": _counted,
        "figure": lambda value: _safe(markdown.figure(Computed(str(value), value.number))),
        "bare": lambda value: _safe(markdown.figure(Computed(value.bare, value.number))),
    }
    return environment


class _Printing(CodeGenerator):
    """What a template prints goes through `finalize`, and so is safe: escaping it again would only take time."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:  # noqa: ARG002
        self.write(f"({finalize.src}")


class _Ours(_Printing):
    """In our own templates dots and calls are Python's: what is named is a part of a view, and nobody fences it in."""

    def visit_Getattr(self, node: Getattr, frame: Frame) -> None:  # noqa: N802  (jinja's name)
        if iskeyword(node.attr):
            super().visit_Getattr(node, frame)
        else:
            self.visit(node.node, frame)
            self.write(f".{node.attr}")

    def visit_Call(self, node: Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: FBT001, FBT002, N802
        """Without a look at whether what is called wants jinja's context: nothing that our templates call does."""
        unlike_python = any(iskeyword(each.key) for each in node.kwargs)
        if forward_caller or node.dyn_args or node.dyn_kwargs or unlike_python:
            super().visit_Call(node, frame, forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for each in (*node.args, *node.kwargs):
            self.visit(each, frame)
            self.write(", ")
        self.write(")")


class _Compiled(BytecodeCache):
    """Templates as Python code, kept where Python keeps our own: compiling takes longer than rendering."""

    def __init__(self) -> None:
        ours = f"{Path(__file__).stat().st_mtime_ns:x}"  # another version of us may compile another way
        self._by = f"{sys.implementation.cache_tag}-{ours}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """From one piece of memory: jinja reads a file bit by bit, which takes five times as long."""
        with suppress(OSError, EOFError, ValueError, TypeError):
            made_by, checksum, code = marshal.loads(self._file(bucket).read_bytes())  # noqa: S302  (as Python does)
            if (made_by, checksum) == (bc_magic, bucket.checksum):
                bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        path = self._file(bucket)
        mine = path.with_suffix(f".{os.getpid()}")  # nobody reads half a file
        with suppress(OSError):
            path.parent.mkdir(exist_ok=True)
            mine.write_bytes(marshal.dumps((bc_magic, bucket.checksum, bucket.code)))
            mine.replace(path)

    def _file(self, bucket: Bucket) -> Path:
        return Path(__file__).parent / "__pycache__" / f"{bucket.key}.{self._by}.jinja"


def _source(own: Path | None) -> tuple[type[Environment], BaseLoader]:
    """Where templates come from; those of a book's repository may be a stranger's, and run fenced in."""
    ours = FileSystemLoader(templates())
    if own is None:
        return Environment, ours
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415  (most books have none)

    return ImmutableSandboxedEnvironment, ChoiceLoader(
        [FileSystemLoader(own), ours, PrefixLoader({"triagebook": ours})]
    )


def _no_alerts(text: str) -> str:
    """An alert is a word of the report: prose that writes one gets a quote."""
    return markdown.without_alerts(text) if "[!" in text else text


# ── what a template prints ───────────────────────────────────────────────────────────────────────────


def _safe(text: str) -> Markup:
    """Markdown that is ready to be printed: the one place where a text is taken to be safe."""
    return str.__new__(Markup, text)  # what Markup() asks first takes longer than all the rest


def _shown(value: object) -> Markup:
    """A value as Markdown within a line."""
    return _WAYS[type(value)](value)


Way = Callable[[Any], Markup]


class _Ways(dict[type, Way]):
    """How values are shown, by their type: a page has a thousand values, of few types."""

    def __missing__(self, kind: type) -> Way:
        way = self[kind] = _way_of(kind)
        return way


_WAYS = _Ways()


def _way_of(kind: type) -> Way:
    """How a value of a type is shown."""
    if issubclass(kind, Markup):
        return lambda value: value
    if issubclass(kind, Undefined):
        return lambda value: _safe(str(value))  # raises: says which name is not known
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


def _mark(value: object, kind: str) -> Markup:
    """Words that HTML shows as a thing of a kind; plain words in Markdown."""
    return _safe(f"{MARK_OPEN}{kind}{MARK_MIDDLE}{_shown(value)}{MARK_CLOSE}")


def _counted(number: int, thing: str, things: str = "") -> Markup:
    """A number with its noun: `1 file`, `2 files`."""
    return _safe(f"{number:,} {thing if number == 1 else things or thing + 's'}")


def _day(value: date) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else f"{value:%Y-%m-%d}"


# ── blank lines ──────────────────────────────────────────────────────────────────────────────────────


def _kept(text: str) -> str:
    """Blank lines and trailing blanks of a record's text are its own; those of a template are tidied."""
    return "\n".join([line if line and line[-1] not in " \t" else line + BLANK for line in text.split("\n")])


def _tidy(text: str) -> str:
    """One blank line where a template left several; none at the start, one line end at the end."""
    lines = "\n".join([line.rstrip(" \t") for line in text.split("\n")])
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n").replace(BLANK, "") + "\n"
