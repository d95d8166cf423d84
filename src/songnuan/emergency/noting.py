"""What the writers of a response share: finding and holding its rows, the timeline and the trail."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.emergency.models import Activation, ActivationAct, ActivationStatus, ActVerb, Member, Order
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Fact, NotPermitted, Refusal
from songnuan.plans.models import Measure, MeasureStatus


def person(actor: Actor) -> int:
    """Return the id of the person who acts: a machine commands nothing.

    Raises:
        NotPermitted: `person_needed`.

    """
    if actor.user_id is None:
        sentence = _("Only a person can do this. Sign in with your own account.")
        raise NotPermitted("person_needed", sentence)
    return actor.user_id


def held_measure(measure_id: int) -> Measure:
    """Return the measure, held until commit: of two who command at once the second waits here.

    A measure that was closed is still commanded while a response of it is in force, which has to be ended.

    Raises:
        Refusal: `measure_unknown`, `measure_closed`.

    """
    rows = Measure.objects.select_for_update(of=("self",), no_key=True).select_related("plan")
    found = rows.filter(pk=measure_id, kind="response").first()
    if found is None:
        raise Refusal("measure_unknown", _("There is no such plan of an emergency. Open it from the list."))
    in_force = Activation.objects.filter(measure=measure_id, status=ActivationStatus.ACTIVE)
    if found.status != MeasureStatus.OPEN and not in_force.exists():
        sentence = _("“%(plan)s” is not under way: nothing of it can be set in motion.")
        raise Refusal("measure_closed", sentence % {"plan": found.plan.title}, measure=measure_id)
    return found


def held_activation(activation_id: int) -> Activation:
    """Return a response that is in force, held until commit.

    Raises:
        Refusal: `activation_unknown`, `activation_ended`.

    """
    # Held by itself: with its holder joined, who waits here for a handover would find nothing afterwards.
    Activation.objects.select_for_update(no_key=True).filter(pk=activation_id).first()
    rows = Activation.objects.select_related("measure__plan", "holder__user", "issued_as")
    found = rows.filter(pk=activation_id).first()
    if found is None:
        raise Refusal("activation_unknown", _("There is no such response. Open it from the list."))
    if found.status != ActivationStatus.ACTIVE:
        sentence = _("This response was stood down already: nothing of it changes any more.")
        raise Refusal("activation_ended", sentence, activation=activation_id)
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """What a line of the timeline says besides who did what, as `ActivationAct`; `level` is key and words."""

    words: str = ""
    as_member: Member | None = None
    other: Member | None = None
    order: Order | None = None
    level: tuple[str, str] = ("", "")
    happened_at: datetime | None = None


def act(activation: Activation, verb: ActVerb, line: Line, actor: Actor, at: datetime) -> ActivationAct:
    """Add a line to the timeline."""
    return ActivationAct.objects.create(
        activation=activation,
        verb=verb,
        by_id=actor.user_id,
        as_member=line.as_member,
        other=line.other,
        order=line.order,
        level=line.level[0],
        level_label=line.level[1],
        words=line.words,
        happened_at=line.happened_at or at,
        at=at,
    )


def note(measure: Measure, verb: str, subject: str, actor: Actor, at: datetime, **facts: Fact) -> None:
    """Add to the trail of the plan."""
    record(
        stream=f"plan:{measure.plan.slug}",
        action=f"emergency.{verb}",
        subject=subject,
        actor=actor,
        at=at,
        facts={"measure": measure.pk, **facts},
    )
