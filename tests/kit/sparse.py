"""`python -m tests.kit.sparse build`: a site without most of the pages that are alike.

It has one rule of each family, and reports on the first issues only. The site of this repository has all of its pages.
"""

from __future__ import annotations

from collections.abc import Iterator

from mkdocs.__main__ import cli

from triagebook.facts.case import Case
from triagebook.site import outputs, reference
from triagebook.site.content import SiteContent
from triagebook.site.page import Asset, Page
from triagebook.site.reports import report_outputs

from .sites import one_rule_of_each_family

REPORTED = 10


def few_reports(content: SiteContent, case: Case) -> Iterator[Page | Asset]:
    if case.entry.id in list(content.book.issues)[:REPORTED]:
        yield from report_outputs(content, case)


if __name__ == "__main__":
    reference.ALL_RULES = one_rule_of_each_family()
    outputs.report_outputs = few_reports
    cli()
