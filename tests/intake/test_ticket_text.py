"""Free text of tickets: errors, stack traces, code locations, sections."""

from __future__ import annotations

import pytest

from triagebook.intake.ticket_text import errors, permalinks, places, relative, sections

PYTHON = """\
Traceback (most recent call last):
  File "/usr/lib/python3.11/asyncio/runners.py", line 190, in run
    return runner.run(main)
  File "/app/chat/routes.py", line 7, in say
    manager = await get_manager(room)
TypeError: object Manager can't be used in 'await' expression
"""
PYTEST = "E       AssertionError: assert 1 == 2\n\ntests/test_a.py:3: AssertionError"
NODE = """\
TypeError: Cannot read properties of undefined (reading 'id')
    at say (/home/runner/work/chat/chat/src/say.js:10:5)
"""
JAVA = 'Exception in thread "main" java.lang.NullPointerException: name is null\n\tat com.acme.Chat.main(Chat.java:3)'
GO = """\
panic: runtime error: index out of range [3]

goroutine 1 [running]:
main.main()
	/workspace/cmd/chat.go:12 +0x1d
"""
LOG = "2026-03-02T08:15:00Z ERROR chat.errors.RoomError: the room is full"


@pytest.mark.parametrize(
    ("text", "error", "at"),
    [
        (PYTHON, "TypeError: object Manager can't be used in 'await' expression", "chat/routes.py:7"),
        (PYTEST, "AssertionError: assert 1 == 2", "tests/test_a.py:3"),
        (NODE, "TypeError: Cannot read properties of undefined (reading 'id')", "src/say.js:10"),
        (JAVA, "java.lang.NullPointerException: name is null", None),
        (GO, "panic: runtime error: index out of range [3]", "cmd/chat.go:12"),
        (LOG, "chat.errors.RoomError: the room is full", None),
        ("It says `KeyError: 'id'` now and then.", "KeyError: 'id'", None),
    ],
    ids=["python", "pytest", "node", "java", "go", "log", "inline"],
)
def test_error_texts_are_found(text: str, error: str, at: str | None) -> None:
    (shown, *_) = errors(text)
    assert (shown.error, shown.at) == (error, at)


@pytest.mark.parametrize(
    "text", ["An error occurred.", "Error handling is bad: it hides.", "The Warning", "x" * 100_000]
)
def test_prose_is_not_an_error(text: str) -> None:
    assert errors(text) == []


def test_code_locations_are_found() -> None:
    text = (
        "See src/a.py:12, b.ts:3:14 and (lib/c.go:7). Not https://x.org/a.py:80, at 12:30, v1.2:3 or host.example:80."
    )
    assert places(text) == ["src/a.py:12", "b.ts:3", "lib/c.go:7"]
    sha = "a" * 40
    assert permalinks(f"https://github.com/acme/chat/blob/{sha}/chat/my%20file.py#L7-L9") == ["chat/my file.py:7"]


@pytest.mark.parametrize(
    ("path", "from_root"),
    [
        ("chat/a.py", "chat/a.py"),
        ("./chat/a.py", "chat/a.py"),
        ("chat\\a.py", "chat/a.py"),
        ("/usr/src/app/chat/a.py", "chat/a.py"),
        ("/home/developer/projects/chat/src/a.py", "src/a.py"),
        ("C:\\work\\chat\\src\\a.py", "src/a.py"),
        ("/opt/venv/lib/python3.11/site-packages/x.py", ""),
        ("/etc/passwd", ""),
        ("../../secret.py", ""),
        ("node:internal/process.js", ""),
    ],
)
def test_paths_are_relative_to_the_repository(path: str, from_root: str) -> None:
    assert relative(path, "acme/chat") == from_root


def test_sections_are_found() -> None:
    form = (
        "### What happened?\n\nIt broke\n\n```\n### no heading\n```\n\n"
        "### Version\n\n_No response_\n\n### Terms\n\n- [x] I agree\n\n### Empty"
    )
    assert [(one.heading, one.text) for one in sections(form)] == [
        ("What happened?", "It broke\n\n```\n### no heading\n```"),
        ("Terms", "- [x] I agree"),
        ("Empty", ""),
    ]
    bold = "<!-- write here -->\n**Describe the bug**\nIt broke\n\n**Expected**\r\nThat it works"
    assert [one.heading for one in sections(bold)] == ["Describe the bug", "Expected"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a <!-- b --> c", "a  c"),
        ("a\n<!-- b\n```\n-->\nc", "a\nc"),
        ("```\n<!-- code -->\n```", "```\n<!-- code -->\n```"),
        ("the tag `<!-- x -->`", "the tag `<!-- x -->`"),
        ("a\n<!-- never closed", "a"),
    ],
)
def test_comments_that_a_page_does_not_show_are_left_out(text: str, shown: str) -> None:
    assert [one.text for one in sections(text)] == [shown]


def test_a_page_of_comments_that_never_end_takes_no_time() -> None:
    assert [one.text for one in sections("words " + "<!--" * 100_000)] == ["words"]
