"""Masks what looks like a secret, by the well-known forms of keys, tokens and passwords."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain, count
from typing import Any

MASK = "[masked]"
# What the tokens of one issuer begin with; at least 16 letters, digits and signs follow.
_BEGINNINGS = (
    r"gh[pousr]_|github_pat_|gl(?:pat|dt|rt|cbt|ptt|ft|soat)-|npm_|pypi-|rubygems_|dckr_pat_|"
    r"cio(?=[A-Za-z0-9]{32}\b)|xox[abeprs]-|xapp-|[spr]k_(?:live|test)_|whsec_|"
    r"sk-(?:proj|ant|svcacct|or|admin)-|sk-(?=[A-Za-z0-9]{32})|hf_|r8_|gsk_|xai-|AIza|ya29\.|GOCSPX-|"
    r"do[opr]_v1_|dapi(?=[0-9a-f]{32})|SG\.|SK(?=[0-9a-f]{32}\b)|key-(?=[0-9a-f]{32}\b)|"
    r"shp(?:at|ca|pa|ss)_|dp\.(?:pt|st|ct|sa)\.|hv[sbr]\.|lin_api_|ATATT3|figd_|ntn_|"
    r"secret_(?=[A-Za-z0-9]{40})|sbp_|pul-(?=[0-9a-f]{40})|sntry[su]_|NRAK-|AGE-SECRET-KEY-1|"
    r"[A-Za-z0-9]{3}8Q~|[A-Za-z0-9]{14}\.atlasv1\."
)
_FORMS = (
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",  # AWS
    rf"\b(?:{_BEGINNINGS})[A-Za-z0-9_=.+/-]{{16,}}",
    r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*",  # JSON Web Token
    r"\b\d{8,10}:[A-Za-z0-9_-]{35}\b",  # Telegram
    r"(?<=hooks\.slack\.com/services/)[\w/]{20,}|(?<=/api/webhooks/)\d{15,}/[\w-]{30,}",
    r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|\Z)",
)
_NAME = r"(?<![a-z0-9_-])[a-z0-9_-]{0,40}"
_KEY = (
    rf"{_NAME}(?:password|passwd|passphrase|(?:(?<=[_-])|(?<![a-z0-9]))(?:pwd|pass)|secret|credentials?|"
    r"(?:api|access|secret|account|private|signing)[_-]?key(?:[_-]?id)?|(?:auth|access|refresh)[_-]?token)"
    r"['\"]?\s*[=:]\s*"
)
_WHOLE = re.compile("|".join(_FORMS), re.DOTALL)
# Here only the value is masked, so that a reader sees what it was.
_VALUES = (
    re.compile(
        r"(?i)(?P<key>\bauthorization['\"]?\s*[:=]\s*['\"]?(?:(?:bearer|basic|token|digest)\s+)?)(?P<value>[^\s'\",;<]{6,})"
    ),
    re.compile(rf"(?i)(?P<key>{_KEY}(?P<q>['\"]))(?P<value>[^'\"\n]{{4,}})(?=(?P=q))"),
    re.compile(rf"(?i)(?P<key>{_KEY}['\"]?)(?P<value>[^\s'\",;&<>()\[\]{{}}]{{4,}})"),
    re.compile(
        rf"(?i)(?P<key>{_NAME}(?:token|sig|session(?:id)?)['\"]?\s*[=:]\s*['\"]?)"
        r"(?P<value>(?=[^\s'\",;&]*\d)(?=[^\s'\",;&]*[a-z])[^\s'\",;&<>()\[\]{}]{10,})"
    ),
    re.compile(r"(?i)(?P<key>--(?:password|token|secret|api-key)[ =]['\"]?)(?P<value>[^\s'\"]{4,})"),
    # Clients that take a password behind a short option.
    re.compile(r"(?P<key>\b(?:mysql\w*|mariadb[\w-]*|sshpass)\b[^\n|;&]{0,200}?\s-p['\"]?)(?P<value>[^\s'\"]{4,})"),
    re.compile(
        r"(?P<key>\b(?:curl|wget)\b[^\n|;&]{0,200}?\s(?:-u|--user)[ =]?['\"]?[^\s:'\"]+:)(?P<value>[^\s'\"]{3,})"
    ),
    re.compile(r"(?P<key>\bredis-cli\b[^\n|;&]{0,200}?\s-a ['\"]?)(?P<value>[^\s'\"]{4,})"),
    re.compile(r"(?P<key>\b[a-z][a-z0-9+.-]*://[^\s:/@]*:)(?P<value>[^\s:/@]{3,})(?=@)"),
)
_NOT_SECRET = re.compile(
    r"(?i)none|null|true|false|undefined|\*+|x+|<.*|\$.*|str|string|int|bytes|masked|[a-z_]+(?:\.[a-z_]+)+"
)


def masked(text: str) -> tuple[str, int]:
    """The text without what looks like a secret, and how many were masked."""
    text, count = _WHOLE.subn(MASK, text)

    def value(found: re.Match[str]) -> str:
        nonlocal count
        if _NOT_SECRET.fullmatch(found["value"]) or found["value"].startswith(MASK[:-1]):
            return found[0]
        count += 1
        return found["key"] + MASK

    for form in _VALUES:
        text = form.sub(value, text)
    return text, count


def masked_bytes(data: bytes) -> tuple[bytes, int]:
    """The same for a file. One that is not UTF-8, such as a picture, is searched as Latin-1."""
    try:
        encoding, text = "utf-8", data.decode()
    except UnicodeDecodeError:
        encoding, text = "latin-1", data.decode("latin-1")
    text, count = masked(text)
    return (text.encode(encoding), count) if count else (data, 0)


def masked_record(value: Any) -> tuple[Any, int]:  # noqa: ANN401  (whatever a record holds)
    """The same for all texts of a record, the names of results included."""
    if isinstance(value, Mapping):
        found: dict[str, Any] = {}
        total = 0
        for name, inner in value.items():
            (key, in_name), (below, in_value) = masked(str(name)), masked_record(inner)
            # Names that differ only in a masked part must stay different.
            names = chain([key], (f"{key}[#{number}]" for number in count(2)))
            found[next(name for name in names if name not in found)] = below
            total += in_name + in_value
        return found, total
    if isinstance(value, list | tuple):
        items = [masked_record(below) for below in value]
        return [below for below, _ in items], sum(count for _, count in items)
    return masked(value) if isinstance(value, str) else (value, 0)
