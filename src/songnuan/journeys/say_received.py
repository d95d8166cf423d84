"""Who is paid says on their own page whether the money came; the staff tells them what came of it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.payment_lists import find_list
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.refusal import Refusal
from songnuan.payments.actions import payee_words
from songnuan.payments.models import PayeeWord


@journey
def say_received(
    *, line_id: int, person_key: str, said: str, text: str = "", key: UUID, actor: Actor, at: datetime
) -> None:
    """Note what a payee says of their own line; the same `key` again notes it once.

    Raises:
        Refusal: `key_reused`, or from `payments.actions.payee_words.say_received`.

    """
    told = digest_rows([(line_id, said, text)])
    if jobs.receive(key=key, purpose="say_received", body_digest=told, actor=actor, at=at) is not None:
        return
    made = payee_words.say_received(
        line_id=line_id, person_key=person_key, said=said, text=text, actor=actor, at=at
    )
    jobs.settle(key=key, result=str(made.pk))


@journey
def answer_payee(*, list_id: int, word_id: int, text: str, actor: Actor, at: datetime) -> None:
    """Tell a payee of a list what came of what they said.

    Raises:
        Refusal: `list_unknown`, `word_gone` where it is about another list, or from
            `payments.actions.payee_words.answer_word`.

    """
    row = find_list(list_id)
    if not PayeeWord.objects.filter(pk=word_id, line__payment_list=row).exists():
        raise Refusal("word_gone", _("There is nothing to answer here. Reload the page."))
    payee_words.answer_word(word_id=word_id, unit_id=row.measure.plan.unit_id, text=text, actor=actor, at=at)
