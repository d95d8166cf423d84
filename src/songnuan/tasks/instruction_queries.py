"""What others read of instructions and their items."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from songnuan.kernel.actor import Actor
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, scope, subtree, unit_names
from songnuan.organisation.rules import live
from songnuan.tasks.models import CoOwner, Feedback, Instruction, Task, TaskStatus, Verb


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said about an item; `by` is empty where the system did it."""

    verb: str
    label: str
    text: str
    due_on: date | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item, with everything that was said about it, oldest first."""

    task_id: int
    instruction_id: int
    position: int
    title: str
    unit_id: int
    owner_id: int
    co_owner_ids: tuple[int, ...]
    raised_at: datetime
    due_on: date
    original_due_on: date
    asked_due_on: date | None
    status: str
    done_at: datetime | None
    feedback: str
    said: tuple[Said, ...]

    @property
    def is_done(self) -> bool:
        """Whether it is closed."""
        return self.status == TaskStatus.DONE

    @property
    def is_extended(self) -> bool:
        """Whether its date was put off: the original one is shown beside it."""
        return self.due_on != self.original_due_on

    @property
    def latest(self) -> Said | None:
        """The last words that say how far it is: those of a unit that works on it, never the office's."""
        telling = (Verb.REPORT, Verb.ASK_CLOSING)
        return next((one for one in reversed(self.said) if one.verb in telling), None)

    @property
    def moved(self) -> Said | None:
        """Why another unit answers for it now, until that unit says how far it is."""
        last = next((one for one in reversed(self.said) if one.verb == Verb.REASSIGN), None)
        return None if last and self.latest and self.latest.at > last.at else last

    @property
    def asked(self) -> Said | None:
        """The extension that waits for the office."""
        if self.asked_due_on is None:
            return None
        return next((one for one in reversed(self.said) if one.verb == Verb.ASK_EXTENSION), None)

    def days_left(self, on: date) -> int:
        """Return how many days are left on the day `on`, negative when it is late; as closed, once it is."""
        return (self.due_on - (day_of(self.done_at) if self.done_at else on)).days

    def is_overdue(self, on: date) -> bool:
        """Return whether it is still to be done on the day `on` with its due date over."""
        return not self.is_done and self.due_on < on


@dataclass(frozen=True, slots=True)
class InstructionRow:
    """One instruction with the items the reader may see. It is closed when all of them are."""

    instruction_id: int
    kind: str
    title: str
    issuer: str
    number: str
    dated_on: date
    text: str
    unit_id: int
    plan_slug: str
    basis: str
    scan_id: int | None
    received_at: datetime
    recorded_at: datetime
    recorded_by: str
    items: tuple[ItemRow, ...]

    @property
    def item_ids(self) -> set[int]:
        """The numbers of its items."""
        return {item.task_id for item in self.items}

    @property
    def done(self) -> int:
        """How many of its items are closed."""
        return sum(item.is_done for item in self.items)

    @property
    def is_closed(self) -> bool:
        """Whether all its items are closed."""
        return self.done == len(self.items)

    def overdue(self, on: date) -> int:
        """Return how many of its items are overdue on the day `on`."""
        return sum(item.is_overdue(on) for item in self.items)

    @property
    def due_on(self) -> date:
        """The first date on which something is due; once all is closed, the last one."""
        still = [item.due_on for item in self.items if not item.is_done]
        return min(still) if still else max(item.due_on for item in self.items)


def seen(actor: Actor, at: datetime) -> list[InstructionRow]:
    """Return the instructions the actor may see, open ones first, then by the date that comes first.

    Who may see the unit's instructions sees them whole; a unit that owns an item or helps with it sees
    the instruction's text with these items alone.
    """
    rows = _rows(Instruction.objects.all(), actor, at)
    return sorted(rows, key=lambda row: (row.is_closed, row.due_on, -row.instruction_id))


def open_seen(actor: Actor, at: datetime) -> list[InstructionRow]:
    """Return, as `seen`, the instructions of which an item is still open."""
    rows = _rows(Instruction.objects.filter(_is_open()), actor, at)
    return sorted(rows, key=lambda row: (row.is_closed, row.due_on, -row.instruction_id))


def closed_seen(
    actor: Actor, at: datetime, *, owner: int | None = None, before: int | None = None, size: int
) -> list[InstructionRow]:
    """Return the newest `size` closed instructions the actor may see; those older than `before`.

    With `owner`, those of which this unit owns an item.
    """
    closed = Instruction.objects.exclude(_is_open())
    if owner is not None:
        closed = closed.filter(Exists(Task.objects.filter(instruction=OuterRef("pk"), owner=owner)))
    if before is not None:
        closed = closed.filter(pk__lt=before)
    return _rows(closed, actor, at, newest=size)


def owners_seen(actor: Actor, at: datetime) -> set[int]:
    """Return the units that own an item the actor may see."""
    return set(_visible(actor, at).values_list("owner", flat=True).distinct())


def _is_open() -> Exists:
    items = Task.objects.filter(instruction=OuterRef("pk"))
    return Exists(items.exclude(status=TaskStatus.DONE))


def holding(pattern: str, actor: Actor, at: datetime) -> list[InstructionRow]:
    """Return the instructions the actor may see whose words or items fit the pattern, the newest first.

    Somebody who sees but some of the items still has to ask which part it was: another unit's item may be it.
    """
    words = Q(
        pk__in=Instruction.objects.filter(
            Q(title__iregex=pattern)
            | Q(issuer__iregex=pattern)
            | Q(number__iregex=pattern)
            | Q(text__iregex=pattern)
            | Q(items__title__iregex=pattern)
        ).values("pk")
    )
    return _rows(Instruction.objects.filter(words), actor, at)[::-1]


def one_seen(instruction_id: int, actor: Actor, at: datetime) -> InstructionRow | None:
    """Return the instruction as the actor may see it, or None."""
    return next(iter(_rows(Instruction.objects.filter(pk=instruction_id), actor, at)), None)


def of_item(task_id: int, actor: Actor, at: datetime) -> InstructionRow | None:
    """Return the instruction of an item as the actor may see it, or None where the item is not to be seen."""
    found = _rows(Instruction.objects.filter(items=task_id), actor, at)
    return next((row for row in found if task_id in row.item_ids), None)


def of_plan(plan_slug: str, actor: Actor, at: datetime) -> list[InstructionRow]:
    """Return the instructions a plan rests on, as the actor may see them."""
    return _rows(Instruction.objects.filter(plan_slug=plan_slug), actor, at)


def open_items(owner_ids: Collection[int]) -> list[ItemRow]:
    """Return the items these units still have to do something about, by date."""
    waiting = (TaskStatus.ASSIGNED, TaskStatus.ACCEPTED)
    return _items(Task.objects.filter(owner_id__in=owner_ids, status__in=waiting).order_by("due_on", "pk"))


def followed(owner_ids: Collection[int], unit_ids: Collection[int]) -> list[ItemRow]:
    """Return the open items that these owners answer for, or the office of these units follows up."""
    concerned = Q(owner_id__in=owner_ids) | Q(unit_id__in=unit_ids)
    items = Task.objects.filter(concerned, instruction__isnull=False).exclude(status=TaskStatus.DONE)
    return _items(items.order_by("due_on", "pk"))


def to_decide(unit_ids: Collection[int]) -> list[ItemRow]:
    """Return the items that wait for the office of these units: to be closed, or put off."""
    waiting = Q(status=TaskStatus.ASKED) | Q(asked_due_on__isnull=False)
    items = Task.objects.filter(waiting, instruction__isnull=False, unit_id__in=unit_ids)
    return _items(items.order_by("due_on", "pk"))


def without_owner(unit_ids: Collection[int], on: date) -> list[ItemRow]:
    """Return the items that the office of these units follows up and whose owner is closed on the day."""
    waiting = Task.objects.filter(unit_id__in=unit_ids, instruction__isnull=False).exclude(
        status=TaskStatus.DONE
    )
    closed = waiting.exclude(owner__in=UnitRecord.objects.filter(live(on)).values("unit"))
    return _items(closed.order_by("due_on", "pk"))


def unfinished() -> list[ItemRow]:
    """Return all items whose owner still has to act, by date."""
    waiting = (TaskStatus.ASSIGNED, TaskStatus.ACCEPTED)
    return _items(Task.objects.filter(status__in=waiting).order_by("due_on", "pk"))


def owners_of(unit_id: int, on: date) -> dict[int, str]:
    """Return the units that may own items of a unit's instructions on the day, with their names.

    Nobody closes what one's own unit owns: the unit that follows up owns no item itself.
    """
    below = subtree(unit_id, on).exclude(pk=unit_id).values_list("pk", flat=True)
    return unit_names(below, on)


def _rows(
    instructions: QuerySet[Instruction], actor: Actor, at: datetime, *, newest: int | None = None
) -> list[InstructionRow]:
    """Return them as the actor may see them, the oldest first; with `newest` so many, the newest first."""
    visible = _visible(actor, at)
    shown = instructions.filter(pk__in=visible.values("instruction"))
    shown = shown.select_related("recorded_by")
    found = list(shown.order_by("pk") if newest is None else shown.order_by("-pk")[:newest])
    parts: dict[int, list[ItemRow]] = {row.pk: [] for row in found}
    for item in _items(visible.filter(instruction__in=parts).order_by("position")):
        parts[item.instruction_id].append(item)
    return [_instruction(row, parts[row.pk]) for row in found]


def _visible(actor: Actor, at: datetime) -> QuerySet[Task]:
    """Return the items the actor may see: of the instructions of the own units, and those taken part in."""
    reach = scope(actor, Permission.INSTRUCTION_VIEW, at).order_by().values("pk")
    helping = CoOwner.objects.filter(unit__in=reach).values("task")
    concerned = Q(unit__in=reach) | Q(owner__in=reach) | Q(pk__in=helping)
    return Task.objects.filter(concerned, instruction__isnull=False)


def _instruction(row: Instruction, items: Iterable[ItemRow]) -> InstructionRow:
    return InstructionRow(
        instruction_id=row.pk,
        kind=row.kind,
        title=row.title,
        issuer=row.issuer,
        number=row.number,
        dated_on=row.dated_on,
        text=row.text,
        unit_id=row.unit_id,
        plan_slug=row.plan_slug,
        basis=row.basis,
        scan_id=row.scan_id,
        received_at=row.received_at,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by.name if row.recorded_by else "",
        items=tuple(items),
    )


def _items(tasks: QuerySet[Task]) -> list[ItemRow]:
    said = Prefetch("said", Feedback.objects.select_related("by").order_by("pk"))
    return [_item(task) for task in tasks.prefetch_related(said, "co_owners")]


def _item(task: Task) -> ItemRow:
    assert task.instruction_id is not None  # noqa: S101 - the callers ask for items only
    return ItemRow(
        task_id=task.pk,
        instruction_id=task.instruction_id,
        position=task.position,
        title=task.title,
        unit_id=task.unit_id,
        owner_id=task.owner_id,
        co_owner_ids=tuple(sorted(row.unit_id for row in task.co_owners.all())),
        raised_at=task.raised_at,
        due_on=task.due_on,
        original_due_on=task.original_due_on,
        asked_due_on=task.asked_due_on,
        status=task.status,
        done_at=task.done_at,
        feedback=task.feedback,
        said=tuple(
            Said(
                verb=row.verb,
                label=row.get_verb_display(),
                text=row.text,
                due_on=row.due_on,
                at=row.at,
                by=row.by.name if row.by else "",
            )
            for row in task.said.all()
        ),
    )
