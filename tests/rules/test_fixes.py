"""Rules about changes compared with the fix and the affected files."""

from __future__ import annotations

import pytest

from tests.kit.books import at, said


def fix(change: str, rest: str = "") -> str:
    return f"fix:\n  changes: [{{{change}}}]\n{rest}"


AFFECTED = """
# affected.yaml
source: {repository: app, commit: 5222b25608c3}
locations:
  - {at: "app/routes/chat.py:12", state: fixed, commit: ab14a73d8}
"""


COMPONENTS = """
# catalog.yaml
components: {routes: {title: Routes, paths: ["app/routes/**"]}, auth: {title: Auth, paths: ["app/auth/**"]}}
"""


def test_changes_without_a_chosen_option_are_found() -> None:
    text = fix("path: app/a.py", "  options: {one: {title: One}, two: {title: Two}}")
    assert said(text, "TB419") == ["1/issue.yaml:3: 2 options and 1 change, but no option is chosen"]


def test_a_change_to_the_same_value_is_found() -> None:
    text = fix("setting: TIMEOUT, was: 30 s, now: 30 s")
    assert said(text, "TB419") == ["1/issue.yaml:2: `TIMEOUT` is changed from `30 s` to the same value"]
    assert at(text, "TB419") == [("fix", "changes", 0, "now")]


def test_a_location_fixed_by_another_commit_is_found() -> None:
    text = fix("path: app/routes/chat.py, commit: 5222b25608c3") + AFFECTED
    says = "app/routes/chat.py:12 is fixed by commit ab14a73d8, which no change names"
    assert said(text, "TB419") == [f"1/affected.yaml:3: {says}"]


@pytest.mark.parametrize(
    "text",
    [
        fix("path: app/a.py", "  options: {one: {title: One}}\n  chosen: one"),
        fix("path: app/a.py"),
        "fix: {options: {one: {title: One}, two: {title: Two}}}",
        fix("setting: TIMEOUT, was: 30 s, now: 60 s"),
        fix("setting: TIMEOUT, now: 60 s"),
        fix("path: app/routes/chat.py, commit: ab14a73d8429") + AFFECTED,
        fix("path: app/routes/chat.py") + AFFECTED,
        AFFECTED,
    ],
)
def test_matching_changes_are_accepted(text: str) -> None:
    assert not said(text, "TB419")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (fix("path: app/auth/a.py") + AFFECTED, "`app/auth/a.py` is not an affected file"),
        (
            fix("path: app/auth/a.py", "components: routes") + AFFECTED,
            "`app/auth/a.py` is not an affected file; it belongs to `auth`, but the issue names `routes`",
        ),
        (
            fix("path: app/auth/a.py", "components: routes"),
            "`app/auth/a.py` belongs to `auth`, but the issue names `routes`",
        ),
    ],
)
def test_an_unrelated_change_is_found(text: str, says: str) -> None:
    assert said(text + COMPONENTS, "TB420") == [f"1/issue.yaml:2: {says}"]
    assert at(text + COMPONENTS, "TB420") == [("fix", "changes", 0, "path")]


@pytest.mark.parametrize(
    "text",
    [
        fix("path: app/routes/chat.py") + AFFECTED,
        fix("setting: TIMEOUT") + AFFECTED,
        fix("path: app/auth/a.py"),
        fix("path: app/auth/a.py", "components: [routes, auth]"),
        fix("path: README.md", "components: [routes]"),
        fix("path: app/auth/a.py", "causes: [{says: a, at: app/auth/a.py}]") + AFFECTED,
        fix("path: app/auth/a.py", "causes: [{says: a, why: [{says: b, at: app/auth/a.py}]}]") + AFFECTED,
        fix("path: app/auth/a.py", "symptoms: [{says: a, at: app/auth/a.py}]") + AFFECTED,
        fix("path: tests/test_a.py", "suites: {unit: {category: unit, path: tests}}") + AFFECTED,
    ],
)
def test_a_related_change_is_accepted(text: str) -> None:
    assert not said(text + COMPONENTS, "TB420")


def test_a_missing_component_is_found() -> None:
    text = "components: auth" + AFFECTED + "  - app/routes/a.py:3\n  - app/auth/a.py:5\n" + COMPONENTS
    assert said(text, "TB421") == [
        "1/affected.yaml:3: 2 affected places belong to `routes`, which the issue does not name"
    ]


@pytest.mark.parametrize("text", ["components: routes" + AFFECTED, AFFECTED, "components: auth"])
def test_named_components_are_accepted(text: str) -> None:
    assert not said(text + COMPONENTS, "TB421")


@pytest.mark.parametrize(
    ("excluded", "place"),
    [("app/routes/chat.py:4,12", "app/routes/chat.py:12"), ("app/routes/chat.py", "app/routes/chat.py")],
)
def test_a_place_listed_and_excluded_is_found(excluded: str, place: str) -> None:
    text = f'{AFFECTED}excluded: [{{at: "{excluded}"}}]'
    assert said(text, "TB427") == [f"1/affected.yaml:4: `{place}` is listed both as affected and as excluded"]
    assert at(text, "TB427") == [("excluded", 0, "at")]


def test_an_excluded_line_of_a_listed_file_is_found() -> None:
    text = '# affected.yaml\nsource: {repository: app, commit: 5222b2560}\nlocations: app/a.py\nexcluded: "app/a.py:3"'
    assert said(text, "TB427") == ["1/affected.yaml:3: `app/a.py` is listed both as affected and as excluded"]


@pytest.mark.parametrize("excluded", ["app/routes/chat.py:13", "app/other.py"])
def test_a_place_in_one_list_is_accepted(excluded: str) -> None:
    assert not said(f'{AFFECTED}excluded: [{{at: "{excluded}"}}]', "TB427")
    assert not said("title: a", "TB427")


@pytest.mark.parametrize("why", ["title: The import stays as it is", "note: The call is unchanged"])
def test_unchanged_code_that_is_explained_is_accepted(why: str) -> None:
    assert not said(f"fix: {{code: [{{{why}, before: a, after: a}}]}}", "TB419")
