"""The page of evidence: all evidence of the book, the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triagebook.facts.case import Case
from triagebook.facts.ledger.grading import moment
from triagebook.model.evidence import Evidence
from triagebook.views.evidence import EvidenceRow, evidence_row

from .content import SiteContent
from .linker import Linker
from .page import Page
from .paging import Listing, further
from .paths import EVIDENCE

Piece = tuple[Case, str, Evidence]  # with its name


def evidence_pages(content: SiteContent) -> Iterator[Page]:
    every = [(case, name, record) for case in content.cases.values() for name, record in case.entry.evidence.items()]
    every.sort(key=lambda item: (moment(item[2]), item[0].entry.id, item[1]), reverse=True)
    log = Listing("log", "Evidence", EVIDENCE, "evidence", every, _rows)
    yield Page(content.link(EVIDENCE), "Evidence", "pages/log.md.j2", lambda link: {"log": log.part(link)}, EVIDENCE)
    yield from further(content.book, EVIDENCE, log)


def _rows(pieces: Sequence[Piece], _: Linker) -> list[tuple[str, EvidenceRow]]:
    return [(case.entry.id, evidence_row(case, name, record)) for case, name, record in pieces]
