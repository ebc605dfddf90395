"""All facts of one issue: the base facts, and those of its verdict."""

from __future__ import annotations

from collections.abc import Callable

from triagebook.model.values import FactRef

from .base.fact import Fact
from .base.facts import DEFINITIONS as OF_BASE
from .base.facts import Facts, compute
from .verdict.verdict import Verdict
from .verdict.verdict_facts import DEFINITIONS as OF_VERDICT

# In the order in which they are listed: the stage and the verdict last.
DEFINITIONS = OF_BASE | OF_VERDICT

_DEFAULTS_OF_MEASURED = {"phase": "after"}


class IssueFacts:
    """Answers a fact by its name, each computed once; the verdict only if a fact needs it."""

    def __init__(self, base: Callable[[], Facts], verdict: Callable[[], Verdict]) -> None:
        self._base = base
        self._verdict = verdict
        self._known: dict[FactRef, Fact] = {}

    def fact(self, ref: FactRef) -> Fact:
        if ref not in self._known:
            definition, base = OF_VERDICT.get(ref.name), self._base()
            self._known[ref] = compute(definition, self._verdict(), base.ledger, ref) if definition else base.fact(ref)
        return self._known[ref]

    @property
    def names(self) -> frozenset[str]:
        return self._base().names | frozenset(OF_VERDICT)

    @property
    def measured_names(self) -> frozenset[str]:
        return self._base().measured_names


def plain(ref: FactRef) -> FactRef:
    """The same name without filters that repeat a default."""
    definition = DEFINITIONS.get(ref.name)
    defaults = definition.defaults if definition else _DEFAULTS_OF_MEASURED
    return FactRef(ref.name, tuple((key, value) for key, value in ref.filters if defaults.get(key) != value))
