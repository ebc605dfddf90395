"""The code that evidence was observed on: its commit, and the digests of the files that count."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field

from triagebook.code.checkout import Checkout
from triagebook.code.checkouts import FoundCheckout
from triagebook.errors import TriagebookError
from triagebook.text import first_of

_HASH = re.compile(r"[0-9a-f]{7,64}")
_CLOCKS = timedelta(seconds=2)  # a commit's time is in whole seconds
NAME_IT = "name it with --commit, or the checkout with --in"


class ObservedCode(Struct, frozen=True):
    """The code that something was seen on."""

    commit: str | None = None
    dirty: bool | None = None  # None: unknown
    digests: Mapping[str, str] = field(default_factory=dict)
    checkout: Checkout | None = None
    notes: tuple[str, ...] = ()  # what a person should know about it
    tests_from: str | None = None  # the commit of the tests, if they were laid over this one


def code_of_commit(found: FoundCheckout, commit: str, places: Iterable[str]) -> ObservedCode:
    """The code of a commit that a person names."""
    checkout = found.checkout
    full = checkout.objects.commit(commit) if checkout else None
    if full is None:
        if not _HASH.fullmatch(commit):
            what = f"`{commit}` is not a commit here" if checkout else f"`{commit}` is not the hash of a commit"
            raise TriagebookError(what, "give its hash, of at least 7 digits, or name the checkout with --in")
        if checkout:
            what = f"commit {commit[:12]} is not in {checkout.root.name}, so nothing recorded for it could count"
            do = "git fetch --unshallow" if checkout.shallow else "git fetch"
            raise TriagebookError(what, f"fetch it: {do}; or name the checkout that has it with --in DIR")
        notes = (f"{found.why}: no digests of the code are kept",)
        return ObservedCode(commit, dirty=False, notes=notes)
    if checkout is not None and full == checkout.head:
        return code_now(found, places)
    digested = checkout.objects.digests({full: tuple(places)})[full] if checkout else {}
    return ObservedCode(full, dirty=False, digests=digested, checkout=checkout)


def code_now(
    found: FoundCheckout, places: Iterable[str], seen_at: datetime | None = None, laid_over: Iterable[str] = ()
) -> ObservedCode:
    """The code of the work tree. What was seen before its commit was made was seen on other code."""
    checkout = found.checkout
    if checkout is None:
        return ObservedCode(notes=(f"the commit is not known, so it proves nothing: {found.why}; {NAME_IT}",))
    if seen_at is not None and seen_at < checkout.objects.made(checkout.head) - _CLOCKS:
        why = f"it was seen before the commit {checkout.head[:9]} was made, so on other code"
        return ObservedCode(checkout=checkout, notes=(f"{why}; name its commit with --commit",))
    digests = checkout.digests(places)
    changed = [*checkout.changed, *_unlike_commit(checkout, digests, {*checkout.changed, *laid_over})]
    note = f"the work tree holds changes or code in no commit, so it proves nothing: {first_of(changed)}"
    return ObservedCode(checkout.head, bool(changed), digests, checkout, (note,) if changed else ())


def _unlike_commit(checkout: Checkout, digests: Mapping[str, str], known: Collection[str]) -> list[str]:
    """Files that git takes for unchanged, and that read otherwise: by a filter, or by size and time alone."""
    committed = checkout.objects.digests({checkout.head: digests})[checkout.head]
    return [path for path, own in committed.items() if digests[path] != own and path not in known]
