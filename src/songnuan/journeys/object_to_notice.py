"""Somebody objects to a public notice: on its page, or by another way that the staff notes."""

from datetime import date, datetime
from uuid import UUID

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.payment_lists import find_list
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.payments.actions import notices
from songnuan.payments.actions.notices import Said
from songnuan.payments.models import How


@journey
def object_to_notice(*, notice_key: str, said: Said, key: UUID, actor: Actor, at: datetime) -> int:
    """Take in an objection on the page of a notice, and return its number there; who it is is not asked.

    The same `key` again is taken in once.

    Raises:
        Refusal: `key_reused`, or from `payments.actions.notices.object_on_page`.

    """
    told = digest_rows([(notice_key, said.position, said.text, said.name, said.phone)])
    earlier = jobs.receive(key=key, purpose="object_to_notice", body_digest=told, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    made = notices.object_on_page(notice_key=notice_key, said=said, actor=actor, at=at)
    jobs.settle(key=key, result=str(made.number))
    return made.number


@journey
def record_objection(
    *, list_id: int, said: Said, how: How, received_on: date, key: UUID, actor: Actor, at: datetime
) -> int:
    """Note an objection that came by another way, and return its number; the same `key` again notes it once.

    Raises:
        Refusal: `list_unknown`, `key_reused`, or from `payments.actions.notices.record_objection`.

    """
    row = find_list(list_id)
    unit_id = row.measure.plan.unit_id
    notices.require_answering(actor, unit_id, at)
    told = digest_rows([(list_id, said.position, said.text, said.name, said.phone, how, received_on)])
    earlier = jobs.receive(key=key, purpose="record_objection", body_digest=told, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    made = notices.record_objection(
        list_id=list_id,
        unit_id=unit_id,
        said=said,
        how=how,
        received_on=received_on,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(made.number))
    return made.number
