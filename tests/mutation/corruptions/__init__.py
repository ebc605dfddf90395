"""All corruptions, family by family."""

from __future__ import annotations

from . import (
    claims,
    contradictions,
    evidence,
    fixes,
    form,
    laws,
    lifecycle,
    numbers,
    references,
    relations,
    schema,
    suites,
    ticks,
    words,
)

CORRUPTIONS = tuple(
    corruption
    for family in (
        form,
        schema,
        references,
        claims,
        contradictions,
        numbers,
        evidence,
        laws,
        suites,
        lifecycle,
        ticks,
        fixes,
        relations,
        words,
    )
    for corruption in family.CORRUPTIONS
)
