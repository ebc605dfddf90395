"""The JSON Schemas that editors use, made from the models.

Draft 7, which every YAML language server reads; in draft 7 a `$ref` hides its siblings, so it is put into `allOf`.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from .affected import Affected
from .base import Json
from .catalog import Catalog
from .document import Document
from .evidence import AnyEvidence
from .issue import Issue
from .pattern import Pattern

KINDS: dict[str, Any] = {
    "affected": Affected,
    "catalog": Catalog,
    "claims": Document,
    "evidence": AnyEvidence,
    "issue": Issue,
    "pattern": Pattern,
}


def schema(kind: str) -> Json:
    adapter: TypeAdapter[Any] = TypeAdapter(KINDS[kind])
    made = _tidy(adapter.json_schema(ref_template="#/definitions/{model}", by_alias=True))
    parts = made.pop("$defs", {})
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": kind.capitalize()}
    return {**head, **made, "definitions": parts}


def _tidy(part: Any) -> Any:  # noqa: ANN401  (JSON)
    """Without what pydantic adds for programs: nulls, defaults, titles made of names, OpenAPI's words."""
    if isinstance(part, list):
        return [_tidy(item) for item in part]
    if not isinstance(part, dict):
        return part
    noise = {"default", "discriminator"} | ({"title"} if isinstance(part.get("title"), str) else set())
    tidy = {key: _tidy(value) for key, value in part.items() if key not in noise}
    choices = [choice for choice in tidy.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        del tidy["anyOf"]
        tidy = {**choices[0], **tidy}
    elif choices:
        tidy["anyOf"] = choices
    if "patternProperties" in tidy:
        tidy["additionalProperties"] = False
    if "$ref" in tidy and len(tidy) > 1:
        tidy["allOf"] = [{"$ref": tidy.pop("$ref")}]
    return tidy
