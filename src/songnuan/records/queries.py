"""What others read of the records."""

from songnuan.records import storage
from songnuan.records.models import StoredFile


def read_file(file: StoredFile) -> bytes:
    """Return the content of `file`, opened and compared with its digest.

    Raises:
        FileNotFoundError: When it is not on the disk.
        songnuan.kernel.sealed.SealBroken: When it was changed or exchanged.

    """
    return storage.read(file.digest)
