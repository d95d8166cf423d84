"""People are called together, checked in, and asked after."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from songnuan.emergency import muster_rules as rules
from songnuan.emergency.command_rules import short, words
from songnuan.emergency.models import (
    Activation,
    ActivationStatus,
    ActVerb,
    ArrivalWay,
    CallLine,
    CallNote,
    CallOutcome,
    Muster,
    MusterEntry,
)
from songnuan.emergency.muster_queries import callers, own_line, standings, tree_of
from songnuan.emergency.noting import Line, act, held_activation, note, person
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.positions import Position
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import permits, refuse

_CODE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Call:
    """Where everybody is to be, and by when."""

    place: str
    due_at: datetime
    escalate_minutes: int


@transaction.atomic(savepoint=False)
def call_muster(*, activation_id: int, call: Call, actor: Actor, at: datetime) -> Muster:
    """Call the people of the call tree together; they are expected from now on.

    Args:
        activation_id: For which response, which is in force.
        call: Where and by when.
        actor: Who may end the response, or who has EMERGENCY_MANAGE over the unit.
        at: When.

    Raises:
        Refusal: `activation_unknown`, `activation_ended`, `not_permitted`, `person_needed`,
            `calltree_missing`, `muster_runs`, `muster_past`, `muster_minutes`, `words_missing`,
            `text_too_long`.

    """
    activation = held_activation(activation_id)
    _require_leading(activation, actor, at)
    tree = tree_of(activation.measure_id)
    if tree is None:
        sentence = _("There is no call tree yet: nobody would be called. Bring it in first.")
        raise Refusal("calltree_missing", sentence)
    runs = Muster.objects.filter(activation=activation)
    if runs.filter(closed_at__isnull=True).exists():
        raise Refusal("muster_runs", _("A muster runs already. Close it before you call another."))
    told = words(call.place, field="place", longest=rules.PLACE_LONGEST)
    rules.check_muster(call.due_at, at, call.escalate_minutes)
    muster = Muster.objects.create(
        activation=activation,
        tree=tree,
        number=runs.count() + 1,
        place=told,
        due_at=call.due_at,
        escalate_minutes=call.escalate_minutes,
        code=token_urlsafe(_CODE_BYTES),
        called_by_id=person(actor),
        called_at=at,
    )
    lines = CallLine.objects.filter(tree=tree).order_by("position").values_list("pk", flat=True)
    MusterEntry.objects.bulk_create(MusterEntry(muster=muster, line_id=line) for line in lines)
    _tell_timeline(activation, _called_words(muster), actor, at)
    _note(muster, "call_muster", actor, at, people=tree.lines)
    return muster


@transaction.atomic(savepoint=False)
def close_muster(*, muster_id: int, actor: Actor, at: datetime) -> Muster:
    """Close a muster: nobody checks in any more, and who is unknown stays so.

    Raises:
        Refusal: `muster_unknown`, `not_permitted`, `muster_closed`.

    """
    muster = _held(muster_id)
    _require_leading(muster.activation, actor, at)
    _require_open(muster)
    _close(muster, actor, at)
    return muster


def close_running(activation: Activation, actor: Actor, at: datetime) -> None:
    """Close the muster of a response that is stood down now, in the caller's transaction."""
    for pk in Muster.objects.filter(activation=activation, closed_at__isnull=True).values_list(
        "pk", flat=True
    ):
        _close(_held(pk), actor, at)


def _close(muster: Muster, actor: Actor, at: datetime) -> None:
    Muster.objects.filter(pk=muster.pk).update(closed_at=at, closed_by=person(actor))
    muster.refresh_from_db()
    if muster.activation.status == ActivationStatus.ACTIVE:
        _tell_timeline(muster.activation, _closed_words(muster), actor, at)
    _note(muster, "close_muster", actor, at)


def _tell_timeline(activation: Activation, words_: str, actor: Actor, at: datetime) -> None:
    act(activation, ActVerb.NOTE, Line(words_), actor, at)


def _called_words(muster: Muster) -> str:
    with override(settings.LANGUAGE_CODE):  # it is kept, and read by all
        facts = {
            "place": muster.place,
            "moment": written(muster.due_at.astimezone(CHINA), "moment"),
            "count": muster.tree.lines,
        }
        return _("Muster called: %(place)s, by %(moment)s; %(count)s people are expected.") % facts


def _closed_words(muster: Muster) -> str:
    """Return how a muster ended, in figures."""
    counts = rules.tally([one.presence for one in standings(muster)])
    with override(settings.LANGUAGE_CODE):
        facts = {
            "place": muster.place,
            "expected": sum(counts.values()),
            **{one.value: counts[one] for one in counts},
        }
        return (
            _(
                "Muster closed: %(place)s; of %(expected)s people %(on_time)s were there on time,"
                " %(late)s late, %(excused)s excused, %(absent)s did not come; of %(unknown)s nothing"
                " is known."
            )
            % facts
        )


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a phone says of a check-in; empty where it says nothing.

    `was_kept`: it was put down at `device_at` without a network, and comes in only now.
    """

    device_at: datetime | None = None
    position: str = ""
    was_kept: bool = False


@transaction.atomic(savepoint=False)
def check_in(
    *, muster_id: int, line_id: int, way: str, arrival: Arrival, actor: Actor, at: datetime
) -> MusterEntry:
    """Check somebody in; who is in already stays so, as they came first.

    What a phone put down while the muster ran, and could not send, is taken after the closing too: as late.

    Args:
        muster_id: Which muster.
        line_id: Who is there.
        way: A value of `ArrivalWay`. By the code the caller has looked the telephone up; with an account it
            is the actor's own; by somebody else it is who leads, or calls them.
        arrival: What the phone says.
        actor: Who does it.
        at: When it was received.

    Raises:
        Refusal: `muster_unknown`, `muster_closed`, `muster_stranger`, `muster_not_yours`, `muster_own`.

    """
    muster = _held(muster_id)
    if not _put_down_in_time(muster, arrival):
        _require_open(muster)
    entry = MusterEntry.objects.filter(muster=muster, line=line_id).select_related("line").first()
    if entry is None:
        raise Refusal("muster_stranger", _("This person is not expected here. Ask the office."))
    if way == ArrivalWay.ACCOUNT and entry.line.user_id != person(actor):
        raise _not_yours(muster)
    if way == ArrivalWay.DEPUTY:
        _require_seeing_to(muster, entry, actor, at)
    position = Position.read(arrival.position)  # what is none, a device made up: they are there all the same
    fresh = MusterEntry.objects.filter(pk=entry.pk, arrived_at__isnull=True).update(
        arrived_at=at,
        way=way,
        device_at=arrival.device_at,
        position=position.text if position else None,
        checked_in_by=actor.user_id if way == ArrivalWay.DEPUTY else None,
    )
    if fresh:
        late: dict[str, bool] = {} if muster.closed_at is None else {"after_closing": True}
        _note(muster, "check_in", actor, at, way_in=way, call_line=entry.line.position, **late)
    entry.refresh_from_db()
    return entry


@transaction.atomic(savepoint=False)
def note_call(
    *, muster_id: int, line_id: int, outcome: str, text: str, actor: Actor, at: datetime
) -> CallNote:
    """Note what was found out about somebody: is coming, not reached, excused, does not come.

    Raises:
        Refusal: `muster_unknown`, `muster_closed`, `muster_stranger`, `muster_not_yours`, `muster_own`,
            `call_outcome`, `words_missing`, `text_too_long`, `muster_there` for who has checked in.

    """
    muster = _held(muster_id)
    _require_open(muster)
    entry = MusterEntry.objects.filter(muster=muster, line=line_id).select_related("line").first()
    if entry is None:
        raise Refusal("muster_stranger", _("This person is not expected here. Ask the office."))
    _require_seeing_to(muster, entry, actor, at)
    if entry.arrived_at is not None:
        raise Refusal("muster_there", _("They have checked in meanwhile. Reload the page."))
    if outcome not in CallOutcome.values:
        raise Refusal("call_outcome", _("Choose what you found out."), field="outcome")
    has_reason = outcome in {CallOutcome.EXCUSED, CallOutcome.ABSENT}
    kept = (words if has_reason else short)(text, field="words", longest=rules.WORDS_LONGEST)
    made = CallNote.objects.create(entry=entry, outcome=outcome, words=kept, by_id=person(actor), at=at)
    if has_reason:
        column = "excused_at" if outcome == CallOutcome.EXCUSED else "absent_at"
        MusterEntry.objects.filter(pk=entry.pk).update(**{column: at})
    if outcome == CallOutcome.COMING:
        MusterEntry.objects.filter(pk=entry.pk).update(excused_at=None, absent_at=None)
    _note(muster, "note_call", actor, at, outcome=outcome, call_line=entry.line.position)
    return made


@transaction.atomic(savepoint=False)
def show_number(*, muster_id: int, line_id: int, actor: Actor, at: datetime) -> str:
    """Return the telephone of somebody who is to be called, in full; the look is recorded.

    Raises:
        Refusal: `muster_unknown`, `muster_stranger`, `muster_not_yours`, `muster_own`,
            `phone_missing`.

    """
    muster = _held(muster_id)
    entry = MusterEntry.objects.filter(muster=muster, line=line_id).select_related("line").first()
    if entry is None:
        raise Refusal("muster_stranger", _("This person is not expected here. Ask the office."))
    _require_seeing_to(muster, entry, actor, at)
    if not entry.line.phone:
        raise Refusal("phone_missing", _("The call tree tells no number of theirs."))
    _note(muster, "show_number", actor, at, call_line=entry.line.position, unmasked=True)
    return entry.line.phone


def _held(muster_id: int) -> Muster:
    """Return a muster, held until commit.

    Raises:
        Refusal: `muster_unknown`.

    """
    # Held by itself, as `noting.held_activation` does.
    Muster.objects.select_for_update(no_key=True).filter(pk=muster_id).first()
    told = ("activation__measure__plan", "activation__holder")
    found = Muster.objects.select_related(*told).filter(pk=muster_id).first()
    if found is None:
        raise Refusal("muster_unknown", _("There is no such muster. Open it from the response."))
    return found


def _require_open(muster: Muster) -> None:
    if muster.closed_at is not None:
        raise Refusal("muster_closed", _("This muster is closed: nothing of it changes any more."))


def _put_down_in_time(muster: Muster, arrival: Arrival) -> bool:
    """Return whether a check-in that comes in after the closing was put down while the muster ran."""
    put_down = arrival.device_at if arrival.was_kept else None
    if put_down is None or muster.closed_at is None:
        return False
    return muster.called_at <= put_down <= muster.closed_at


def leads(activation: Activation, actor: Actor, at: datetime) -> bool:
    """Return whether somebody leads the musters of a response: its holder, and the office."""
    is_holder = actor.user_id is not None and activation.holder.user_id == actor.user_id
    unit_id = activation.measure.plan.unit_id
    return is_holder or permits(actor, Permission.EMERGENCY_MANAGE, unit_id=unit_id, at=at)


def sees_to(muster: Muster, line: CallLine, actor: Actor, at: datetime) -> bool:
    """Return whether somebody sees to one who is expected: who leads, and who stands above in the tree."""
    if actor.user_id is None:
        return False
    if leads(muster.activation, actor, at):
        return True
    own = own_line(muster.tree_id, actor.user_id)
    above = callers([muster.tree_id])
    return own is not None and rules.may_see_to(line.pk, above, own.pk)


def _require_leading(activation: Activation, actor: Actor, at: datetime) -> None:
    person(actor)
    if not leads(activation, actor, at):
        refuse(Permission.EMERGENCY_MANAGE, unit_id=activation.measure.plan.unit_id)


def _require_seeing_to(muster: Muster, entry: MusterEntry, actor: Actor, at: datetime) -> None:
    if entry.line.user_id is not None and entry.line.user_id == actor.user_id:
        sentence = _("This is yourself: check in where you are there; all else somebody else notes.")
        raise NotPermitted("muster_own", sentence, muster=muster.pk)
    if not sees_to(muster, entry.line, actor, at):
        raise _not_yours(muster)


def _not_yours(muster: Muster) -> NotPermitted:
    sentence = _("Only who calls this person, who leads the response, and the office see to that.")
    return NotPermitted("muster_not_yours", sentence, muster=muster.pk)


def _note(muster: Muster, verb: str, actor: Actor, at: datetime, **facts: "str | int | bool | None") -> None:
    note(muster.activation.measure, verb, f"emergency.muster:{muster.pk}", actor, at, **facts)
