"""Checks what documents state against the document itself, the source code and the evidence."""

from __future__ import annotations

from importlib import import_module

from triagebook.findings import Finding

from .base import DEFINED, DocumentRule, Known
from .document import MarkdownDocument

__all__ = ["DOCUMENT_RULES", "DocumentRule", "Known", "MarkdownDocument", "audit"]

_WITH_RULES = (
    "agreement changes commands dates origin proofs record results source success tables tests ticks times totals vague"
)
for _module in _WITH_RULES.split():
    import_module(f"{__name__}.{_module}")
DOCUMENT_RULES: tuple[type[DocumentRule], ...] = tuple(sorted(DEFINED, key=lambda rule: rule.code))


def audit(document: MarkdownDocument, known: Known = Known()) -> list[Finding]:  # noqa: B008  (it never changes)
    """Everything that the rules find in a document, by line."""
    found = [finding for rule in DOCUMENT_RULES if rule.is_for(document) for finding in rule().find(document, known)]
    return sorted(found, key=lambda finding: (finding.line, finding.code))
