"""TB86x: paths, lines, tests, options and links of a document, looked up in the source code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from posixpath import dirname, normpath

from triagebook.code.tree import SourceTree
from triagebook.findings import Finding, Level
from triagebook.text import counted

from .base import DocumentRule, Known
from .document import COMMIT, CodeBlock, MarkdownDocument, TextLine
from .figures import count
from .words import Words

WORDS = Words("source")


def _paths(document: MarkdownDocument, tree: SourceTree) -> Iterator[tuple[TextLine, re.Match[str], str]]:
    """The paths that a document states of this repository: those whose first folder it has."""
    for line in document.lines:
        if "://" in line.text or WORDS.to_come.search(line.text):
            continue
        for match in (*WORDS.path.finditer(line.text), *WORDS.argument.finditer(line.text)):
            path = normpath(match["path"].lstrip("/"))
            if path.partition("/")[0] in tree.folders:
                yield line, match, path


class SourceRule(DocumentRule):
    """A rule that compares a document with source code."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterable[Finding]:
        return self.in_source(document, known.tree) if known.tree else ()

    def in_source(self, document: MarkdownDocument, tree: SourceTree) -> Iterable[Finding]:
        return ()


class PathNotInSource(SourceRule, code="TB861"):
    """The document names a file or folder that the source code does not have."""

    def in_source(self, document: MarkdownDocument, tree: SourceTree) -> Iterator[Finding]:
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


class CommitNotInSource(SourceRule, code="TB868", severity=Level.WARNING):
    """The document names a commit that the repository does not have."""

    def in_source(self, document: MarkdownDocument, tree: SourceTree) -> Iterator[Finding]:
        said: set[str] = set()
        for line in document.prose:
            for commit in COMMIT.findall(line.text):
                if commit not in said and not tree.has_commit(commit):
                    said.add(commit)
                    says = f"the repository of {tree.name} has no commit {commit}"
                    yield self.finding(document, line.number, says, commit)


class LineUnlikeSource(SourceRule, code="TB862"):
    """A stated line does not exist, or the symbol named beside it stands elsewhere."""

    def in_source(self, document: MarkdownDocument, tree: SourceTree) -> Iterator[Finding]:
        for line, path, number, words in self._stated(document, tree):
            lines = tree.lines(path)
            if not lines:
                continue
            if number > len(lines) or number == 0:
                says = f"`{path}` has {len(lines)} lines in {tree.name}, not {number}"
                yield self.finding(document, line.number, says, words)
                continue
            if says := _unlike_constant(line.text, lines[number - 1]):
                yield self.finding(document, line.number, f"line {number} of `{path}` {says}", words)
                continue
            symbols = {name.rpartition(".")[2] for name in WORDS.symbol.findall(line.text)} - {
                path.rpartition("/")[2].partition(".")[0]
            }
            near = "\n".join(lines[max(number - 2, 0) : number + 1])
            if any(re.search(rf"\b{re.escape(symbol)}\b", near) for symbol in symbols):
                continue
            for symbol in sorted(symbols):
                found = [at for at, text in enumerate(lines, 1) if re.search(rf"\b{re.escape(symbol)}\b", text)]
                is_beside = re.search(
                    rf"`{re.escape(symbol)}(?:\(\))?`? \(`?[\w./-]+:\d+|:\d+`? \(`[\w.]*{symbol}", line.text
                )
                if (found or is_beside) and not any(abs(number - at) <= 1 for at in found):
                    nearest = min(found, key=lambda at: abs(at - number), default=0)
                    says = f"line {number} of `{path}` does not have `{symbol}`{f'; line {nearest} does' * bool(found)}"
                    yield self.finding(document, line.number, says, words)
                    break

    def _stated(self, document: MarkdownDocument, tree: SourceTree) -> Iterator[tuple[TextLine, str, int, str]]:
        for line in document.lines:
            for match in WORDS.path.finditer(line.text):
                path = match["path"].lstrip("/")
                if match["line"] and path in tree.files:
                    yield line, path, int(match["line"]), match.group()
            for match in WORDS.by_name.finditer(line.text):
                path, number = match["path"] or match["path2"], int(match["line"] or match["line2"])
                files = tree.ending_in(path.lstrip("/"))
                if len(files) == 1:
                    yield line, files[0], number, match.group()


def _unlike_constant(text: str, code: str) -> str:
    """How the value that a line gives a constant differs from that in its code; empty if it does not."""
    for match in WORDS.constant.finditer(text):
        found = re.search(rf"\b{match['name']}\b\W+(?:[a-z_]+\s*=\s*)?(\d+(?:\.\d+)?)", code)
        if found and float(found[1]) != float(match["value"]):
            return f"says `{code.strip()[:60]}`, not {match['value']}"
    return ""


class TestNotInSource(SourceRule, code="TB863"):
    """A test that the document names is not in its file, or only as a comment."""

    def in_source(self, document: MarkdownDocument, tree: SourceTree) -> Iterator[Finding]:
        for line in document.lines:
            yield from self._of_file(document, tree, line)
            for path, name, is_test in _named_in_file(line.text):
                if path not in tree.files:
                    continue
                is_alone = (
                    is_test and path.endswith(".py") and line.text.count("::" + name) and f"{path}::{name}" in line.text
                )
                if (
                    is_alone
                    and any(re.match(rf"\s+(?:async )?def {name}\b", text) for text in tree.lines(path))
                    and not any(re.match(rf"(?:(?:async )?def|class) {name}\b", text) for text in tree.lines(path))
                ):
                    says = f"`{name}` is in a class of `{path}` in {tree.name}, which the test id lacks"
                    yield self.finding(document, line.number, says, name)
                    break
                form = rf"\b(?:def|class) {name}\b|[\"'`]{name}\b" if is_test else rf"\b{name}\b"
                code = [text for text in tree.lines(path) if re.search(form, text)]
                if all(text.lstrip().startswith(("#", "//")) for text in code):
                    how = "only in a comment" if code else "not"
                    says = f"`{name}` is {how} in `{path}` of {tree.name}"
                    yield self.finding(document, line.number, says, name)
                    break

    def _of_file(self, document: MarkdownDocument, tree: SourceTree, line: TextLine) -> Iterator[Finding]:
        """A test file of which a line says how many tests it has, or that has nothing but comments."""
        for match in WORDS.test_file.finditer(line.text):
            path, lines = match["path"], tree.lines(match["path"])
            code = [
                text for text in lines if text.strip() and not text.lstrip().startswith(("#", "//", "import ", "from "))
            ]
            tests = sum(bool(WORDS.a_test.match(text)) for text in code)
            said = match["number"]
            said_empty = any(path in one.text and WORDS.is_empty.search(one.text) for one in document.lines)
            if "".join(lines).strip() and not code and not said_empty:
                yield self.finding(document, line.number, f"`{path}` has nothing but comments in {tree.name}", path)
            elif (
                said
                and tests
                and count(said) != tests
                and not re.search("parametri[sz]e|each\\(|\\bt\\.Run\\(", "\n".join(code))
            ):
                yield self.finding(document, line.number, f"`{path}` has {counted(tests, 'test')}, not {said}", said)


def _named_in_file(text: str) -> Iterator[tuple[str, str, bool]]:
    """The tests and symbols that a line places in a file: path, name, and whether it must be a test."""
    for match in WORDS.path.finditer(text):
        for name in re.findall(r"\w+", re.sub(r"\[.*?\]", "", match["test"])):
            yield match["path"].lstrip("/"), name, True
    for match in WORDS.in_file.finditer(text):
        yield match["path"], match["name"].rpartition(".")[2], False
    for match in re.finditer(
        r"\bpytest (?P<path>[\w./-]+\.py)\b[^|;&\n`]* -k ['\"]?(?P<name>\w+)['\"]?(?:\s|$|`)", text
    ):
        yield match["path"], rf"\w*{match['name']}\w*", True


class SymbolNotInSource(SourceRule, code="TB867"):
    """A function or class that the document names is not in the source code, but one with a similar name is."""

    def in_source(self, document: MarkdownDocument, tree: SourceTree) -> Iterator[Finding]:
        cited = {path for _, _, path in _paths(document, tree)} & tree.files
        cited |= {
            path
            for line in document.lines
            for name in WORDS.one_file.findall(line.text)
            for path in tree.ending_in(name)
        }
        known = {word for path in sorted(cited)[:50] for word in re.findall(r"[A-Za-z_]\w{3,}", tree.text(path) or "")}
        said: set[str] = set()
        for line in document.prose:
            for owner, member in WORDS.member.findall(line.text):
                homes = [
                    path
                    for path in tree.files
                    if path.endswith(_CLASSES) and f"class {owner}" in (tree.text(path) or "")
                ]
                if homes and not any(re.search(rf"\b{member}\b", tree.text(path) or "") for path in homes):
                    says = f"`{owner}` has no `{member}` in {tree.name}"
                    yield self.finding(document, line.number, says, f"{owner}.{member}")
        for line in document.prose if known else ():
            for symbol in WORDS.symbol.finditer(line.text):
                for name in symbol[1].split("."):
                    is_name = "_" in name or "." in symbol[1] or "(" in symbol.group() or re.search(r"[a-z][A-Z]", name)
                    if not is_name or name in known or name in said or len(name) < 5 or symbol[1] in tree.names:
                        continue
                    said.add(name)
                    family = name.partition("_")[0] if re.match(r"[a-z]{3,}_", name) else "\0"
                    near = get_close_matches(name, known, 1, 0.8)
                    near = near or sorted(one for one in known if one.startswith(f"{family}_"))
                    if near and not WORDS.to_write.search(line.text) and not tree.count(name):
                        says = f"there is no `{name}` in {tree.name}"
                        yield self.finding(document, line.number, says, name, f"did you mean `{near[0]}`?")


_CLASSES = (".py", ".ts", ".js", ".rb", ".java", ".kt")
_YARN = {"install", "add", "remove", "dlx", "exec", "set", "workspace", "workspaces", "global", "init", "up"}


class CommandNotInSource(SourceRule, code="TB864"):
    """A command uses an option, a marker, a script or a target that the source code does not define."""

    def in_source(self, document: MarkdownDocument, tree: SourceTree) -> Iterator[Finding]:
        for line in document.lines:
            for match in (*WORDS.script.finditer(line.text), *WORDS.bare_script.finditer(line.text)):
                path = match["script"] if match["script"] in tree.files else f"{match['script']}/__main__.py"
                defined = set(re.findall(r"""["'](--[a-z][\w-]*)""", tree.text(path) or ""))
                for option in WORDS.option.findall(match["rest"]) if defined else ():
                    if option not in {*defined, "--help"} and option.replace("--no-", "--", 1) not in defined:
                        says = f"`{match['script']}` has no option `{option}` in {tree.name}"
                        yield self.finding(document, line.number, says, option)
            for match in WORDS.target.finditer(line.text):
                targets = self._targets(tree, match["tool"])
                if (
                    targets
                    and match["target"] not in {*targets, *_YARN}
                    and _is_command(line.text, match.start("tool"))
                ):
                    says = f"there is no `{match['tool']} {match['target']}` in {tree.name}"
                    yield self.finding(document, line.number, says, match["target"])
            for match in (*WORDS.marker.finditer(line.text), *WORDS.marked.finditer(line.text)):
                for marker in re.findall(r"[a-z_]\w*", match["marker"]):
                    if marker not in {*self._markers(tree), "not", "and", "or"}:
                        yield self.finding(
                            document, line.number, f"no test has the marker `{marker}` in {tree.name}", marker
                        )
            yield from self._go_tests(document, tree, line)

    def _go_tests(self, document: MarkdownDocument, tree: SourceTree, line: TextLine) -> Iterator[Finding]:
        for match in WORDS.go_test.finditer(line.text):
            folder = match["folder"].strip("./")
            below = [one for one in tree.folders if f"/{one}".endswith(f"/{folder}")]
            if folder and not below:
                yield self.finding(document, line.number, f"there is no `{folder}` in {tree.name}", match["folder"])
            elif match["test"] and not any(tree.count(f"func {match['test']}", "_test.go", one) for one in below):
                says = f"there is no test `{match['test']}` below `{folder or '.'}` in {tree.name}"
                yield self.finding(document, line.number, says, match["test"])

    def _targets(self, tree: SourceTree, tool: str) -> set[str]:
        if tool == "make":
            return set(re.findall(r"^([\w.-]+(?: [\w.-]+)*)\s*:(?!=)", tree.text("Makefile") or "", re.MULTILINE))
        texts = (tree.text(path) or "" for path in tree.ending_in("package.json"))
        scripts = [found[1] for text in texts for found in re.finditer(r'"scripts"\s*:\s*\{([^}]*)\}', text)]
        return {name for one in scripts for name in re.findall(r'"([\w:-]+)"\s*:', one)}

    def _markers(self, tree: SourceTree) -> set[str]:
        tests = (path for path in tree.files if path.endswith(".py") and "test" in path)
        return {marker for path in tests for marker in re.findall(r"mark\.(\w+)", tree.text(path) or "")} or {""}


def _is_command(text: str, start: int) -> bool:
    """Whether what begins here is a command: in a code span, or at the start of a line of code."""
    before = text[:start]
    if re.search(r"(?i)\ban? `$|\btarget `$", before) or re.search(r"(?i)\b(?:would|none|no such|missing)\b", text):
        return False  # a proposal
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


class BrokenLink(DocumentRule, code="TB865", severity=Level.WARNING):
    """A relative link or an anchor leads nowhere."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        tree = known.tree
        if tree is None:
            return
        anchors = _anchors(document)
        for number, raw in enumerate(document.raw, 1):
            for match in WORDS.link.finditer(re.sub(r"`[^`]*`", "", raw)):
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
                    if place.startswith("..") or place == ".":
                        continue
                    says = "" if tree.has(place) else f"there is no `{place}` in {tree.name}"
                    if not says and anchor and place.endswith(".md"):
                        other = MarkdownDocument(place, tree.text(place) or "")
                        says = "" if anchor.lower() in _anchors(other) else f"`{place}` has no heading `#{anchor}`"
                    if says:
                        yield self.finding(document, number, says, match["target"])


def _anchors(document: MarkdownDocument) -> set[str]:
    """The anchors of a document: of its headings, and those that it sets itself."""
    names = [re.sub(r"[^\w\- ]", "", heading.text.strip().lower()).replace(" ", "-") for heading in document.headings]
    again = {f"{name}-{at}" for name in names for at in range(1, names.count(name))}
    return {*names, *again, *re.findall(r"""\b(?:id|name)=["']([^"']+)""", document.text)}


class SearchCountUnlikeSource(SourceRule, code="TB866"):
    """The count that a document states for a search differs from what the search finds."""

    def in_source(self, document: MarkdownDocument, tree: SourceTree) -> Iterator[Finding]:
        for block in document.blocks:
            for line, after in zip(block.lines, (*block.lines[1:], TextLine(0, "")), strict=False):
                for search in WORDS.search.finditer(line.text):
                    inline = WORDS.finds.match(line.text[search.end() :]) or WORDS.found_by.search(
                        line.text[: search.start()]
                    )
                    stated = inline or (isinstance(block, CodeBlock) and WORDS.expected.match(after.text)) or None
                    count = stated and self._count(tree, search, stated.groupdict().get("path") or "")
                    if stated is None or count is None:
                        continue
                    said = next((text for name, text in stated.groupdict().items() if text and name != "path"), "0")
                    number = int(said) if said.isdigit() else 0
                    if number != count:
                        says = f"`{said}`, but the search finds {counted(count, 'line')} in {tree.name}"
                        yield self.finding(document, line.number if inline else after.number, says, said)

    def _count(self, tree: SourceTree, search: re.Match[str], path: str) -> int | None:
        """How many lines a search finds; None if it can't be repeated."""
        flags, below = search["flags"] or "", (search["below"] or ".").strip("./") or "."
        if re.search(r"(?:^|\s)-\w*[LivoEP]", flags) or (below != "." and not tree.has(below)):
            return None
        words = (search["text"] or search["text2"]).replace("\\", "")
        if "c" in flags and not path:
            return None
        below = path or ("" if below == "." else below)
        if re.search(r"(?:^|\s)-\w*l", flags):
            return sum(words in (tree.text(one) or "") for one in tree.files if f"{one}/".startswith(below))
        if below in tree.files:
            return sum(words in line for line in tree.lines(below))
        return tree.count(words, search["suffix"] or "", below)
