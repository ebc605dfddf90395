"""Clean documents by rule, each with its mutant: `grammar.txt` says what is stated, this module in which document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

from msgspec import Struct

VARIATIONS = 20
MARK = re.compile(r"«(?P<right>[^«»¦]*)(?:¦(?P<wrong>[^«»]*))?»")
CHOICE = re.compile(r"\[((?:[^\[\]«»¦]|«[^«»]*»)*¦(?:[^\[\]«»]|«[^«»]*»)*)\]")

HEAD = {
    "Date": "2026-08-14", "Author": "R. Haddad", "Commit": "7c1e9ab", "Environment": "Ubuntu 24.04, Python 3.12",
    "Command": "`pytest services`",
}  # fmt: skip
LAYOUTS = (
    "{}", "- {}", "> {}", "**Note:** {}", "1. {}\n2. Nothing else is known.",
    "| Part | Note |\n|---|---|\n| 1 | {} |",
)  # fmt: skip
HEADS = ("**{}:** {}\n", "- {}: {}", "| {} | {} |", "{}: {}  ")
TITLES = {
    "report": ("Validation report: {thing}", "{Thing}: incident report", "Status report, {thing}", "Bug 418: {thing}"),
    "plan": ("Test plan: {thing}", "{Thing}: test strategy", "Execution plan for the {thing}", "Remediation: {thing}"),
}
SECTIONS = ("Notes", "Details", "More", "Findings")
FILLERS = (
    "## Context\n\nThe {thing} reads what the shop sends and hands it on.",
    "## Method\n\nEach case was set up by hand and written down as it went.",
    "## People\n\n| Role | Name |\n|---|---|\n| Owner | R. Haddad |\n| Reader | L. Okafor |",
    "## Terms\n\n- entry: what one caller sends\n- batch: what is written at once",
    "## Scope\n\nThe app for phones has a report of its own.\n\n> It uses another queue.",
    "## How it is called\n\n```python\nreply = client.send(entry)\n```",
)
EARLIER = "2026-03-02"  # than the commit
RESULT = "## Run\n\n```text\n«»==== 214 passed in 9.40s ====\n```"
WORDS = {
    "thing": ("coupon import", "search index", "invoice export", "session store", "mail queue", "label printer"),
    "things": ("orders", "records", "messages", "devices", "invoices", "accounts"),
    "suite": ("parser", "billing", "network", "layout", "storage", "search"),
    "measure": ("response time", "start time", "search latency", "page load time", "query time"),
    "word": ("price", "total", "weight", "label", "region"),
    "col": ("Region", "Group", "Team", "Store"),
    "stat": ("median", "average", "longest"),
    "setting": ("batch size", "queue length", "cache size", "pool size"),
    "who": ("R. Haddad", "L. Okafor", "M. Brandt"),
}


class Mutant(Struct, frozen=True):
    """A clean document, and the same one with a contradiction at some of its lines."""

    kind: str
    codes: frozenset[str]
    clean: str
    text: str
    lines: frozenset[int]


def mutants(grammar: Path) -> Iterator[Mutant]:
    """Twenty of each kind, which differ in wording, layout, numbers and place."""
    for part in grammar.read_text(encoding="utf-8").split("\n% ")[1:]:
        first, *templates = part.strip().splitlines()
        kind, *codes = first.split()
        purpose = codes.pop() if codes[-1] in TITLES else ""
        for at in range(VARIATIONS):
            random = Random(f"{kind} {at}")  # noqa: S311
            chosen = _chosen(templates[at % len(templates)], random)
            title = random.choice(TITLES[purpose or random.choice(tuple(TITLES))])
            text = _filled(_document(title, chosen, random), _names(random))
            clean, _ = _of(text, "right")
            wrong, lines = _of(text, "wrong")
            yield Mutant(kind, frozenset(codes), clean, wrong, lines)


def _chosen(template: str, random: Random) -> str:
    """A template with one of each choice of words."""
    text = template.replace("\\n", "\n")
    while choice := CHOICE.search(text):
        text = text.replace(choice.group(), random.choice(re.split(r"¦(?![^«]*»)", choice[1])), 1)
    return text


def _document(title: str, stated: str, random: Random) -> str:
    """A document that states something in one of its sections, or of whose head a line is another: `«@Date:¦@»`."""
    form, changed = random.choice(HEADS), stated[2:].partition(":")[0] if stated.startswith("«@") else ""
    marks = "«»" if changed else ""
    head = "| Of | What |\n|---|---|\n" if form.startswith("|") else ""
    for key, value in HEAD.items():
        line = f"{form.format(key, value)}\n"
        wrong = f"{form.format(key, EARLIER)}\n" if changed == f"Earlier {key}" else ""
        head += f"«{line}¦{wrong}»" if key in changed else f"{marks}{line}"
    sections = random.sample(FILLERS, 3)
    if changed:
        sections.append(RESULT)
    else:
        sections.append(
            stated if stated.startswith("#") else f"## {random.choice(SECTIONS)}\n\n{_laid_out(stated, random)}"
        )
        random.shuffle(sections)
    return "\n\n".join((f"# {title}{marks}", head, *sections)) + "\n"


def _laid_out(stated: str, random: Random) -> str:
    """A line as a sentence, an item, a quote or a cell; the row of a table below a header."""
    if "\n" in stated or stated.startswith(("-", "#", ">", "**", "```")):
        return stated
    if stated.startswith("|"):
        width = stated.count("|") - 1
        return f"| {' | '.join(('Part', 'State', 'Note')[:width])} |\n|{'---|' * width}\n{stated}"
    return random.choice(LAYOUTS).format(stated)


def _filled(text: str, names: Mapping[str, object]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: str(names.get(found[1], found.group())), text)


def _names(random: Random) -> dict[str, object]:
    """The words and numbers of one document, of which the wrong ones differ from the right ones."""
    names: dict[str, object] = {}
    for key, values in WORDS.items():
        for end, word in zip(("", "2", "3"), random.sample(values, 3), strict=True):
            names |= {f"{key}{end}": word, f"{key.capitalize()}{end}": word.capitalize()}
    a, b, c = random.sample(range(11, 59), 3)
    n, i = random.randrange(60, 400), random.randrange(110, 400)
    k = random.randrange(n // 3, n - 3)
    off = random.choice((1, 2, 5, 10))
    h1, h2 = random.sample(range(2, 9), 2)
    share = 100 * k / n
    return names | {
        "a": a, "b": b, "c": c, "d": c + off, "ab": a + b, "ac": a + c, "s": a + b + c, "x": a + b + c + off,
        "b2": a + 5, "d2": c + 8, "bd": a + c + 13, "xd": a + c + 13 + off, "n": n, "k": k, "m": k + off,
        "p": f"{share:.1f}", "q": f"{share + 3 + off:.1f}", "p0": round(share), "floor": int(share),
        "ceil": int(share) + 1 + off, "i": i, "j": i + 10 * off, "h1": h1, "h2": h2, "hours": h1 + h2,
        "wrong_hours": h1 + h2 + off, "day": "2026-08-13", "next": "2026-08-24",
    }  # fmt: skip


def _of(text: str, side: str) -> tuple[str, frozenset[int]]:
    """The text with one side of each mark, and the lines of the marks."""
    lines: set[int] = set()
    while mark := MARK.search(text):
        said = mark[side] or ""
        first = text.count("\n", 0, mark.start()) + 1
        lines |= set(range(first, first + said.count("\n") + 1))
        text = f"{text[: mark.start()]}{said}{text[mark.end() :]}"
    return text, frozenset(lines)
