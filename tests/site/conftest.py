"""Compares pages with those that are kept, and makes builds in this process quick."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from mkdocs.theme import Theme

from tests.kit import golden as kept
from tests.kit.sites import one_rule_of_each_family


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    return lambda name, text: kept.compare(f"pages/{name}.md", text)


class CompiledTemplates(BytecodeCache):
    """The templates of the theme as Python compiled them: they are the same in every build."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if known := self._known.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def compile_templates_once() -> Iterator[None]:
    """Saves a quarter of each build in this process."""
    compiled, original = CompiledTemplates(), Theme.get_env

    def get_env(theme: Theme) -> Environment:
        environment = original(theme)
        environment.bytecode_cache = compiled
        return environment

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Theme, "get_env", get_env)
        yield


@pytest.fixture(scope="module")
def few_rules() -> Iterator[None]:
    """A site without most pages of rules; that of this repository, which other tests look at, has them all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("triagebook.site.reference.ALL_RULES", one_rule_of_each_family())
        yield
