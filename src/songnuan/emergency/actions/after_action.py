"""The after-action report of a response is written, version by version."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from songnuan.emergency.command_queries import member_of
from songnuan.emergency.command_rules import words
from songnuan.emergency.models import Activation, ActivationStatus, AfterAction
from songnuan.emergency.noting import note, person
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, refuse


@dataclass(frozen=True, slots=True)
class Lessons:
    """What the group thinks of a response afterwards. `seen` is the newest version that the writer saw."""

    went_well: str
    shortcomings: str
    improvements: str
    seen: int


def told(lessons: Lessons) -> Lessons:
    """Return what was written, without blanks around it.

    Raises:
        Refusal: `words_missing`, `text_too_long`.

    """
    return Lessons(
        words(lessons.went_well, field="went_well"),
        words(lessons.shortcomings, field="shortcomings"),
        words(lessons.improvements, field="improvements"),
        lessons.seen,
    )


@transaction.atomic(savepoint=False)
def write_after_action(
    *, activation_id: int, lessons: Lessons, snapshot: str, actor: Actor, at: datetime
) -> AfterAction:
    """Keep a version of the report, with the document that was made of it.

    Args:
        activation_id: Which response; it was stood down.
        lessons: What is thought of it, as `told`.
        snapshot: The document as data.
        actor: A member of the group, or who has EMERGENCY_MANAGE over the unit.
        at: When.

    Raises:
        Refusal: `activation_unknown`, `activation_active`, `not_permitted`, `person_needed`, `report_stale`.

    """
    row = Activation.objects.select_related("measure__plan").filter(pk=activation_id).first()
    if row is None:
        raise Refusal("activation_unknown", _("There is no such response. Open it from the list."))
    unit_id = row.measure.plan.unit_id
    is_member = member_of(row.measure_id, person(actor), day_of(at)) is not None
    if not is_member and not permits(actor, Permission.EMERGENCY_MANAGE, unit_id=unit_id, at=at):
        refuse(Permission.EMERGENCY_MANAGE, unit_id=unit_id)
    if row.status == ActivationStatus.ACTIVE:
        sentence = _("This response is still in force. The report is written once it is stood down.")
        raise Refusal("activation_active", sentence, activation=activation_id)
    newest = AfterAction.objects.filter(activation=row).order_by("-version").first()
    if lessons.seen != (newest.version if newest else 0):
        raise _stale(activation_id)
    made = AfterAction(
        activation=row,
        version=lessons.seen + 1,
        went_well=lessons.went_well,
        shortcomings=lessons.shortcomings,
        improvements=lessons.improvements,
        snapshot=snapshot,
        digest=sha256(snapshot.encode()).hexdigest(),
        written_by_id=actor.user_id,
        written_at=at,
    )
    try:
        with transaction.atomic():  # the database alone knows whether somebody wrote one at this moment
            made.save(force_insert=True)
    except IntegrityError:
        raise _stale(activation_id) from None
    subject = f"emergency.activation:{row.pk}"
    note(
        row.measure,
        "write_after_action",
        subject,
        actor,
        at,
        number=made.version,
        digest=made.digest,
    )
    return made


def _stale(activation_id: int) -> Refusal:
    sentence = _("Somebody else has written this report meanwhile. Look at it, and write yours anew.")
    return Refusal("report_stale", sentence, activation=activation_id)
