"""An import and the file that waits for it: found, opened, and kept from being worked on by two at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from django.utils.translation import gettext as _

from songnuan.journeys import uploads
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealed import SealBroken
from songnuan.people import queries
from songnuan.people.models import RosterImport


def source_of(import_key: str) -> RosterImport:
    """Return an import.

    Raises:
        Refusal: `import_unknown`.

    """
    source = queries.import_of(import_key)
    if source is None:
        raise Refusal("import_unknown", _("There is no such import. It may have been cancelled long ago."))
    return source


@contextmanager
def busy(source: RosterImport) -> Iterator[None]:
    """Keep others from working with an import meanwhile.

    Raises:
        Refusal: `import_busy`, `upload_gone`.

    """
    try:
        with uploads.held(source.options["upload"]):
            yield
    except BlockingIOError:
        sentence = _("This import is being worked on at the moment. Wait until that is done.")
        raise Refusal("import_busy", sentence) from None
    except FileNotFoundError:
        raise _gone() from None


@contextmanager
def file_of(source: RosterImport) -> Iterator[BinaryIO]:
    """Open an import's file.

    Raises:
        Refusal: `upload_gone`.

    """
    name = source.options["upload"]
    try:
        file = uploads.opened(name, name)
    except (FileNotFoundError, SealBroken):
        raise _gone() from None
    with file:
        yield file


@contextmanager
def upload_of(source: RosterImport) -> Iterator[BinaryIO]:
    """Open an import's file, and keep others from working with it meanwhile."""
    with busy(source), file_of(source) as file:
        yield file


def _gone() -> Refusal:
    return Refusal("upload_gone", _("The file is no longer kept. Bring it again."), field="file")
