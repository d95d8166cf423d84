"""How tests hand records in as a device does: by the clock of a device, under a key, again and again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from goods.builders import snapshot
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of
from songnuan.web.field.kinds import FieldKind, Outcome, Sent
from songnuan.web.views.shared import Reader
from web.browsing import user_of


def reader(actor: Actor, at: datetime) -> Reader:
    """Return somebody who sends at a moment."""
    return Reader(user_of(actor), actor, at, day_of(at))


def record(
    kind: FieldKind,
    told: Mapping[str, Any],
    recorded_at: datetime,
    *,
    key: UUID | None = None,
    fast: int = 0,
    files: Mapping[str, bytes] | None = None,
) -> Sent:
    """Return a record put down at a moment by the house's clock, on a device that is so many seconds fast."""
    device_at = recorded_at + timedelta(seconds=fast)
    schema = kind.schema.model_validate(told)
    return Sent(key or uuid4(), recorded_at, device_at, fast, schema, files or {})


def send(kind: FieldKind, actor: Actor, sent: Sent, at: datetime) -> Outcome:
    """Hand a record in; what is refused becomes an outcome, as it does in the house."""
    try:
        return kind.take(reader(actor, at), sent)
    except Refusal as refusal:
        return Outcome("refused", refusal.sentence)


@contextmanager
def nothing_written(tables: Any) -> Iterator[None]:
    """See that what is done inside changes none of the tables."""
    before = snapshot(tables)
    yield
    assert snapshot(tables) == before
