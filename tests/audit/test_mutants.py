"""Clean documents give no finding; put a contradiction into one, in whatever words, and its line has one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from msgspec import Struct

from triagebook.audit import DOCUMENT_RULES, Known, MarkdownDocument, audit
from triagebook.code.tree import SourceTree

HERE = Path(__file__).parent
CLEAN = {path.stem: path.read_text(encoding="utf-8") for path in sorted((HERE / "clean").glob("*.md"))}
SOURCE = {
    "gateway/proxy.go": "\n" * 87 + "func connect() {\n" + "\n" * 50 + "}\n",
    "gateway/health.go": "client.Do(a)\n" * 2 + "\n" * 60,
    "gateway/retry.go": "client.Do(a)\n" * 3 + "\n" * 90,
    "notify/send.go": "package notify\n",
    "checkout/cart_test.go": "func TestCheckout(t *testing.T) {}\n",
    "tools/leak.py": 'parser.add_argument("--seconds")\n',
    "tools/fetch.py": 'parser.add_argument("--day")\n',
    "tests/test_gateway.py": "@pytest.mark.slow\ndef test_connections(): ...\n# def test_disabled(): ...\n",
    "tests/test_load.py": "def test_load(): ...\n",
    "tests/test_parser.py": "def test_parser(): ...\n",
    "tests/checkout/coupon.test.ts": "\n" * 20,
    "src/checkout/total.ts": "\n" * 60,
    "billing/Rounding.java": "\n",
    "search/cleanup.rs": "\n",
    "docs/notes.md": "# Notes\n",
    "services/orders/api.py": "import flask\n\nLIMIT = 50\n\n\n"
    + "\n" * 8
    + "def create_order(body):\n    return store.save(body)\n\n"
    + "\n" * 14
    + "def cancel_order(id):\n    return store.drop(id, legacy_id=True)\n"
    + "\n" * 20,
    "services/orders/store.py": "class OrderStore:\n    legacy_id = None\n\n"
    "    def save(self, body):\n        return body\n"
    "\n    def find(self, key):\n        return self.legacy_id\n\n    def drop(self, key):\n        pass\n" + "\n" * 60,
    "services/billing/invoice.py": "def render_invoice(order):\n    return order.legacy_id\n" + "\n" * 90,
    "services/orders/tests/test_api.py": (
        "import pytest\n\n\n@pytest.mark.slow\ndef test_create_order(): \n"
        "    assert create_order({})\n\n\ndef test_cancel_order():\n"
        "    assert cancel_order(1) is None\n\n\nclass TestRefunds:\n    def test_partial(self):\n"
        "        assert refund(1)\n\n\n# def test_retired():\n#     assert True\n"
    ),
    "services/orders/tests/test_store.py": "def test_save(): assert save(1)\n",
    "web/src/cart.ts": "export function addItem(cart, item) {\n  return [...cart, item]\n}\n" + "\n" * 40,
    "web/src/cart.spec.ts": "it('adds an item', () => {\n  expect(addItem([], 1)).toEqual([1])\n})\n",
    "scripts/replay.py": (
        'import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument("--since")\n'
        'parser.add_argument("--limit", type=int)\n'
    ),
    "scripts/export.py": (
        'import click\n@click.command()\n@click.option("--format")\n@click.option("--out", "-o")\n'
        "def main(format, out): pass\n"
    ),
    "cmd/worker/main.go": "package main\n\nfunc main() {\n\tq.Pop()\n}\n" + "\n" * 30,
    "internal/queue/queue.go": "package queue\n\ntype Queue struct{}\n\n"
    "func (q *Queue) Pop() {}\n\nfunc (q *Queue) Drain() {}\n" + "\n" * 50,
    "internal/queue/queue_test.go": "package queue\n\nfunc TestPop(t *testing.T) {}\n",
    "docs/runbook.md": "# Runbook\n\n## Restart\n\ntext\n\n## Rollback\n\ntext\n",
    "docs/adr/0007-queues.md": "# ADR 7: queues\n\n## Decision\n",
    "pyproject.toml": "[tool.pytest.ini_options]\nmarkers = ['slow', 'smoke']\n",
    "Makefile": "test:\n\tgo test ./...\n\nsmoke:\n\tpytest -m smoke\n",
    "package.json": (
        '{"scripts": {"test": "jest", "bench": "node bench.js", "lint": "eslint", "build": "vite", "e2e": "pw"}}'
    ),
}
UNKNOWN_COMMITS = {
    "9f8e7d6",
    "0badcafe1",
    "1a2b3c5",
    "deadbee",
    "7654321",
    "aaaaaaa1",
    "1a2b3c4d5f",
    "0000000",
    "c0ffee12",
}
TREE = SourceTree(
    "app at 7c1e9ab", SOURCE, lambda path: SOURCE[path].encode(), lambda commit: commit not in UNKNOWN_COMMITS
)
KNOWN = Known(None, date(2026, 12, 1), TREE, place="plan.md")


class Mutant(Struct, frozen=True):
    """A clean document with a contradiction in some of its lines."""

    kind: str
    codes: frozenset[str]
    text: str
    lines: range
    words: str

    @property
    def is_found(self) -> bool:
        document = MarkdownDocument("a.md", self.text)
        found = (one for rule in DOCUMENT_RULES if rule.code in self.codes for one in rule().find(document, KNOWN))
        return any(one.line in self.lines for one in found)


def _mutants() -> Iterator[Mutant]:
    kind, codes, clean, old, near = "", frozenset[str](), "", "", ""
    for line in (HERE / "mutants.txt").read_text(encoding="utf-8").splitlines()[3:]:
        if line.startswith("% "):
            kind, *names = line[2:].split()
            codes = frozenset(names)
        elif line.startswith("@ "):
            name, _, near = line[2:].partition(" ")
            clean = CLEAN[name]
        elif line.startswith("= "):
            old = line[2:].replace("\\n", "\n")
        elif line:
            new = line.replace("\\n", "\n")
            first = clean[: clean.index(old)].count("\n") + 1
            lines = range(first - int(near or 0), first + new.count("\n") + 1 + int(near or 0))
            yield Mutant(kind, codes, clean.replace(old, new, 1), lines, line)


@cache
def _missed() -> dict[str, list[str]]:
    missed: dict[str, list[str]] = {}
    for mutant in _mutants():
        missed.setdefault(mutant.kind, []).extend([] if mutant.is_found else [mutant.words])
    return missed


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_document_has_no_finding(name: str) -> None:
    assert [
        f"{one.line} {one.code} {one.says}" for one in audit(MarkdownDocument(f"{name}.md", CLEAN[name]), KNOWN)
    ] == []


@pytest.mark.parametrize("kind", sorted({mutant.kind for mutant in _mutants()}))
def test_of_each_kind_most_are_found_at_their_lines(kind: str) -> None:
    of_kind = sum(mutant.kind == kind for mutant in _mutants())
    assert len(_missed()[kind]) <= of_kind * 0.1, _missed()[kind]


def test_of_all_mutants_95_percent_are_found() -> None:
    total = Counter(mutant.kind for mutant in _mutants()).total()
    assert sum(map(len, _missed().values())) <= total * 0.05
