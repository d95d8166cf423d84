"""The office corrects what a person said is wrong, or erases who asked for it, or says why not."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.forgetting import forget_words
from songnuan.journeys.roster_reading import By
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import drop_overwritten
from songnuan.kernel.refusal import Refusal
from songnuan.payments.models import PaymentList
from songnuan.payments.pending import pending_lists
from songnuan.payments.rules import list_number
from songnuan.people import actions as people
from songnuan.people.corrections import ERASURE
from songnuan.people.models import Correction


def answer_correction(
    *,
    correction_id: int,
    accept: bool,
    answer: str = "",
    confirmed: bool = False,
    actor: Actor,
    at: datetime,
) -> None:
    """Do it, or not, and keep the answer; what was overwritten is left in no log.

    Raises:
        Refusal: `payment_open` for somebody who wants to be erased and is still to be paid; or from
            `people.actions.answer_correction`.

    """
    _answer(
        correction_id=correction_id,
        accept=accept,
        answer=answer,
        confirmed=confirmed,
        actor=actor,
        at=at,
    )
    if accept:
        drop_overwritten()


@journey
def _answer(
    *, correction_id: int, accept: bool, answer: str, confirmed: bool, actor: Actor, at: datetime
) -> None:
    # Asked before as well: whoever was merged into the person is told apart again as the person is erased.
    lists = _open_payments(correction_id) if accept else []
    people.answer_correction(
        correction_id=correction_id,
        accept=accept,
        answer=answer,
        confirmed=confirmed,
        actor=actor,
        at=at,
    )
    if accept:
        _require_settled(lists or _open_payments(correction_id))
        forget_words(By(actor=actor, at=at))


def _open_payments(correction_id: int) -> Sequence[PaymentList]:
    """Return the lists by which somebody who asks to be erased is still paid, or waits for an answer."""
    asked = Correction.objects.filter(pk=correction_id, field=ERASURE).select_related("person").first()
    return [] if asked is None else pending_lists([asked.person.merged_into_id or asked.person_id])


def _require_settled(lists: Sequence[PaymentList]) -> None:
    if lists:
        sentence = _(
            "A payment of this person is not over yet (%(lists)s): it is not paid, is on hold, or something"
            " about it waits for an answer. Finish that first; then erase the person."
        )
        words = {"lists": "、".join(list_number(one.number) for one in lists)}
        raise Refusal("payment_open", sentence % words, count=len(lists))
