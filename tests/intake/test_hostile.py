"""Malicious result files end in a clear error, in bounded time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triagebook.intake.input_text import UnreadableError
from triagebook.intake.results import Results
from triagebook.intake.tests import FORMATS, read

FIXTURES = Path(__file__).parent / "fixtures"

_LEVELS = "".join(f'<!ENTITY {name} "{f"&{of};" * 10}">' for of, name in zip("abcdefghi", "bcdefghij", strict=True))
BOMB = f'<!DOCTYPE a [<!ENTITY a "1234567890">{_LEVELS}]><testsuite name="&j;"/>'
HOSTILE = {
    "entity bomb": (BOMB, "it defines entities"),
    "quadratic": (f'<!DOCTYPE a [<!ENTITY a "{"x" * 50_000}">]><testsuite name="{"&a;" * 50_000}"/>', "entities"),
    "external": ('<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><testsuite name="&a;"/>', "entities"),
    "parameter": ('<!DOCTYPE a [<!ENTITY % a SYSTEM "http://127.0.0.1/a"> %a;]><testsuite/>', "entities"),
    "deep": ("<testsuite>" * 20_000 + "</testsuite>" * 20_000, "nested more than 500 levels deep"),
    "deep and cut off": ("<testsuite>" * 20_000, "nested more than 500 levels deep"),
    "deep JSON": ("[" * 20_000 + "]" * 20_000, "nested too deep"),
    "deep JSON of objects": ('{"a":' * 20_000 + "1" + "}" * 20_000, "nested too deep"),
    "many elements": ("<testsuite>" + "<a/>" * 1_100_000 + "</testsuite>", "more than 1,000,000 elements"),
    "many values": ("[" + "[]," * 3_000_000 + "[]]", "more than 5,000,000 values"),
    "long number": ('{"results": {"tests": ' + "9" * 100_000 + "}}", "malformed"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_malicious_files_are_refused_with_a_reason(name: str) -> None:
    text, says = HOSTILE[name]
    with pytest.raises(UnreadableError) as caught:
        read(text.encode())
    assert says in caught.value.what


def test_external_entities_are_never_opened() -> None:
    text = b'<!DOCTYPE a SYSTEM "file:///nowhere/a.dtd"><testsuite><testcase name="x"/></testsuite>'
    found = read_or_refuse(text)
    assert found is None or len(found.cases) == 1


BIG = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from triagebook.intake.input_text import UnreadableError
from triagebook.intake.tests import read
for data in ({}):
    try:
        print(len(read(data).cases))
    except UnreadableError as error:
        print(error.what)
"""


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("b'<testsuite>' + b' ' * 200_000_000,", "it is 200 MB; the limit is 64 MB"),
        ("b'<testsuite>' + b'\\1' * 60_000_000 + b'</testsuite>',", "0"),
        ("b'<testsuite>' + b'<a>x</a>' * 7_000_000,", "it has more than 1,000,000 elements"),
        ("b'<testsuite><testcase name=\"' + b'x' * 60_000_000 + b'\"/></testsuite>',", "1"),
        ("b'<testsuite><testcase><failure>' + b'x' * 60_000_000 + b'</failure></testcase></testsuite>',", "1"),
        ("b'{\\n' * 30_000_000,", "it contains more than 5,000,000 values"),
    ],
)
def test_hostile_files_take_bounded_time_and_memory(data: str, says: str) -> None:
    """One minute of CPU and 1.5 GB, interpreter included, are enough for any file."""
    done = subprocess.run([sys.executable, "-c", BIG.format(data)], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == (says, "")


# ── arbitrary input ──────────────────────────────────────────────────────────────────────────────────


def read_or_refuse(data: bytes, form: str | None = None) -> Results | None:
    try:
        return read(data, form)
    except UnreadableError as error:
        if not (error.what and error.do):
            raise
        return None


def test_totals_always_add_up() -> None:
    """Each test has one outcome."""
    for path in FIXTURES.iterdir():
        if path.suffix != ".md":
            sums(read(path.read_bytes()))


def sums(results: Results) -> None:
    counts = results.counts
    parts = sum(counts.values()) - counts["tests"]
    assert parts == counts["tests"] + len(results.problems)
    assert all(case.name.strip() and "\n" not in case.name and case.attempts > 0 for case in results.cases)
    assert all(case.error is None or case.error.strip() for case in results.cases)
    assert all(case.seconds is None or 0 <= case.seconds < 1e9 for case in results.cases)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A real file with pieces removed, repeated or replaced."""
    data = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        until = min(len(data), at + draw(st.integers(0, 200)))
        piece = bytes(data[at:until])
        data[at:until] = draw(
            st.one_of(st.just(b""), st.just(piece * 3), st.binary(max_size=20), st.sampled_from(BITS))
        )
    return bytes(data)


WHOLE = [path.read_bytes() for path in sorted(FIXTURES.iterdir()) if path.suffix != ".md"]
BITS = [b"null", b"[]", b"{}", b"-1", b"1e999", b"true", b'"\\ud800"', b"<failure/>", b"</testcase>", b"&#0;", b"\x00"]


@given(mutated(), st.sampled_from([None, *FORMATS]))
def test_mutated_files_are_read_or_refused(data: bytes, form: str | None) -> None:
    if found := read_or_refuse(data, form):
        sums(found)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.sampled_from(
        ["results", "tests", "summary", "tool", "name", "status", "suite", "retries", "duration", "exitcode", "outcome",
         "call", "longrepr", "collectors", "stats", "err", "pending", "failures", "examples", "exception", "Action",
         "Package", "Test", "Output", "Elapsed", "type", "time", "test", "id", "testResults", "assertionResults",
         "numTotalTests", "start", "created", "messages", "file_path", "errors_outside_of_examples_count"]
    ), below, max_size=6),
    max_leaves=30,
)  # fmt: skip


@given(JSON, st.sampled_from([None, *FORMATS]))
def test_any_json_is_read_or_refused(document: object, form: str | None) -> None:
    if found := read_or_refuse(json.dumps(document).encode(), form):
        sums(found)


@given(st.binary(max_size=300), st.sampled_from([None, *FORMATS]))
def test_any_bytes_are_read_or_refused(data: bytes, form: str | None) -> None:
    read_or_refuse(data, form)
