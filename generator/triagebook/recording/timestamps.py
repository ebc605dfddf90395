"""Finds out when a run took place, and reads and writes times."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from triagebook.errors import TriagebookError
from triagebook.model.base import DAY, MOMENT

_CLOCKS = timedelta(minutes=5)  # clocks differ, and a file may be written shortly after the run
_TOO_FINE = re.compile(r"(\.\d{6})\d+")


def seen_at(said: str | None, written: datetime | None, now: datetime) -> datetime:
    """The best known time of a run; never in the future."""
    latest = min(written or now, now) + _CLOCKS
    readings = [moment for moment in _readings(said) if moment <= latest]
    return max(readings) if readings else min(written or now, now)


def _readings(said: str | None) -> list[datetime]:
    """The possible meanings of a time: without a zone it is local time or UTC."""
    moment = _parsed((said or "").strip())
    if moment is None or not 1990 < moment.year < 9000:
        return []
    if moment.tzinfo is not None:
        return [moment.astimezone(UTC)]
    return [moment.astimezone(UTC), moment.replace(tzinfo=UTC)]


def _parsed(said: str) -> datetime | None:
    try:
        return datetime.fromisoformat(_TOO_FINE.sub(r"\1", said))
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(said)  # `Fri, 20 Nov 2026 23:55:39 GMT`, as mocha writes it
    except (ValueError, TypeError, IndexError):
        return None


def given(text: str, now: datetime) -> date:
    """Parse a day or time from the command line."""
    do = "write a day (2025-09-15) or a time with its zone (2025-09-15T14:30:00Z)"
    if not re.fullmatch(f"{DAY}|{MOMENT}", text):
        raise TriagebookError(f"--at: `{text}` is not a date or time", do)
    try:
        at = date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise TriagebookError(f"--at: `{text}` is not a real date", do) from None
    if at > now + _CLOCKS if isinstance(at, datetime) else at > (now + timedelta(days=1)).date():
        raise TriagebookError(f"--at: `{text}` is in the future", "give the time of the run or observation")
    return at


def written(at: date) -> str:
    """A day or time as written in a record."""
    if not isinstance(at, datetime):
        return at.isoformat()
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
