"""Badges as SVG: the state of an issue or of the whole book, to show in other pages."""

from __future__ import annotations

from html import escape

from triagebook.facts.case import Case
from triagebook.facts.verdict.stages import Stage

from .content import SiteContent
from .page import Asset
from .paths import badge_path

_LETTER, _SPACE = 6.6, 12  # pixels: the width of a letter, and of the gaps beside a text
GOOD, BAD, OPEN = "#1f7a43", "#b3261e", "#5b6470"


def issue_badge(case: Case) -> Asset:
    return Asset(badge_path(case.entry.id), lambda: badge(case.entry.id, *_state(case)))


def book_badge(content: SiteContent) -> Asset:
    def drawn() -> str:
        failed = sum(not issue.needs.keys().isdisjoint({"failed", "regressed"}) for issue in content.listed.values())
        says = f"{len(content.open):,} open" + (f", {failed:,} failed" if failed else "")
        return badge("issues", says, BAD if failed else OPEN if content.open else GOOD)

    return Asset(badge_path(), drawn)


def _state(case: Case) -> tuple[str, str]:
    if case.verdict.failing and case.issue.closed is None:
        return f"failed in {', '.join(case.verdict.failing)}", BAD
    says = case.issue.state if case.issue.closed else case.verdict.stage.value
    return says, GOOD if case.verdict.has_reached(Stage.VALIDATED) else OPEN


def badge(label: str, says: str, colour: str) -> str:
    left, right = (len(words) * _LETTER + _SPACE for words in (label, says))
    name = escape(f"{label}: {says}")
    texts = "".join(
        f'<text x="{x:.4g}" y="14">{escape(words)}</text>' for x, words in ((left / 2, label), (left + right / 2, says))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right:.4g}" height="20" '
        f'role="img" aria-label="{name}">'
        f"<title>{name}</title>"
        f'<rect width="{left:.4g}" height="20" fill="#3b4048"/>'
        f'<rect x="{left:.4g}" width="{right:.4g}" height="20" fill="{colour}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" '
        f'text-anchor="middle">{texts}</g></svg>\n'
    )
