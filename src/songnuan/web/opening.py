"""Gives files out to a browser. Pages open sealed ones in this way alone, so that each look is noted.

Whoever calls it has seen that the reader may open the thing that the file belongs to.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from songnuan.journeys.open_file import open_file
from songnuan.records.models import StoredFile
from songnuan.records.queries import read_file
from songnuan.records.rules import Opened
from songnuan.web.views.shared import Reader


def saved(content: bytes | str, name: str, media_type: str) -> HttpResponse:
    """Hand out what was made for the reader just now, to be saved under a name."""
    disposition = content_disposition_header(True, name) or "attachment"
    return HttpResponse(content, content_type=media_type, headers={"Content-Disposition": disposition})


def shown(request: HttpRequest, reader: Reader, file_id: int | None, opened: Opened) -> HttpResponse:
    """Show a file in the browser.

    Raises:
        Http404: When there is none.

    """
    file = _file(file_id)
    return HttpResponse(_content(request, reader, file, opened), content_type=file.media_type)


def handed_out(request: HttpRequest, reader: Reader, file_id: int | None, opened: Opened) -> FileResponse:
    """Hand a file out to be saved under its own name.

    Raises:
        Http404: When there is none.

    """
    file = _file(file_id)
    kept = BytesIO(_content(request, reader, file, opened))
    return FileResponse(kept, as_attachment=True, filename=file.name, content_type=file.media_type)


def thumbnail(file_id: int | None) -> HttpResponse:
    """Show the small picture that stands for a photo on its page: the page shows it, nobody opened it.

    Raises:
        Http404: When there is none.

    """
    file = _file(file_id)
    return HttpResponse(read_file(file), content_type=file.media_type)


def stretch(files: Sequence[StoredFile], first: int, last: int, *, part: int) -> Iterator[bytes]:
    """Yield the bytes from `first` to `last` of what is kept in parts of `part` bytes each but the last.

    What goes with a lesson is read by many and tells of nobody: looks at it are not noted.
    """
    for place in range(first // part, min(last // part, len(files) - 1) + 1):
        begins = place * part
        content = read_file(files[place])
        yield content[max(first - begins, 0) : last - begins + 1]


def _file(file_id: int | None) -> StoredFile:
    if file_id is None:
        raise Http404
    return StoredFile.objects.get(pk=file_id)


def _content(request: HttpRequest, reader: Reader, file: StoredFile, opened: Opened) -> bytes:
    """Return what the reader gets to see. HEAD asks for the size alone: nobody sees anything by it."""
    if request.method == "HEAD":
        return read_file(file)
    return open_file(file=file, opened=opened, actor=reader.actor, at=reader.at)
