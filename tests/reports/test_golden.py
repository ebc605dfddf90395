"""Whole expected documents, byte for byte; UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import json
from collections.abc import Callable

import jsonschema
import mdformat
import pytest
from cases import KINDS, cases, written

from triagebook.reports.schema import schema

EVERY = [pytest.param(name, kind, id=f"{name}-{kind}") for name in cases() for kind in KINDS]
IN_HTML = {("1231", "validation-report"), *((name, kind) for name in ("proven", "four-fields") for kind in KINDS)}
IN_JSON = IN_HTML | {("half-filled", kind) for kind in KINDS}


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_markdown(golden: Callable[[str, str], None], name: str, kind: str) -> None:
    case, root = cases()[name]
    golden(f"{name}/{kind}.md", written(case, kind, "md", root))


@pytest.mark.parametrize(("name", "kind"), sorted(IN_HTML))
def test_html(golden: Callable[[str, str], None], name: str, kind: str) -> None:
    case, root = cases()[name]
    golden(f"{name}/{kind}.html", written(case, kind, "html", root))


@pytest.mark.parametrize(("name", "kind"), sorted(IN_JSON))
def test_json(golden: Callable[[str, str], None], name: str, kind: str) -> None:
    case, root = cases()[name]
    golden(f"{name}/{kind}.json", written(case, kind, "json", root))


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_json_fits_its_schema(name: str, kind: str) -> None:
    case, root = cases()[name]
    wanted = schema(kind)
    jsonschema.Draft7Validator.check_schema(wanted)
    jsonschema.validate(json.loads(written(case, kind, "json", root)), wanted, cls=jsonschema.Draft7Validator)


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_mdformat_leaves_the_markdown_as_it_is(name: str, kind: str) -> None:
    case, root = cases()[name]
    text = written(case, kind, "md", root)
    assert mdformat.text(text, extensions={"gfm"}) == text


@pytest.mark.parametrize("form", ["md", "html", "json"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_input_gives_the_same_bytes(kind: str, form: str) -> None:
    case, root = cases()["1231"]
    assert written(case, kind, form, root) == written(case, kind, form, root)
