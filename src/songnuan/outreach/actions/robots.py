"""Robots of groups are set up by the administrator, ended, and sent to."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.lifecycle import Lifecycle, Move
from songnuan.kernel.refusal import Fact, Refusal
from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.outreach.actions.lessons import held, note, person
from songnuan.outreach.actions.quizzes import require_signed
from songnuan.outreach.lesson_rules import words
from songnuan.outreach.robot_models import Robot, RobotSending, RobotStatus
from songnuan.outreach.robot_queries import robots_for
from songnuan.outreach.robots import read_address

LABEL_LONGEST = 60
_QUEUED = frozenset({RobotStatus.QUEUED.value})
SENDING = Lifecycle(
    "outreach.robotsending",
    {
        "send": Move(_QUEUED, RobotStatus.SENT.value),
        "fail": Move(_QUEUED, RobotStatus.FAILED.value),
    },
)


@transaction.atomic(savepoint=False)
def add_robot(  # noqa: D417 - what is plain is not told again
    *, unit_id: int, service: str, label: str, address: str, secret: str, actor: Actor, at: datetime
) -> Robot:
    """Set up a robot of a group; its address is kept sealed and shown to nobody again.

    Args:
        address: What the service shows for it.
        secret: What it signs with; empty for none.
        actor: Needs ACCOUNT_MANAGE over the unit.

    Raises:
        Refusal: `not_permitted`, `unit_unknown`, `words_missing`, `text_too_long`, `robot_label`, and as
            `robots.read_address`.

    """
    maker = person(actor)
    require(actor, Permission.ACCOUNT_MANAGE, unit_id=unit_id, at=at)
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise Refusal("unit_unknown", _("There is no such unit. Reload the page."), field="unit")
    named = words(label, field="label", longest=LABEL_LONGEST)
    told, hint = read_address(service, address, secret.strip())
    if Robot.objects.filter(unit=unit, label=named, ended_at__isnull=True).exists():
        sentence = _("There is a robot of this name already. End it first, or choose another name.")
        raise Refusal("robot_label", sentence, field="label")
    made = Robot.objects.create(
        unit=unit, service=service, label=named, address=told, hint=hint, made_by_id=maker, made_at=at
    )
    _note(made, "add_robot", actor, at, service=service)
    return made


@transaction.atomic(savepoint=False)
def end_robot(*, robot_id: int, actor: Actor, at: datetime) -> Robot:
    """End a robot; its address is erased.

    Raises:
        Refusal: `robot_unknown`, `not_permitted`.

    """
    found = Robot.objects.select_related("unit").filter(pk=robot_id, ended_at__isnull=True).first()
    if found is None:
        raise Refusal("robot_unknown", _("There is no such robot any more. Reload the page."))
    require(actor, Permission.ACCOUNT_MANAGE, unit_id=found.unit_id, at=at)
    rows = Robot.objects.filter(pk=robot_id, ended_at__isnull=True)
    if rows.update(ended_at=at, ended_by=person(actor), address=""):
        _note(found, "end_robot", actor, at)
    return found


@transaction.atomic(savepoint=False)
def queue_robots(*, lesson_id: int, robot_ids: list[int], actor: Actor, at: datetime) -> list[RobotSending]:
    """Put a lesson on its way to robots; to those that have it, or soon will, it goes no second time.

    Raises:
        Refusal: `lesson_unknown`, `not_permitted`, `lesson_not_signed`, `robot_unknown` for one that is not
            set up for a unit of the plan, `robot_none` where none is left.

    """
    lesson = held(lesson_id)
    sender = person(actor)
    require(actor, Permission.OUTREACH_WRITE, unit_id=lesson.measure.plan.unit_id, at=at)
    require_signed(lesson)
    known = {one.pk for one in robots_for(lesson, day_of(at))}
    if not set(robot_ids) <= known:
        raise Refusal("robot_unknown", _("There is no such robot any more. Reload the page."))
    had = RobotSending.objects.filter(lesson=lesson).exclude(status=RobotStatus.FAILED)
    left = sorted(set(robot_ids) - set(had.values_list("robot", flat=True)))
    if not left:
        raise Refusal("robot_none", _("Choose at least one group that did not get it yet."))
    made = [RobotSending.objects.create(lesson=lesson, robot_id=one, by_id=sender, at=at) for one in left]
    note(lesson, "send_to_robots", actor, at, count=len(made))
    return made


@transaction.atomic(savepoint=False)
def settle_robot(
    *, sending_id: int, reason: str, is_final: bool, actor: Actor, at: datetime
) -> RobotSending | None:
    """Note what came of a try: taken where there is no `reason`, failed for good where it `is_final`.

    Returns:
        The sending; None where another had settled it.

    """
    rows = RobotSending.objects.filter(pk=sending_id)
    if reason and not is_final:
        rows.filter(status=RobotStatus.QUEUED).update(attempts=F("attempts") + 1, reason=reason)
        return rows.first()
    told = {"reason": reason} if reason else {"reason": "", "sent_at": at}
    if not SENDING.move(rows, "fail" if reason else "send", attempts=F("attempts") + 1, **told):
        return None
    found = rows.select_related("lesson__measure__plan").get()
    verb = "fail_robot" if reason else "reach_robot"
    note(found.lesson, verb, actor, at)
    return found


def _note(robot: Robot, verb: str, actor: Actor, at: datetime, **facts: Fact) -> None:
    record(
        stream="accounts",
        action=f"outreach.{verb}",
        subject=f"organisation.unit:{robot.unit.key}",
        actor=actor,
        at=at,
        facts=facts,
    )
