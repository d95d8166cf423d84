"""Who may fetch a kit for somebody: as they name somebody themselves, or told the office."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.goods.models import Recipient
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.people.access_codes import oneself
from songnuan.people.models import PersonStatus
from songnuan.plans.models import MeasureStatus

PROXY_LENGTH = 60


def proxy_of(told: str) -> str:
    """Return the name of who fetches a kit for somebody, tidied.

    Raises:
        Refusal: `text_too_long`.

    """
    name = " ".join(told.split())
    if len(name) > PROXY_LENGTH:
        raise Refusal("text_too_long", _("Keep the name within 60 characters."), field="proxy")
    return name


@transaction.atomic(savepoint=False)
def name_proxy(*, recipient_id: int, name: str, actor: Actor, at: datetime) -> Recipient:
    """Name who may fetch a kit for somebody; an empty `name` takes it back.

    Raises:
        Refusal: `proxies_off`, `measure_closed`, `person_gone`, `text_too_long`; `not_permitted` for whoever
            is neither the person, on their own page, nor the office.

    """
    row = (
        Recipient.objects.select_for_update(of=("self",))
        .select_related("distribution__measure__plan", "person__merged_into")
        .get(pk=recipient_id)
    )
    measure, name = row.distribution.measure, proxy_of(name)
    person = row.person.merged_into or row.person
    is_own = actor == oneself(person.key)
    if not is_own:
        require(actor, Permission.PICKUP_MANAGE, unit_id=measure.plan.unit_id, at=at)
    if row.code is None or person.status == PersonStatus.ERASED:
        raise Refusal("person_gone", _("This person is not in the register, or was merged or erased."))
    if name and not measure.settings.get("proxies", True):
        sentence = _("Nobody fetches this kit for somebody else: each comes in person.")
        raise Refusal("proxies_off", sentence, field="proxy")
    if measure.status != MeasureStatus.OPEN:
        sentence = _("This part of the plan is not open: nothing is handed out under it.")
        raise Refusal("measure_closed", sentence, measure=measure.pk)
    if (row.proxy or "") == name:
        return row
    row.proxy = name or None
    row.proxy_named_at = at if name else None
    row.save(update_fields=["proxy", "proxy_named_at"])
    record(
        stream=f"pickups:{row.distribution_id}",
        action="goods.name_proxy",
        subject=f"goods.distribution:{row.distribution_id}",
        actor=actor,
        at=at,
        facts={"recipient": row.pk, "named": bool(name), "in_person": is_own},
    )
    return row
