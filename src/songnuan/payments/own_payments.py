"""Reads what one person is due, why, and where it stands, for that person alone: the sums they are paid."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from songnuan.approvals.hold_queries import active_among
from songnuan.benefits.explaining import reason_of
from songnuan.benefits.lists import standard_of, steps_of
from songnuan.benefits.models import Entitlement, Reckoning
from songnuan.benefits.own import OwnSettled, ids_of, own_settled
from songnuan.benefits.standards import Standard
from songnuan.funds.holding import subject_of as fund_subject
from songnuan.kernel.names import mask_name
from songnuan.kernel.sealing import open_text
from songnuan.organisation.queries import day_of
from songnuan.payments.models import (
    ListStatus,
    Notice,
    PayeeWord,
    PaymentInstruction,
    PaymentLine,
    PaymentList,
)
from songnuan.payments.notice_rules import Gate
from songnuan.payments.notices import gates_of
from songnuan.payments.own_rules import Sending, Stage, stage_of
from songnuan.payments.rules import subject_of
from songnuan.people.columns import PLACES

_TAIL = 4
_GONE = (ListStatus.RETURNED, ListStatus.WITHDRAWN, ListStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class OwnNotice:
    """The public notice in which a line stands: `position` is its place there.

    `is_objected`: an objection to the list waits for its answer, whoever it came from.
    """

    key: str
    begins_on: date
    ends_on: date
    phone: str
    position: int
    is_objected: bool


@dataclass(frozen=True, slots=True)
class OwnPayment:
    """One sum for one payee: `line_id` is its line of a list, none before it is on one.

    `unit_id` is who pays it, `title` what it is for, `document` what it rests on; `relation` says what the
    other, masked, is to the payee, both empty where it is for the own service. `on` is the day that belongs
    to the stage (sent, paid, signed for), `ending` the end of the account, `told` what the bank or the office
    says. `blocked` is why a decision is missing. `word` is what the payee said last.
    """

    line_id: int | None
    unit_id: int
    title: str
    document: str
    days: int
    amount_minor: int
    relation: str
    other: str
    why: str
    stage: Stage
    at: datetime
    on: date | None = None
    ending: str = ""
    told: str = ""
    blocked: str = ""
    notice: OwnNotice | None = None
    word: PayeeWord | None = None


@dataclass(frozen=True, slots=True)
class OwnMoney:
    """What a person is due and was paid, the newest first, and what others paid and counts here."""

    payments: tuple[OwnPayment, ...] = ()
    settled: tuple[OwnSettled, ...] = ()

    def of(self, line_id: int) -> OwnPayment | None:
        """Return the payment of a line."""
        return next((one for one in self.payments if one.line_id == line_id), None)


_Placed = tuple[int, tuple[int, int], OwnPayment]
"""A payment with its reckoning, and the measure and the qualifier that it is for."""


class _Standards(dict[int, Standard]):
    """The standards of reckonings; the text of each version is read once."""

    def of(self, reckoning: Reckoning) -> Standard:
        """Return the standard as it was reckoned."""
        if reckoning.version_id not in self:
            self[reckoning.version_id] = standard_of(reckoning)
        return self[reckoning.version_id]


def own_money(person_key: str, at: datetime) -> OwnMoney:
    """Return what a person is due: lines of lists, and what was reckoned last and is on none.

    A list that was taken back is told of until something newer stands in its place.
    """
    ids = ids_of(person_key)
    standards, lines = _Standards(), _lines(ids)
    placed = [*_of_lists(lines, standards, day_of(at)), *_of_reckonings(ids, lines, standards)]
    placed.sort(key=lambda one: one[0], reverse=True)
    newer: set[tuple[int, int]] = set()
    found = []
    for _reckoning, place, one in placed:
        if one.stage is not Stage.TAKEN_BACK or place not in newer:
            found.append(one)
        newer.add(place)
    return OwnMoney(tuple(found), tuple(own_settled(ids)))


def _lines(ids: Collection[int]) -> list[PaymentLine]:
    rows = PaymentLine.objects.filter(payee__in=ids).select_related(
        "payment_list__measure__plan", "payment_list__reckoning__version", "qualifier", "end"
    )
    return list(rows.order_by("-payment_list", "-position"))


def _of_lists(lines: list[PaymentLine], standards: _Standards, day: date) -> Iterator[_Placed]:
    lists = {line.payment_list_id: line.payment_list for line in lines}
    gates, notices, held = gates_of(list(lists)), _notices(list(lists)), _held(lists.values())
    sent, words, reckoned = _instructions(lines), _words(lines), _reckoned(lines)
    for line in lines:
        row, last = line.payment_list, sent.get(line.pk)
        entitlement = reckoned.get((row.reckoning_id, line.payee_id, line.qualifier_id))
        stage = stage_of(
            row.status,
            gates[row.pk].standing(day),
            _sending(line, last),
            is_held=row.pk in held,
        )
        made = OwnPayment(
            line_id=line.pk,
            unit_id=row.measure.plan.unit_id,
            title=row.reckoning.version.title,
            document=row.reckoning.version.document_number,
            days=line.days,
            amount_minor=line.amount_minor,
            relation=line.relation,
            other=_other(line),
            why=reason_of(standards.of(row.reckoning), steps_of(entitlement)) if entitlement else "",
            stage=stage,
            at=row.made_at,
            on=_day(stage, last),
            ending=_ending(last),
            told=_told(stage, line, last),
            notice=_notice(line, notices.get(row.pk), gates[row.pk], stage),
            word=words.get(line.pk),
        )
        yield row.reckoning_id, (row.measure_id, line.qualifier_id), made


def _of_reckonings(
    ids: Collection[int], lines: Iterable[PaymentLine], standards: _Standards
) -> Iterator[_Placed]:
    """Yield what was reckoned last for each measure and is on no list: it waits, or comes to nothing."""
    rows = Entitlement.objects.filter(payee__in=ids, reckoning__is_dropped=False).select_related(
        "reckoning__version", "reckoning__measure__plan", "qualifier"
    )
    found = list(rows.order_by("-reckoning", "pk"))
    measures = {one.reckoning.measure_id for one in found}
    all_of = Reckoning.objects.filter(measure__in=measures, is_dropped=False).order_by("pk")
    newest = dict(all_of.values_list("measure", "pk"))
    listed = {(line.payment_list.reckoning_id, line.payee_id, line.qualifier_id) for line in lines}
    told = {
        (line.payment_list.measure_id, line.qualifier_id)
        for line in lines
        if line.payment_list.status not in _GONE
    }
    for one in found:
        reckoning = one.reckoning
        is_new = newest.get(reckoning.measure_id) == reckoning.pk
        if not is_new or (reckoning.pk, one.payee_id, one.qualifier_id) in listed:
            continue
        stage = _unlisted(one)
        if stage is Stage.NOTHING and (reckoning.measure_id, one.qualifier_id) in told:
            continue  # it comes to nothing because a list pays it
        made = OwnPayment(
            line_id=None,
            unit_id=reckoning.measure.plan.unit_id,
            title=reckoning.version.title,
            document=reckoning.version.document_number,
            days=one.days,
            amount_minor=one.amount_minor,
            relation=one.relation,
            other=_other(one),
            why=reason_of(standards.of(reckoning), steps_of(one)),
            stage=stage,
            at=reckoning.made_at,
            blocked=one.blocked,
        )
        yield reckoning.pk, (reckoning.measure_id, one.qualifier_id), made


def _unlisted(one: Entitlement) -> Stage:
    if one.blocked:
        return Stage.WAITS
    if one.out_minor:
        return Stage.DOUBLE
    return Stage.RECKONED if one.amount_minor else Stage.NOTHING


def _other(one: PaymentLine | Entitlement) -> str:
    """Return for whose service it is, masked; nobody where it is the payee's own."""
    return "" if one.qualifier_id == one.payee_id else mask_name(one.qualifier.name)


def _instructions(lines: Collection[PaymentLine]) -> dict[int, PaymentInstruction]:
    rows = PaymentInstruction.objects.filter(line__in=lines).select_related(
        "batch", "result", "back", "receipt"
    )
    return {row.line_id: row for row in rows.order_by("pk")}


def _words(lines: Collection[PaymentLine]) -> dict[int, PayeeWord]:
    rows = PayeeWord.objects.filter(line__in=lines).select_related("answer")
    return {row.line_id: row for row in rows.order_by("pk")}


def _reckoned(lines: Collection[PaymentLine]) -> dict[tuple[int, int, int], Entitlement]:
    rows = Entitlement.objects.filter(
        reckoning__in={line.payment_list.reckoning_id for line in lines},
        payee__in={line.payee_id for line in lines},
    )
    return {(one.reckoning_id, one.payee_id, one.qualifier_id): one for one in rows}


def _notices(list_ids: Collection[int]) -> dict[int, Notice]:
    rows = Notice.objects.filter(payment_list__in=list_ids, end__isnull=True)
    return {row.payment_list_id: row for row in rows}


def _notice(line: PaymentLine, notice: Notice | None, gate: Gate, stage: Stage) -> OwnNotice | None:
    """Return the notice that runs or is to begin."""
    if notice is None or stage not in {Stage.NOTICE, Stage.NOTICE_AHEAD, Stage.HELD}:
        return None
    told = (notice.key, notice.begins_on, notice.ends_on, notice.phone)
    return OwnNotice(*told, line.position, is_objected=gate.waiting > 0)


def _held(lists: Iterable[PaymentList]) -> set[int]:
    by_subject: dict[str, set[int]] = {}
    for row in lists:
        for subject in (subject_of(row.pk), fund_subject(row.fund_id)):
            by_subject.setdefault(subject, set()).add(row.pk)
    found = active_among(by_subject) if by_subject else ()
    return {pk for subject in found for pk in by_subject[subject]}


def _sending(line: PaymentLine, last: PaymentInstruction | None) -> Sending:
    if last is None:
        return Sending(ended=hasattr(line, "end"))
    return Sending(last.status, last.batch.channel, hasattr(last, "receipt"), hasattr(line, "end"))


def _day(stage: Stage, last: PaymentInstruction | None) -> date | None:
    """Return the day on which it was sent, paid, signed for, or came back."""
    if last is None:
        return None
    if stage is Stage.SIGNED_FOR and hasattr(last, "receipt"):
        return last.receipt.signed_on
    if stage is Stage.RETURNED and last.back is not None:
        return last.back.happened_on
    if stage in {Stage.PAID, Stage.FAILED, Stage.SIGNED_FOR} and last.result is not None:
        return last.result.happened_on
    return day_of(last.batch.released_at)


def _ending(last: PaymentInstruction | None) -> str:
    """Return the end of the account that was paid to; it is opened for that alone."""
    if last is None or not last.account:
        return ""
    return open_text(PLACES["account"], last.account)[-_TAIL:]


def _told(stage: Stage, line: PaymentLine, last: PaymentInstruction | None) -> str:
    """Return what the bank says about what failed, or the office about what is not paid."""
    if stage is Stage.ENDED:
        return line.end.why
    return last.reason if last is not None and stage in {Stage.FAILED, Stage.RETURNED} else ""
