"""The call tree of an emergency plan comes as a table (通讯联络表)."""

from datetime import datetime
from hashlib import sha256
from tempfile import TemporaryFile

from songnuan.emergency.actions import call_tree
from songnuan.emergency.call_tree_file import read
from songnuan.emergency.models import CallTree
from songnuan.journeys.base import long_journey, step
from songnuan.kernel.actor import Actor


@long_journey
def set_call_tree(*, measure_id: int, content: bytes, name: str, actor: Actor, at: datetime) -> CallTree:
    """Set the call tree to what the file tells, in place of the one before.

    The file is read before anything is held: a large or hostile one lets nobody else wait.

    Raises:
        Refusal: From `emergency.call_tree_file.read` and `emergency.actions.call_tree.set_call_tree`.

    """
    with TemporaryFile() as file:
        file.write(content)
        rows = read(file, name)
    digest = sha256(content).hexdigest()
    with step():
        return call_tree.set_call_tree(measure_id=measure_id, rows=rows, digest=digest, actor=actor, at=at)
