"""How long property tests look for a counterexample: the same few cases in every run, or, on a hunt, new ones and more.

`TRIAGEBOOK_HUNT=50 pytest tests/store` goes hunting with 50 times as many.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

HUNT = int(os.environ.get("TRIAGEBOOK_HUNT", "0"))


def examples(count: int) -> settings:
    """Settings for a property test."""
    return settings(
        deadline=None,
        derandomize=not HUNT,
        max_examples=count * max(HUNT, 1),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
