"""A PDF or a film goes with a lesson, as long as it is a draft; from its signature on it stays."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.outreach.actions.lessons import held, note, person
from songnuan.outreach.lesson_models import Lesson, LessonStatus
from songnuan.outreach.material_models import Material, MaterialKind, MaterialPart


@transaction.atomic(savepoint=False)
def require_draft(*, lesson_id: int, actor: Actor, at: datetime) -> Lesson:
    """Return a draft to which the actor may add; held until commit.

    Raises:
        Refusal: `lesson_unknown`, `not_permitted`, `person_needed`, `wrong_state`.

    """
    lesson = held(lesson_id)
    person(actor)
    require(actor, Permission.OUTREACH_WRITE, unit_id=lesson.measure.plan.unit_id, at=at)
    if lesson.status != LessonStatus.DRAFT:
        sentence = _("Material is added and taken out as long as the lesson is a draft.")
        raise Refusal("wrong_state", sentence)
    return lesson


@transaction.atomic(savepoint=False)
def add_material(
    *,
    lesson_id: int,
    kind: MaterialKind,
    name: str,
    files: Sequence[tuple[int, int]],
    actor: Actor,
    at: datetime,
) -> Material:
    """Add a file to a draft, in the place of the one of its kind before.

    Args:
        lesson_id: Which draft.
        kind: What the content was found to be.
        name: What the sender calls it.
        files: Id and size of its parts, in their order, as records keep them.
        actor: Needs OUTREACH_WRITE over the plan's unit.
        at: When.

    Raises:
        Refusal: As `require_draft`.

    """
    lesson = require_draft(lesson_id=lesson_id, actor=actor, at=at)
    Material.objects.filter(lesson=lesson, kind=kind, removed_at__isnull=True).update(removed_at=at)
    made = Material.objects.create(
        lesson=lesson,
        kind=kind,
        name=name,
        size=sum(size for _file, size in files),
        added_by_id=person(actor),
        added_at=at,
    )
    MaterialPart.objects.bulk_create(
        MaterialPart(material=made, position=place, file_id=file_id)
        for place, (file_id, _size) in enumerate(files)
    )
    note(lesson, "add_material", actor, at, material=kind.value)
    return made


@transaction.atomic(savepoint=False)
def drop_material(*, lesson_id: int, material_id: int, actor: Actor, at: datetime) -> None:
    """Take a file out of a draft.

    Raises:
        Refusal: As `require_draft`, and `material_unknown`.

    """
    lesson = require_draft(lesson_id=lesson_id, actor=actor, at=at)
    rows = Material.objects.filter(pk=material_id, lesson=lesson, removed_at__isnull=True)
    if not rows.update(removed_at=at):
        raise Refusal("material_unknown", _("This is taken out already. Reload the page."))
    note(lesson, "drop_material", actor, at)
