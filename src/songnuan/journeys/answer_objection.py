"""An objection to a public notice is answered by somebody who did not make the list."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.payment_lists import find_list
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.payments.actions import notices
from songnuan.payments.models import Objection


@journey
def answer_objection(
    *, list_id: int, objection_id: int, text: str, is_upheld: bool, actor: Actor, at: datetime
) -> None:
    """Answer an objection to a notice of a list.

    Raises:
        Refusal: `list_unknown`, `objection_unknown`, or from `payments.actions.notices.answer_objection`.

    """
    unit_id = unit_of(list_id, objection_id)
    notices.answer_objection(
        objection_id=objection_id, unit_id=unit_id, text=text, is_upheld=is_upheld, actor=actor, at=at
    )


def unit_of(list_id: int, objection_id: int) -> int:
    """Return the unit whose list an objection is about.

    Raises:
        Refusal: `list_unknown`, `objection_unknown` where it is about another list.

    """
    row = find_list(list_id)
    if not Objection.objects.filter(pk=objection_id, notice__payment_list=row).exists():
        raise Refusal("objection_unknown", _("There is no such objection. Reload the page."))
    return row.measure.plan.unit_id
