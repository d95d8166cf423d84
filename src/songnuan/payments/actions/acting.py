"""Writes who did what about a list: the row that keeps duties apart, and the trail."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import User
from songnuan.payments.models import ListAct, PaymentLine, PaymentList, PersonAccount, Verb
from songnuan.payments.queries import is_paid
from songnuan.payments.rules import list_number, subject_of
from songnuan.people.models import Person
from songnuan.people.queries.accounts import accounts_among


def act(
    row: PaymentList,
    verb: Verb,
    actor: Actor,
    at: datetime,
    *,
    remark: str = "",
    holder_id: int | None = None,
) -> None:
    """Note who acted, and in whose office: neither is paid by the list, neither acted before."""
    people = dict.fromkeys([person_of(actor), *([holder_id] if holder_id else [])])
    require_not_paid(row, people, at)
    if ListAct.objects.filter(payment_list=row, person__in=people).exists():
        raise already(row)
    try:
        with transaction.atomic():  # two at once: the database alone knows
            ListAct.objects.bulk_create(
                ListAct(
                    payment_list=row,
                    person_id=user_id,
                    verb=verb,
                    stood_in=user_id != actor.user_id,
                    remark=remark,
                    at=at,
                )
                for user_id in people
            )
    except IntegrityError:
        raise already(row) from None


def require_not_paid(row: PaymentList, users: Collection[int], at: datetime) -> None:
    """Let pass users whom a list does not pay.

    Raises:
        NotPermitted: `payee_acts`.

    """
    find_accounts(row, at, users)
    if any(is_paid(row.pk, user_id) for user_id in users):
        sentence = _("This list pays whoever acts here. Somebody else has to do it.")
        raise NotPermitted("payee_acts", sentence, list=row.pk)


def require_seen(row: PaymentList, digest: str) -> None:
    """Let pass who looked at this very list.

    Raises:
        Refusal: `subject_changed`.

    """
    if row.digest != digest:
        sentence = _("What you looked at is not this list. Open it again and read it anew.")
        raise Refusal("subject_changed", sentence, list=row.pk)


def find_accounts(row: PaymentList, at: datetime, users: Collection[int] | None = None) -> None:
    """Note which payees of a list are users of the house, of all its users or of these.

    Who acts is looked for once more: an account may have been opened, or its phone told, since it was made.
    """
    known = PersonAccount.objects.values("user")
    rows = User.objects.exclude(pk__in=known)
    if users is not None:
        rows = rows.filter(pk__in=users)
    told = [one for one in rows.values_list("pk", "name", "phone") if one[2]]
    if not told:
        return
    payees = Person.objects.filter(pk__in=PaymentLine.objects.filter(payment_list=row).values("payee"))
    PersonAccount.objects.bulk_create(
        PersonAccount(user_id=user_id, person_id=person_id, found_at=at)
        for user_id, person_id in accounts_among(payees, told).items()
    )


def person_of(actor: Actor) -> int:
    """Return which user acts.

    Raises:
        NotPermitted: For the system and the command line.

    """
    if actor.user_id is None:
        raise NotPermitted("not_permitted", _("Only a person can do this. Sign in with your own account."))
    return actor.user_id


def already(row: PaymentList) -> NotPermitted:
    """Return the refusal of who has acted on a list already."""
    sentence = _(
        "You have acted on this list already: who made, checked, approved or inspected it does nothing else"
        " about it. Somebody else has to."
    )
    return NotPermitted("already_acted", sentence, list=row.pk)


def note(row: PaymentList, verb: str, actor: Actor, at: datetime, **facts: object) -> None:
    """Note for the trail what was done about a list."""
    record(
        stream=f"fund:{row.fund_id}",
        action=f"payments.{verb}",
        subject=subject_of(row.pk),
        actor=actor,
        at=at,
        facts={"list": list_number(row.number), **facts},
    )
