"""Text from records becomes Markdown and HTML: no field hides or forges what follows it."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import comrak
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateError, UndefinedError
from jinja2.bccache import bc_magic
from markupsafe import Markup

from tests.kit.hostile import HOSTILE
from tests.kit.markup import to_html
from triagebook import markdown, markup, render
from triagebook.cache_folder import VARIABLE
from triagebook.markdown import Linked, cell, code, fence, fill, inline, item, line, link, plain, prose
from triagebook.model.base import Commit, Prose, Text

PIECES = """``` ~~~ ` `` < <!-- --> <b> </b> <details> # ## === --- [ ] ( ) ![ | |-| * ** _ __ ~~ \\ &lt; &#96; a word
https://x.example/<a> <https://x.example> www.x.example a@b.example {{ a.b }} é $ @""".split()  # noqa: SIM905  (a wall of quotes)
BLANKS = [" ", "    ", "\t", "\n", "\n\n", "\n- ", "\n1. ", "\n> ", "\n[a]: b\n", "\ufdd0"]
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES + BLANKS), max_size=30).map("".join))


class Tree(HTMLParser):
    """The elements of a page with the way to each, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[tuple[str, ...], dict[str, str | None]]] = []
        self.text: list[tuple[tuple[str, ...], str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(((*self.open, tag), dict(attrs)))
        if tag not in {"br", "hr", "input", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append((tuple(self.open), data))

    def words(self) -> str:
        return "".join(text for _, text in self.text)


ELEMENTS = (
    "a blockquote br code del div em h1 h2 h3 h4 h5 h6 hr input li ol p pre span strong table tbody td th thead tr ul"
)


def page_with(text: str) -> markup.Html:
    return to_html(f"# Title\n\n{text}\n\n## After\n\nwhat follows\n", link=lambda address: address)


def assert_contained(html: markup.Html) -> None:
    """The page is whole: its own headings, what follows the field at the top, nothing but plain elements."""
    tree = Tree(html.body)
    assert tree.open == []
    assert [(h.level, h.anchor) for h in html.headings] == [(1, "title"), (2, "after")]
    assert (("p",), "what follows") in tree.text
    for way, attributes in tree.elements:
        assert way[-1] in ELEMENTS.split()
        assert set(attributes) <= {
            "href",
            "title",
            "class",
            "id",
            "type",
            "checked",
            "disabled",
            "start",
            "align",
            "aria-label",
        }
        assert re.match(r"(https?|mailto):|[^:]*$", attributes.get("href") or "")
        assert attributes.get("type", "checkbox") == "checkbox"
        assert attributes.get("aria-label", "done") in {"done", "to do"}
        assert not (attributes.get("class") or "").startswith("severity")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
class TestHostile:
    def test_prose_stays_in_its_place(self, text: str) -> None:
        assert_contained(page_with(prose(text)))

    def test_prose_in_a_list_stays_in_its_item(self, text: str) -> None:
        nested = prose(text).replace("\n", "\n  ")
        html = page_with(f"- {nested}\n- next")
        assert_contained(html)
        assert (("ul", "li"), "next") in [(way[:2], words.strip()) for way, words in Tree(html.body).text]

    def test_prose_behind_a_tick_box_stays_in_its_item(self, text: str) -> None:
        nested = item(text).replace("\n", "\n  ")
        html = page_with(f"- [ ] {nested}\n  - below\n- [x] next")
        assert_contained(html)
        words = [(way, words.strip()) for way, words in Tree(html.body).text]
        assert (("ul", "li", "ul", "li"), "below") in [(tuple(tag for tag in way if tag != "p"), w) for way, w in words]
        assert (("ul", "li"), "next") in [(way[:2], w) for way, w in words]

    @pytest.mark.parametrize("form", [inline, code, line])
    def test_a_line_stays_a_line(self, form: Callable[[str], str], text: str) -> None:
        assert "\n" not in form(text)
        html = page_with(f"**before** {form(text)} **behind**")
        assert_contained(html)
        words = [way for way, attributes in Tree(html.body).elements if way[-1] == "strong"]
        assert words[0] == words[-1] == ("p", "strong")

    @pytest.mark.parametrize("form", [inline, code, line])
    def test_a_cell_stays_a_cell(self, form: Callable[[str], str], text: str) -> None:
        html = page_with(f"| a | b |\n|---|---|\n| {cell(form(text))} | last |")
        assert_contained(html)
        cells = [way for way, _ in Tree(html.body).elements if way[-1] == "td"]
        assert len(cells) == 2

    def test_a_fence_holds_it(self, text: str) -> None:
        html = page_with(fence(text))
        assert_contained(html)
        shown = "".join(words for way, words in Tree(html.body).text if way == ("div", "pre", "code"))
        assert shown.strip("\n") == markdown._show_reordering(markdown.clean(text)).strip("\n").rstrip()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("```\nopen", "```\nopen\n```"),
        ("<!-- open", "\\<\\!-- open"),
        ("a <b>bold</b> word", "a \\<b\\>bold\\</b\\> word"),
        ("# One\n\n### Two", "#### One\n\n###### Two"),
        ("![chart](https://x.example/c.png)", "[chart](https://x.example/c.png)"),
        ("![](https://x.example/c.png)", "[image](https://x.example/c.png)"),
        ("[x]\n\n[x]: https://x.example", "[x](https://x.example)"),
        ("`<b>` and <https://x.example/a_b>", "`<b>` and <https://x.example/a_b>"),
        ("- `snake_case` and snake_case\n- **bold**", "- `snake_case` and snake_case\n- **bold**"),
    ],
)
def test_unclosed_markdown_in_prose_is_closed(text: str, shown: str) -> None:
    assert prose(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- [ ] open\n- [x] done", "- \\[ \\] open\n- \\[x\\] done"),
        ("a\n\n[b]: https://x.example 'c'", "a\n\n\\[b\\]: https://x.example 'c'"),
        ("> [!NOTE]\n> A note", "> NOTE:\n> A note"),
        ("It closes #12, fixes: a/b#3.", "It closes `#12`, fixes: `a/b#3`."),
        ("Resolves\nhttps://x.example/a/b/issues/4", "Resolves\n`https://x.example/a/b/issues/4`"),
        ("see #12", "see #12"),
        ("::error::x", "\\::error::x"),
        ("a\x85  ::error file=b::x", "a\n  \\::error file=b::x"),
        ("a\x9b31m b", "a31m b"),
        ("```\n::error::x\n```", "```\n\u200b::error::x\n```"),
    ],
)
def test_prose_gives_no_orders_to_a_tracker_or_a_ci_system(text: str, shown: str) -> None:
    """Nor does it look like an alert or a computed tick box of a report, nor does a definition vanish."""
    assert prose(text) == shown


def test_safe_prose_is_not_changed() -> None:
    text = "Some *words*.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> A note\n\n#### Deep"
    assert prose(text) == text


def test_prose_that_can_not_be_made_safe_is_shown_as_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "_rewritten", lambda text, _: text)
    assert prose("<!-- unmended") == "```\n<!-- unmended\n```"


@given(TEXTS)
def test_any_prose_stays_in_its_place(text: str) -> None:
    assert_contained(page_with(prose(text)))


@given(TEXTS)
def test_any_text_on_a_line_reads_as_it_was_written(text: str) -> None:
    shown = Tree(to_html(f"before {inline(text)} behind").body).words()
    words = " ".join(markdown._REORDERING.sub("", markdown.clean(text)).split())
    assert re.sub(r"[`\s]", "", shown) == re.sub(r"[`\s]", "", f"before {words} behind")


@given(TEXTS)
def test_any_line_of_prose_stays_in_its_place(text: str) -> None:
    tree = Tree(to_html(f"- **before** {line(text)}\n- {line(text)} **behind**").body)
    strong = [way for way, _ in tree.elements if way == ("ul", "li", "strong")]
    assert len(strong) >= 2
    assert sum(way == ("ul", "li") for way, _ in tree.elements) == 2


@given(TEXTS)
def test_any_item_stays_in_its_place(text: str) -> None:
    nested = item(text).replace("\n", "\n  ")
    html = page_with(f"- [ ] {nested}\n  - below\n- [x] next")
    assert_contained(html)
    boxes = [way for way, _ in Tree(html.body).elements if way[:2] == ("ul", "li") and way[-1] == "input"]
    assert len(boxes) >= 2
    assert (("ul", "li"), "next") in [(way[:2], words.strip()) for way, words in Tree(html.body).text]


@given(TEXTS)
def test_any_code_reads_as_it_was_written(text: str) -> None:
    words = " ".join(markdown._show_reordering(markdown.clean(text)).split())
    shown = [piece for way, piece in Tree(to_html(f"a {code(text)} b").body).text if "code" in way]
    assert "".join(shown).strip() == words


@given(TEXTS, TEXTS)
def test_any_row_has_its_cells(first: str, second: str) -> None:
    html = to_html(f"| a | b |\n|---|---|\n| {cell(code(first))} | {cell(line(second))} |").body
    assert sum(way[-1] == "td" for way, _ in Tree(html).elements) == 2


@given(TEXTS, TEXTS)
def test_any_link_leads_where_it_says(words: str, address: str) -> None:
    html = to_html(f"x {link(Linked(words or 'w', 'https://x.example/' + address))} y").body
    links = [attributes["href"] for way, attributes in Tree(html).elements if way == ("p", "a")]
    assert links
    assert (links[0] or "").startswith("https://x.example/")


# ── names in prose ───────────────────────────────────────────────────────────────────────────────────


def test_names_in_prose_are_replaced_by_their_values() -> None:
    facts = {"affected.files": "84", "tests.pass_rate phase=after": "16/18 *"}
    text = "{{ affected.files }} files, {{tests.pass_rate phase=after}}, {{ not.known }}, `{{ affected.files }}`"
    assert fill(text, facts.get) == "84 files, 16/18 \\*, {{ not.known }}, `{{ affected.files }}`"
    assert prose(text, lookup=facts.get) == fill(text, facts.get)
    assert "84 files, 16/18 \\*, {{ not.known }}" in line(text, facts.get)


def test_a_value_can_not_forge_a_heading() -> None:
    assert_contained(page_with(prose("{{ a }}", lookup=lambda _: "# After\n\n<details>")))


FORMS = {
    "rule": "a\n\n***\n\nb\\\nc",
    "tasks": "- [ ] a\n- [x] b\n\n3. c",
    "table": "| a | b |\n|:-|-:|\n| c | *d* ~~e~~ |",
    "alert": "> [!WARNING]\n> a",
    "code": "```py\n<a> & 'b' \"c\"\n```",
    "links": "[a](b.md 'c \"d\"') <a@b.example> www.x.example",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_what_the_parser_writes_of_plain_forms_needs_no_sanitizer(text: str) -> None:
    body = comrak.render_markdown(text, *markdown.GFM)
    assert markup.is_known(body)
    assert_sieved(body)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_known_safe_html_passes_the_sanitizer_unchanged(text: str) -> None:
    body = comrak.render_markdown(text, *markdown.GFM)
    assert not markup.is_known(body) or assert_sieved(body)


@given(TEXTS)
def test_known_safe_html_of_any_text_passes_the_sanitizer_unchanged(text: str) -> None:
    body = comrak.render_markdown(text, *markdown.GFM)
    assert not markup.is_known(body) or assert_sieved(body)


def assert_sieved(body: str) -> bool:
    """The sanitizer removes nothing but the classes of boxes, which `markup` adds again."""
    ours, sieved = Tree(body.replace(" />", ">")), Tree(markup._SANITIZER.clean(body))
    for _, attributes in (*ours.elements, *sieved.elements):
        if "checkbox" in attributes.values():
            attributes.pop("class", None)
    assert (ours.elements, ours.words()) == (sieved.elements, sieved.words())
    return True


@pytest.mark.parametrize(
    "text",
    [
        "[a](data:image/png;base64,x)", "[a](ftp://x.example)", "![a](https://x.example/b.png)", "a <b>bold</b>",
        "<div onclick='x()'>\n\na", "<!-- a -->",
    ],
)  # fmt: skip
def test_other_html_goes_through_the_sanitizer(text: str) -> None:
    assert not markup.is_known(comrak.render_markdown(text, *markdown.GFM))
    assert_contained(page_with(text))


# ── HTML ─────────────────────────────────────────────────────────────────────────────────────────────


def test_code_is_coloured_with_the_classes_of_the_theme() -> None:
    html = to_html("```python\ndef f(): ...\n```\n\n```\n<plain>\n```\n\n```no-such-language\n<x>\n```").body
    assert '<div class="highlight"><pre><code><span class="k">def</span>' in html
    assert '<div class="highlight text"><pre><code>&lt;plain&gt;\n</code>' in html
    assert '<div class="highlight"><pre><code>&lt;x&gt;\n</code>' in html


def test_headings_have_anchors_and_the_upper_ones_choose_first() -> None:
    html = to_html("# T\n\n### Files\n\n## Files\n\n#### Files\n\n## The `x` of \\<y> & z!\n")
    assert [(h.level, h.anchor) for h in html.headings] == [
        (1, "t"), (3, "files-1"), (2, "files"), (2, "the-x-of-y--z"),
    ]  # fmt: skip
    assert '<h2 id="files">Files<a class="headerlink" href="#files"' in html.body
    assert "<h4>Files</h4>" in html.body


def test_alerts_become_the_admonitions_of_the_theme() -> None:
    assert (
        '<div class="admonition danger">\n<p class="admonition-title">Caution</p>' in to_html("> [!CAUTION]\n> x").body
    )


def test_links_go_where_the_site_says_or_nowhere() -> None:
    html = to_html(
        "[a](b.md) [c](gone.md) [d](https://x.example)",
        {"b.md": "b.html", "https://x.example": "https://y.example"}.get,
    ).body
    assert html == '<p><a href="b.html">a</a> <a>c</a> <a href="https://y.example">d</a></p>\n'


def test_links_within_a_page_lead_to_one_of_its_headings() -> None:
    html = to_html("## Here\n\n[a](#here) [b](#gone)").body
    assert '<a href="#here">a</a> <a>b</a>' in html


def test_marks_are_spans_in_html_and_words_in_markdown() -> None:
    marked = render._FILTERS["mark"]("a *b*", "severity-high") + Markup(" c")
    assert plain(marked) == "a \\*b\\* c"
    assert to_html(marked).body == '<p><span class="severity-high">a *b*</span> c</p>\n'


# ── templates ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def say() -> Callable[..., str]:
    """Renders a template given as text."""

    def say(template: str, **view: object) -> str:
        return render._tidy(render._environment().from_string(template).render(view))

    return say


def test_each_printed_value_is_escaped_by_its_type(say: Callable[..., str]) -> None:
    text = "*a* `b` <c>"
    assert say("{{ x }}", x=text) == "\\*a\\* `b` \\<c>\n"
    assert say("{{ x }}", x=Prose(text)) == "*a* `b` \\<c\\>\n"
    assert say("{{ x }}", x=Text("*a*")) == "`*a*`\n"
    assert say("{{ x }}", x=Commit("5222b25608c3f75843e487dc61bd26ad1795ea0f")) == "`5222b2560`\n"
    assert say("{{ x }}", x=Linked("a]b", "c d.md")) == "[a\\]b](c%20d.md)\n"


@pytest.mark.parametrize("value", [None, True, [], {}, ()])
def test_a_value_that_can_not_be_printed_is_an_error(say: Callable[..., str], value: object) -> None:
    with pytest.raises(TypeError, match="the view decides"):
        say("{{ x }}", x=value)


@pytest.mark.parametrize("template", ["{{ nothing }}", "{{ x.nothing }}", "{{ nothing | mark('a') }}"])
def test_an_unknown_name_is_an_error(say: Callable[..., str], template: str) -> None:
    with pytest.raises((UndefinedError, AttributeError), match="nothing"):
        say(template, x="text")


def test_blank_lines_of_a_template_are_tidied_and_those_of_a_record_stay(say: Callable[..., str]) -> None:
    assert say("a  \n\n\n\n{{ x | fence }}\n\n\n\nb\n\n", x="1\n\n\n2  \n3") == "a\n\n```\n1\n\n\n2  \n3\n```\n\nb\n"
    assert say("- {{ x | prose | nest }}\n- b", x=Prose("1\n\n2")) == "- 1\n\n  2\n- b\n"


def test_there_is_one_environment() -> None:
    assert render._environment() is render._environment()


def template_texts() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in render.templates().rglob("*.j2")}


@pytest.mark.parametrize(("name", "text"), template_texts().items(), ids=template_texts().keys())
def test_templates_keep_the_rules_that_keep_them_safe(name: str, text: str) -> None:
    assert name.endswith(".md.j2")
    assert not re.search(r"\|\s*(safe|escape|e)\b|autoescape|~\s*\(", text), "only the filters make text safe"
    blocks = [text for text in text.splitlines() if re.search(r"\| *(prose|item|fence)\b", text)]
    loose = [text for text in blocks if not re.search(r"\| *(prose|item|fence)\b[^}]*\}\}$", text)]
    assert not loose, "a block of prose or code ends its line"
    try:
        render._environment().parse(text)
    except TemplateError as error:
        pytest.fail(str(error))


def test_the_parser_is_the_one_the_tests_speak_of() -> None:
    """What `markdown` relies on: raw HTML is left out and said so, whatever else a new version changes."""
    assert comrak.render_markdown("a <b>", *markdown.GFM) == f"<p>a {markdown.OMITTED}</p>\n"


@pytest.fixture
def bytecode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of compiled templates, with an environment that uses it."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    render._environment.cache_clear()
    yield tmp_path / "cache" / "templates"
    render._environment.cache_clear()


def rendered() -> str:
    render._environment.cache_clear()
    return render._environment().get_template("macros.md.j2").render(linked=None).strip()


def test_compiled_templates_are_kept(bytecode: Path) -> None:
    first = rendered()
    kept = {path: path.stat().st_mtime_ns for path in bytecode.iterdir()}
    assert kept
    assert rendered() == first
    assert {path: path.stat().st_mtime_ns for path in bytecode.iterdir()} == kept


@pytest.mark.parametrize("damage", [b"", b"\x00", b"N", b"[]", bc_magic, bc_magic + b"x", bc_magic + pickle.dumps("y")])
def test_a_damaged_compiled_template_is_compiled_again(bytecode: Path, damage: bytes) -> None:
    first = rendered()
    file = next(bytecode.iterdir())
    file.write_bytes(damage)
    assert rendered() == first
    assert len(file.read_bytes()) > 1_000


def test_templates_render_without_a_cache(bytecode: Path) -> None:
    bytecode.parent.write_text("no folder", encoding="utf-8")
    assert rendered() == ""


def test_templates_render_if_the_cache_folder_vanished(bytecode: Path) -> None:
    environment = render._environment()
    bytecode.rmdir()
    assert environment.get_template("macros.md.j2").render(linked=None).strip() == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Short, with `code`", "Short, with `code`"),
        ("One sentence that fits. Another one that does not", "One sentence that fits."),
        ("a word after another until there is no room", "a word after another until…"),
        ("the code `stays whole or goes away` in the end", "the code…"),
    ],
)
def test_long_text_is_cut_after_a_sentence_or_a_word(text: str, shown: str) -> None:
    assert str(render._brief(Prose(text), 30)) == shown


def test_room_counts_what_is_escaped() -> None:
    assert len(render._brief(Prose("*" * 200), 30)) <= 30


def test_a_diff_has_the_lines_that_stay() -> None:
    assert str(render._diff("a\nb\nc", "a\nd\nc")) == "```diff\n a\n-b\n+d\n c\n```"
