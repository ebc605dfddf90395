"""TB86x: paths, lines, tests, options and links of a document, looked up in the source code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import dirname, normpath

from triagebook.code.tree import SourceTree
from triagebook.findings import Finding, Level

from .base import DocumentRule, Known
from .document import Document, Line
from .words import Words

WORDS = Words("source")

_PATH = re.compile(
    r"(?<![\w/.:@~<{*-])(?P<path>/?(?:\.?[\w-][\w.-]*/)+(?:[\w.-]+\.[A-Za-z]\w{0,5})?)"
    r"(?P<test>(?:::[\w\[\]-]+)*)(?:(?::|#L)(?P<line>\d+))?(?![\w*{<])"
)
_SYMBOL = re.compile(r"`([A-Za-z_][\w.]*)(?:\([^`]*\))?`")


def _paths(document: Document, tree: SourceTree) -> Iterator[tuple[Line, re.Match[str], str]]:
    """The paths that a document states of this repository: those whose first folder it has."""
    for line in document.lines:
        if "://" in line.text or re.search(
            r"(?i)\b(?:create|add|new file|would|generates?|writes?)\b|[>*{<]", line.text
        ):
            continue
        for match in _PATH.finditer(line.text):
            path = normpath(match["path"].lstrip("/"))
            if path.partition("/")[0] in tree.folders:
                yield line, match, path


class SourceRule(DocumentRule):
    """A rule that compares a document with source code."""

    def find(self, document: Document, known: Known) -> Iterable[Finding]:
        return self.in_source(document, known.tree) if known.tree else ()

    def in_source(self, document: Document, tree: SourceTree) -> Iterable[Finding]:
        return ()


class PathNotInSource(SourceRule, code="TB861"):
    """The document names a file or folder that the source code does not have."""

    def in_source(self, document: Document, tree: SourceTree) -> Iterator[Finding]:
        said: set[str] = set()
        for line, match, path in _paths(document, tree):
            if not tree.has(path) and path not in said:
                said.add(path)
                near = [one for one in tree.ending_in(path.rpartition("/")[2]) if "." in path]
                if not document.is_of_work and len(near) != 1:
                    continue  # a guide tells of files that its reader will have
                do = f"did you mean `{near[0]}`?" if len(near) == 1 else ""
                says = f"there is no `{path}` in {tree.name}"
                yield self.finding(document, line.number, says, match["path"], do)


class LineUnlikeSource(SourceRule, code="TB862"):
    """A stated line does not exist, or the symbol named beside it stands elsewhere."""

    def in_source(self, document: Document, tree: SourceTree) -> Iterator[Finding]:
        for line, path, number, words in self._stated(document, tree):
            lines = tree.lines(path)
            if not lines:
                continue
            if number > len(lines) or number == 0:
                says = f"`{path}` has {len(lines)} lines in {tree.name}, not {number}"
                yield self.finding(document, line.number, says, words)
                continue
            symbols = {name.rpartition(".")[2] for name in _SYMBOL.findall(line.text)} - {
                path.rpartition("/")[2].partition(".")[0]
            }
            for symbol in sorted(symbols):
                found = [at for at, text in enumerate(lines, 1) if re.search(rf"\b{re.escape(symbol)}\b", text)]
                if found and number not in found and min(abs(number - at) for at in found) > 1:
                    nearest = min(found, key=lambda at: abs(at - number))
                    says = f"line {number} of `{path}` does not have `{symbol}`; line {nearest} does"
                    yield self.finding(document, line.number, says, words)
                    break

    def _stated(self, document: Document, tree: SourceTree) -> Iterator[tuple[Line, str, int, str]]:
        for line in document.lines:
            for match in _PATH.finditer(line.text):
                path = match["path"].lstrip("/")
                if match["line"] and path in tree.files:
                    yield line, path, int(match["line"]), match.group()
            for match in WORDS.by_name.finditer(line.text):
                path, number = match["path"] or match["path2"], int(match["line"] or match["line2"])
                files = tree.ending_in(path.lstrip("/"))
                if len(files) == 1:
                    yield line, files[0], number, match.group()


class TestNotInSource(SourceRule, code="TB863"):
    """A test that the document names is not in its file, or only as a comment."""

    def in_source(self, document: Document, tree: SourceTree) -> Iterator[Finding]:
        for line in document.lines:
            for path, name, is_test in _named_in_file(line.text):
                if path not in tree.files:
                    continue
                form = rf"\b(?:def|class) {name}\b|[\"'`]{name}\b" if is_test else rf"\b{name}\b"
                code = [text for text in tree.lines(path) if re.search(form, text)]
                if all(text.lstrip().startswith(("#", "//")) for text in code):
                    how = "only in a comment" if code else "not"
                    says = f"`{name}` is {how} in `{path}` of {tree.name}"
                    yield self.finding(document, line.number, says, name)
                    break


def _named_in_file(text: str) -> Iterator[tuple[str, str, bool]]:
    """The tests and symbols that a line places in a file: path, name, and whether it must be a test."""
    for match in _PATH.finditer(text):
        for name in re.findall(r"\w+", re.sub(r"\[.*?\]", "", match["test"])):
            yield match["path"].lstrip("/"), name, True
    for match in _IN_FILE.finditer(text):
        yield match["path"], match["name"].rpartition(".")[2], False
    for match in re.finditer(
        r"\bpytest (?P<path>[\w./-]+\.py)\b[^|;&\n`]* -k ['\"]?(?P<name>\w+)['\"]?(?:\s|$|`)", text
    ):
        yield match["path"], match["name"] + r"\w*", True


_IN_FILE = re.compile(
    r"`(?P<name>[A-Za-z_][\w.]*)(?:\(\))?` (?:is |stands |was |fails |passes )?(?:in|"
    r"of) `?(?P<path>(?:[\w.-]+/)+[\w-]+\.[a-z]{1,5})\b"
)


_SCRIPT = re.compile(r"\b(?:python3?|bash|sh|node) (?P<script>(?:[\w.-]+/)*[\w-]+\.\w+)(?P<rest>[^|;&#\n`]*)")
_OPTION = re.compile(r"(?<![\w-])(--[a-z][\w-]*)")
_TARGET = re.compile(r"(?:^|[\s`$])(?P<tool>make|npm run|yarn|pnpm run) (?P<target>[a-z][\w:-]*)")
_MARKER = re.compile(r"\bpytest\b[^|;&#\n`]*\s-m ['\"]?(?P<marker>[a-z_]\w*)['\"]?(?:\s|$|`)")


class CommandNotInSource(SourceRule, code="TB864"):
    """A command uses an option, a marker, a script or a target that the source code does not define."""

    def in_source(self, document: Document, tree: SourceTree) -> Iterator[Finding]:
        for line in document.lines:
            for match in _SCRIPT.finditer(line.text):
                defined = set(re.findall(r"""["'](--[a-z][\w-]*)""", tree.text(match["script"]) or ""))
                for option in _OPTION.findall(match["rest"]) if defined else ():
                    if option not in {*defined, "--help"} and option.replace("--no-", "--", 1) not in defined:
                        says = f"`{match['script']}` has no option `{option}` in {tree.name}"
                        yield self.finding(document, line.number, says, option)
            for match in _TARGET.finditer(line.text):
                targets = self._targets(tree, match["tool"])
                if targets and match["target"] not in targets and _is_command(line.text, match.start("tool")):
                    says = f"there is no `{match['tool']} {match['target']}` in {tree.name}"
                    yield self.finding(document, line.number, says, match["target"])
            for match in _MARKER.finditer(line.text):
                if match["marker"] not in self._markers(tree):
                    says = f"no test has the marker `{match['marker']}` in {tree.name}"
                    yield self.finding(document, line.number, says, match["marker"])

    def _targets(self, tree: SourceTree, tool: str) -> set[str]:
        if tool == "make":
            return set(re.findall(r"^([\w.-]+(?: [\w.-]+)*)\s*:(?!=)", tree.text("Makefile") or "", re.MULTILINE))
        scripts = re.search(r'"scripts"\s*:\s*\{([^}]*)\}', tree.text("package.json") or "")
        return set(re.findall(r'"([\w:-]+)"\s*:', scripts[1])) if scripts else set()

    def _markers(self, tree: SourceTree) -> set[str]:
        tests = (path for path in tree.files if path.endswith(".py") and "test" in path)
        return {marker for path in tests for marker in re.findall(r"mark\.(\w+)", tree.text(path) or "")} or {""}


def _is_command(text: str, start: int) -> bool:
    """Whether what begins here is a command: in a code span, or at the start of a line of code."""
    before = text[:start]
    return before.count("`") % 2 == 1 if "`" in text else not before.strip(" $")


_GENERATORS = (
    "mkdocs.yml",
    "mkdocs.yaml",
    "docusaurus.config.js",
    "conf.py",
    "docs/conf.py",
    "_config.yml",
    "book.toml",
)
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")


class BrokenLink(DocumentRule, code="TB865", severity=Level.WARNING):
    """A relative link or an anchor leads nowhere."""

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        tree = known.tree
        if tree is None:
            return
        anchors = {
            re.sub(r"[^\w\- ]", "", heading.text.strip().lower()).replace(" ", "-") for heading in document.headings
        }
        anchors |= set(re.findall(r"""\b(?:id|name)=["']([^"']+)""", document.text))
        for number, raw in enumerate(document.raw, 1):
            for match in _LINK.finditer(re.sub(r"`[^`]*`", "", raw)):
                path, _, anchor = match["target"].partition("#")
                if re.match(r"[a-z][\w+.-]*:|//", path):
                    continue
                if not path and anchor and anchor.lower() not in anchors:
                    yield self.finding(document, number, f"no heading has the anchor `#{anchor}`", match["target"])
                elif path:
                    place = normpath(
                        path.lstrip("/") if path.startswith("/") else f"{dirname(known.place)}/{path}".lstrip("/")
                    )
                    if dirname(place) not in tree.folders and any(map(tree.has, _GENERATORS)):
                        continue  # a page that a site generator makes
                    if not place.startswith("..") and place != "." and not tree.has(place):
                        yield self.finding(document, number, f"there is no `{place}` in {tree.name}", match["target"])


_GREP = re.compile(
    r"""\bgrep\s+(?P<flags>(?:-\w+\s+)*)["'](?P<text>[^"']+)["']\s+(?P<below>[\w./-]+)"""
    r"""(?:[^|]*--include=["']?\*(?P<suffix>\.\w+)["']?)?"""
)


class SearchCountUnlikeSource(SourceRule, code="TB866"):
    """The count that a document states for a search differs from what the search finds."""

    def in_source(self, document: Document, tree: SourceTree) -> Iterator[Finding]:
        for block in document.code:
            for line, after in zip(block.lines, block.lines[1:], strict=False):
                search, stated = _GREP.search(line.text), WORDS.expected.search(after.text)
                if not search or not stated or "-l" in search["flags"] or "i" in search["flags"]:
                    continue
                if not tree.has(search["below"].strip("./") or "."):
                    continue
                count = tree.count(search["text"].replace("\\", ""), search["suffix"] or "", search["below"])
                text = stated["number"] or stated["number2"] or stated["number3"]
                if count != int(text):
                    says = f"`{text}`, but the search finds {count} lines in {tree.name}"
                    yield self.finding(document, after.number, says, text)
