"""A table of the command shows words as they stand."""

import pytest
from rich.table import Table

from songnuan.cli.output import Out

WORDS = "pip install songnuan[schedule] [red]红[/red] [/] :smile:"


def test_what_is_in_brackets_is_part_of_the_words(capsys: pytest.CaptureFixture[str]) -> None:
    """`songnuan doctor` told people to install a package without its extra."""
    for show in (lambda table: Out(as_json=False).document({}, table), Out(as_json=False).beforehand):
        table = Table("[b]表头[/b]", title="[i]标题[/i]")
        table.add_row(WORDS)
        show(table)
        shown = capsys.readouterr().out
        assert all(words in shown for words in (WORDS, "[b]表头[/b]", "[i]标题[/i]"))
