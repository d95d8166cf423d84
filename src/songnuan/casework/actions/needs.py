"""Needs are raised, acted on, closed with the family's own feedback, and opened again; goods are linked."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.casework import case_rules as rules
from songnuan.casework.case_access import require_acting, require_manager_of
from songnuan.casework.case_models import (
    Category,
    Contact,
    Feedback,
    Need,
    NeedAction,
    NeedClosing,
    NeedGoods,
    NeedReopening,
    Outcome,
    Satisfied,
    Urgency,
)
from songnuan.casework.noting import held_case, held_need, keep, note, refuse_special, require_open
from songnuan.casework.standing import (
    held_open_need,
    judges_own_link,
    newest_feedback,
    open_closing,
    round_of,
)
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of


@dataclass(frozen=True, slots=True)
class NewNeed:
    """What a family needs; without a promised day that of its urgency."""

    category: str
    urgency: str
    words: str
    promised_on: date | None = None


@transaction.atomic(savepoint=False)
def raise_need(
    *, case_id: int, need: NewNeed, contact: Contact | None = None, actor: Actor, at: datetime
) -> Need:
    """Put down what a family needs; `contact` is the one at which it came up.

    Raises:
        Refusal: `case_unknown`, `not_permitted`, `measure_closed`, `choice_unknown`, `words_missing`,
            `text_too_long`, `promise_past`, `promise_far`.

    """
    case = held_case(case_id)
    by = require_acting(case, actor, at)
    require_open(case)
    category = rules.choice(need.category, Category.values, "category")
    urgency = rules.choice(need.urgency, Urgency.values, "urgency")
    text = rules.words(need.words, "need", _("Say what the family needs, in its own words."))
    today = day_of(at)
    made = Need.objects.create(
        case=case,
        number=Need.objects.filter(case=case).count() + 1,
        category=category,
        urgency=urgency,
        words=keep(case, text),
        promised_on=rules.promise(need.promised_on or rules.promised(urgency, today), today),
        contact=contact,
        raised_on=today,
        by_id=by,
        at=at,
    )
    note(
        made,
        "raise_need",
        actor,
        at,
        number=made.number,
        category=category,
        urgency=urgency,
        due_on=made.promised_on.isoformat(),
    )
    return made


@transaction.atomic(savepoint=False)
def act_on_need(
    *, need_id: int, done_on: date, text: str, promised_on: date | None, actor: Actor, at: datetime
) -> NeedAction:
    """Put down what was done for a need, and the new day where it was put off.

    Raises:
        Refusal: `need_unknown`, `not_permitted`, `measure_closed`, `need_closed`, `contact_ahead`,
            `day_before_case`, `words_missing`, `text_too_long`, `promise_past`, `promise_far`.

    """
    need, by = held_open_need(need_id, actor, at)
    today = day_of(at)
    made = NeedAction.objects.create(
        need=need,
        done_on=rules.happened(done_on, day_of(need.case.opened_at), today, "done_on"),
        words=keep(need.case, rules.words(text, "text", _("Say what was done, in a few words."))),
        promised_on=None if promised_on is None else rules.promise(promised_on, today),
        by_id=by,
        at=at,
    )
    due = made.promised_on.isoformat() if made.promised_on else None
    note(need, "act_on_need", actor, at, happened_on=made.done_on.isoformat(), due_on=due)
    return made


@transaction.atomic(savepoint=False)
def close_need(*, need_id: int, outcome: str, text: str, actor: Actor, at: datetime) -> NeedClosing:
    """Close a need, with what came of it and what the family itself said last.

    Raises:
        Refusal: `need_unknown`, `not_permitted`, `measure_closed`, `need_closed`; `feedback_missing` before
            the family said anything; `own_call` for who noted its words from a call; `own_link` for who made
            the link and whose own work it answers, unless somebody else heard it too; `need_unsatisfied`
            where it is not satisfied and who closes is not the officer; `choice_unknown`, `words_missing`,
            `text_too_long`.

    """
    need, by = held_open_need(need_id, actor, at)
    said = _said_to_others(need, by)
    if said.satisfied == Satisfied.NO:
        _require_officer(need, actor, at)
    made = NeedClosing.objects.create(
        need=need,
        round=round_of(need),
        outcome=rules.choice(outcome, Outcome.values, "outcome"),
        words=keep(need.case, rules.words(text, "text", _("Say what came of it, in a few words."))),
        feedback=said,
        by_id=by,
        at=at,
    )
    note(need, "close_need", actor, at, need_outcome=made.outcome, satisfied=said.satisfied)
    return made


def _said_to_others(need: Need, by: int) -> Feedback:
    """Return what the family said last in this round, not to who closes the need.

    Raises:
        Refusal: `feedback_missing`, `own_call`, `own_link`.

    """
    said = newest_feedback(need)
    if said is None:
        sentence = _(
            "A need is closed only with the family's own feedback. Pass its link on, or have somebody call"
            " and note what it says."
        )
        raise Refusal("feedback_missing", sentence, need=need.pk)
    if said.heard_by_id == by:
        sentence = _(
            "You noted the family's words from the call yourself: somebody else closes the need, or the"
            " family answers by its link."
        )
        raise Refusal("own_call", sentence, need=need.pk)
    if judges_own_link(need, said, by):
        sentence = _(
            "You made the link yourself, and the answer is about your own work: somebody else closes the"
            " need, or somebody else calls and notes what the family says."
        )
        raise Refusal("own_link", sentence, need=need.pk)
    return said


def _require_officer(need: Need, actor: Actor, at: datetime) -> None:
    """Let pass the union's officer, where the family is not satisfied.

    Raises:
        Refusal: `need_unsatisfied`.

    """
    try:
        require_manager_of(need.case, actor, at)
    except Refusal:
        sentence = _(
            "The family is not satisfied. Go on with the need and ask again, or let the office that leads"
            " decide."
        )
        raise Refusal("need_unsatisfied", sentence, need=need.pk) from None


@transaction.atomic(savepoint=False)
def reopen_need(*, need_id: int, why: str, actor: Actor, at: datetime) -> Need:
    """Open a closed need again; return it with its case.

    Raises:
        Refusal: `need_unknown`, `not_permitted`, `measure_closed`, `need_open`, `words_missing`,
            `text_too_long`.

    """
    need = held_need(need_id)
    by = require_acting(need.case, actor, at)
    require_open(need.case)
    closing = open_closing(need)
    if closing is None:
        raise Refusal("need_open", _("This need is open. Reload the page."), need=need.pk)
    text = rules.words(why, "why", _("Say why it is opened again."))
    NeedReopening.objects.create(closing=closing, why=keep(need.case, text), by_id=by, at=at)
    note(need, "reopen_need", actor, at)
    return need


@transaction.atomic(savepoint=False)
def link_goods(*, need_id: int, issue_id: int, actor: Actor, at: datetime) -> NeedGoods:
    """Note for which need goods were given; who gives them was asked for the right to.

    Raises:
        Refusal: `need_unknown`, `not_permitted`, `measure_closed`, `need_closed`, `special_goods`.

    """
    need, by = held_open_need(need_id, actor, at)
    refuse_special(need)
    made = NeedGoods.objects.create(need=need, issue_id=issue_id, by_id=by, at=at)
    note(need, "link_goods", actor, at, issue=issue_id)
    return made
