"""`python -m triagebook`: the same as the command `triagebook`."""

from __future__ import annotations

from triagebook.cli.main import run

run()
