"""Keeps what was settled already, many rows at once, and withdraws it. Called by actions alone."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import connection
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from songnuan.benefits.models import SettledFile, Settlement, Standard
from songnuan.benefits.settled import Recorded, Settled, sentence_of, wrong
from songnuan.benefits.settled_standing import file_known, new_rows
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows, load
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of

_COLUMNS = (
    *("standard", "payee", "qualifier", "starts_on", "ends_on", "amount_minor", "paid_on", "source"),
    *("told_by", "recorded_by", "recorded_at", "withdrawn_why", "origin"),
)


def keep(
    standard: Standard, rows: Sequence[Settled], file_digest: str, actor: Actor, at: datetime
) -> Recorded:
    """Write the rows that do not stand yet.

    Raises:
        Refusal: `settled_wrong` for a row that may not be recorded, `settled_file_known`, `settled_known`
            when nothing of it is new.

    """
    _check(rows, day_of(at))
    _take(standard)
    _check_file(standard, file_digest)
    fresh = new_rows(standard, rows)
    if not fresh:
        sentence = _("All of this is recorded already; nothing was changed.")
        raise Refusal("settled_known", sentence, known=len(rows))
    total = sum(row.amount_minor for row in fresh)
    told_by = None
    if file_digest:
        told_by = SettledFile.objects.create(
            standard=standard,
            digest=file_digest,
            rows=len(fresh),
            known=len(rows) - len(fresh),
            total_minor=total,
            recorded_by_id=actor.user_id,
            recorded_at=at,
        ).pk
    load(Settlement, _COLUMNS, _values(standard, fresh, told_by, actor, at))
    digest = digest_rows([(file_digest,), *((*row.told, row.source) for row in fresh)])
    return Recorded(len(fresh), len(rows) - len(fresh), total, digest)


def _take(standard: Standard) -> None:
    """Let the second of two at once wait here, and then see what the first one wrote."""
    Standard.objects.select_for_update(no_key=True).get(pk=standard.pk)


def _check(rows: Iterable[Settled], today: date) -> None:
    for row in rows:
        if found := wrong(row, today):
            field, code = found
            raise Refusal("settled_wrong", sentence_of(code), field=field)


def _check_file(standard: Standard, digest: str) -> None:
    """Let pass a file of which nothing stands.

    Raises:
        Refusal: `settled_file_known`.

    """
    found = file_known(standard, digest)
    if found is not None:
        sentence = _(
            "This very file was recorded on %(day)s already: %(rows)s rows. Nothing was changed; if it was"
            " wrong, withdraw those first."
        )
        told = {"day": written(day_of(found.recorded_at), "full"), "rows": found.rows}
        raise Refusal("settled_file_known", sentence % told, field="file", rows=found.rows)


def _values(
    standard: Standard, rows: Iterable[Settled], told_by: int | None, actor: Actor, at: datetime
) -> Iterable[tuple[str | int | None, ...]]:
    """Yield each row as the table takes it."""
    moment = connection.ops.adapt_datetimefield_value(at)
    days: dict[date | None, str | None] = {None: None}

    def day(one: date | None) -> str | None:
        if one not in days:
            days[one] = None if one is None else one.isoformat()
        return days[one]

    for row in rows:
        yield (
            *(standard.pk, row.payee_id, row.qualifier_id, day(row.starts_on), day(row.ends_on)),
            *(row.amount_minor, day(row.paid_on), row.source.strip(), told_by, actor.user_id, moment, "", ""),
        )


def take_back(row: Settlement, why: str, actor: Actor, at: datetime, *, whole_file: bool) -> tuple[int, int]:
    """Withdraw a row, or all that stand of its file; return how many, and their sum in fen.

    Raises:
        Refusal: `settled_by_list` when a list of this house settles it, `settled_withdrawn` when it was
            withdrawn already.

    """
    if row.origin:
        raise Refusal("settled_by_list", _("A list of this house settles it, and is withdrawn as a list."))
    _take(row.standard)
    wanted = Q(pk=row.pk)
    if whole_file and row.told_by_id is not None:
        wanted |= Q(told_by=row.told_by_id)
    standing = Settlement.objects.filter(wanted, standard=row.standard_id, withdrawn_at=None)
    if not Settlement.objects.filter(pk=row.pk, withdrawn_at=None).update(
        withdrawn_by=actor.user_id, withdrawn_at=at, withdrawn_why=why
    ):
        raise Refusal("settled_withdrawn", _("This was withdrawn already."), field="why")
    others = standing.exclude(pk=row.pk)
    total = others.aggregate(total=Sum("amount_minor", default=0))["total"] + row.amount_minor
    changed = others.update(withdrawn_by=actor.user_id, withdrawn_at=at, withdrawn_why=why)
    return changed + 1, int(total)
