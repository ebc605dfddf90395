"""`triagebook build`: the docs site, and what is wrong with the records it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from triagebook.findings import Severity
from triagebook.output import text
from triagebook.output.words import counted
from triagebook.store.load import load

from .common import book_option, book_root, examples, on_terminal, short
from .findings import all_findings
from .main import FINDINGS
from .site import config_of
