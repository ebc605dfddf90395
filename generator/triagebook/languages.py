"""The languages in which code is searched by structure: their names and their files."""

from __future__ import annotations

from pathlib import PurePosixPath

from msgspec import Struct


class Language(Struct, frozen=True):
    """A language, by the name that the parser has for it."""

    name: str
    files: tuple[str, ...]  # patterns of the files that are written in it
    around: tuple[str, ...] = ()  # what a piece of code may need around it to stand in a file


def _language(name: str, endings: str, *around: str) -> Language:
    return Language(name, tuple(f"*.{ending}" for ending in endings.split()), around)


_FUNCTION = "void f() {\n%s;\n}"
_METHODS = ("class A { void f() {\n%s;\n} }", "class A { void f() { var x = %s; } }")
_OF_CONTRACT = ("contract A { function f() {\n%s;\n} }", "contract A { function f() { x = %s; } }")

_LANGUAGES = (
    _language("bash", "sh bash bats zsh"),
    _language("c", "c h", _FUNCTION),
    _language("cpp", "cpp cc cxx hpp hh hxx h ino cu", _FUNCTION),
    _language("csharp", "cs", *_METHODS),
    _language("css", "css scss", "a { %s; }"),
    _language("elixir", "ex exs"),
    _language("go", "go", "package p\nfunc _() {\n%s\n}"),
    _language("haskell", "hs"),
    _language("hcl", "hcl tf tfvars", "a = %s"),
    _language("html", "html htm xhtml"),
    _language("java", "java", *_METHODS),
    _language("javascript", "js cjs mjs jsx"),
    _language("json", "json", "{%s}"),
    _language("kotlin", "kt ktm kts"),
    _language("lua", "lua", "local x = %s"),
    _language("nix", "nix"),
    _language("php", "php", "<?php %s;"),
    _language("python", "py pyi py3 bzl"),
    _language("ruby", "rb rbw gemspec"),
    _language("rust", "rs", "fn f() {\n%s;\n}"),
    _language("scala", "scala sc sbt"),
    _language("solidity", "sol", *_OF_CONTRACT),
    _language("swift", "swift"),
    _language("tsx", "tsx"),
    _language("typescript", "ts cts mts"),
    _language("yaml", "yaml yml"),
)
_OTHER_NAMES = {
    "c++": "cpp", "c-sharp": "csharp", "cs": "csharp", "ex": "elixir", "golang": "go", "hs": "haskell",
    "js": "javascript", "jsx": "javascript", "kt": "kotlin", "py": "python", "python3": "python", "rb": "ruby",
    "rs": "rust", "sh": "bash", "shell": "bash", "terraform": "hcl", "ts": "typescript", "yml": "yaml",
}  # fmt: skip

LANGUAGES = {language.name: language for language in _LANGUAGES}


def language_of_file(path: str) -> str:
    """The language of a file, by its ending; Python where that says nothing."""
    ending = f"*{PurePosixPath(path).suffix}"
    return next((language.name for language in _LANGUAGES if ending in language.files), "python")


def language_of(name: str) -> Language | None:
    """The language that a record names, whatever it calls it."""
    lower = name.lower()
    return LANGUAGES.get(_OTHER_NAMES.get(lower, lower))
