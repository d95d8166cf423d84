"""What the machine's own errors mean to whoever stands before it, and what to do."""

import errno
from pathlib import Path

from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.kernel.keys import KeysBroken, KeysMissing
from songnuan.kernel.sealed import SealBroken

# What SQLite says when a table or a column is not there; PostgreSQL speaks the language of its server, so
# that only its codes can be relied on.
_LACKS = ("no such table", "no such column", "has no column named")
_LACKS_CODES = ("42P01", "42703")
_NOT_READABLE = gettext_lazy("%(path)s cannot be opened by this account. Run the command as its owner.")
_NO_SPACE = gettext_lazy("%(path)s could not be written: no space is left there. Make room and run it again.")
_BROKEN = gettext_lazy("%(path)s is damaged, or no database. Bring it back from a backup.")
_BUSY = gettext_lazy("Others are writing to the database just now. Run it again in a minute.")
# Words of SQLite's error or the code of PostgreSQL's, our code, and the sentence.
_DATABASE = (
    ("file is not a database", "database_broken", _BROKEN),
    ("disk image is malformed", "database_broken", _BROKEN),
    ("unable to open database", "not_readable", _NOT_READABLE),
    ("readonly database", "not_readable", _NOT_READABLE),
    ("database or disk is full", "no_space", _NO_SPACE),
    ("database is locked", "database_busy", _BUSY),
    ("40P01", "database_busy", _BUSY),  # a deadlock
    ("55P03", "database_busy", _BUSY),  # waited too long for a lock
    ("53100", "no_space", _NO_SPACE),
)


def told(error: Exception) -> tuple[str, str]:
    """Return the code and the sentence of an error.

    Raises:
        Exception: The error itself, when it is a fault of the program.

    """
    match error:
        case KeysMissing():
            answer = _not_set_up()
        case KeysBroken():
            sentence = _("%(path)s does not hold the keys of an installation. Bring it back from a backup.")
            answer = "keys_broken", sentence % {"path": error}
        case SealBroken():
            sentence = _("What is sealed does not open: it was changed, or these are other keys.")
            answer = "seal_broken", sentence
        case UnicodeEncodeError():
            sentence = _("What was typed holds a byte that is no text. Type it again in UTF-8.")
            answer = "text_unreadable", sentence
        case OSError():
            answer = _of_files(error)
        case DatabaseError():
            answer = _of_database(error)
        case _:
            raise error
    return answer


def _not_set_up() -> tuple[str, str]:
    return "not_set_up", _("There is no installation here yet. Run “songnuan init” first.")


def _of_files(error: OSError) -> tuple[str, str]:
    if error.errno is None or error.errno == errno.EPIPE:  # whoever read us has left: click ends in silence
        raise error
    path = error.filename or _("the output")
    if isinstance(error, PermissionError):
        return "not_readable", _NOT_READABLE % {"path": path}
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "no_space", _NO_SPACE % {"path": path}
    sentence = _("%(path)s could not be read or written: %(why)s.")
    return "file_unusable", sentence % {"path": path, "why": error.strerror}


def _of_database(error: DatabaseError) -> tuple[str, str]:
    text, state = str(error), getattr(error.__cause__, "sqlstate", None)
    file = Path(str(connection.settings_dict["NAME"]))  # of SQLite; the other says none of what needs it
    if state in _LACKS_CODES or (
        isinstance(error, OperationalError) and any(words in text for words in _LACKS)
    ):
        if not _was_set_up():
            return _not_set_up()
        return "migrations_waiting", _("The database is older than the program. Run “songnuan init” first.")
    if "unable to open database" in text and not file.exists():
        return _not_set_up()
    for words, code, sentence in _DATABASE:
        if words == state or words in text:
            return code, sentence % {"path": file}
    if isinstance(error, OperationalError):
        unreachable = _("The database does not answer. Check that it runs and that DATABASE_URL is right.")
        return "database_unreachable", unreachable
    raise error


def _was_set_up() -> bool:
    """Return whether the database was brought up by some release of this program."""
    try:
        return bool(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        return False
