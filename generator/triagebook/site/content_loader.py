"""Loads a book with its findings for a site, and loads it again after a change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from triagebook.facts.inquiry import Inquiry
from triagebook.findings import Finding
from triagebook.inquire import inquire
from triagebook.render import own_templates
from triagebook.rules import EVERYTHING, check
from triagebook.store.load import Loaded, reload

from .content import SiteContent, recent_changes


class ContentLoader:
    """The folder of a book, reloaded on request."""

    def __init__(
        self,
        loaded: Loaded,
        since: str | None,
        inquiry: Inquiry | None = None,
        ask: Callable[[Loaded], Inquiry] = inquire,
    ) -> None:
        self._ask = ask
        self._inquiry = inquiry or ask(loaded)
        self._loaded = loaded
        self._since = since
        self._last = self._inquiry

    def content(self, findings: Sequence[Finding] | None = None) -> SiteContent:
        """The content of the site. Unless findings are given, the check runs when a page asks for them."""
        loaded, inquiry = self._loaded, self._inquiry
        content = SiteContent(
            loaded.book,
            self._check if findings is None else findings,
            inquiry.state,
            partial(recent_changes, loaded.root, self._since),
            own_templates(loaded.root),
            loaded.digests,
            self._last,
            inquiry.day,
        )
        self._last = content.inquiry
        return content

    def renewed(self, issues: frozenset[str]) -> SiteContent:
        """The content after the folders of some issues changed."""
        self._loaded = reload(self._loaded, issues)
        self._inquiry = self._ask(self._loaded)
        return self.content()

    def _check(self, issue_id: str | None) -> Sequence[Finding]:
        """The findings in one issue, or in the whole book."""
        loaded, only = self._loaded, None if issue_id is None else frozenset({issue_id})
        chosen = EVERYTHING.within(loaded.book.catalog)
        read = (chosen.weigh(found) for found in loaded.findings if chosen.wants_code(found.code))
        here = (found for found in read if only is None or found.file.partition("/")[0] in only)
        return loaded.placed([*here, *check(self._inquiry, only=only)])
