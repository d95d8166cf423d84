"""A family says what it thinks of an outcome: by a link of its own, or in a call that is noted."""

import secrets
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.casework import case_rules as rules
from songnuan.casework.case_models import Feedback, FeedbackLink, Satisfied, Source
from songnuan.casework.noting import held_need, keep, keep_any, note
from songnuan.casework.standing import held_open_need, opened, round_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of

_SECRET_BYTES = 24


@transaction.atomic(savepoint=False)
def make_link(*, need_id: int, actor: Actor, at: datetime) -> str:
    """Make the link by which the family says what it thinks; return its secret, which is kept nowhere.

    The links made before open no more.

    Raises:
        Refusal: `need_unknown`, `not_permitted`, `measure_closed`, `need_closed`.

    """
    need, by = held_open_need(need_id, actor, at)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    FeedbackLink.objects.create(
        need=need,
        round=round_of(need),
        digest=rules.digest_of(secret),
        expires_at=at + timedelta(days=rules.LINK_DAYS),
        by_id=by,
        at=at,
    )
    note(need, "make_link", actor, at)
    return secret


@transaction.atomic(savepoint=False)
def note_call(
    *,
    need_id: int,
    satisfied: str,
    said_by: str,
    said_on: date,
    text: str,
    actor: Actor,
    at: datetime,
) -> Feedback:
    """Note what the family said in a call: who said it, when, and to whom.

    Raises:
        Refusal: `need_unknown`, `not_permitted`, `measure_closed`, `need_closed`, `choice_unknown`,
            `words_missing`, `text_too_long`, `name_too_long`, `contact_ahead`, `day_before_case`.

    """
    need, by = held_open_need(need_id, actor, at)
    name = rules.person(said_by, "said_by", _("Enter who of the family said it."))
    made = Feedback.objects.create(
        need=need,
        round=round_of(need),
        source=Source.CALL,
        satisfied=rules.choice(satisfied, Satisfied.values, "satisfied"),
        words=keep(need.case, rules.words(text, "text", _("Write down what the family said."))),
        said_by=keep(need.case, name),
        said_on=rules.happened(said_on, need.raised_on, day_of(at), "said_on"),
        heard_by_id=by,
        at=at,
    )
    note(need, "take_feedback", actor, at, told_by=Source.CALL.value, satisfied=made.satisfied)
    return made


@transaction.atomic(savepoint=False)
def take_feedback(*, secret: str, satisfied: str, text: str, actor: Actor, at: datetime) -> Feedback:
    """Take in what a family says by its link: nobody is asked who they are.

    Raises:
        Refusal: `link_unknown` for one that never was, is too old or was replaced, `link_used`,
            `choice_unknown`, `text_too_long`.

    """
    of_link = FeedbackLink.objects.filter(digest=rules.digest_of(secret)).first()
    if of_link is not None:
        # From here on nobody else closes the need or makes another link.
        held_need(of_link.need_id)
    link = opened(secret, at)
    if link is None:
        raise Refusal(
            "link_unknown", _("This link does not open any more. Ask who passed it on for a new one.")
        )
    need = link.need
    if Feedback.objects.filter(link=link).exists():
        raise Refusal("link_used", _("Thank you: your answer came in already."))
    made = Feedback.objects.create(
        need=need,
        round=link.round,
        source=Source.LINK,
        link=link,
        satisfied=rules.choice(satisfied, Satisfied.values, "satisfied"),
        words=keep_any(need.case, rules.optional(text, "text")),
        said_on=day_of(at),
        at=at,
    )
    note(need, "take_feedback", actor, at, told_by=Source.LINK.value, satisfied=made.satisfied)
    return made
