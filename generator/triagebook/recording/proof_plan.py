"""Plans the proof of a fix after the fact: the commits without and with it, and the tests to copy over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from triagebook.book import Entry
from triagebook.code import git
from triagebook.code.checkout import Checkout
from triagebook.code.file_kinds import is_named_as_test, is_test_file
from triagebook.code.worktree import changed_between
from triagebook.errors import TriagebookError
from triagebook.model.evidence import Phase


class ProofStep(Struct, frozen=True):
    """One of the two runs: the commit of the product, and the test files laid over it."""

    phase: Phase
    commit: str
    laid_over: dict[str, bool]  # whether each file exists at the commit of the tests


class ProofPlan(Struct, frozen=True):
    """The two runs that prove a fix, and the commit that their tests come from."""

    before: ProofStep
    after: ProofStep
    tests: str


def plan_proof(
    entry: Entry, checkout: Checkout, fix: str | None, tests: str | None, suites: Sequence[str]
) -> ProofPlan:
    """The plan for a fix at the named commit, or at those that the record names."""
    fixes = [_commit(checkout, name) for name in ([fix] if fix else entry.issue.fix_commits)]
    if not fixes:
        what = f"issue {entry.id} names no commit of its fix"
        raise TriagebookError(what, "name it with --fix COMMIT, or add `commit` to the entries of `fix.changes`")
    after, before = _last(checkout, fixes), _parent_of(checkout, fixes)
    paths = [str(path) for name in suites if (path := entry.issue.suites[name].path)]
    source = _commit(checkout, tests) if tests else _with_tests(checkout, after, paths)
    first, second = (
        ProofStep(phase, commit, _laid_over(entry, changed_between(checkout.root, commit, source), paths))
        for phase, commit in ((Phase.BEFORE, before), (Phase.AFTER, after))
    )
    return ProofPlan(first, second, source)


def _commit(checkout: Checkout, name: str) -> str:
    if full := checkout.objects.commit(name):
        return full
    do = "name the commit that has the change now with --fix COMMIT: a squash or rebase gives it another id"
    if checkout.shallow:
        do = "fetch the history: git fetch --unshallow"
    raise TriagebookError(f"commit {name[:12]} is not in {checkout.root}", do)


def _last(checkout: Checkout, fixes: Sequence[str]) -> str:
    """The first commit that contains the whole fix."""
    for commit in (*fixes, str(checkout.head)):
        if all(_contains(checkout, commit, fix) for fix in fixes):
            return commit
    what = f"neither HEAD nor a commit of the fix contains all of {', '.join(fix[:9] for fix in fixes)}"
    raise TriagebookError(what, "check out a commit that contains the whole fix, or name it with --fix COMMIT")


def _parent_of(checkout: Checkout, fixes: Sequence[str]) -> str:
    """The last commit without any part of the fix."""
    parents = []
    for fix in fixes:
        parent = checkout.objects.commit(f"{fix}^")
        if parent is None:
            do = (
                "fetch the history: git fetch --unshallow"
                if checkout.shallow
                else "name another commit with --fix COMMIT"
            )
            raise TriagebookError(f"the parent of the fix {fix[:9]} is not in {checkout.root}", do)
        parents.append(parent)
    base = git.ask(checkout.root, "merge-base", "--octopus", *parents)
    if not base or any(_contains(checkout, base.strip(), fix) for fix in fixes):
        what = f"no commit is without all of {', '.join(fix[:9] for fix in fixes)}"
        raise TriagebookError(what, "name one commit with --fix COMMIT")
    return base.strip()


def _contains(checkout: Checkout, commit: str, other: str) -> bool:
    return git.run(checkout.root, "merge-base", "--is-ancestor", other, commit).returncode == 0


def _with_tests(checkout: Checkout, fix: str, paths: Sequence[str]) -> str:
    """The commit to take the tests from: the fix, or HEAD if they were written later."""
    for commit in (fix, str(checkout.head)):
        missing = [path for path in paths if checkout.objects.item(commit, path.rstrip("/")) is None]
        if not missing:
            return commit
    what = f"{', '.join(missing)} is neither in the fix {fix[:9]} nor in HEAD"
    raise TriagebookError(what, "commit the tests, correct the `path` of the suite, or name their commit with --tests")


def _laid_over(entry: Entry, changed: dict[str, bool], paths: Iterable[str]) -> dict[str, bool]:
    """The changed files that are tests or fixtures. What the record names as the product is left as it is."""
    places = tuple(f"{path.rstrip('/')}/" for path in paths)
    fix = {str(change.path) for change in entry.issue.changes if change.path}
    located = {str(location.at.path) for location in entry.locations}
    tests_are_the_defect = bool(fix) and all(is_test_file(path) for path in fix)

    def is_test(path: str) -> bool:
        if path in fix | located and tests_are_the_defect:
            return False
        own = f"{path}/" in places or is_named_as_test(path)
        below = f"{path}/".startswith(places) if places else False
        return own or (is_test_file(path) and (below or path not in fix | located))

    return {path: exists for path, exists in changed.items() if is_test(path)}
