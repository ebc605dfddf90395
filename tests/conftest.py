"""What all tests share: the profile of property tests, and locks and a cache that leave nothing on this machine."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.kit.hypotheses import examples

# The same examples in every run, however slow the machine is: a failure is caused by the code, not by the day.
settings.register_profile("steady", examples(100))
settings.load_profile("steady")

# A shell starts background jobs with Ctrl+C ignored, `nohup` with SIGHUP; child processes inherit that, and tests
# here send both.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


# Their tests are long or wait for a network: at the end of a run, one worker would wait for the other.
FIRST = {"real", "package", "ci", "browser", "story"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: FIRST.isdisjoint(item.path.parent.parts[-1:]))


def pytest_collection_finish() -> None:
    """Spare the garbage collector the thousands of collected tests, which live to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _own_temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        folder = str(tmp_path_factory.mktemp("locks"))
        patch.setitem(os.environ, "TMPDIR", folder)
        patch.setattr(tempfile, "tempdir", folder)
        patch.setenv("TRIAGEBOOK_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
