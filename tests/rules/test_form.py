"""Rules about files that can not be read as records."""

from __future__ import annotations

import pytest

from tests.kit.books import findings_of, said


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("TB101", "title: [open"),
        ("TB101", "# patterns/empty.yaml\n"),
        ("TB102", "title: a\x00b"),
        ("TB103", "fix: {why: a, why: b}"),
        ("TB104", "title: !tag a"),
        ("TB104", "title: a\n---\ntitle: b"),
        ("TB106", "\ufefftitle: a"),
        ("TB107", "fix: {choosen: a}"),
        ("TB108", "severity: terrible"),
        ("TB108", "closed: yesterday"),
        ("TB109", "closed: {as: fixed}"),
        ("TB110", "# 3/affected.yaml\nlocations: []"),
        ("TB110", "# patterns/not@an@id.yaml\n"),
    ],
)
def test_each_defect_of_a_file_has_its_code(code: str, text: str) -> None:
    assert said(text, code)


def test_one_mistake_is_one_finding() -> None:
    assert len(findings_of("fix: {choosen: a}", select="TB1")) == 1


def test_a_broken_file_does_not_hide_findings_in_another() -> None:
    text = """
title: [open
# 2/issue.yaml
labels: [TBD]
"""
    assert {finding.code for finding in findings_of(text)} >= {"TB101", "TB113"}
