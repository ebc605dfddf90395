"""`triagebook mcp`: an assistant goes through a whole story, driven by the protocol's own client."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters, types

from triagebook.cli.mcp import server_of
from triagebook.store.load import load

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
Story = Callable[[Client], Any]
FAILURE = """\
<testsuite name="t" tests="1">
  <testcase classname="tests.test_a" name="test_a"><failure message="KeyError: 'rate'"/></testcase>
</testsuite>
"""


def told(server: object, story: Story, answer: str | None = "accept") -> Any:
    """Talk to a server; `answer` is what the user says to each change."""

    async def ask(*_: object) -> types.ElicitResult:
        return types.ElicitResult(action="accept" if answer == "accept" else "decline", content={"agree": True})

    async def tell() -> Any:
        async with Client(server, elicitation_callback=ask if answer else None) as client:  # type: ignore[arg-type]
            return await story(client)

    with ThreadPoolExecutor(1) as apart:  # the thread of a browser test has a loop already
        return apart.submit(lambda: asyncio.run(tell())).result()


async def said(client: Client, tool: str, **arguments: str) -> str:
    result = await client.call_tool(tool, arguments)
    return "".join(part.text for part in result.content if isinstance(part, types.TextContent))


@pytest.fixture
def server(book: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.chdir(here)
    return server_of(book)


def test_an_argument_that_does_not_fit_is_named_in_our_words(server: object) -> None:
    async def story(client: Client) -> None:
        wrong = await said(client, "new", title="No rate", severity="urgent")
        assert wrong.splitlines() == [
            "severity: `urgent` is not one of `critical`, `high`, `medium` or `low`",
            "`summary` is missing",
        ]

    told(server, story)


def test_a_story_from_search_to_evidence(server: object, book: Path, here: Path) -> None:
    (here / "results.xml").write_text(FAILURE)

    async def story(client: Client) -> None:
        assert (await said(client, "search", words="StaleCartError: cart 99 was changed")).split()[0] == "9"
        assert "nothing found" in await said(client, "search", words="xylophone")
        made = await said(
            client, "new", title="No rate", severity="high", summary="Since noon.", error="KeyError: 'rate'"
        )
        assert "issues/102/issue.yaml" in made
        assert "changed" in await said(client, "set", issue="102", field="severity", value="medium")
        recorded = await said(client, "record", issue="102", file="results.xml", phase="before", environment="staging")
        assert "recorded" in recorded
        shown = await said(client, "show", issue="102")
        assert "reported" in shown
        assert "for triaged:" in shown
        assert "Summary: 102" in await said(client, "report", issue="102")
        assert "102" in await said(client, "list")
        assert "stage" in await said(client, "facts", issue="102")
        assert "TB424" not in await said(client, "check", issue="102")

    told(server, story)
    entry = load(book).book.issues["102"]
    assert (entry.issue.severity, len(entry.evidence)) == ("medium", 1)


def test_nothing_changes_where_the_user_does_not_agree(server: object, book: Path) -> None:
    before = (book / "9" / "issue.yaml").read_bytes()

    async def story(client: Client) -> str:
        return await said(client, "set", issue="9", field="severity", value="low")

    assert "did not agree" in told(server, story, "decline")
    assert (book / "9" / "issue.yaml").read_bytes() == before


def test_tools_say_whether_they_write(server: object) -> None:
    async def story(client: Client) -> dict[str, bool]:
        tools = (await client.list_tools()).tools
        return {tool.name: bool(tool.annotations and tool.annotations.read_only_hint) for tool in tools}

    hints = told(server, story)
    assert [name for name, only_reads in hints.items() if not only_reads] == ["new", "record", "set"]


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("show", {"issue": "77"}, "there is no issue `77`"),
        ("set", {"issue": "9", "field": "status", "value": "done"}, "the evidence decides the stage"),
        ("audit", {"file": "/etc/passwd"}, "is outside of"),
        ("show", {"issue": "--help"}, "there is no issue `--help`"),
        ("show", {"issue": 77}, "there is no issue `77`"),
        ("report", {"issue": "9", "kind": "poem"}, "use one of: summary"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(tool: str, arguments: dict[str, str], says: str, server: object) -> None:
    async def story(client: Client) -> types.CallToolResult:
        return await client.call_tool(tool, arguments)

    answer = told(server, story)
    assert answer.is_error
    assert says in answer.content[0].text


@pytest.mark.usefixtures("book")
def test_it_speaks_over_standard_input_and_output(here: Path) -> None:
    server = StdioServerParameters(command=sys.executable, args=["-m", "triagebook", "mcp"], cwd=str(here))

    async def story(client: Client) -> str:
        return await said(client, "show", issue="9")

    assert "Items vanish" in told(server, story)
