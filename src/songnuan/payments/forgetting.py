"""Empties what payments hold of people who were erased, in sets; what is emptied stays so."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from songnuan.kernel.blotting import GONE
from songnuan.kernel.bulk import among, texts_by_id
from songnuan.payments.freezing import name_index
from songnuan.payments.models import (
    CallBack,
    CashReceipt,
    LineCorrection,
    Objection,
    ObjectionAnswer,
    Objector,
    PayeeWord,
    PayeeWordAnswer,
    PaymentInstruction,
    PaymentLine,
)
from songnuan.people.models import PersonStatus

_EMPTY_LINES = """
UPDATE payments_paymentline AS l SET name = '', id_number = NULL, account = NULL, name_index = v.value
FROM ({told}) AS v WHERE v.id = l.id
"""


@dataclass(frozen=True, slots=True)
class Words:
    """Rows that hold words, how they lead to their list, and what they hold when they are empty."""

    rows: QuerySet[Any]
    list_of: str
    emptied: dict[str, Any]


def words(before: datetime | None = None) -> list[Words]:
    """Return the words of payees who were erased, and the words about them, that are not empty yet.

    With `before`, of those alone who were erased before that moment.
    """
    objections = Objection.objects.filter(_of_erased("", before))
    answers = ObjectionAnswer.objects.filter(_of_erased("objection__", before))
    called = CallBack.objects.filter(**_erased("payment__instruction__line__payee__", before))
    none = Q(words__in=("", GONE), back_to__in=("", GONE))
    said = PayeeWord.objects.filter(**_erased("line__payee__", before))
    told = PayeeWordAnswer.objects.filter(**_erased("word__line__payee__", before))
    return [
        Words(said.filter(text__gt=""), "line__payment_list", {"text": ""}),
        Words(told.filter(text__gt=""), "word__line__payment_list", {"text": ""}),
        Words(
            called.exclude(none),
            "payment__instruction__line__payment_list",
            {field: _gone(field) for field in ("words", "back_to")},
        ),
        Words(objections.filter(text__gt=""), "notice__payment_list", {"text": ""}),
        Words(answers.filter(text__gt=""), "objection__notice__payment_list", {"text": ""}),
    ]


def objectors(before: datetime | None = None) -> QuerySet[Objector]:
    """Return who said that they object, where the words of it are to go: nothing of it is kept."""
    return Objector.objects.filter(_of_erased("objection__", before))


def counts_by_list(rows: QuerySet[Any], list_of: str) -> dict[int, int]:
    """Return how many of some rows there are, by list."""
    found = rows.order_by().values_list(list_of).annotate(count=Count("pk"))
    return dict(found)


def empty(told: Words) -> None:
    """Empty words."""
    told.rows.model._base_manager.filter(  # noqa: SLF001 - Django's documented API
        pk__in=among(told.rows.values_list("pk", flat=True))
    ).update(**told.emptied)


def empty_lines(lines: Collection[tuple[int, str]]) -> list[int]:
    """Empty lines, each told by its id and its name, with what was sent and signed for by them.

    Returns:
        The pictures of the signatures.

    """
    ids = [pk for pk, _name in lines]
    # What broke off or was said twice is emptied already: the name's index stands then.
    named = {pk: name_index(name) for pk, name in lines if name}
    sql, params = texts_by_id(named)
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY_LINES.format(told=sql), params)
    bare = PaymentLine.objects.filter(pk__in=among(pk for pk, name in lines if not name))
    bare.update(id_number=None, account=None)
    them = among(ids)
    LineCorrection.objects.filter(line__in=them).update(name="", account=None)
    PaymentInstruction.objects.filter(line__in=them).update(name="", account=None, reason="")
    receipts = CashReceipt.objects.filter(instruction__line__in=them)
    pictures = sorted(set(receipts.values_list("signature", flat=True)))
    receipts.update(signed_by="")
    return pictures


def _gone(field: str) -> Case:
    return Case(When(**{field: ""}, then=Value("")), default=Value(GONE))


def _erased(payee: str, before: datetime | None) -> dict[str, Any]:
    """Return the condition that somebody was erased; `payee` leads to them."""
    told: dict[str, Any] = {f"{payee}status": PersonStatus.ERASED}
    return told if before is None else {**told, f"{payee}changed_at__lt": before}


def _of_erased(prefix: str, before: datetime | None) -> Q:
    """Return the condition that an objection is to the line of somebody erased, or a list of such alone."""
    of_list = PaymentLine.objects.filter(payment_list=OuterRef(f"{prefix}notice__payment_list"))
    gone = _erased("payee__", before)
    own = Exists(of_list.filter(position=OuterRef(f"{prefix}line__position"), **gone))
    line = f"{prefix}line__isnull"
    return Q(Q(**{line: False}) & own) | Q(Q(**{line: True}) & ~Exists(of_list.exclude(**gone)))
