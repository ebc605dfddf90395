"""Findings to write out, and strategies for any."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from triagebook.findings import Finding, Level, RuleDescription

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=60)
HARD_TEXT = st.text(st.sampled_from("%:,\r\n\t;=\\'\"<>&]\x1b\x00\ufffe\u202e\U0001f600A2"), max_size=30)
TEXTS = ANY_TEXT | HARD_TEXT


def _rule(code: str, name: str, severity: Level) -> type[RuleDescription]:
    says = {"why": f"Why {name} matters.", "remedy": f"how {name} is mended", "__doc__": f"{name} does not hold."}
    return type(name, (RuleDescription,), {"code": code, "name": name, "severity": severity, **says})


RULES = (
    _rule("TB301", "first", Level.ERROR),
    _rule("TB302", "second", Level.WARNING),
    _rule("TB305", "third", Level.NOTE),
)


def finding(code: str = "TB301", severity: Level = Level.ERROR, **more: Any) -> Finding:
    about: dict[str, Any] = {"file": "9/issue.yaml", "field": ("claims", 0), "says": "it is wrong", "do": "mend it"}
    return Finding(code, severity, **(about | more))


FINDINGS = st.lists(
    st.builds(
        Finding,
        code=st.sampled_from([*(rule.code for rule in RULES), "TB999"]),
        severity=st.sampled_from(Level),
        file=st.from_regex(r"[A-Za-z0-9 %#?é]{1,8}/issue\.yaml", fullmatch=True),
        field=st.tuples(st.sampled_from(["claims", "suites"]), st.integers(0, 9)),
        says=TEXTS,
        do=TEXTS,
        line=st.integers(1, 10**6),
        column=st.integers(1, 10**6),
        accepted=st.just("") | TEXTS,
    ),
    max_size=5,
)
