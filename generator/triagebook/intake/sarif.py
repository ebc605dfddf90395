"""Reads SARIF: the results of linters by file and line, and the commit that was scanned."""

from __future__ import annotations

import re
from collections.abc import Mapping
from posixpath import normpath
from typing import Any
from urllib.parse import unquote

from msgspec import Struct, field

from triagebook.model.values import Place

from .clean_text import MAX_ERROR, clean
from .input_text import UnreadableError, json_documents

_ADVICE = "pass a SARIF 2.1.0 file written by a linter"
_ABSOLUTE = re.compile(r"/|[A-Za-z][\w+.-]*:")


class SarifHit(Struct, frozen=True):
    """A result on one line."""

    path: str
    line: int  # 0: the file as a whole
    text: str  # the code; empty if not in the file
    says: str
    rule: str


class SarifLog(Struct):
    """The results in one file."""

    hits: list[SarifHit] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    repositories: set[str] = field(default_factory=set)  # URLs
    commits: set[str] = field(default_factory=set)
    suppressed: int = 0
    placeless: int = 0
    outside: list[str] = field(default_factory=list)  # files not known to be in the repository


def read(data: bytes, root: str = "") -> SarifLog:
    """Read the results in a file, sorted and without repetitions. `root` is the repository where the linter ran."""
    log, runs = SarifLog(), _runs(data)
    try:
        for run in runs:
            _SarifRun(run, log, root).read()
    except (AttributeError, TypeError, LookupError, ValueError, ArithmeticError) as error:
        why = f"{type(error).__name__}: {error}"
        raise UnreadableError(f"part of it is not valid SARIF ({why})", _ADVICE) from None
    log.hits = sorted(dict.fromkeys(log.hits), key=lambda hit: (hit.path, hit.line, hit.rule, hit.says))
    log.outside = sorted(set(log.outside))
    return log


def _runs(data: bytes) -> list[Any]:
    document, *more = json_documents(data, _ADVICE)
    if more or not isinstance(document, dict) or not isinstance(runs := document.get("runs"), list):
        raise UnreadableError("it is JSON, but not SARIF: it has no `runs`", _ADVICE)
    if not str(version := document.get("version", "2.1.0")).startswith("2.1."):
        raise UnreadableError(f"it is SARIF {str(version)[:30]}; only 2.1.0 is supported", _ADVICE)
    return runs


class _SarifRun:
    """Reads one run of one tool."""

    def __init__(self, run: Mapping[str, Any], log: SarifLog, root: str) -> None:
        self.run, self.log = run, log
        self.bases: Mapping[str, Any] = run.get("originalUriBaseIds") or {}
        self.artifacts: list[Any] = run.get("artifacts") or []
        tool = run.get("tool") or {}
        self.components: list[Mapping[str, Any]] = [tool.get("driver") or {}, *(tool.get("extensions") or [])]
        self.provenance: list[Any] = run.get("versionControlProvenance") or []
        self.roots = [_local(root)] if root else []
        mapped = [self._resolved(one["mappedTo"]) for one in self.provenance if one.get("mappedTo")]
        # Of bases within each other the outermost is the repository, unless its name says something else.
        bases = sorted(self.bases, key=lambda base: ("ROOT" not in base.upper(), len(str(self.bases[base]))))
        self.roots += mapped + [self._resolved({"uri": "", "uriBaseId": base}) for base in bases]

    def read(self) -> None:
        driver = self.components[0]
        version = driver.get("semanticVersion") or driver.get("version") or ""
        tool = " ".join(clean(f"{driver.get('name') or 'a tool without a name'} {version}").split())
        if tool not in self.log.tools:
            self.log.tools.append(tool)
        for state in self.provenance:
            if re.fullmatch(r"[0-9a-f]{7,64}", commit := str(state.get("revisionId") or "").lower()):
                self.log.commits.add(commit)
            if address := state.get("repositoryUri"):
                self.log.repositories.add(str(address))
        for result in self.run.get("results") or []:
            self._result(result)

    def _result(self, result: Mapping[str, Any]) -> None:
        dropped = [one for one in result.get("suppressions") or [] if one.get("status", "accepted") == "accepted"]
        if (
            dropped
            or result.get("baselineState") == "absent"
            or result.get("kind", "fail") in {"pass", "notApplicable"}
        ):
            self.log.suppressed += 1
            return
        component, rule = self._rule(result)
        given = result.get("ruleId") or (result.get("rule") or {}).get("id") or rule.get("id") or ""
        name = " ".join(clean(str(given)).split())
        says = _message(result.get("message") or {}, rule, component)
        places = [one["physicalLocation"] for one in result.get("locations") or [] if one.get("physicalLocation")]
        self.log.placeless += not places
        for physical in places:
            self._hit(physical, name, says)

    def _rule(self, result: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """The component of the tool that has the rule, and the rule."""
        reference = result.get("rule") or {}
        component = self.components[(reference.get("toolComponent") or {}).get("index", -1) + 1]
        rules = component.get("rules") or []
        index, name = reference.get("index", result.get("ruleIndex", -1)), result.get("ruleId") or reference.get("id")
        if isinstance(index, int) and 0 <= index < len(rules):
            return component, rules[index]
        return component, next((rule for rule in rules if name and rule.get("id") == name), {})

    def _hit(self, physical: Mapping[str, Any], rule: str, says: str) -> None:
        region = physical.get("region") or {}
        uri = self._resolved(physical.get("artifactLocation") or {})
        line = int(region.get("startLine") or 0)
        path = self._path(uri)
        if path is None:
            self.log.outside.append(clean(uri)[:200])
            return
        code = ((region.get("snippet") or {}).get("text")) or ""
        text = next((words for one in clean(str(code)).split("\n") if (words := one.strip())), "")[:300]
        self.log.hits.append(SarifHit(path, line, text, says, rule))

    def _resolved(self, artifact: Mapping[str, Any]) -> str:
        """The path of a file below its bases, each of which may be relative to another one."""
        uri, index = artifact.get("uri"), artifact.get("index", -1)
        if uri is None and isinstance(index, int) and 0 <= index < len(self.artifacts):
            artifact = self.artifacts[index].get("location") or {}
            uri = artifact.get("uri")
        path, base, seen = _local(str(uri or "")), artifact.get("uriBaseId"), set()
        while isinstance(base, str) and base in self.bases and base not in seen and not _ABSOLUTE.match(path):
            seen.add(base)
            above = self.bases[base]
            before = _local(str(above.get("uri") or ""))
            path = f"{before.rstrip('/')}/{path}" if before else path
            base = above.get("uriBaseId")
        return path

    def _path(self, path: str) -> str | None:
        """A path relative to the repository root; None if it leads elsewhere."""
        if _ABSOLUTE.match(path):
            roots = (root.rstrip("/") + "/" for root in self.roots if _ABSOLUTE.match(root) and root.strip("/"))
            path = next((path[len(root) :] for root in roots if path.startswith(root)), path)
        path = normpath(path) if path else ""
        try:
            return (
                None if _ABSOLUTE.match(path) or path.split("/")[0] in {"", ".", ".."} else str(Place.parse(path).path)
            )
        except ValueError:
            return None


def _local(uri: str) -> str:
    """A URI or a path of Windows as a path with slashes; the URI of another scheme stays as it is."""
    path = unquote(uri).replace("\\", "/")
    path = re.sub(r"^file:(?://(?:localhost)?(?=/))?", "", path, flags=re.IGNORECASE)
    return re.sub(r"^/?([A-Za-z]):/", lambda found: f"{found[1].upper()}:/", path)


def _message(message: Mapping[str, Any], rule: Mapping[str, Any], component: Mapping[str, Any]) -> str:
    """The text of a message, or of the one that it names, with its arguments."""
    strings = [rule.get("messageStrings") or {}, component.get("globalMessageStrings") or {}]
    named: Mapping[str, Any] = next((found for known in strings if (found := known.get(message.get("id")))), {})
    text = next((one[form] for form in ("text", "markdown") for one in (message, named) if one.get(form)), "")
    given = message.get("arguments") or []

    def filled(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0][0]
        return str(given[int(found[1])]) if int(found[1]) < len(given) else found[0]

    if given or message.get("id"):
        text = re.sub(r"\{\{|\}\}|\{(\d{1,3})\}", filled, str(text))
    return clean(str(text)).strip()[:MAX_ERROR]
