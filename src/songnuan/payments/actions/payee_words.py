"""The only writers of what payees say about their money, and of what came of it."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import permits, refuse
from songnuan.payments import notice_rules as rules
from songnuan.payments.actions.acting import note, person_of
from songnuan.payments.models import Heard, PayeeWord, PayeeWordAnswer, PaymentInstruction
from songnuan.payments.payee_models import TEXT_LONGEST, WRONG
from songnuan.payments.payee_queries import answerers_not, own_line
from songnuan.people.access_codes import oneself

ANSWERING = (Permission.LIST_INSPECT, Permission.PAYMENT_RELEASE)
"""Either of these over the unit answers what payees say."""
LEAST = 2


@transaction.atomic(savepoint=False)
def say_received(
    *, line_id: int, person_key: str, said: str, text: str, actor: Actor, at: datetime
) -> PayeeWord:
    """Note what a payee says of their own line: the money came, less of it, or none.

    Args:
        line_id: Which line.
        person_key: Whose page it is said on.
        said: One of `Heard`.
        text: More of it in their own words; needed where it was less.
        actor: The payee, who came in with a code of their own.
        at: When.

    Raises:
        Refusal: `not_permitted` to anybody else, `payment_unknown` for a line that pays somebody else,
            `word_unknown`, `not_sent` before anything was sent, `word_empty`, `text_too_long`.

    """
    if actor != oneself(person_key):
        refuse(Permission.BENEFIT_VIEW)
    line = own_line(line_id, person_key)
    if line is None:
        raise Refusal("payment_unknown", _("There is no such payment on your page. Reload it."))
    if said not in Heard.values:
        raise Refusal("word_unknown", _("Say whether the money came."), field="said")
    if not PaymentInstruction.objects.filter(line=line).exists():
        raise Refusal("not_sent", _("This money has not been sent yet, so it can't have come."))
    told = rules.fitting(rules.plain(text), TEXT_LONGEST, "text")
    if said == Heard.LESS and len(told) < LEAST:
        raise Refusal("word_empty", _("Say how much came."), field="text")
    made = PayeeWord.objects.create(line=line, said=said, text=told, said_at=at)
    note(line.payment_list, "say_received", actor, at, line_number=line.position, said=str(said))
    return made


@transaction.atomic(savepoint=False)
def answer_word(*, word_id: int, unit_id: int, text: str, actor: Actor, at: datetime) -> PayeeWordAnswer:
    """Tell a payee what came of it, once.

    Args:
        word_id: What the payee said.
        unit_id: The unit of the list's plan.
        text: What was looked into, and what came of it; the payee reads it.
        actor: Needs LIST_INSPECT or PAYMENT_RELEASE over the unit; neither made nor released the list, and
            is not paid by it.
        at: When.

    Raises:
        Refusal: `not_permitted`, `word_gone` where nothing is wrong, `own_list`, `word_answered`,
            `word_empty`, `text_too_long`.

    """
    if not any(permits(actor, one, unit_id=unit_id, at=at) for one in ANSWERING):
        refuse(Permission.LIST_INSPECT, unit_id=unit_id)
    user_id = person_of(actor)
    word = PayeeWord.objects.select_related("line__payment_list").filter(pk=word_id, said__in=WRONG).first()
    if word is None:
        raise Refusal("word_gone", _("There is nothing to answer here. Reload the page."))
    row = word.line.payment_list
    if answerers_not([row.pk], user_id):
        sentence = _("You made or released this list, or it pays you: somebody else answers its payees.")
        raise NotPermitted("own_list", sentence, list=row.pk)
    told = rules.fitting(rules.plain(text), TEXT_LONGEST, "text")
    if len(told) < LEAST:
        raise Refusal("word_empty", _("Say what was looked into and what came of it."), field="text")
    try:
        with transaction.atomic():  # two at once: the database alone knows
            made = PayeeWordAnswer.objects.create(
                word=word, text=told, answered_by_id=user_id, answered_at=at
            )
    except IntegrityError:
        raise Refusal("word_answered", _("This was answered already. Reload the page.")) from None
    note(row, "answer_payee", actor, at, line_number=word.line.position)
    return made
