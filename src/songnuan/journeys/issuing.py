"""What giving goods out of the store has in common: it is taken once, and a signature is kept with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from songnuan.audit.chain import canonical
from songnuan.goods.gifts import Handing
from songnuan.jobs import actions as jobs
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.records import actions as records


@dataclass(frozen=True, slots=True)
class Giving:
    """Packs (by id of the item) that a unit got on a day, and who took them; `signature` is a picture.

    `bought` are those that a family got of what was bought for families, by id of the kit.
    """

    unit_id: int
    packs: Mapping[int, int]
    happened_on: date
    handing: Handing
    signature: bytes
    reason_late: str
    bought: Mapping[int, Mapping[int, int]] = field(default_factory=dict)


def earlier_of(
    giving: Giving, *, about: int, purpose: str, key: UUID, actor: Actor, at: datetime
) -> int | None:
    """Return the issue that was recorded under this key; None where it is new.

    `about` is the plan or the kit that goods are given for.
    """
    handing = giving.handing
    head = [
        giving.happened_on.isoformat(),
        handing.receiver_name,
        handing.confirmed_by_name,
        giving.reason_late,
    ]
    packs = canonical(sorted(giving.packs.items()))
    if giving.bought:
        packs += canonical([(kit_id, sorted(some.items())) for kit_id, some in sorted(giving.bought.items())])
    told = (about, giving.unit_id, packs, canonical(head), giving.signature.hex())
    found = jobs.receive(key=key, purpose=purpose, body_digest=digest_rows([told]), actor=actor, at=at)
    return None if found is None else int(found)


def signed(giving: Giving, *, actor: Actor, at: datetime) -> Handing:
    """Return who took the goods, with the signature kept where there is one."""
    if not giving.signature:
        return giving.handing
    kept = records.store_file(
        content=giving.signature, name="signature.png", media_type="image/png", actor=actor, at=at
    )
    return replace(giving.handing, signature_id=kept.pk)
