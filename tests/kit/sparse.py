"""`python -m tests.kit.sparse build`: a site without most of the pages that are alike.

It has one rule of each family, and reports on the first issues only. The site of this repository has all of its pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mkdocs.__main__ import cli

from triagebook.facts.case import Case
from triagebook.site import outputs, reference
from triagebook.site.content import SiteContent
from triagebook.site.mkdocs import files
from triagebook.site.outputs import OutputHead, heads_of_issue
from triagebook.site.page import Asset, Page
from triagebook.site.paths import issue_path
from triagebook.site.reports import report_outputs

from .sites import one_rule_of_each_family

REPORTED = 10


def is_reported(content: SiteContent, issue: str) -> bool:
    return issue in list(content.untracked)[:REPORTED]


def few_reports(content: SiteContent, case: Case) -> Iterator[Page | Asset]:
    if is_reported(content, case.entry.id):
        yield from report_outputs(content, case)


def few_heads(content: SiteContent, issue: str) -> Mapping[str, OutputHead]:
    heads, first = heads_of_issue(content, issue), issue_path(issue)
    is_there = is_reported(content, issue)
    return {path: head for path, head in heads.items() if is_there or path == first or not path.endswith(".md")}


if __name__ == "__main__":
    reference.ALL_RULES = one_rule_of_each_family()
    outputs.report_outputs, files.heads_of_issue = few_reports, few_heads
    cli()
