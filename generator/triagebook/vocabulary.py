"""Words that other tools use for what has another name here, so that errors can suggest ours."""

import tomllib
from pathlib import Path

_OURS = tomllib.loads((Path(__file__).parent / "vocabulary.toml").read_text(encoding="utf-8"))
KEYS, VERBS, COMPUTED = (
    {word: ours for ours, words in _OURS[table].items() for word in words} for table in ("keys", "verbs", "computed")
)
