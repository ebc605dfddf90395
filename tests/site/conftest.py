"""Compares pages with those that are kept, and makes builds in this process quick."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from jinja2 import FileSystemBytecodeCache

from tests.kit import golden as kept
from tests.kit.paths import shared_folder
from tests.kit.sites import one_rule_of_each_family


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    return lambda name, text: kept.compare(f"pages/{name}.md", text)


@pytest.fixture(scope="session", autouse=True)
def compile_templates_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Saves a third of each build in this process, whatever cache folder it has."""
    folder = shared_folder(tmp_path_factory) / "compiled"
    folder.mkdir(exist_ok=True)
    compiled = FileSystemBytecodeCache(str(folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("triagebook.site.mkdocs.plugin.bytecode_cache", lambda *_: compiled)
        yield


@pytest.fixture(scope="module")
def few_rules() -> Iterator[None]:
    """A site without most pages of rules; that of this repository, which other tests look at, has them all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("triagebook.site.reference.ALL_RULES", one_rule_of_each_family())
        yield
