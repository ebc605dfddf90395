"""Sections that fold or stand beside each other: whole, whatever stands in them, and never at a record's wish."""

from __future__ import annotations

from tests.kit.markup import to_html
from triagebook.markdown import MARK_CLOSE, MARK_MIDDLE, MARK_OPEN, prose
from triagebook.site.layout import arranged


def mark(words: str, kind: str) -> str:
    return f"{MARK_OPEN}{kind}{MARK_MIDDLE}{words}{MARK_CLOSE}"


def page(markdown: str) -> str:
    return arranged(to_html(markdown, link=lambda address: address).body)


def test_a_marked_section_folds_up_to_the_next_heading() -> None:
    body = page(f"# T\n\n## A\n\n### {mark('B', 'fold')}\n\n{mark('2 things', 'fold-note')}\n\nb\n\n### C\n\nc\n")
    start, _, rest = body.partition('<details class="fold"><summary><h3 id="b">')
    inside, _, after = rest.partition("</details>")
    assert '<span class="fold-note">2 things</span></summary>' in inside
    assert "<p>b</p>" in inside
    assert after.startswith('<h3 id="c">')
    assert "<details" not in start + after


def test_a_folded_section_ends_with_the_one_it_is_in() -> None:
    body = page(f"## {mark('A', 'fold')}\n\n### {mark('B', 'fold')}\n\nb\n\n## C\n\nc\n")
    assert body.count("<details") == body.count("</details>") == 2
    assert body.index("</details></details>") < body.index('<h2 id="c">')


def test_cards_share_one_box() -> None:
    body = page(f"# T\n\n## {mark('A', 'card')}\n\na\n\n## {mark('B', 'card')}\n\nb\n\n## C\n\nc\n")
    assert body.count('<div class="cards">') == 1
    assert body.count('<section class="card">') == body.count("</section>") == 2
    assert body.index("</section></div>") < body.index('<h2 id="c">')


def test_a_record_can_not_fold_anything() -> None:
    text = mark("Hidden", "fold")
    body = page(f"# T\n\n## A\n\n{prose('### ' + text)}\n\n{prose('<details>' + text)}\n\n## B\n")
    assert "<details" not in body
