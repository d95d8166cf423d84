"""What is due from a reader today, across all plans: one list, the most urgent first.

`SOURCES` is the registry. A part of the house that can want something from somebody adds one line here: a
function that takes the `Desk` (the reader, the moment, the plans the reader may see) and yields `Due`s, in
a number of queries that does not grow with what it finds. It asks for the reader's rights itself, and its
`url` leads to the page where the thing is done, so that one tap is enough.
"""

from collections.abc import Callable, Iterable

from songnuan.plans.queries import visible_plans
from songnuan.web.due import (
    callbacks,
    emergency,
    families,
    flexible,
    inspection,
    instructions,
    lessons,
    lists,
    money,
    payee_words,
    people,
    plans,
    public_notices,
    purchases,
    returnees,
    situation,
    stock,
    visits,
    warnings,
)
from songnuan.web.due.base import Band, Desk, Due, Part
from songnuan.web.views.shared import Reader

__all__ = ["SOURCES", "Band", "Desk", "Due", "Part", "desk_of", "due_of", "others_to_decide"]

SOURCES: tuple[Callable[[Desk], Iterable[Due]], ...] = (
    emergency.to_muster,
    emergency.to_command,
    situation.to_tell_the_situation,
    situation.to_pass_parts_on,
    situation.to_consolidate,
    situation.to_see_what_never_came,
    warnings.to_see_to,
    returnees.to_ask_after,
    returnees.to_keep_the_register,
    returnees.to_screen,
    returnees.to_chase_screening,
    lessons.to_answer_quizzes,
    lessons.to_sign_lessons,
    lessons.to_close_rounds,
    lessons.to_learn,
    lessons.to_close_courses,
    lessons.to_answer_invitations,
    lessons.to_note_who_came,
    plans.to_sign,
    plans.to_stand_in,
    plans.to_allow,
    plans.to_acknowledge,
    plans.to_move_on,
    plans.to_chase,
    plans.to_answer,
    money.to_pay,
    money.to_confirm,
    money.to_supply,
    stock.to_receive,
    stock.to_decide,
    stock.to_keep,
    stock.to_give,
    purchases.to_compare,
    purchases.to_prove,
    visits.to_visit,
    visits.to_hand_over,
    visits.to_solve,
    lists.to_sign_as_inspector,
    lists.to_make_anew,
    lists.to_release,
    lists.to_pay,
    lists.to_confirm_accounts,
    flexible.to_review,
    flexible.to_ask_anew,
    inspection.to_hold,
    inspection.to_call_back,
    callbacks.to_call_payees,
    callbacks.to_look_into,
    instructions.to_follow,
    instructions.to_oversee,
    instructions.to_report,
    public_notices.to_notice,
    payee_words.to_answer_payees,
    people.to_bring_in,
    people.to_merge,
    people.to_look_after,
    people.to_correct,
    people.to_assess,
    families.to_help,
    families.to_oversee_families,
    families.to_lead_special_families,
)


# Decisions that go through no steps of approval: later days, stores, funds.
_DECISIONS: tuple[Callable[[Desk], Iterable[Due]], ...] = (plans.to_allow, stock.to_decide, money.to_confirm)


def desk_of(reader: Reader) -> Desk:
    """Return the reader's desk."""
    return Desk(
        reader.user, reader.actor, reader.at, reader.day, tuple(visible_plans(reader.actor, reader.at))
    )


def others_to_decide(desk: Desk) -> list[Due]:
    """Return what waits for the reader's decision beside requests for approval, the most urgent first."""
    return sorted((item for source in _DECISIONS for item in source(desk)), key=lambda item: item.order)


def due_of(desk: Desk) -> list[Due]:
    """Return everything that is due from the reader, the most urgent first."""
    return sorted((item for source in SOURCES for item in source(desk)), key=lambda item: item.order)
