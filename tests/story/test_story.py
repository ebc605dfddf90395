"""The whole story, as the tutorial tells it: from a tracker's issue to a proven fix, and back again.

UPDATE_GOLDEN=1 keeps the finished book anew in `book/`, where reports and site find an issue that is proven.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from triagebook.code.checkouts import states_for
from triagebook.facts.case import Case
from triagebook.facts.inquiry import Inquiry
from triagebook.facts.ledger.commits import Freshness
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.facts.verdict.stages import Stage
from triagebook.facts.verdict.verdict import Verdict
from triagebook.findings import Level
from triagebook.rules import RULES
from triagebook.rules.engine import run
from triagebook.store.load import load

from .tell import Said, differs, tell

HERE = Path(__file__).parent
TUTORIAL = HERE.parents[1] / "site" / "guide" / "tutorial.md"
BOOK = HERE / "book"


@dataclass
class Story:
    """What was said, and the verdict over the checkout after each commit, by its message."""

    said: list[Said] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    app = tmp_path_factory.mktemp("story") / "chat"
    app.mkdir()
    told = Story()
    for said in tell(TUTORIAL.read_text(encoding="utf-8"), app):
        told.said.append(said)
        message = re.search(r'git commit -qm "([^"]+)"', said.command)
        if message and (app / "issues/12/issue.yaml").exists():
            told.verdicts[message[1]] = verdict_of(app)
            if message[1] == "Issue 12 is proven" and os.environ.get("UPDATE_GOLDEN"):
                keep(app / "issues")
    return told


def verdict_of(app: Path) -> Verdict:
    loaded = load(app / "issues")
    entry = loaded.book.issues["12"]
    return Case(loaded.book, entry, states_for(loaded.book, loaded.root, [entry])["12"]).verdict


def keep(issues: Path) -> None:
    shutil.rmtree(BOOK, ignore_errors=True)
    shutil.copytree(issues, BOOK, ignore=shutil.ignore_patterns(".schema"))


def test_the_tutorial_is_true(story: Story) -> None:
    """Every command does what the page shows."""
    assert [wrong for said in story.said if (wrong := differs(said))] == []


def test_the_tutorial_reaches_its_stages(story: Story) -> None:
    """The issue goes from reported to validated, one after the other; then the defect is back."""
    stages = [said.printed.split()[1] for said in story.said if said.command.endswith("--name stage")]
    assert stages == ["reported", "triaged", "reproduced", "fixed", "validated", "reproduced", "reproduced"]


def test_a_proof_holds_only_for_the_code_it_ran_on(story: Story) -> None:
    """While the code is the same the proof is fresh; once the old code is back, the verdict says so."""
    proven = story.verdicts["Issue 12 is proven"]
    local = proven.environments["local"]
    assert (proven.stage, local.state) == (Stage.VALIDATED, EnvironmentStatus.PROVEN)
    assert {proof.age.freshness for proof in local.proven_by} == {Freshness.FRESH}
    reverted = story.verdicts["Await the manager"]
    assert reverted.bottom_line == "The fix was reverted: chat/routes.py reads as before it; fix it again."
    reasons = reverted.environments["local"].reasons
    assert reasons == ("the fix was reverted: chat/routes.py reads as before it",)


def test_the_stored_book_equals_that_of_the_tutorial() -> None:
    """It shows a proven issue without a finding, and names no machine."""
    loaded = load(BOOK)
    assert loaded.findings == ()
    assert Case(loaded.book, loaded.book.issues["12"]).verdict.stage is Stage.VALIDATED
    found = run(RULES, Inquiry(loaded.book, day=date(2100, 1, 1)))
    assert [finding for finding in found if finding.severity is not Level.NOTE] == []
    for path in BOOK.rglob("*.*"):
        if path.is_file():
            assert not re.search(r"/(?:home|root|tmp|Users|work)/", path.read_text(encoding="utf-8")), path.name
