"""What every act on a case does: hold the case, keep words sealed, and tell the trail."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.casework.case_models import Case, CaseText, Need
from songnuan.casework.case_rules import printed
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Measure, MeasureStatus


def held_case(case_id: int) -> Case:
    """Return a case, locked until commit, with its plan and its measure at hand.

    Raises:
        Refusal: `case_unknown`.

    """
    rows = Case.objects.select_for_update(of=("self",)).select_related("plan", "measure")
    case = rows.filter(pk=case_id).first()
    if case is None:
        raise Refusal("case_unknown", _("There is no such family. Choose one from the list."), case=case_id)
    return case


def held_need(need_id: int) -> Need:
    """Return a need with its case, which is locked until commit.

    Raises:
        Refusal: `need_unknown`.

    """
    need = Need.objects.filter(pk=need_id).first()
    if need is None:
        raise Refusal("need_unknown", _("There is no such need. Choose one from the page of the family."))
    need.case = held_case(need.case_id)
    return need


def require_open(case: Case) -> None:
    """Let pass a case that has not ended, whose measure goes on.

    Raises:
        Refusal: `measure_closed`, `case_ended`.

    """
    require_running(case.measure)
    if case.ended_at is not None:
        sentence = _("%(number)s has ended: nothing more is recorded of this family.")
        words = {"number": printed(case.number)}
        raise Refusal("case_ended", sentence % words, case=case.pk)


def require_running(measure: Measure) -> None:
    """Let pass a measure that goes on.

    Raises:
        Refusal: `measure_closed`.

    """
    if measure.status != MeasureStatus.OPEN:
        sentence = _("This part of the plan is closed: nothing more is recorded of its families.")
        raise Refusal("measure_closed", sentence, measure=measure.pk)


def refuse_special(need: Need) -> None:
    """Let pass a need of a family of whom a receipt may tell.

    Raises:
        Refusal: `special_goods`.

    """
    if need.case.is_special:
        sentence = _("Goods are not given to a special family here: the receipt would tell others its name.")
        raise Refusal("special_goods", sentence, need=need.pk)


def keep(case: Case, text: str) -> CaseText:
    """Keep words about a family, sealed."""
    return CaseText.objects.create(case=case, text=text)


def keep_any(case: Case, text: str) -> CaseText | None:
    """Keep words about a family where there are any."""
    return keep(case, text) if text else None


def note(about: Case | Need, verb: str, actor: Actor, at: datetime, **facts: object) -> None:
    """Tell the trail what was done about a case or a need: never what was said."""
    case, kind = (about.case, "need") if isinstance(about, Need) else (about, "case")
    record(
        stream=f"plan:{case.plan.slug}",
        action=f"casework.{verb}",
        subject=f"casework.{kind}:{about.pk}",
        actor=actor,
        at=at,
        facts=facts,
    )
