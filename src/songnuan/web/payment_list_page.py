"""A list of payments as its page shows it: who acted on it, its lines, what is otherwise by now."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from songnuan.approvals.queries import subjects_of
from songnuan.benefits.explaining import reason_of
from songnuan.benefits.listing import Change
from songnuan.benefits.lists import standard_of, steps_of
from songnuan.benefits.models import Entitlement
from songnuan.journeys.payment_lists import find_list
from songnuan.kernel.money import yuan
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealing import open_text
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import holders
from songnuan.payments.models import ListAct, ListStatus, PaymentLine, PaymentList, Verb
from songnuan.payments.queries import Moved, changes, is_paid, moved
from songnuan.payments.rules import SUBJECT, list_number, subject_of
from songnuan.people.columns import PLACES
from songnuan.people.masking import masked
from songnuan.people.models import Person, Relation
from songnuan.web.approval_page import person_words
from songnuan.web.erased import erased, is_hidden, payee_name
from songnuan.web.views.shared import Reader, names_on, plan_seen

SAID = frozenset({"already_acted", "payee_acts", "own_release", "own_correction"})
"""What stands against one person alone is said on the page; a missing right has a page of its own."""
SHOWN = 50
"""How many differences a page spells out."""
_TAIL = 4

STATES = {
    ListStatus.PENDING.value: "waiting",
    ListStatus.RETURNED.value: "late",
    ListStatus.WITHDRAWN.value: "none",
    ListStatus.APPROVED.value: "waiting",
    ListStatus.SIGNED.value: "done",
    ListStatus.RELEASED.value: "done",
    ListStatus.CANCELLED.value: "none",
}
_RUNGS = (
    (Verb.MAKE, gettext_lazy("Made by")),
    (Verb.CHECK, gettext_lazy("Checked by")),
    (Verb.APPROVE, gettext_lazy("Approved by")),
    (Verb.INSPECT, gettext_lazy("Signed by the inspector")),
    (Verb.RELEASE, gettext_lazy("Released by")),
)
_WHAT = {
    "name": gettext_lazy("name"),
    "id_index": gettext_lazy("identity number"),
    "account_index": gettext_lazy("account"),
    "bank": gettext_lazy("bank"),
}


@dataclass(frozen=True, slots=True)
class ListRow:
    """One list among others of its measure."""

    id: int
    number: str
    state: str
    status_label: str
    total_minor: int
    people: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Rung:
    """One of the five who answer for a list: 制表、复核、审批、纪检、放款; without `people` it is to come."""

    label: str
    people: tuple[str, ...]
    at: datetime | None


@dataclass(frozen=True, slots=True)
class InspectorStep:
    """The step after the approval. `person` is who signed, `waits_for` whoever may."""

    state: str
    person: str
    at: datetime | None
    remark: str
    waits_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line in words; of the account the last four figures alone, of a minor none."""

    position: int
    payee: str
    qualifier: str
    relation: str
    unit: str
    days: int
    amount_minor: int
    account: str
    bank: str
    why: str


@dataclass(frozen=True, slots=True)
class Differences:
    """What the register tells otherwise than the list: at most `SHOWN` sentences, `more` are left out."""

    people: int
    sums: int
    sentences: tuple[str, ...]

    @property
    def more(self) -> int:
        """How many are not spelled out."""
        return self.people + self.sums - len(self.sentences)

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.people or self.sums)


def may_see(row: PaymentList, reader: Reader) -> bool:
    """Return whether the reader reads benefits of the unit, or has to decide about the list, or has."""
    if reader.may(Permission.BENEFIT_VIEW, row.measure.plan.unit_id):
        return True
    return subject_of(row.pk) in subjects_of(reader.actor, reader.at, SUBJECT.partition(".")[0])


def list_there(list_id: int) -> PaymentList:
    """Return a list, whoever asks; the caller looks at their rights.

    Raises:
        Http404: When there is none.

    """
    try:
        return find_list(list_id)
    except Refusal:
        raise Http404 from None


def list_seen(reader: Reader, list_id: int, *others: Permission) -> PaymentList:
    """Return a list to who reads benefits of its unit, or holds one of `others`; else it is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    row = list_there(list_id)
    plan = row.measure.plan
    plan_seen(reader, plan.slug)
    if not any(reader.may(one, plan.unit_id) for one in (Permission.BENEFIT_VIEW, *others)):
        raise Http404
    return row


def row_of(row: PaymentList) -> ListRow:
    """Return the list as a table of lists shows it."""
    return ListRow(
        id=row.pk,
        number=list_number(row.number),
        state=STATES[row.status],
        status_label=str(ListStatus(row.status).label),
        total_minor=row.total_minor,
        people=row.people_count,
        made_at=row.made_at,
    )


def ladder_of(acts: Sequence[ListAct]) -> list[Rung]:
    """Return who made, checked, approved and inspected a list."""
    rungs = []
    for verb, label in _RUNGS:
        own = [act for act in acts if act.verb == verb]
        done = [act for act in own if not act.stood_in]
        people = tuple(person_words(_name_of(act.person), _holder_of(act, own)) for act in done)
        rungs.append(Rung(str(label), people, done[-1].at if done else None))
    return rungs


def _holder_of(act: ListAct, own: Iterable[ListAct]) -> str:
    """Return in whose office an act was done, where that is another's: both were noted at once."""
    return next((_name_of(one.person) for one in own if one.stood_in and one.at == act.at), "")


def _name_of(user: User) -> str:
    return user.name or user.username


def inspector_step(row: PaymentList, acts: Sequence[ListAct], reader: Reader) -> InspectorStep | None:
    """Return the inspector's step; none of a list that was not approved and will not be."""
    if row.status in {ListStatus.RETURNED, ListStatus.WITHDRAWN}:
        return None
    signed = next((act for act in acts if act.verb == Verb.INSPECT), None)
    if signed is not None:
        return InspectorStep("done", _name_of(signed.person), signed.at, signed.remark, ())
    if row.status != ListStatus.APPROVED:
        return InspectorStep("none", "", None, "", ())
    used = {act.person_id for act in acts}
    free = [
        user
        for user in holders(Permission.LIST_INSPECT, row.measure.plan.unit_id, reader.at)
        if user.pk not in used and not is_paid(row.pk, user.pk)
    ]
    return InspectorStep("waiting", "", None, "", tuple(map(_name_of, free)))


def why_nothing(row: PaymentList, acts: Sequence[ListAct], reader: Reader) -> str:
    """Return why the reader, who else could, has nothing to do here; empty where nothing is in the way."""
    if row.status not in {ListStatus.PENDING, ListStatus.APPROVED}:
        return ""
    if is_paid(row.pk, reader.user.pk):
        return _("This list pays you, so you decide nothing about it. Somebody else has to.")
    own = next((act for act in acts if act.person_id == reader.user.pk), None)
    if own is None:
        return ""
    return {
        Verb.MAKE.value: _("You made this list: others check, approve and inspect it."),
        Verb.CHECK.value: _("You checked this list: others approve and inspect it."),
        Verb.APPROVE.value: _("You approved this list: the discipline inspector signs it."),
    }.get(own.verb, "")


def those(row: PaymentList, asked: str) -> QuerySet[PaymentLine]:
    """Return the lines in order, of those in whose name `asked` stands."""
    rows = PaymentLine.objects.filter(payment_list=row).select_related("payee", "qualifier")
    if asked:
        rows = rows.filter(Q(name__contains=asked) | Q(qualifier__name__contains=asked))
    return rows.order_by("position")


def in_words(row: PaymentList, lines: Collection[PaymentLine], reader: Reader) -> list[LineRow]:
    """Return lines with why it is this sum, as it was reckoned."""
    standard = standard_of(row.reckoning)
    names = names_on({line.unit_id for line in lines}, reader.day)
    found = Entitlement.objects.filter(
        reckoning=row.reckoning_id,
        payee__in={line.payee_id for line in lines},
        qualifier__in={line.qualifier_id for line in lines},
    )
    reckoned = {(one.payee_id, one.qualifier_id): one for one in found}
    return [
        LineRow(
            position=line.position,
            payee=payee_name(line.name, line.payee),
            qualifier=""
            if line.qualifier_id == line.payee_id
            else payee_name(line.qualifier.name, line.qualifier),
            relation=str(Relation(line.relation).label) if line.relation else "",
            unit=names.get(line.unit_id, ""),
            days=line.days,
            amount_minor=line.amount_minor,
            account=_account(line),
            bank=line.bank,
            why=reason_of(standard, steps_of(reckoned[line.payee_id, line.qualifier_id])),
        )
        for line in lines
    ]


def _account(line: PaymentLine) -> str:
    if line.account is None and line.account_index:
        return erased()
    return sealed_end(line.account, line.payee)


def account_end(account: str | None, payee: Person) -> str:
    """Return the last four figures of an account, of a minor none; empty without one."""
    if not account:
        return ""
    told = masked("account", account, minor=is_hidden(payee))
    return f"{'*' * _TAIL}{told[-_TAIL:].lstrip('*')}"


def sealed_end(sealed: str | None, payee: Person) -> str:
    """Return the end of a sealed account; it is opened for that alone."""
    return "" if sealed is None else account_end(open_text(PLACES["account"], sealed), payee)


def differences_of(row: PaymentList) -> Differences:
    """Return what the register tells otherwise by now, of a list that can still be paid."""
    with transaction.atomic():  # what would be reckoned now is laid beside it
        told, sums = moved(row), changes(row)
    first = told[:SHOWN]
    sentences = [*_moved(row, first), *_changed(sums[: SHOWN - len(first)])]
    return Differences(len(told), len(sums), tuple(sentences))


def _moved(row: PaymentList, told: Sequence[Moved]) -> list[str]:
    lines = PaymentLine.objects.filter(payment_list=row, position__in=[one.position for one in told])
    people = {line.position: line.payee for line in lines.select_related("payee")}
    sentences = []
    for one in told:
        facts = {"number": one.position, "name": payee_name(one.name, people[one.position])}
        if one.what == ("status",):
            sentences.append(_("Line %(number)s, %(name)s: no longer in the register.") % facts)
            continue
        facts["what"] = pgettext("between parts of a sentence", ", ").join(str(_WHAT[it]) for it in one.what)
        sentences.append(_("Line %(number)s, %(name)s: another %(what)s in the register by now.") % facts)
    return sentences


def _changed(sums: Sequence[Change]) -> list[str]:
    people = Person.objects.in_bulk(
        [*(one.payee_id for one in sums), *(one.qualifier_id for one in sums)],
    )
    sentences = []
    for one in sums:
        payee, qualifier = people[one.payee_id], people[one.qualifier_id]
        facts = {
            "name": payee_name(payee.name, payee),
            "other": payee_name(qualifier.name, qualifier),
            "was": yuan(one.was_minor),
            "now": yuan(one.now_minor),
        }
        if one.payee_id == one.qualifier_id:
            sentence = _("%(name)s: %(was)s yuan on the list, %(now)s yuan if it were reckoned now.")
        else:
            sentence = _(
                "%(name)s for %(other)s: %(was)s yuan on the list, %(now)s yuan if it were reckoned now."
            )
        sentences.append(sentence % facts)
    return sentences
