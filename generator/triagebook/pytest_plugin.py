"""The pytest plugin: records a test run as evidence of an issue. Without `--triagebook` it does nothing.

Only `pytest_addoption` and the marker run in every session, so nothing else of triagebook is imported before it is
asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from triagebook.cli.recorder import Recorder

_MARKER = "issue(id, proves, before, after): the test belongs to this issue of triagebook; `triagebook plan` plans it."


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("triagebook", "record the run as evidence of an issue")
    group.addoption("--triagebook", metavar="ID", action="append", default=[], help="the issue; can be repeated")
    for name, metavar, help_text in (
        ("phase", "before|after", "whether the code has the fix"),
        ("environment", "ID", "where the tests run, an environment of the catalog"),
        ("suite", "ID", "the suite that runs; default: the one that all results belong to"),
        ("book", "DIR", "the book; default: search from here upwards"),
    ):
        own, option = f"--triagebook-{name}", {"metavar": metavar, "dest": f"triagebook_{name}", "help": help_text}
        try:
            group.addoption(f"--{name}", own, **option)
        except ValueError:  # another plugin has the short name
            group.addoption(own, **option)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARKER)
    elsewhere = hasattr(config, "workerinput")  # xdist's workers report to another process
    if config.getoption("triagebook") and not elsewhere and not config.getoption("collectonly"):
        config.pluginmanager.register(_RunRecorder(config), "triagebook-recorder")


class _RunRecorder:
    """Lets pytest write its results as JUnit XML, and records them when the run has ended."""

    def __init__(self, config: pytest.Config) -> None:
        from _pytest.junitxml import LogXML  # noqa: PLC0415  (only if a run is recorded)

        self._recorders = list(_recorders(config))
        self._folder = TemporaryDirectory(prefix="triagebook-")
        self._results = Path(self._folder.name) / "pytest.xml"
        self._lines: list[str] = []

        class QuietLog(LogXML):
            def pytest_terminal_summary(self, *_: object) -> None:
                """Do not name the file, which is deleted at the end."""

        log = QuietLog(str(self._results), None, suite_name="pytest", logging="all", family="xunit1")
        config.pluginmanager.register(log, "triagebook-results")

    def pytest_report_header(self) -> list[str]:
        notes = dict.fromkeys(note for one in self._recorders if one.before for note in one.before.notes)
        return [f"triagebook: {note}" for note in notes]

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        """After the results are written, and before the summary is."""
        yield
        from msgspec.structs import replace  # noqa: PLC0415

        from triagebook.errors import TriagebookError  # noqa: PLC0415
        from triagebook.recording.input_files import read_all  # noqa: PLC0415

        try:
            if session.exitstatus == pytest.ExitCode.INTERNAL_ERROR:
                session.config.get_terminal_writer().line("triagebook: pytest broke off, so nothing is recorded")
                return
            (reading,), _ = read_all([str(self._results)], None, BytesIO())
            if not (reading.results.cases or reading.results.problems):
                self._lines.append("no test ran, so nothing is recorded")
                return
            reading = replace(reading, source=replace(reading.source, path="this run"))
            for recorder in self._recorders:
                with redirect_stdout(StringIO()) as said, redirect_stderr(said):
                    recorder.files([(None, reading)], [])
                self._lines += [f"issue {recorder.context.entry.id}", *said.getvalue().splitlines()]
        except TriagebookError as error:
            self._lines += [f"error: {error.what}", f"  {error.do}"]
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        except OSError as error:
            self._lines += [f"error: the run was not recorded: {error}"]
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        finally:
            self._folder.cleanup()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("triagebook")
        for line in self._lines:
            terminalreporter.write_line(line)


def _recorders(config: pytest.Config) -> Iterator[Recorder]:
    """A recorder for each issue; the code is observed before the tests run."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from msgspec.structs import replace  # noqa: PLC0415

    from triagebook.cli.recorder import Recorder, context_of, refuse_missing  # noqa: PLC0415
    from triagebook.errors import TriagebookError  # noqa: PLC0415
    from triagebook.model.evidence import Phase  # noqa: PLC0415
    from triagebook.recording.evidence_data import Setting  # noqa: PLC0415

    given = {name: config.getoption(f"triagebook_{name}") for name in ("phase", "environment", "suite", "book")}
    if given["phase"] not in {None, "before", "after"}:
        raise pytest.UsageError(f"--phase {given['phase']}: write before or after")
    setting = Setting(given["environment"], Phase(given["phase"]) if given["phase"] else None)
    suites = [given["suite"]] if given["suite"] else []
    book = Path(given["book"]) if given["book"] else None
    try:
        for issue_id in dict.fromkeys(config.getoption("triagebook")):
            context = context_of(book, issue_id, setting, None, suites=suites, now=datetime.now(UTC))
            refuse_missing(context)
            known, place = context.found, config.invocation_params.dir
            if not (known.checkout and place.resolve().is_relative_to(known.checkout.root)):
                here = context_of(book, issue_id, setting, place, suites=suites, now=context.now)
                if known.checkout is None or here.found.repository == known.repository != "":
                    context = here  # the tests run in another clone than the catalog names
            context = replace(context, ran_in=config.rootpath)
            yield Recorder(context, given["suite"], before=context.code(context.places))
    except TriagebookError as error:
        raise pytest.UsageError(f"triagebook: {error.what}; {error.do}") from None
