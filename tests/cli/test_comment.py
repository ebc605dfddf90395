"""`triagebook comment`: one comment on a pull request, written and kept up to date at a host that answers as GitHub."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

GIT = ["git", "-c", "user.name=Developer", "-c", "user.email=developer@example.org", "-c", "commit.gpgsign=false"]
REPORT = "# Validation report\n\nAll tests pass: 3 passed, 2 failed.\n"
RESULTS = """\
<testsuite name="shop" tests="2" failures="2">
  <testcase classname="tests.test_cart" name="test_tabs">
    <failure message="StaleCartError: cart 7 was changed"/></testcase>
  <testcase classname="tests.test_cart" name="test_rates"><failure message="KeyError: 'rate'"/></testcase>
</testsuite>
"""


class Host(HTTPServer):
    """A host with the comments of one pull request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.comments: list[dict[str, Any]] = [{"id": 1, "body": "Looks good"}]
        self.asked: list[str] = []
        self.refuses = False
        self.foreign = 0  # the id of a comment that we may not change


class _Answers(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        self._answer(self.server.comments)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.server.refuses:
            self.server.comments.append({"id": len(self.server.comments) + 1, **body})
        self._answer(body, writes=True)

    def do_PATCH(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        one = next(each for each in self.server.comments if self.path.endswith(f"/comments/{each['id']}"))
        refused = one["id"] == self.server.foreign
        one.update({} if refused else body)
        self._answer(body, writes=True, refused=refused)

    def _answer(self, body: object, *, writes: bool = False, refused: bool = False) -> None:
        self.server.asked.append(f"{self.command} {self.path.partition('?')[0]}")
        assert self.headers["Authorization"] == "Bearer secret"
        self.send_response(403 if refused or (writes and self.server.refuses) else 200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """A test prints no log."""


@pytest.fixture
def host() -> Iterator[Host]:
    server = Host()
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def change(book: Path, here: Path) -> Path:
    """A pull request that gives issue 9 an owner who is not in the catalog, and adds a report."""
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "The book"]):
        subprocess.run([*GIT, *arguments], cwd=here, check=True)
    record = book / "9" / "issue.yaml"
    record.write_text(record.read_text().replace("owner: backend", "owner: nobody"), encoding="utf-8")
    (here / "docs").mkdir()
    (here / "docs" / "report.md").write_text(REPORT, encoding="utf-8")
    for arguments in (["add", "."], ["commit", "-qm", "A change"]):
        subprocess.run([*GIT, *arguments], cwd=here, check=True)
    return record


@pytest.fixture
def job(host: Host, here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The variables of a job for the pull request; the file with its summary."""
    event = here.parent / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 5}}), encoding="utf-8")
    summary = here.parent / "summary.md"
    for name, value in {
        "GITHUB_API_URL": f"http://127.0.0.1:{host.server_port}",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_TOKEN": "secret",
        "GITHUB_STEP_SUMMARY": str(summary),
    }.items():
        monkeypatch.setenv(name, value)
    return summary


@pytest.mark.usefixtures("change")
def test_the_comment_names_what_is_touched_its_bottom_line_and_findings(run: Callable[..., Any]) -> None:
    ran = run("comment", "HEAD~1", "--documents", "docs")
    assert ran.code == 0
    assert (
        "**9 Items vanish from the cart when two windows are open** (critical): Cause and location are known" in ran.out
    )
    assert "error TB201 at `issues/9/issue.yaml:" in ran.out
    assert "**`docs/report.md`**: " in ran.out
    assert "**101" not in ran.out


def test_the_comment_and_the_report_name_the_same_changes(run: Callable[..., Any], change: Path) -> None:
    record = change.read_text(encoding="utf-8").replace("severity: critical", "severity: low")
    change.write_text(record, encoding="utf-8")
    said = [line.replace("*", "") for line in run("comment", "HEAD").out.splitlines() if " now" in line]
    assert said == ["- How much harm the defect does: critical before, low now"]
    report = run("report", "9", "summary", "--since", "HEAD").out
    assert [line for line in report.splitlines() if line.endswith(" now")] == said


@pytest.mark.usefixtures("change")
def test_each_failure_of_the_results_is_known_or_new(run: Callable[..., Any], here: Path) -> None:
    (here / "results.xml").write_text(RESULTS, encoding="utf-8")
    out = run("comment", "HEAD~1", "--results", "*.xml").out
    assert "**Failures of this run**: 2 failures: 1 known, 1 new" in out
    new, known = (line for line in out.splitlines() if line.startswith(("- **new", "- **known")))
    assert new == "- **new**: `tests/test_cart.py::test_rates: KeyError: 'rate'`"
    assert known.startswith("- **known** 9 Items vanish from the cart when two windows are open: ")


@pytest.mark.usefixtures("change")
def test_a_second_run_updates_the_comment(run: Callable[..., Any], host: Host, job: Path) -> None:
    assert run("comment", "HEAD~1", "--post").out == "wrote the comment\n"
    assert run("comment", "HEAD~1", "--post").out == "the comment is up to date\n"
    assert run("comment", "HEAD~1", "--post", "--documents", "docs").out == "updated the comment\n"
    assert [one["body"].startswith("<!-- triagebook -->") for one in host.comments] == [False, True]
    assert "PATCH /repos/acme/shop/issues/comments/2" in host.asked
    assert "TB201" in job.read_text(encoding="utf-8")


@pytest.mark.usefixtures("change", "job")
def test_a_comment_of_somebody_else_that_begins_like_ours_is_left_alone(run: Callable[..., Any], host: Host) -> None:
    host.foreign, host.comments[0]["body"] = 1, "<!-- triagebook --> all is well"
    assert run("comment", "HEAD~1", "--post").out == "wrote the comment\n"
    assert [one["body"].endswith("all is well") for one in host.comments] == [True, False]


@pytest.mark.usefixtures("change")
def test_where_the_token_may_not_write_the_summary_remains(run: Callable[..., Any], host: Host, job: Path) -> None:
    host.refuses = True
    ran = run("comment", "HEAD~1", "--post")
    assert ran.code == 0
    assert "may not comment, as in a fork" in ran.out
    assert "Items vanish" in job.read_text(encoding="utf-8")


def test_a_title_gives_no_orders(run: Callable[..., Any], change: Path) -> None:
    change.write_text(change.read_text().replace("title: Items", "title: Items <img src=x>"), encoding="utf-8")
    out = run("comment", "HEAD~1").out
    assert "Items \\<img src=x>" in out


@pytest.mark.usefixtures("change")
def test_outside_of_a_job_the_missing_variables_are_named(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    monkeypatch.delenv("GITHUB_API_URL", raising=False)
    ran = run("comment", "HEAD~1", "--post")
    assert ran.code == 2
    assert "GITHUB_TOKEN" in ran.err
