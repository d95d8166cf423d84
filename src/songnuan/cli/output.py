"""How a command speaks: JSON or words on standard output, progress on standard error, exit codes."""

import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Any, ParamSpec

import click
from django.db import DatabaseError
from django.utils import translation
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from songnuan.cli.failures import told
from songnuan.cli.guard import same_keys
from songnuan.kernel.keys import KeysBroken, KeysMissing
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealed import SealBroken

P = ParamSpec("P")

REFUSED = 1


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return str(value)


def _print(document: object) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))


def _show(table: Table) -> None:
    # Cut-off advice helps nobody: where no terminal sets the width, lines may be long. Words are shown as
    # they stand: what is in brackets, such as songnuan[schedule], is part of them and no style.
    Console(width=None if sys.stdout.isatty() else 200, markup=False, emoji=False).print(table)


class Out:
    """Where a command says what it did."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.errors = Console(stderr=True)
        self.beside: dict[str, object] = {}
        """What the JSON document of a refusal holds beside it, where programs expect more."""

    def document(self, document: object, words: str | Table) -> None:
        """Give the result: `document` as JSON, or `words` to read."""
        if self.as_json:
            _print(document)
        elif isinstance(words, Table):
            _show(words)
        else:
            click.echo(words)

    def beforehand(self, table: Table) -> None:
        """Show a table to read before the result; programs find what it says in the document."""
        if not self.as_json:
            _show(table)

    def note(self, sentence: str) -> None:
        """Say on standard error what is going on."""
        self.errors.print(sentence, style="dim", highlight=False, markup=False)

    @contextmanager
    def progress(self, label: str, total: int | None) -> Iterator[Callable[..., None]]:
        """Show a bar on standard error when it is a terminal; yields the step to call, with how many.

        Without a total it only shows that something goes on, and for how long.
        """
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.errors, disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task(label, total=total)
            yield lambda steps=1: bar.advance(task, steps)


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--json` and `--lang`, and turn a refusal into its sentence and exit code 1."""

    @click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
    @click.option(
        "--lang",
        type=click.Choice(["zh-hans", "zh-hant", "en"]),
        default="zh-hans",
        show_default=True,
        help="The language of sentences.",
    )
    @wraps(function)
    def run(*args: Any, as_json: bool, lang: str, **kwargs: Any) -> None:  # noqa: ANN401 - click's own values
        with translation.override(lang):
            out = Out(as_json=as_json)
            try:
                with same_keys():
                    function(*args, out=out, **kwargs)
            except Refusal as refusal:
                refused(out, refusal.code, refusal.sentence, dict(refusal.facts))
            except (DatabaseError, SealBroken, KeysBroken, KeysMissing, OSError, ValueError) as error:
                code, sentence = told(error)
                refused(out, code, sentence)

    return run


def refused(out: Out, code: str, sentence: str, facts: dict[str, Any] | None = None) -> None:
    """Say the sentence and leave with exit code 1."""
    click.echo(sentence, err=True)
    if out.as_json:
        # Where standard output itself is what failed, the sentence was said.
        with suppress(OSError):
            _print({**out.beside, "refused": {"code": code, "message": sentence, "facts": facts or {}}})
    sys.exit(REFUSED)
