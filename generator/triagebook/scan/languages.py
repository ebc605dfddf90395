"""The languages that code can be searched in by structure: their names, and the files they are written in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """A language, by the name that the parser has for it."""

    name: str
    files: tuple[str, ...]  # patterns of the files that are written in it
    around: str = ""  # what a piece of code needs around it, where a file can't hold it by itself
    head: str = ""  # what a file begins with


def _language(name: str, endings: str, around: str = "", head: str = "") -> Language:
    return Language(name, tuple(f"*.{ending}" for ending in endings.split()), around, head)


_LANGUAGES = (
    _language("bash", "sh bash bats zsh"),
    _language("c", "c h", "void f() {\n%s;\n}"),
    _language("cpp", "cpp cc cxx hpp hh hxx h ino cu"),
    _language("csharp", "cs"),
    _language("css", "css scss"),
    _language("elixir", "ex exs"),
    _language("go", "go", "package p\nfunc _() {\n%s\n}"),
    _language("haskell", "hs"),
    _language("hcl", "hcl tf tfvars"),
    _language("html", "html htm xhtml"),
    _language("java", "java"),
    _language("javascript", "js cjs mjs jsx"),
    _language("json", "json"),
    _language("kotlin", "kt ktm kts"),
    _language("lua", "lua"),
    _language("nix", "nix"),
    _language("php", "php", head="<?php "),
    _language("python", "py pyi py3 bzl"),
    _language("ruby", "rb rbw gemspec"),
    _language("rust", "rs"),
    _language("scala", "scala sc sbt"),
    _language("solidity", "sol"),
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


def language_of(name: str) -> Language | None:
    """The language that a record names, whatever it calls it."""
    lower = name.lower()
    return LANGUAGES.get(_OTHER_NAMES.get(lower, lower))
