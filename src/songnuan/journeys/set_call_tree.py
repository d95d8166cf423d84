"""The call tree of an emergency plan comes as a table (通讯联络表)."""

from datetime import datetime
from hashlib import sha256
from tempfile import TemporaryFile

from songnuan.emergency.actions import muster
from songnuan.emergency.call_tree_file import read
from songnuan.emergency.models import CallTree
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def set_call_tree(*, measure_id: int, content: bytes, name: str, actor: Actor, at: datetime) -> CallTree:
    """Set the call tree to what the file tells, in place of the one before.

    Raises:
        Refusal: From `emergency.call_tree_file.read` and `emergency.actions.muster.set_call_tree`.

    """
    with TemporaryFile() as file:
        file.write(content)
        rows = read(file, name)
    digest = sha256(content).hexdigest()
    return muster.set_call_tree(measure_id=measure_id, rows=rows, digest=digest, actor=actor, at=at)
