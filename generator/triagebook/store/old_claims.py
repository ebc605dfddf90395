"""Moves the claims and documents of an old issue.yaml to a file for each document, with every comment."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from textwrap import dedent
from typing import Any

from triagebook.findings import Edit, Plain
from triagebook.model.values import DocRef

from .boundaries import end_of, entries, entry_end, next_line
from .edit import apply
from .emit import Writer
from .emit import head as record_head
from .load import IN_OLD_ISSUES
from .yaml import YamlNode, read

_WRITER = Writer()
_FORM_OF_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*?(?P<suffix>\.[A-Za-z]{1,8})?")
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*$", re.MULTILINE)
_MOVED = ("from", "of", "criterion", "shows")  # keys of an old claim that a new one has in another form


def without_old_claims(file: str, text: str, others: Mapping[str, str]) -> dict[str, str]:
    """The new text of an issue and of its claims files; `others` are the claims files that are there."""
    body = text.removeprefix("\ufeff")
    root = read(body)
    made = {}
    for name, (about, claims) in _by_document(body, root).items():
        stem, head = stem_of(name)
        place = f"{file.rpartition('/')[0]}/claims/{stem}.yaml"
        if place in others:
            plain = [_new(claim) for claim, _ in claims]
            made[place] = apply(others[place], [Edit(place, ("claims",), "append", claim) for claim in plain])
        else:
            made[place] = record_head("claims") + _document(name, head, about) + _claims(claims)
    described = root.values.get("documents")
    kept = {"documents"} if described and described.keys is None and described.plain() else set()  # no mapping
    old = [Edit(file, (key,), "remove") for key in IN_OLD_ISSUES if key in root.values and key not in kept]
    issue = apply(text, old)
    lost = comments(body) - comments(issue)
    for place, written in made.items():
        lost -= comments(written)
        made[place] = re.sub(r"\n{3,}", "\n\n", written)
    if lost:
        last = list(made)[-1]
        made[last] += "".join(f"{comment}\n" for comment in lost.elements())
    return {file: issue, **made}


def _by_document(text: str, root: YamlNode) -> dict[str, tuple[tuple[YamlNode | None, str], list[tuple[Any, str]]]]:
    """By document: how it is described, as node and as text, and its claims, each as plain data and as text."""
    found: dict[str, tuple[tuple[YamlNode | None, str], list[tuple[Any, str]]]] = {}
    described, claims = root.values.get("documents"), root.values.get("claims")
    for name, node, region in _entries(text, root, "documents") if described and described.keys else ():
        found[str(name)] = ((node, region), [])
    if claims is None:
        return found
    listed = list(_entries(text, root, "claims")) if claims.items is not None else [(0, claims, "")]
    for _, node, region in listed:
        claim: Any = node.plain()
        sources = _several(claim.get("from", [])) if isinstance(claim, dict) else []
        name = _reference(sources[0]).document if sources else "unknown"
        found.setdefault(name, ((None, ""), []))[1].append((claim, "" if node.flow else region))
    return found


def _entries(text: str, root: YamlNode, key: str) -> Iterator[tuple[str | int, YamlNode, str]]:
    """The entries of a collection, each with its lines and the comments above it; no lines if it is in brackets."""
    parent = root.values[key]
    names: list[Any] = list(parent.values) if parent.items is None else list(range(len(parent.items)))
    start = next_line(text, root.keys[key].end.index) if root.keys else 0
    for position, (name, node) in enumerate(zip(names, entries(parent), strict=True)):
        end = next_line(text, entry_end(text, parent, position))
        yield name, node, "" if parent.flow else text[start:end]
        start = end


# ── what is written ──────────────────────────────────────────────────────────────────────────────────


def stem_of(name: str) -> tuple[str, dict[str, str]]:
    """The name of the file for a document, and what its record must say where that is not the document's own."""
    if "/" not in name and (match := _FORM_OF_NAME.fullmatch(name)):
        return (name.removesuffix(".md") if match["suffix"] == ".md" else name), {} if match["suffix"] else {
            "name": name
        }
    stem = re.sub(r"[^A-Za-z0-9]+", "-", name.partition("://")[2] or name).strip("-")
    return stem[-80:].strip("-") or "document", {"name": name} | ({"url": name} if "://" in name else {})


def _document(name: str, head: Mapping[str, Plain], about: tuple[YamlNode | None, str]) -> str:
    node, region = about
    if node is None or node.scalar is not None or node.flow or not region:
        plain: Any = node.plain() if node else {}
        plain = {"title": plain} if isinstance(plain, str) and plain else plain
        return _WRITER.document({"title": name, **head, **(plain if isinstance(plain, dict) else {})})
    lines = region.splitlines(keepends=True)
    key = next(index for index, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#"))
    body = dedent("".join(lines[key + 1 :]))
    above = "".join(line.lstrip() for line in lines[:key] if line.strip())
    missing = {"title": name, **head}
    extra = {key: value for key, value in missing.items() if key not in node.values}
    return above + (_WRITER.document(extra) if extra else "") + body.rstrip() + "\n"


def _claims(claims: list[tuple[Any, str]]) -> str:
    if not claims:
        return ""
    return "\nclaims:\n" + "".join(_claim(claim, region) for claim, region in claims)


def _claim(claim: Any, region: str) -> str:  # noqa: ANN401  (plain data)
    """A claim as it was written, but for the keys that have another form now."""
    if not region or not isinstance(claim, dict):
        return "".join(f"  {line}\n" for line in _WRITER.item(_new(claim)))
    head = "claims:\n" if region.lstrip().startswith("-") or "\n" in region else ""
    text = head + region
    node = read(text).values["claims"].items[0]  # type: ignore[index]
    source, indent = node.keys["from"], " " * (node.start.column - 1)  # type: ignore[index]
    new = {key: value for key, value in _new(claim).items() if key in {"lines", "also", "about"}}
    written = [line for key, value in new.items() for line in _WRITER.entry(key, value)]
    stop = end_of(text, node.values["from"])
    if written:
        text = text[: source.start.index] + f"\n{indent}".join(written) + text[stop:]
    gone = [Edit("", ("claims", 0, key), "remove") for key in _MOVED[bool(written) :] if key in claim]
    return apply(text, gone).removeprefix(head)


def _new(claim: Any) -> dict[str, Any]:  # noqa: ANN401  (plain data)
    """A claim with the lines of its own document only, and with what it is about."""
    if not isinstance(claim, dict):
        return {"says": str(claim)}
    refs = [_reference(source) for source in _several(claim.get("from", []))]
    own = [ref for ref in refs if ref.document == refs[0].document]
    lines = [str(ref).partition("#L")[2].replace("L", "") for ref in own if ref.first is not None]
    also = [str(ref) for ref in refs if ref not in own]
    about: dict[str, Any] = {}
    for shown in _several(claim.get("shows", [])):
        _add(about, shown)
    if "criterion" in claim:
        about.setdefault("criterion", claim["criterion"])
    if "of" in claim:
        about["fact"] = claim["of"]
    new: dict[str, Any] = {}
    for key, value in {"says": "", **claim}.items():
        if key == "from":
            new |= {"lines": _one_or_many(lines)} if lines else {}
            new |= {"also": _one_or_many(also)} if also else {}
            new |= {"about": about} if about else {}
        elif key not in _MOVED:
            new[key] = value
    return new


def _add(about: dict[str, Any], shown: str) -> None:
    """What an old claim shows in, by the kind of thing it is."""
    keys = shown.split(".")
    if keys[0] == "documents":  # its own one, most often: then the file says so
        return
    key, name = "field", shown
    if keys[0] == "suites" and len(keys) in {2, 4}:
        about["suite"] = _one_or_many([*_several(about.get("suite", [])), keys[1]])
        key, name = ("test", keys[3]) if len(keys) == 4 else ("suite", "")
    elif keys[0] in {"criteria", "metrics"} and len(keys) == 2:
        key, name = "criterion", keys[1]
    elif "steps" in keys[:-1] or keys[0] in {"next", "rollback"}:
        key = "step"
    if name:
        about[key] = _one_or_many([*_several(about.get(key, [])), name])


def _reference(text: Any) -> DocRef:  # noqa: ANN401  (plain data)
    try:
        return DocRef.parse(text)
    except (TypeError, ValueError):
        return DocRef(re.sub(r"\s+", "-", str(text)))


def _several(value: Any) -> list[Any]:  # noqa: ANN401  (plain data)
    return value if isinstance(value, list) else [value]


def _one_or_many(values: list[Any]) -> Any:  # noqa: ANN401  (plain data)
    return values[0] if len(values) == 1 else values


def comments(text: str) -> Counter[str]:
    """The comments in a text, each with how often it occurs."""
    body = list(text)
    waiting = [read(text.removeprefix("\ufeff"))]
    offset = text.startswith("\ufeff")
    while waiting:
        node = waiting.pop()
        waiting += [*(node.keys or {}).values(), *entries(node)]
        if node.scalar is not None:
            span = range(node.start.index + offset, end_of(text, node) + offset)
            for at in span:
                body[at] = " " if body[at] != "\n" else "\n"
    return Counter(found.group().strip() for found in _COMMENT.finditer("".join(body)))
