"""What journeys about families share: finding the measure, the family and the need, and whom to tell."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.casework.case_models import Case
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import holders
from songnuan.plans.models import Measure


def find_families(measure_id: int) -> Measure:
    """Return the measure that looks after families, with its plan at hand.

    Raises:
        Refusal: `measure_unknown`.

    """
    measure = Measure.objects.select_related("plan").filter(pk=measure_id, kind="families").first()
    if measure is None:
        sentence = _("The plan has no such measure that looks after families. Open it from the plan.")
        raise Refusal("measure_unknown", sentence, measure=measure_id)
    return measure


def case_url(case: Case) -> str:
    """Return where the page of a family is."""
    return f"/families/cases/{case.pk}/"


def tell_helper(
    case: Case, say: Callable[[], tuple[str, str]], *, topic: str, key: str, actor: Actor, at: datetime
) -> None:
    """Leave a notice for who helps a family, or is asked to."""
    tell(
        User.objects.filter(pk=case.helper_id or 0, is_active=True),
        say,
        topic=topic,
        key=key,
        url=case_url(case),
        plan=case.plan.title,
        actor=actor,
        at=at,
    )


def tell_both(
    case: Case, say: Callable[[], tuple[str, str]], *, topic: str, key: str, actor: Actor, at: datetime
) -> None:
    """Leave a notice for who helps a family and who manages the families; for who does both, one."""
    tell_helper(case, say, topic=topic, key=key, actor=actor, at=at)
    tell_officers(case, say, topic=topic, key=key, actor=actor, at=at)


def tell_officers(
    case: Case, say: Callable[[], tuple[str, str]], *, topic: str, key: str, actor: Actor, at: datetime
) -> None:
    """Leave a notice for who manages the families of a plan; who acts knows it already."""
    tell(
        holders(Permission.CASE_MANAGE, case.plan.unit_id, at).exclude(pk=actor.user_id or 0),
        say,
        topic=topic,
        key=key,
        url=case_url(case),
        plan=case.plan.title,
        actor=actor,
        at=at,
    )
