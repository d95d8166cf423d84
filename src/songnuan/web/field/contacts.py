"""Contacts with families: what a helper puts down at the door or after a call, without a network.

A device takes along the families that its holder helps, with the name that their lists show and no telephone.
What was said about a family is on the device only until the house has it.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, Literal

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from pydantic import Field

from songnuan.casework.case_access import keeps_accounts, own_cases
from songnuan.casework.case_models import Contact, HelperState, Need
from songnuan.jobs.queries import result_of
from songnuan.journeys.raise_need import raise_need
from songnuan.journeys.record_contact import record_contact
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.queries import day_of
from songnuan.plans.models import MeasureStatus
from songnuan.web.case_forms import ContactForm, HomeVisitForm, NeedForm
from songnuan.web.case_page import FamilyRow, family_rows
from songnuan.web.counting import taken
from songnuan.web.field.asked import wrong
from songnuan.web.field.contact_words import WORDS
from songnuan.web.field.kinds import FieldKind, Outcome, Record, Sent
from songnuan.web.views.shared import Reader

FAMILIES_MOST: Final = 100
"""Families that a device takes along, those first of whom something is due first."""
_LONG: Final = 5000
"""Characters that are read at all; what a text may have is said by the forms."""


class ContactRecord(Record):
    """A contact, a visit at home, or a need. Without a day it happened when it was put down."""

    case: int = Field(gt=0, lt=2**63)
    what: Literal["contact", "visit", "need"]
    happened_on: date | None = None
    way: str = Field("", max_length=_LONG)
    reached: str = Field("", max_length=_LONG)
    words: str = Field("", max_length=_LONG)
    need: str = Field("", max_length=_LONG)
    category: str = Field("", max_length=_LONG)
    urgency: str = Field("", max_length=_LONG)
    went: str = Field("", max_length=_LONG)
    received_by: str = Field("", max_length=_LONG)
    brought: str = Field("", max_length=_LONG)
    living: str = Field("", max_length=_LONG)
    difficulties: str = Field("", max_length=_LONG)
    answered: str = Field("", max_length=_LONG)
    follow_up: str = Field("", max_length=_LONG)


# What a device takes along ------------------------------------------------------------------------


def pack(reader: Reader) -> Mapping[str, Any] | None:
    """Return the families that the reader helps, or stands in for."""
    me = reader.user.pk
    helped = Q(helper=me, helper_state=HelperState.ACCEPTED) | Q(deputy=me)
    cases = own_cases(me).filter(helped, measure__status=MeasureStatus.OPEN)
    if keeps_accounts(reader.actor, reader.at):
        cases = cases.filter(lead__isnull=True)
    rows = family_rows(list(cases.select_related("helper", "measure", "plan")), reader.day)
    if not rows:
        return None
    first = sorted(rows, key=lambda row: (row.due_on, row.case.pk))[:FAMILIES_MOST]
    return {
        "families": [_family(row) for row in first],
        "me": reader.user.name,
    }


def _family(row: FamilyRow) -> dict[str, Any]:
    return {
        "id": row.case.pk,
        "number": row.number,
        "name": row.name,
        "unit": "" if row.case.is_special else row.unit,
        "contact_on": row.contact_on.isoformat() if row.contact_on else "",
        "visit_on": row.visit_on.isoformat() if row.visit_on else "",
        "since": day_of(row.case.opened_at).isoformat(),
    }


# What it sends ------------------------------------------------------------------------------------

Carry = Callable[[Reader, Sent, ContactRecord], Outcome]


def take(reader: Reader, sent: Sent) -> Outcome:
    """Put down what was recorded about a family."""
    told = sent.as_told(ContactRecord)
    try:
        return _CARRY[told.what](reader, sent, told)
    except NotPermitted:
        return _not_yours()
    except Refusal as refusal:
        if refusal.code == "case_unknown":
            return _not_yours()
        raise


def _contact(reader: Reader, sent: Sent, told: ContactRecord) -> Outcome:
    # Whether anybody was reached, and how, is never taken for granted here.
    form = ContactForm(_typed(reader, sent, told), is_special=True)
    if sentence := wrong([form]):
        return Outcome("refused", sentence)
    made = record_contact(
        case_id=told.case,
        touch=form.touch,
        need=form.new_need,
        key=sent.key,
        actor=reader.actor,
        at=reader.at,
    )
    taken()
    return _recorded(made)


def _visit(reader: Reader, sent: Sent, told: ContactRecord) -> Outcome:
    typed = _typed(reader, sent, told)
    form = HomeVisitForm(typed)
    need = NeedForm(typed) if told.need or told.category or told.urgency else None
    if sentence := wrong([form] if need is None else [form, need]):
        return Outcome("refused", sentence)
    made = record_contact(
        case_id=told.case,
        touch=form.touch,
        need=need.new_need if need else None,
        key=sent.key,
        actor=reader.actor,
        at=reader.at,
    )
    taken()
    return _recorded(made)


def _need(reader: Reader, sent: Sent, told: ContactRecord) -> Outcome:
    form = NeedForm(_typed(reader, sent, told))
    if sentence := wrong([form]):
        return Outcome("refused", sentence)
    made = raise_need(case_id=told.case, need=form.new_need, key=sent.key, actor=reader.actor, at=reader.at)
    taken()
    return _raised(made)


_CARRY: Mapping[str, Carry] = {"contact": _contact, "visit": _visit, "need": _need}


def _typed(reader: Reader, sent: Sent, told: ContactRecord) -> dict[str, Any]:
    """Return a record as the forms of the site read it; one that comes again keeps the day it was given."""
    day = told.happened_on or day_of(sent.recorded_at)
    if not told.happened_on and (earlier := result_of(sent.key, "record_contact", reader.actor)):
        day = Contact.objects.get(pk=int(earlier)).happened_on
    return {**told.model_dump(exclude={"case", "what"}), "happened_on": day.isoformat()}


def _recorded(contact_id: int) -> Outcome:
    made = Contact.objects.get(pk=contact_id)
    is_visit = hasattr(made, "home_visit")
    sentence = _("The visit is recorded.") if is_visit else _("The contact is recorded.")
    return Outcome("taken", sentence, reverse("family_case", args=(made.case_id,)))


def _raised(need_id: int) -> Outcome:
    made = Need.objects.get(pk=need_id)
    return Outcome("taken", _("The need is put down."), reverse("family_need", args=(made.pk,)))


def _not_yours() -> Outcome:
    """Return what is said of every family of whom the reader may not record, whether it is there or not."""
    sentence = _(
        "You help this family no more, or never did, so nothing is recorded in your name. What you put down"
        " is kept on this device: tell whoever helps the family now, or the office that leads, then discard"
        " it here."
    )
    return Outcome("refused", sentence)


KIND = FieldKind("contacts", ContactRecord, pack, take, WORDS)
