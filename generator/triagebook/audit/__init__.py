"""Checks what documents state: against the rest of the document, the source code and the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from triagebook.findings import Finding

from . import agreement, commands, origin, proofs, record, source, success, tests, ticks, times, totals, vague
from .base import DocumentRule, Known
from .document import MarkdownDocument

__all__ = ["DOCUMENT_RULES", "DocumentRule", "Known", "MarkdownDocument", "audit"]


def _rules_in(module: ModuleType) -> Iterator[type[DocumentRule]]:
    """The rules that a module defines, in its order."""
    for value in vars(module).values():
        if (
            isinstance(value, type)
            and issubclass(value, DocumentRule)
            and value.__module__ == module.__name__
            and "code" in vars(value)
        ):
            yield value


_MODULES = (totals, success, ticks, vague, proofs, origin, tests, commands, agreement, times, source, record)
DOCUMENT_RULES: tuple[type[DocumentRule], ...] = tuple(
    sorted((rule for module in _MODULES for rule in _rules_in(module)), key=lambda rule: rule.code)
)


def audit(document: MarkdownDocument, known: Known = Known()) -> list[Finding]:  # noqa: B008  (it never changes)
    """Everything that the rules find in a document, by line."""
    found = [finding for rule in DOCUMENT_RULES for finding in rule().find(document, known)]
    return sorted(found, key=lambda finding: (finding.line, finding.code))
