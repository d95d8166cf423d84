"""The only writers of public notices, of objections to them and of the answers."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from songnuan.approvals.hold_queries import require_free
from songnuan.kernel.actor import Actor
from songnuan.kernel.names import tidy_name, valid_phone
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, names_then, permits, refuse, require
from songnuan.payments import notice_rules as rules
from songnuan.payments.actions.acting import note, person_of, require_not_paid
from songnuan.payments.models import (
    How,
    ListStatus,
    Notice,
    NoticeEnd,
    NoticeLine,
    Objection,
    ObjectionAnswer,
    Objector,
    PaymentList,
)
from songnuan.payments.notice_models import TITLE_LONGEST
from songnuan.payments.notices import gate_of, made_by, notice_by_key, notice_of
from songnuan.payments.noticing import Masked, digest_of, keep, masked_lines
from songnuan.payments.rules import subject_of

ANSWERING = (Permission.PLAN_REVIEW, Permission.LIST_INSPECT, Permission.BENEFIT_WRITE)
"""Any of these over the unit answers objections."""
_KEY_BYTES = 12


@dataclass(frozen=True, slots=True)
class Said:
    """An objection as it came in: to the line of a place, None to the whole; `name` and `phone` may lack."""

    text: str
    position: int | None = None
    name: str = ""
    phone: str = ""


@transaction.atomic(savepoint=False)
def publish_notice(
    *,
    list_id: int,
    unit_id: int,
    days: int,
    begins_on: date,
    place: str,
    phone: str,
    email: str,
    actor: Actor,
    at: datetime,
) -> Notice:
    """Put a signed list up for everybody to read, masked, for so many working days.

    Args:
        list_id: Which list.
        unit_id: The unit of its plan, which puts it up.
        days: Working days.
        begins_on: Its first day.
        place: Where it hangs.
        phone: Where to call with an objection.
        email: Where to write to, or empty.
        actor: Needs BENEFIT_WRITE over the unit; the list does not pay them.
        at: When.

    Raises:
        Refusal: `not_permitted`, `payee_acts`, `list_not_signed`, `notice_there`, `objection_open`,
            `objection_upheld`, `held`, `notice_day`, `place_missing`, `phone_invalid`, `email_invalid`,
            `text_too_long`, `calendar_ends`.

    """
    require(actor, Permission.BENEFIT_WRITE, unit_id=unit_id, at=at)
    row = _locked(list_id)
    user_id = _person(row, actor, at)
    _require_signed(row)
    require_free([subject_of(list_id)])
    _require_none(list_id)
    told = {
        "begins_on": rules.begins(begins_on, day_of(at)),
        "place": rules.place_of(place),
        "phone": rules.phone_of(phone),
        "email": rules.email_of(email),
    }
    made = Notice.objects.create(
        payment_list=row,
        number=Notice.objects.filter(payment_list=row).count() + 1,
        key=secrets.token_hex(_KEY_BYTES),
        title=f"关于{row.reckoning.version.title}发放名单的公示"[:TITLE_LONGEST],
        organ=names_then([unit_id], begins_on).get(unit_id, ""),
        ends_on=rules.last_day(begins_on, days),
        days=days,
        lines_count=row.lines_count,
        total_minor=row.total_minor,
        digest=digest_of(masked_lines(row, begins_on)),
        published_by_id=user_id,
        published_at=at,
        **told,
    )
    keep(made, _checked(made, masked_lines(row, begins_on)))
    note(row, "publish_notice", actor, at, **_told(made))
    return made


def _told(made: Notice) -> dict[str, object]:
    """Return what the trail keeps of a notice: its days, and the digest of what everybody read."""
    facts = {"begins_on": made.begins_on, "ends_on": made.ends_on, "days": made.days}
    return {**facts, "lines": made.lines_count, "digest": made.digest}


def _require_none(list_id: int) -> None:
    """Let pass a list without a notice, of whose earlier notices nothing objected waits."""
    gate = gate_of(list_id)
    if gate.begins_on is not None:
        sentence = _("This list has a public notice already. Take that one back first if something is wrong.")
        raise Refusal("notice_there", sentence, list=list_id)
    _require_settled(gate)


def _require_settled(gate: rules.Gate) -> None:
    """Let pass a list to which nothing is objected any more, so that no objection is lost."""
    if gate.upheld:
        raise rules.upheld(gate.upheld)
    if gate.waiting:
        raise rules.waiting(gate.waiting)


def _checked(made: Notice, lines: Iterator[Masked]) -> Iterator[Masked]:
    """Yield the lines, and fail where they are not those of the list to the last fen."""
    total = 0
    for one in lines:
        total += one[-1]
        yield one
    if total != made.total_minor:
        raise RuntimeError(f"notice of list {made.payment_list_id}: its lines are not those of the list")


@transaction.atomic(savepoint=False)
def cancel_notice(*, list_id: int, unit_id: int, why: str, actor: Actor, at: datetime) -> None:
    """Take a notice back: another may be put up, and runs its whole time.

    Raises:
        Refusal: `not_permitted`, `payee_acts`, `list_not_signed`, `notice_missing`, `objection_open` and
            `objection_upheld`, so that no objection is lost, `reason_missing`, `text_too_long`.

    """
    require(actor, Permission.BENEFIT_WRITE, unit_id=unit_id, at=at)
    row = _locked(list_id)
    _person(row, actor, at)
    _require_signed(row)
    notice = _running(row)
    why = rules.why_ended(why)
    _require_settled(gate_of(list_id))
    _end(row, notice, why, actor, at)


@transaction.atomic(savepoint=False)
def end_with_list(*, list_id: int, why: str, actor: Actor, at: datetime) -> None:
    """End the notice of a list that was cancelled, if it has one; who cancels it was asked for the right."""
    row = _locked(list_id)
    notice = notice_of(list_id)
    if notice is not None and row.status == ListStatus.CANCELLED:
        _end(row, notice, why, actor, at)


def _end(row: PaymentList, notice: Notice, why: str, actor: Actor, at: datetime) -> None:
    NoticeEnd.objects.create(notice=notice, why=why, ended_by_id=actor.user_id, ended_at=at)
    note(row, "cancel_notice", actor, at, reason=why)


@transaction.atomic(savepoint=False)
def object_on_page(*, notice_key: str, said: Said, actor: Actor, at: datetime) -> Objection:
    """Take in what somebody objects on the page of a notice: nobody is asked who they are.

    Raises:
        Refusal: `notice_unknown`, `notice_ahead`, `notice_ended` when its last day is over or it was taken
            back, `objection_empty`, `text_too_long`, `line_unknown`, `name_too_long`, `phone_invalid`.

    """
    notice = notice_by_key(notice_key)
    if notice is None:
        raise Refusal("notice_unknown", _("There is no such notice."))
    row, day = _locked(notice.payment_list_id), day_of(at)
    if day < notice.begins_on:
        raise Refusal("notice_ahead", _("This notice has not begun yet."))
    if day > notice.ends_on or NoticeEnd.objects.filter(notice=notice).exists():
        raise Refusal("notice_ended", _("This notice is over: objections are not taken in here any more."))
    return _object(row, notice, said, how=How.PAGE, day=day, actor=actor, at=at)


@transaction.atomic(savepoint=False)
def record_objection(
    *, list_id: int, unit_id: int, said: Said, how: How, received_on: date, actor: Actor, at: datetime
) -> Objection:
    """Note an objection that came by another way than the page; as long as the list is not paid.

    Raises:
        Refusal: `not_permitted`, `list_not_signed`, `notice_missing`, `how_unknown`, `objection_day`, or as
            `object_on_page` about what was said.

    """
    require_answering(actor, unit_id, at)
    row = _locked(list_id)
    _require_signed(row)
    notice = _running(row)
    if how not in How.values or how == How.PAGE or actor.user_id is None:
        raise Refusal("how_unknown", _("Say by which way the objection came."), field="how")
    day = rules.received(received_on, notice.begins_on, day_of(at))
    return _object(row, notice, said, how=how, day=day, actor=actor, at=at)


def _object(
    row: PaymentList, notice: Notice, said: Said, *, how: How, day: date, actor: Actor, at: datetime
) -> Objection:
    text = rules.said(said.text, _("Say what is wrong, in a few words."))
    line = None
    if said.position is not None:
        line = NoticeLine.objects.filter(notice=notice, position=said.position).first()
        if line is None:
            sentence = _("The notice has no line %(number)s. Look the number up in its first column.")
            raise Refusal("line_unknown", sentence % {"number": said.position}, field="position")
    who = _who(said)
    made = Objection.objects.create(
        notice=notice,
        number=Objection.objects.filter(notice=notice).count() + 1,
        line=line,
        text=text,
        how=how,
        received_on=day,
        recorded_by_id=actor.user_id if how != How.PAGE else None,
        recorded_at=at,
    )
    if any(who.values()):
        Objector.objects.create(objection=made, **who)
    facts = {"number": made.number, "how": how.value, "anonymous": not any(who.values())}
    note(row, "object", actor, at, **facts)
    return made


def _who(said: Said) -> dict[str, str]:
    """Return who objects; of nobody, empty texts."""
    name, phone = tidy_name(said.name.replace("\x00", "")), rules.line(said.phone)
    if len(name) > rules.NAME_LONGEST:
        sentence = _("A name has at most %(limit)s characters.") % {"limit": rules.NAME_LONGEST}
        raise Refusal("name_too_long", sentence, field="name", limit=rules.NAME_LONGEST)
    if phone:
        try:
            phone = valid_phone(phone)
        except Refusal as refusal:
            raise Refusal(refusal.code, refusal.sentence, field="phone") from None
    return {"name": name, "phone": phone}


@transaction.atomic(savepoint=False)
def answer_objection(
    *, objection_id: int, unit_id: int, text: str, is_upheld: bool, actor: Actor, at: datetime
) -> ObjectionAnswer:
    """Answer an objection, once; one that is upheld stops the list.

    Raises:
        Refusal: `not_permitted`, `objection_unknown`, `own_list`, `payee_acts`, `list_not_signed`,
            `objection_answered`, `objection_empty`, `text_too_long`.

    """
    require_answering(actor, unit_id, at)
    objection = Objection.objects.filter(pk=objection_id).select_related("notice").first()
    if objection is None:
        raise Refusal("objection_unknown", _("There is no such objection. Reload the page."))
    row = _locked(objection.notice.payment_list_id)
    user_id = _person(row, actor, at)
    if made_by(row.pk, user_id):
        sentence = _("You made this list: somebody else answers objections to it.")
        raise NotPermitted("own_list", sentence, list=row.pk)
    _require_signed(row)
    told = rules.said(text, _("Say what was looked into and what came of it."))
    try:
        with transaction.atomic():  # two at once: the database alone knows
            made = ObjectionAnswer.objects.create(
                objection=objection, text=told, is_upheld=is_upheld, answered_by_id=user_id, answered_at=at
            )
    except IntegrityError:
        sentence = _("This objection was answered already. Reload the page.")
        raise Refusal("objection_answered", sentence, number=objection.number) from None
    note(row, "answer_objection", actor, at, number=objection.number, upheld=is_upheld)
    return made


@transaction.atomic(savepoint=False)
def show_objector(*, objection_id: int, unit_id: int, actor: Actor, at: datetime) -> tuple[str, str]:
    """Return name and phone of who objected, in full; the look is recorded.

    Raises:
        Refusal: `not_permitted`, `own_list`, `payee_acts`, `objection_unknown` when they did not say.

    """
    require_answering(actor, unit_id, at)
    who = Objector.objects.filter(objection=objection_id).select_related("objection__notice").first()
    if who is None:
        raise Refusal("objection_unknown", _("There is no such objection. Reload the page."))
    row = PaymentList.objects.get(pk=who.objection.notice.payment_list_id)
    if made_by(row.pk, _person(row, actor, at)):
        sentence = _("You made this list: who objects to it is not shown to you.")
        raise NotPermitted("own_list", sentence, list=row.pk)
    note(row, "show_objector", actor, at, number=who.objection.number)
    return who.name, who.phone


def require_answering(actor: Actor, unit_id: int, at: datetime) -> None:
    """Let pass who may take in and answer objections.

    Raises:
        NotPermitted: `not_permitted`.

    """
    if not any(permits(actor, one, unit_id=unit_id, at=at) for one in ANSWERING):
        refuse(Permission.BENEFIT_WRITE, unit_id=unit_id)


def _locked(list_id: int) -> PaymentList:
    """Return the list, locked until the act is over: whoever pays it or objects to it waits."""
    rows = PaymentList.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("reckoning__version__standard").get(pk=list_id)


def _require_signed(row: PaymentList) -> None:
    if row.status != ListStatus.SIGNED:
        sentence = _("A list has its public notice between the inspector's signature and its payment.")
        raise Refusal("list_not_signed", sentence, list=row.pk, status=row.status)


def _running(row: PaymentList) -> Notice:
    notice = notice_of(row.pk)
    if notice is None:
        raise rules.missing()
    return notice


def _person(row: PaymentList, actor: Actor, at: datetime) -> int:
    """Return who acts: a person whom the list does not pay."""
    user_id = person_of(actor)
    require_not_paid(row, [user_id], at)
    return user_id
