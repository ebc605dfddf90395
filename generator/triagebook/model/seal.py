"""The seal of a piece of evidence: a digest of its own content, a guard against accident."""

from __future__ import annotations

import hashlib
import json

from triagebook.findings import Plain


def seal_of(plain: Plain) -> str:
    """The digest of a record as it is written, its own seal left out; order and layout do not count."""
    content = {key: value for key, value in plain.items() if key != "seal"} if isinstance(plain, dict) else plain
    data = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return "sha256:" + hashlib.sha256(data).hexdigest()
