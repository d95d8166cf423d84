"""Freezes what was reckoned: lines with the payee's name and numbers as they stand, each with its digest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import connection

from songnuan.kernel.bulk import chunks, digest_rows, load
from songnuan.kernel.sealing import blind_index, place_of
from songnuan.payments.models import PaymentLine, PaymentList

NAME = place_of("payments.paymentline", "name")
"""For what the blind index of a payee's name is made; it stands in digests alone."""
_AT_ONCE = 5_000
_COLUMNS = (
    *(
        "payment_list",
        "position",
        "payee",
        "qualifier",
        "unit",
        "relation",
        "days",
        "counted",
        "amount_minor",
    ),
    *("name", "id_number", "id_index", "account", "account_index", "bank", "digest"),
)
_PAYABLE = """
SELECT e.payee_id, e.qualifier_id, e.unit_id, e.relation, e.days, e.counted, e.amount_minor,
  p.name, p.id_number, p.id_index, p.account, p.account_index, p.bank, p.key, q.key
FROM benefits_entitlement e
JOIN people_person p ON p.id = e.payee_id JOIN people_person q ON q.id = e.qualifier_id
WHERE e.reckoning_id = %s AND e.amount_minor > 0 AND e.blocked = ''
ORDER BY e.id
"""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A line as it is frozen: its columns without list and place, and what its digest is over."""

    columns: tuple[Any, ...]
    digest: str


def frozen_lines(reckoning_id: int) -> Iterator[Frozen]:
    """Yield what a reckoning pays, in the order of its lines, as the register tells it now."""
    with connection.cursor() as cursor:
        cursor.execute(_PAYABLE, [reckoning_id])
        while rows := cursor.fetchmany(_AT_ONCE):
            for row in rows:
                *columns, payee, qualifier = row
                yield Frozen(tuple(columns), _digest(columns, payee, qualifier))


def _digest(columns: list[Any], payee: str, qualifier: str) -> str:
    _payee, _qualifier, unit, relation, days, counted, minor, name, _id, id_index, _account, account, bank = (
        columns
    )
    facts = (unit, relation, days, counted, minor)
    return line_digest((payee, qualifier, *facts, name_index(name), id_index, account, bank))


def name_index(name: str) -> str:
    """Return the blind index of a payee's name, as it stands in digests; empty of none."""
    return blind_index(NAME, name) if name else ""


def line_digest(told: Sequence[object]) -> str:
    """Return the digest of a line: persons by their keys, name and numbers by their blind indexes.

    Args:
        told: Keys of payee and qualifier, unit, relation, days, what counted, fen, the name's index, those of
            the identity number and of the account, and the bank.

    """
    return digest_rows([told])


def told_of(list_id: int) -> Iterator[tuple[int, str, tuple[object, ...]]]:
    """Yield of each line of a list its id, its digest, and what that is to be over as the line stands now."""
    facts = ("unit_id", "relation", "days", "counted", "amount_minor")
    columns = ("payee__key", "qualifier__key", *facts, "id_index", "account_index", "bank")
    rows = PaymentLine.objects.filter(payment_list=list_id).order_by("position")
    found = rows.values_list("pk", "digest", "name", "name_index", *columns)
    for pk, digest, name, kept, *told in found.iterator():
        yield pk, digest, (*told[:7], name_index(name) if name else kept, *told[7:])


def whole_digest(digests: Iterator[str]) -> str:
    """Return the digest of a list: over those of its lines in their order."""
    whole = sha256()
    for digest in digests:
        whole.update(digest.encode() + b"\n")
    return whole.hexdigest()


def keep(made: PaymentList, lines: Iterator[Frozen]) -> None:
    """Write the lines of a list that has none."""
    at = 0
    for some in chunks(lines, _AT_ONCE):
        load(
            PaymentLine,
            _COLUMNS,
            ((made.pk, at + place, *line.columns, line.digest) for place, line in enumerate(some, start=1)),
        )
        at += len(some)
