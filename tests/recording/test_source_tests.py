"""Results that name no file are those of the one test in the source code that fits; of several, of none."""

from __future__ import annotations

import subprocess

import pytest

from triagebook.code.checkout import Checkout, checkout_at
from triagebook.model.evidence import Outcome
from triagebook.recording.result_names import NamedResult
from triagebook.recording.source_tests import SourceTests

GO = "package x\n\nfunc TestOpens(t *testing.T) {}\n"
FILES = {
    "go.mod": "module example.org/shop\n\ngo 1.20\n",
    "chat/chat_test.go": GO,
    "mail/mail_test.go": GO,
    "feed/feed_test.go": GO,
    "feed/other_test.go": f"//go:build linux\n\n{GO}",
    "tools/go.mod": "module example.org/tools\n",
    "tools/chat/chat_test.go": GO,
    "web/chat.test.js": "describe('chat', () => {\n  it('opens', () => {});\n  it(`closes`, () => {});\n});\n",
    "web/mail.test.ts": "describe('mail', () => {\n  it('opens', () => {});\n});\n",
    "web/copy.test.js": "describe('chat', () => {\n  it('closes', () => {});\n});\n",
    "a/src/test/java/shop/ChatTest.java": "class ChatTest {}\n",
    "b/src/test/java/shop/ChatTest.java": "class ChatTest {}\n",
    "a/src/test/java/shop/MailTest.java": "class MailTest {}\n",
    "tests/unit/test_cart.py": "from tests.helpers import check\nimport pricing\n",
    "tests/helpers.py": "open('tests/data/prices.json')\n",
    "tests/data/prices.json": "[]",
    "tests/data/other.json": "[]",
    "tests/pricing_test_data.txt": "",
    "pricing.py": "",
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    folder = tmp_path_factory.mktemp("shop")
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    who = ("-c", "user.name=Dev", "-c", "user.email=dev@example.org")
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return checkout_at(folder)


@pytest.mark.parametrize("at_commit", [False, True])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("example.org/shop/chat::TestOpens", "chat/chat_test.go::TestOpens"),
        ("example.org/shop/chat::TestOpens/sub", "chat/chat_test.go::TestOpens/sub"),
        ("example.org/tools/chat::TestOpens", "tools/chat/chat_test.go::TestOpens"),
        ("example.org/shop/feed::TestOpens", ("feed/feed_test.go", "feed/other_test.go")),
        ("example.org/shop/chat::TestCloses", "example.org/shop/chat::TestCloses"),
        ("chat opens", "web/chat.test.js::chat opens"),
        ("mail opens", "web/mail.test.ts::mail opens"),
        ("chat closes", ("web/chat.test.js", "web/copy.test.js")),
        ("shop.ChatTest::opens", ("a/src/test/java/shop/ChatTest.java", "b/src/test/java/shop/ChatTest.java")),
        ("shop.MailTest::opens", "shop.MailTest::opens"),
        ("tests/test_chat.py::test_opens", "tests/test_chat.py::test_opens"),
    ],
)
def test_the_file_of_a_test_is_found_by_its_name(
    checkout: Checkout, name: str, said: str | tuple[str, ...], *, at_commit: bool
) -> None:
    source = SourceTests(checkout, checkout.head if at_commit else None)
    (one,) = source.with_files([NamedResult(name, Outcome.PASSED, None)], planned=())
    assert (one.fits or one.name) == said


def test_a_name_that_the_plan_uses_stays(checkout: Checkout) -> None:
    name = "example.org/shop/chat::TestOpens"
    (one,) = SourceTests(checkout, None).with_files([NamedResult(name, Outcome.PASSED, None)], planned=[name])
    assert one.name == name


def test_what_a_test_reads_is_part_of_it(checkout: Checkout) -> None:
    """Its helpers by their name, what these read, and no product code."""
    found = SourceTests(checkout, None).read_by(["tests/unit/test_cart.py"])
    assert found == {"tests/helpers.py", "tests/data/prices.json"}


def test_a_run_in_a_folder_finds_the_tests_below_it(checkout: Checkout) -> None:
    """In a repository with several projects their tests may have one title."""
    one = NamedResult("TestOpens", Outcome.PASSED, None)
    (found,) = SourceTests(checkout, None, below="mail/").with_files([one], planned=())
    assert found.name == "mail/mail_test.go::TestOpens"
