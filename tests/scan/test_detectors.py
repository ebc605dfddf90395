"""What a detector finds in a text, and what no detector can do to the tool."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pydantic import ValidationError

from triagebook.languages import LANGUAGES, language_of
from triagebook.model.building_blocks import Detector
from triagebook.scan.detectors import LONGEST_TEXT, DetectorError, compile_detector

PYTHON = """\
async def connect(user):
    one = await get_manager(user)  # await get_manager(no)
    two = [await get_manager(
        user,
    ), await get_manager()]
    says = "await get_manager(no)"
"""
JAVASCRIPT = """\
const one = await getManager(user)
// await getManager(no)
export const two = async () => (
  await getManager()
)
"""
GO = """\
package shop

func connect() {
\tfmt.Println(user)
\tmanager, err := getManager(user)
}
"""


def code(pattern: str, language: str, text: str) -> dict[int, str]:
    return compile_detector(Detector(code=pattern, language=language)).lines(text.encode())


def regex(expression: str, text: str) -> dict[int, str]:
    return compile_detector(Detector(regex=expression)).lines(text.encode())


def test_python_is_searched_by_structure() -> None:
    """Comments and strings are not searched, line breaks do not matter, the first match of a line counts."""
    found = code("await get_manager($$$)", "python", PYTHON)
    assert found == {2: "await get_manager(user)", 3: "await get_manager( user, )", 5: "await get_manager()"}


def test_javascript_is_searched_by_structure() -> None:
    assert code("await getManager($$$)", "javascript", JAVASCRIPT) == {
        1: "await getManager(user)",
        4: "await getManager()",
    }
    assert code("await getManager($USER)", "js", JAVASCRIPT) == {1: "await getManager(user)"}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("fmt.Println($A)", {4: "fmt.Println(user)"}),
        ("getManager($$$)", {5: "getManager(user)"}),
        ("$M, err := getManager($$$)", {5: "manager, err := getManager(user)"}),
    ],
)
def test_go_is_searched_by_structure(pattern: str, found: dict[int, str]) -> None:
    """At the top of a file, Go reads a call as something else; it is looked for as it stands in a function."""
    assert code(pattern, "go", GO) == found


def test_c_is_searched_by_structure() -> None:
    text = "int main() {\n  open(a);\n  x = open(b);\n}\n"
    assert code("open($A)", "c", text) == {2: "open(a)", 3: "open(b)"}


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_language_can_be_parsed(name: str) -> None:
    """None of the names makes the parser stop the program."""
    piece = {"json": '"a"', "css": "color: red", "html": "<a></a>", "yaml": "a: 1"}.get(name, "a(b)")
    assert code(piece, name, "\n") == {}


@pytest.mark.parametrize(
    ("language", "piece", "text"),
    [
        ("cpp", "a.b($X)", "int f() {\n  a.b(c);\n}"),
        ("csharp", "a.b + $X", "class A {\n int f() { return a.b + 1; } }"),
        ("java", "get($$$)", "class A {\n int f() { return get(); } }"),
        ("rust", "$A.unwrap()", "fn f() {\n a.unwrap(); }"),
        ("php", "get($$$)", "<?php\nget($a);"),
        ("php", "$a->get()", "<?php\n$a->get();"),
        ("lua", "a.b", "\nlocal x = a.b"),
        ("solidity", "get($X)", "contract A {\n function f() { get(a); } }"),
        ("hcl", "get($X)", "a = {\n b = get(c) }"),
        ("ruby", "get($X)", "def f\n get(a)\nend"),
        ("kotlin", "get($X)", "fun f() {\n get(a) }"),
        ("swift", "try get($X)", "func f() {\n try get(a) }"),
        ("bash", "rm -rf $A", "# clean\nrm -rf build"),
        ("typescript", "await get<$T>($X)", "async () => {\n await get<User>(a) }"),
    ],
)
def test_other_languages_are_searched_by_structure(language: str, piece: str, text: str) -> None:
    assert list(code(piece, language, text)) == [2]


def test_a_language_has_several_names() -> None:
    assert language_of("JS") is language_of("javascript")
    assert language_of("cobol") is None


def test_an_expression_is_searched_line_by_line() -> None:
    """Line by line, whatever the line ends are; blanks of an expression never reach the next line."""
    assert regex(r"get_\w+\(", PYTHON)[2] == "get_manager("
    assert regex(r"b$", "a b\r\nb\r\nbc\n") == {1: "b", 2: "b"}
    assert regex(r"a\s*b", "a\nb\na b\n") == {3: "a b"}
    assert regex(r"^x", "ax\nx\n") == {2: "x"}


def test_a_long_match_is_cut() -> None:
    (text,) = regex("a+", "a" * 5000).values()
    assert len(text) == LONGEST_TEXT


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"regex": "x*"}, "matches an empty line"),
        ({"code": "await get(", "language": "python"}, "is not valid python"),
        ({"code": "a = 1\nb = 2", "language": "python"}, "multiple AST nodes"),
    ],
)
def test_an_invalid_detector_is_explained(given: dict[str, str], what: str) -> None:
    """It is said before anything is searched, with what to do."""
    with pytest.raises(DetectorError) as caught:
        compile_detector(Detector(**given))  # type: ignore[arg-type]
    assert what in caught.value.what
    assert caught.value.do


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"regex": "("}, r"`\(` is not a regular expression"),
        ({"regex": "(?<!a)b"}, r"invalid perl operator in \(\?<!"),
        ({"regex": "x", "language": "pyhton"}, "`pyhton` is not a language .* did you mean `python`"),
    ],
)
def test_a_record_holds_no_detector_that_can_not_be_read(given: dict[str, str], what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        Detector(**given)  # type: ignore[arg-type]


def test_no_expression_hangs_the_tool() -> None:
    """An expression that takes other engines ages: here it takes as long as the text is long."""
    assert regex(r"(a+)+$", "a" * 100_000 + "b") == {}
    assert regex(r"(a|aa)+$", "a" * 100_000 + "b") == {}


def test_a_language_beside_an_expression_names_the_files() -> None:
    search = compile_detector(Detector(regex="x", language="js"))
    assert (search.is_for("a/b.mjs"), search.is_for("a/b.py")) == (True, False)


def test_language_and_globs_choose_the_files() -> None:
    python = compile_detector(Detector(code="a()", language="python"))
    assert [path for path in ("a.py", "a/b.pyi", "a.js", "py") if python.is_for(path)] == ["a.py", "a/b.pyi"]
    some = compile_detector(
        Detector(code="a()", language="python", include=("app/**",), exclude=("**/old/", "*_test.py"))
    )
    assert some.is_for("app/x/a.txt")
    assert not any(map(some.is_for, ("a.py", "app/old/a.py", "app/x/a_test.py")))
    assert compile_detector(Detector(regex="a")).is_for("anything/at.all")


# ── what must always hold ────────────────────────────────────────────────────────────────────────────

PARTS = st.sampled_from(
    [
        "await ",
        "get_manager",
        "(",
        ")",
        "user",
        ",",
        " ",
        "\n",
        "\n    ",
        "# ",
        '"',
        "x = ",
        "$",
        "é",
        "\t",
        "[",
        "]",
        "f",
        ":",
    ]
)
TEXTS = st.lists(PARTS, max_size=40).map("".join)
PATTERNS = [
    ("await get_manager($$$)", "python"),
    ("$X = $Y", "python"),
    ("get_manager(user)", "javascript"),
    ('"user"', "python"),
    ("await $F(user)", "typescript"),
    ("f($A)", "go"),
    ("user($$$)", "c"),
    ("# user", "python"),
]


@given(TEXTS, st.sampled_from(PATTERNS))
@settings(max_examples=400, deadline=None)
def test_skimming_loses_no_match(text: str, pattern: tuple[str, str]) -> None:
    """What is left out for the words it lacks would not match."""
    search = compile_detector(Detector(code=pattern[0], language=pattern[1]))
    assert search.lines(text.encode()) == replace(search, words=()).lines(text.encode())


@given(
    st.text("ab \n\r", max_size=40),
    st.sampled_from([r"a", r"a+b", r"^a", r"b$", r"[^b]+", r"\s+b", r"(?s)a.+b", r"\ba"]),
)
@settings(max_examples=400, deadline=None)
def test_an_expression_sees_one_line_at_a_time(text: str, expression: str) -> None:
    """As if each line were searched alone."""
    text = re.sub(r"\r(?!\n)", "", text)
    alone = {}
    for number, line in enumerate(text.split("\n"), 1):
        if match := re.search(expression, line.removesuffix("\r"), re.ASCII):
            alone[number] = " ".join(match.group().split())
    assert regex(expression, text) == alone
