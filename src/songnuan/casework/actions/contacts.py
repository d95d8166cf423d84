"""Contacts with families are recorded, and visits at their homes."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.casework import case_rules as rules
from songnuan.casework.case_access import require_acting
from songnuan.casework.case_models import Contact, HomeVisit, Way
from songnuan.casework.noting import held_case, keep, keep_any, note, require_open
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of


@dataclass(frozen=True, slots=True)
class HomeVisitWords:
    """What is put down of a visit at home (走访慰问记录)."""

    went: str
    living: str
    received_by: str
    brought: str = ""
    difficulties: str = ""
    answered: str = ""
    follow_up: str = ""


@dataclass(frozen=True, slots=True)
class Touch:
    """One contact, or an attempt at one."""

    happened_on: date
    way: str
    reached: bool
    words: str = ""
    home_visit: HomeVisitWords | None = None


@transaction.atomic(savepoint=False)
def record_contact(*, case_id: int, touch: Touch, actor: Actor, at: datetime) -> Contact:
    """Record that somebody got in touch with a family, or tried to.

    Raises:
        Refusal: `case_unknown`, `not_permitted`, `measure_closed`, `contact_ahead`, `day_before_case`,
            `choice_unknown`, `words_missing` where nobody was reached and it does not say what was tried, or
            where a visit at home says too little, `visit_way` for a record of a visit of another way,
            `text_too_long`.

    """
    case = held_case(case_id)
    by = require_acting(case, actor, at)
    require_open(case)
    day = rules.happened(touch.happened_on, day_of(case.opened_at), day_of(at))
    way = rules.choice(touch.way, Way.values, "way")
    text = rules.optional(touch.words, "words")
    if not touch.reached:
        text = rules.words(
            touch.words, "words", _("Say what you tried, so that others need not try the same.")
        )
    visit = touch.home_visit
    if visit is not None and (way != Way.VISIT or not touch.reached):
        sentence = _(
            "A visit is put down for who was reached at home. Choose “at home”, or leave the visit out."
        )
        raise Refusal("visit_way", sentence, field="way")
    made = Contact.objects.create(
        case=case,
        happened_on=day,
        way=way,
        reached=touch.reached,
        words=keep_any(case, text),
        by_id=by,
        at=at,
    )
    if visit is not None:
        _keep_visit(made, visit)
    note(
        case,
        "record_contact",
        actor,
        at,
        happened_on=day.isoformat(),
        way=way,
        reached=touch.reached,
        home_visit=visit is not None,
    )
    return made


def _keep_visit(made: Contact, visit: HomeVisitWords) -> None:
    case = made.case
    who = rules.person(visit.received_by, "received_by", _("Enter who of the family was there."))
    told = {
        "received_by": who,
        "went": rules.words(visit.went, "went", _("Enter who went.")),
        "living": rules.words(visit.living, "living", _("Say how the family lives and works at present.")),
    }
    more = {name: rules.optional(getattr(visit, name), name) for name in _OPTIONAL}
    HomeVisit.objects.create(
        contact=made,
        **{name: keep(case, text) for name, text in told.items()},
        **{name: keep_any(case, text) for name, text in more.items()},
    )


_OPTIONAL = ("brought", "difficulties", "answered", "follow_up")
