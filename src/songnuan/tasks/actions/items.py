"""The writers of an item: its owner accepts, reports, asks; the office closes, returns, extends, moves it."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, refuse, require, subtree, units_of
from songnuan.tasks.actions.recording import STREAM
from songnuan.tasks.instruction_queries import owners_of
from songnuan.tasks.instruction_rules import extension_in_reach, words_of
from songnuan.tasks.lifecycle import ITEM
from songnuan.tasks.models import CoOwner, Feedback, Task, Verb
from songnuan.tasks.rules import feedback_of, text_of

_OWNERS = (Verb.ACCEPT, Verb.REPORT, Verb.ASK_CLOSING, Verb.ASK_EXTENSION)


@transaction.atomic(savepoint=False)
def accept(*, task_id: int, actor: Actor, at: datetime) -> Task:
    """Accept an item for its owner (签收).

    Raises:
        NotPermitted: The actor does not answer for the owner.
        Refusal: `item_unknown`, `wrong_state` when it is accepted already.

    """
    item = _item(task_id)
    require(actor, Permission.INSTRUCTION_ANSWER, unit_id=item.owner_id, at=at)
    ITEM.move_one(_row(item), "accept")
    return _say(item, Verb.ACCEPT, actor, at)


@transaction.atomic(savepoint=False)
def report(*, task_id: int, text: str, actor: Actor, at: datetime) -> Task:
    """Say how far an item is, for its owner or a unit that helps.

    Raises:
        NotPermitted: The actor answers for neither.
        Refusal: `item_unknown`, `report_missing`, `text_too_long`, `wrong_state` unless it is under way.

    """
    item = _item(task_id)
    helpers = CoOwner.objects.filter(task=item).values_list("unit_id", flat=True)
    if not any(
        permits(actor, Permission.INSTRUCTION_ANSWER, unit_id=pk, at=at) for pk in (item.owner_id, *helpers)
    ):
        refuse(Permission.INSTRUCTION_ANSWER, unit_id=item.owner_id)
    said = words_of(
        text, field="text", code="report_missing", sentence=_("Say how far it is, in a few words.")
    )
    ITEM.move_one(_row(item), "report")
    return _say(item, Verb.REPORT, actor, at, text=said)


@transaction.atomic(savepoint=False)
def ask_closing(*, task_id: int, text: str, actor: Actor, at: datetime) -> Task:
    """Ask the office to close an item, with what came of it; a later date asked for lapses.

    Raises:
        NotPermitted: The actor does not answer for the owner.
        Refusal: `person_needed`, `item_unknown`, `feedback_missing`, `text_too_long`, `wrong_state`.

    """
    item = _item(task_id)
    require(actor, Permission.INSTRUCTION_ANSWER, unit_id=item.owner_id, at=at)
    _require_person(actor)
    said = feedback_of(text)
    ITEM.move_one(_row(item), "ask_closing", asked_by_id=actor.user_id, asked_due_on=None)
    return _say(item, Verb.ASK_CLOSING, actor, at, text=said)


@transaction.atomic(savepoint=False)
def close(*, task_id: int, remark: str = "", actor: Actor, at: datetime) -> Task:
    """Close an item (销号): its feedback is what the owner said when asking for it.

    Raises:
        NotPermitted: The actor does not follow up instructions of that unit.
        Refusal: `person_needed`, `own_item` for whoever answers for it, `item_unknown`, `text_too_long`,
            `wrong_state` when its closing was not asked for or it is closed.

    """
    item = _item(task_id)
    _require_office(item, actor, at)
    said = text_of(remark, field="remark")
    asked = Feedback.objects.filter(task=item, verb=Verb.ASK_CLOSING).order_by("-pk").first()
    ITEM.move_one(
        _row(item),
        "close",
        feedback=asked.text if asked else "",
        done_at=at,
        done_by_id=actor.user_id,
    )
    return _say(item, Verb.CLOSE, actor, at, text=said)


@transaction.atomic(savepoint=False)
def send_back(*, task_id: int, remark: str, actor: Actor, at: datetime) -> Task:
    """Send an item back to its owner with what is lacking.

    Raises:
        NotPermitted: The actor does not follow up instructions of that unit.
        Refusal: `person_needed`, `own_item`, `item_unknown`, `remark_missing`, `text_too_long`,
            `wrong_state` when its closing was not asked for.

    """
    item = _item(task_id)
    _require_office(item, actor, at)
    said = words_of(
        remark, field="remark", code="remark_missing", sentence=_("Say what is still to be done.")
    )
    ITEM.move_one(_row(item), "send_back", asked_by=None)
    return _say(item, Verb.SEND_BACK, actor, at, text=said)


@transaction.atomic(savepoint=False)
def ask_extension(*, task_id: int, due_on: date, reason: str, actor: Actor, at: datetime) -> Task:
    """Ask the office for a later due date.

    Raises:
        NotPermitted: The actor does not answer for the owner.
        Refusal: `item_unknown`, `reason_missing`, `text_too_long`, `extension_not_later`, `due_too_far`,
            `extension_waits` when one is asked for already, `wrong_state` unless it is under way.

    """
    item = _item(task_id)
    require(actor, Permission.INSTRUCTION_ANSWER, unit_id=item.owner_id, at=at)
    said = words_of(
        reason, field="reason", code="reason_missing", sentence=_("Say why it takes longer."), least=5
    )
    extension_in_reach(due_on, due_on=item.due_on, original_due_on=item.original_due_on, today=day_of(at))
    if item.asked_due_on is not None:
        sentence = _("A later date is asked for already. Wait for the office to decide.")
        raise Refusal("extension_waits", sentence, task=item.pk)
    ITEM.move_one(_row(item).filter(asked_due_on=None), "extend", asked_due_on=due_on)
    return _say(item, Verb.ASK_EXTENSION, actor, at, text=said, due_on=due_on)


@transaction.atomic(savepoint=False)
def allow_extension(*, task_id: int, due_on: date, remark: str = "", actor: Actor, at: datetime) -> Task:
    """Allow the later date that was asked for; the original one stays beside it.

    Raises:
        NotPermitted: The actor does not follow up instructions of that unit.
        Refusal: `person_needed`, `own_item`, `item_unknown`, `text_too_long`, `wrong_state` when that day
            is not asked for (any more).

    """
    item = _item(task_id)
    _require_office(item, actor, at)
    said = text_of(remark, field="remark")
    ITEM.move_one(_row(item).filter(asked_due_on=due_on), "extend", due_on=due_on, asked_due_on=None)
    return _say(item, Verb.ALLOW_EXTENSION, actor, at, text=said, due_on=due_on)


@transaction.atomic(savepoint=False)
def refuse_extension(*, task_id: int, due_on: date, remark: str, actor: Actor, at: datetime) -> Task:
    """Keep the due date as it is, with the reason.

    Raises:
        NotPermitted: The actor does not follow up instructions of that unit.
        Refusal: `person_needed`, `own_item`, `item_unknown`, `remark_missing`, `text_too_long`,
            `wrong_state` when that day is not asked for (any more).

    """
    item = _item(task_id)
    _require_office(item, actor, at)
    said = words_of(remark, field="remark", code="remark_missing", sentence=_("Say why the date stays."))
    ITEM.move_one(_row(item).filter(asked_due_on=due_on), "extend", asked_due_on=None)
    return _say(item, Verb.REFUSE_EXTENSION, actor, at, text=said, due_on=due_on)


@transaction.atomic(savepoint=False)
def reassign(*, task_id: int, from_id: int, owner_id: int, reason: str, actor: Actor, at: datetime) -> Task:
    """Give an item to another unit (转交), which has to accept it; both due dates stay as they are.

    What the unit before asked for lapses with it. `from_id` is the unit with which whoever decides saw it:
    what a colleague gave away meanwhile is not given away again unseen.

    Raises:
        NotPermitted: The actor does not follow up instructions of that unit.
        Refusal: `person_needed`, `own_item`, `item_unknown`, `reason_missing`, `text_too_long`, `owner_same`,
            `owner_unknown` unless it is another unit below, open today; `wrong_state` once it is closed,
            or lies with another unit than `from_id`.

    """
    item = _item(task_id)
    _require_office(item, actor, at)
    said = words_of(
        reason,
        field="reason",
        code="reason_missing",
        sentence=_("Say why another unit answers for it now."),
        least=5,
    )
    if owner_id == from_id:
        sentence = _("The item lies with this unit already. Choose another one.")
        raise Refusal("owner_same", sentence, field="owner", task=item.pk)
    if owner_id not in owners_of(item.unit_id, day_of(at)):
        sentence = _("Choose the unit that answers for the item from the list.")
        raise Refusal("owner_unknown", sentence, field="owner")
    ITEM.move_one(
        _row(item).filter(owner_id=from_id), "reassign", owner_id=owner_id, asked_by=None, asked_due_on=None
    )
    CoOwner.objects.filter(task=item, unit=owner_id).delete()
    item.owner_id = owner_id
    return _say(item, Verb.REASSIGN, actor, at, text=said, facts={"former_owner": from_id, "reason": said})


def _item(task_id: int) -> Task:
    item = Task.objects.filter(pk=task_id, instruction__isnull=False).first()
    if item is None:
        raise Refusal("item_unknown", _("There is no such item. Open the list of instructions again."))
    return item


def _row(item: Task) -> QuerySet[Task]:
    """Return the item as long as it lies with the unit whose right was looked at."""
    return Task.objects.filter(pk=item.pk, owner_id=item.owner_id)


def _require_person(actor: Actor) -> None:
    if actor.user_id is None:
        raise Refusal("person_needed", _("A person has to do this, signed in under the own name."))


def _require_office(item: Task, actor: Actor, at: datetime) -> None:
    """Let pass who follows up the instruction and has no part in the item.

    Raises:
        NotPermitted: Without the permission.
        Refusal: `person_needed`; `own_item` for whoever holds a post at the owner or spoke for it.

    """
    require(actor, Permission.INSTRUCTION_MANAGE, unit_id=item.unit_id, at=at)
    _require_person(actor)
    owners = subtree(item.owner_id, day_of(at)).order_by().values("pk")
    holds = units_of(actor, None, at).filter(pk__in=owners).exists()
    if holds or Feedback.objects.filter(task=item, by=actor.user_id, verb__in=_OWNERS).exists():
        sentence = _("Whoever answers for an item does not decide about it. Leave it to a colleague.")
        raise Refusal("own_item", sentence, task=item.pk)


def _say(
    item: Task,
    verb: Verb,
    actor: Actor,
    at: datetime,
    *,
    text: str = "",
    due_on: date | None = None,
    facts: Mapping[str, object] = MappingProxyType({}),
) -> Task:
    """Add what was said to the item and to the trail; return the item as it stands now."""
    Feedback.objects.create(task=item, verb=verb, text=text, due_on=due_on, at=at, by_id=actor.user_id)
    overdue = day_of(at) > item.due_on
    record(
        stream=STREAM,
        action=f"tasks.{verb.value}",
        subject=f"tasks.task:{item.pk}",
        actor=actor,
        at=at,
        facts={"owner": item.owner_id, "due_on": due_on or item.due_on, "overdue": overdue, **facts},
    )
    item.refresh_from_db()
    return item
