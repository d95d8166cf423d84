"""Reads lists of payments."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from songnuan.approvals.hold_queries import active_among
from songnuan.benefits.listing import Change, changed
from songnuan.benefits.lists import standard_of
from songnuan.funds.holding import subject_of as fund_subject
from songnuan.payments.freezing import whole_digest
from songnuan.payments.models import PROMISED, ListAct, PaymentLine, PaymentList, PersonAccount, Verb
from songnuan.payments.rules import SUBJECT, subject_of
from songnuan.people.models import PersonStatus


def lists_of(measures: Collection[int]) -> QuerySet[PaymentList]:
    """Return the lists of these measures, the newest first."""
    rows = PaymentList.objects.filter(measure__in=list(measures))
    return rows.select_related("measure__plan", "fund", "reckoning__version__standard", "first").order_by(
        "-pk"
    )


@dataclass(frozen=True, slots=True)
class ListSum:
    """What a list pays in all, in fen, and whether it or its fund is on hold."""

    total_minor: int
    is_held: bool


def list_sums(subjects: Collection[str]) -> dict[str, ListSum]:
    """Return what the lists among these subjects pay, by subject."""
    begins = f"{SUBJECT}:"
    keys = [int(one.removeprefix(begins)) for one in subjects if one.startswith(begins)]
    if not keys:
        return {}
    told = list(PaymentList.objects.filter(pk__in=keys).values_list("pk", "fund", "total_minor"))
    held = active_among({*(subject_of(row[0]) for row in told), *(fund_subject(row[1]) for row in told)})
    return {
        subject_of(pk): ListSum(total, subject_of(pk) in held or fund_subject(fund_id) in held)
        for pk, fund_id, total in told
    }


def list_before(measure_id: int) -> PaymentList | None:
    """Return the first list of a measure that is approved and not cancelled: others follow it."""
    rows = PaymentList.objects.filter(measure=measure_id, status__in=PROMISED, first__isnull=True)
    return rows.order_by("pk").first()


def acts_of(list_id: int) -> list[ListAct]:
    """Return what was done about a list, in order."""
    return list(ListAct.objects.filter(payment_list=list_id).select_related("person").order_by("pk"))


def is_paid(list_id: int, user_id: int) -> bool:
    """Return whether a list pays the person that a user of the house is."""
    person = PersonAccount.objects.filter(user=user_id).values("person")
    return PaymentLine.objects.filter(payment_list=list_id, payee__in=person).exists()


def party_to(list_ids: Collection[int], user_id: int, *verbs: Verb) -> set[int]:
    """Return those of these lists about which a user did one of these things, or by which they are paid."""
    own = ListAct.objects.filter(payment_list__in=list_ids, person=user_id, verb__in=verbs)
    person = PersonAccount.objects.filter(user=user_id).values("person")
    paid = PaymentLine.objects.filter(payment_list__in=list_ids, payee__in=person)
    return {*own.values_list("payment_list", flat=True), *paid.values_list("payment_list", flat=True)}


@dataclass(frozen=True, slots=True)
class Moved:
    """A line whose payee is told otherwise now than when it was frozen. `what` names the columns."""

    position: int
    name: str
    what: tuple[str, ...]


def moved(row: PaymentList) -> list[Moved]:
    """Return the lines whose payee has another name, number, account or bank now, or is gone."""
    now = {column: F(f"payee__{column}") for column in ("name", "id_index", "account_index", "bank")}
    differs = Q(payee__status=PersonStatus.ACTIVE)
    same = Q(**now)
    rows = PaymentLine.objects.filter(payment_list=row).exclude(differs & same).select_related("payee")
    return [
        Moved(
            line.position,
            line.name,
            tuple(column for column in now if getattr(line, column) != getattr(line.payee, column))
            or ("status",),
        )
        for line in rows.order_by("position")
    ]


def changes(row: PaymentList) -> list[Change]:
    """Return the lines whose sum would be another one, were it reckoned now; inside of a transaction."""
    return changed(row.reckoning, standard_of(row.reckoning), subject_of(row.pk))


def digest_now(list_id: int) -> str:
    """Return the digest of a list's lines as they stand."""

    def digests() -> Iterator[str]:
        rows = PaymentLine.objects.filter(payment_list=list_id).order_by("position")
        yield from rows.values_list("digest", flat=True).iterator()

    return whole_digest(digests())
