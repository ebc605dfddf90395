"""How many examples a property test tries: the same few in every run, or, on a hunt, new ones and more.

`TRIAGEBOOK_HUNT=50 pytest tests/store` goes hunting with 50 times as many.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

HUNT = int(os.environ.get("TRIAGEBOOK_HUNT", "0"))
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def examples(count: int, **more: Any) -> settings:
    """Settings for a property test."""
    return settings(
        deadline=None,
        derandomize=not HUNT,
        max_examples=count * max(HUNT, 1),
        **{"suppress_health_check": SLOW} | more,
    )
