"""Keeps a command from a database that was set up with other keys than those in the data folder.

Written with two sets of keys, neither could read all of it, and the trail would look forged.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, ProgrammingError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from songnuan.kernel import keys
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Installation

# The last commit with the migrations that are one an app now.
LAST_BEFORE = "49fb9ef"


def installed() -> Installation | None:
    """Return what the database was set up as; None before it was."""
    try:
        return Installation.objects.first()
    except (OperationalError, ProgrammingError) as error:
        told = str(error)
        missing = isinstance(error, ProgrammingError) or "no such table" in told or "unable to open" in told
        # Inside a transaction PostgreSQL answers nothing more after an error.
        if not missing or connection.in_atomic_block:
            raise
        return None


def refuse_other_keys() -> None:
    """Let pass when the database was set up with the keys of this data folder, or not set up yet.

    Raises:
        Refusal: `keys_differ`, also when the folder has no keys.

    """
    row = installed()
    if row is None:
        return
    try:
        mine = keys.fingerprint()
    except keys.KeysMissing:
        mine = ""
    if row.keys_fingerprint != mine:
        sentence = _(
            "This database was set up with other keys than those in %(folder)s. Name its own data folder in "
            "SONGNUAN_HOME, or another database in DATABASE_URL."
        )
        raise Refusal("keys_differ", sentence % {"folder": keys.home()})


def refuse_half_migrated() -> None:
    """Let pass when the database had all or none of the migrations that are one now (decision 0021).

    Django itself takes a database that lacks only the last of them for one that is up to date.

    Raises:
        Refusal: `migrations_unfinished`.

    """
    try:
        had = MigrationRecorder(connection).applied_migrations()
    except OperationalError as error:
        if "unable to open" not in str(error):
            raise
        return  # its folder is made after this; where it is there and shut, whoever migrates says so
    for one, migration in MigrationLoader(None).replacements.items():
        answers = {name in had for name in migration.replaces}
        if one not in had and len(answers) > 1:
            sentence = _(
                "This database has only some of the changes made before 0.1.0. If nothing was entered in it"
                " yet, delete it and run “songnuan init”. Else run “songnuan init” of commit %(commit)s once,"
                " then this command again."
            )
            raise Refusal("migrations_unfinished", sentence % {"commit": LAST_BEFORE})


@contextmanager
def same_keys() -> Iterator[None]:
    """Ask `refuse_other_keys` before the first statement inside; a command that makes none needs no keys."""
    asking = agreed = False

    def ask_first(execute: Any, *statement: Any) -> Any:  # noqa: ANN401 - handed on as Django gives it
        nonlocal asking, agreed
        if not (asking or agreed):
            asking = True
            try:
                refuse_other_keys()
                agreed = True
            finally:
                asking = False
        return execute(*statement)

    with connection.execute_wrapper(ask_first):
        yield
