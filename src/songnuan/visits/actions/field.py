"""The writers of what belongs to a visit beside its report: photos, position, receipts, chases, contacts."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit import record as trail
from songnuan.kernel.actor import Actor
from songnuan.kernel.names import tidy_name
from songnuan.kernel.positions import Position
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import Contact, contact_of, day_of, require
from songnuan.people.purposes import CONTACT
from songnuan.plans.models import MeasureStatus
from songnuan.visits.access import find_visit, require_recorder
from songnuan.visits.field_models import PHOTOS_MOST
from songnuan.visits.models import LaterReceipt, Visit, VisitChase, VisitPhoto, VisitPosition, VisitStatus
from songnuan.visits.noting import note
from songnuan.visits.receivers import enterers, members
from songnuan.visits.rules import NAME_LONGEST, is_overdue, longest, one_of_us, plain


@transaction.atomic(savepoint=False)
def add_photos(*, visit_id: int, files: Sequence[tuple[int, int]], actor: Actor, at: datetime) -> int:
    """Keep photos with a recorded visit, behind those it has; return how many it has now.

    Args:
        visit_id: The visit.
        files: The stored picture and its thumbnail, for each photo.
        actor: Who adds them: whoever may record the visit.
        at: When.

    Raises:
        NotPermitted: The actor may not record visits for this lead at this unit.
        Refusal: `not_recorded`, `photos_too_many`, `visit_unknown`.

    """
    visit = _recorded(visit_id, actor, at)
    # Two people who add photos at once follow each other here; the numbers are then each their own.
    Visit.objects.select_for_update().get(pk=visit_id)
    there = visit.photos.count()
    if there + len(files) > PHOTOS_MOST:
        sentence = _("A visit keeps %(most)s photos at most, and has %(there)s. Choose fewer.")
        raise Refusal(
            "photos_too_many",
            sentence % {"most": PHOTOS_MOST, "there": there},
            field="photos",
            count=there + len(files),
        )
    VisitPhoto.objects.bulk_create(
        VisitPhoto(
            visit=visit,
            position=position,
            picture_id=picture,
            thumbnail_id=thumbnail,
            added_by_id=actor.user_id,
            added_at=at,
        )
        for position, (picture, thumbnail) in enumerate(files, start=there + 1)
    )
    note(visit, "add_photos", actor, at, {"count": len(files)})
    return there + len(files)


@transaction.atomic(savepoint=False)
def keep_position(*, visit_id: int, position: Position, actor: Actor, at: datetime) -> None:
    """Keep where the visitors' device stood. The trail tells that it was kept, and not where.

    Raises:
        NotPermitted: The actor may not record visits for this lead at this unit.
        Refusal: `not_recorded`, `visit_unknown`.

    """
    visit = _recorded(visit_id, actor, at)
    VisitPosition.objects.create(visit=visit, place=position.text)
    note(visit, "keep_position", actor, at, {})


@transaction.atomic(savepoint=False)
def sign_later(
    *,
    visit_id: int,
    receiver_name: str,
    signature_id: int | None,
    confirmed_by_name: bool,
    text: str,
    actor: Actor,
    at: datetime,
) -> LaterReceipt:
    """Keep that the unit has what it did not get at the visit: who says so, and the `text` it is said of.

    Raises:
        NotPermitted: The actor may not record visits for this lead at this unit.
        Refusal: `receiver_missing`, `receiver_name_too_long`, `receiver_is_visitor` for who went there or
            enters it, `signature_missing`, `not_recorded`, `visit_unknown`.

    """
    visit = _recorded(visit_id, actor, at)
    name = tidy_name(plain(receiver_name))
    if not name:
        sentence = _("Write the name of the person who received it.")
        raise Refusal("receiver_missing", sentence, field="receiver_name")
    visitors = [*enterers(visit, actor), *members(visit)]
    for problem in [*longest("receiver_name", name, NAME_LONGEST), *one_of_us(name, visitors)]:
        raise Refusal(problem.code, problem.sentence, field=problem.field)
    if signature_id is None and not confirmed_by_name:
        sentence = _("Have the receiver sign, or confirm by name below.")
        raise Refusal("signature_missing", sentence, field="signature")
    receipt = LaterReceipt.objects.create(
        visit=visit,
        receiver_name=name,
        signature_id=signature_id,
        confirmed_by_name=signature_id is None,
        signed_for=text,
        signed_at=at,
    )
    facts = {"signature": signature_id, "confirmed_by_name": signature_id is None}
    note(visit, "sign_later", actor, at, facts)
    return receipt


@transaction.atomic(savepoint=False)
def chase(*, visit_id: int, actor: Actor, at: datetime) -> bool:
    """Keep that the lead was asked for an overdue visit; return False where that was done today already.

    Raises:
        NotPermitted: The actor may not chase visits of the plan.
        Refusal: `nothing_to_chase` when it is recorded, not overdue, or not asked for any more;
            `visit_unknown`.

    """
    visit = find_visit(visit_id)
    require(actor, Permission.VISIT_CHASE, unit_id=visit.measure.plan.unit_id, at=at)
    day = day_of(at)
    is_asked = visit.status == VisitStatus.PLANNED and visit.measure.status != MeasureStatus.CLOSED
    if not is_asked or not is_overdue(visit.planned_on, visit.due_on, day):
        sentence = _("This visit needs no reminder: it is recorded, not due yet, or not asked for any more.")
        raise Refusal("nothing_to_chase", sentence)
    told = {"chased_by_id": actor.user_id, "chased_at": at}
    _chase, is_new = VisitChase.objects.get_or_create(visit=visit, day=day, defaults=told)
    if is_new:
        note(visit, "chase", actor, at, {"day": day.isoformat()})
    return is_new


@transaction.atomic(savepoint=False)
def show_contact(*, visit_id: int, actor: Actor, at: datetime) -> Contact:
    """Return whom to call at the unit before the visit, unmasked; the look is noted.

    Raises:
        NotPermitted: The actor may not look at the contacts of the unit.
        Refusal: `unit_not_open`, `visit_unknown`.

    """
    visit = find_visit(visit_id)
    require(actor, Permission.CONTACT_VIEW, unit_id=visit.unit_id, at=at)
    contact = contact_of(visit.unit_id, day_of(at))
    trail.record(
        stream=f"plan:{visit.measure.plan.slug}",
        action=CONTACT,
        subject=f"visits.visit:{visit.pk}",
        actor=actor,
        at=at,
        facts={"unit": visit.unit_id},
    )
    return contact


def _recorded(visit_id: int, actor: Actor, at: datetime) -> Visit:
    """Return a recorded visit to whoever may record it."""
    visit = find_visit(visit_id)
    require_recorder(actor, unit_id=visit.unit_id, lead_id=visit.lead_id, at=at)
    if visit.status != VisitStatus.RECORDED:
        raise Refusal("not_recorded", _("Record the visit first."))
    return visit
