"""All corruptions, family by family."""

from __future__ import annotations

from . import claims, evidence, form, lifecycle, numbers, references, schema, suites

CORRUPTIONS = tuple(corruption for family in (form, schema, references, claims, numbers, evidence, suites, lifecycle) for corruption in family.CORRUPTIONS)
