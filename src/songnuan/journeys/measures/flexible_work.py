"""Flexible work (弹性工作): what waits, what stands, and what has to be looked at again."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from songnuan.casework.flexible_models import FlexibleAct, FlexibleRequest, FlexibleStatus, FlexibleVerb
from songnuan.casework.flexible_queries import Arrangement, requests_of, standing
from songnuan.casework.flexible_rules import flexible_number
from songnuan.journeys.measures.base import Count, Evidence, Kind, Opening, Progress, Settings
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of, unit_by_name
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile


class FlexibleWorkSettings(Settings):
    """Whose families are looked at, whom the plan means, for how long, and who approves in the end."""

    roster: str = Field(description="职工名册 / key of the roster of employees")
    staff_office: str = Field(
        default="",
        description="人事部门，不填则为方案的单位 / unit of the staff office; empty: that of the plan",
    )
    longest_days: Count = Field(
        default=90, gt=0, le=366, description="一次最长天数 / longest period at a time, in days"
    )
    review_days: Count = Field(
        default=30, gt=0, le=366, description="复核间隔天数 / days between two reviews"
    )
    child_years: Count = Field(
        default=14,
        gt=0,
        le=18,
        description="子女不满几周岁需要照料 / age under which a child is looked after",
    )
    elder_years: Count = Field(
        default=60,
        ge=50,
        le=100,
        description="老人满几周岁需要照料 / age from which an elder is looked after",
    )
    elders_care: bool = Field(
        default=False, description="老人视为可以照料子女 / an elder counts as able to look after a child"
    )


def settings_of(measure: Measure) -> FlexibleWorkSettings:
    """Return the settings of a measure."""
    return FlexibleWorkSettings.model_validate(measure.settings)


def staff_office(measure: Measure, at: datetime) -> int | None:
    """Return the unit that decides as the staff office: that of the plan where none is named.

    None where there is no unit of the name that the plan tells.
    """
    name, unit_id = settings_of(measure).staff_office, measure.plan.unit_id
    if not name:
        return unit_id
    found = unit_by_name(name, day_of(at), under=unit_id)
    return found.pk if found is not None else None


def require_staff_office(measure: Measure, at: datetime) -> int:
    """Return the unit that decides as the staff office.

    Raises:
        Refusal: `staff_office_unknown`.

    """
    found = staff_office(measure, at)
    if found is None:
        name = settings_of(measure).staff_office
        sentence = _("There is no unit “%(unit)s” below that of the plan. Have the plan's setting corrected.")
        raise Refusal("staff_office_unknown", sentence % {"unit": name}, measure=measure.pk)
    return found


def lint(_plan: PlanFile, clause: ClauseEntry, settings: FlexibleWorkSettings) -> Iterator[LintFinding]:
    """Every arrangement is looked at before its days are over."""
    if settings.review_days >= settings.longest_days:
        yield LintFinding(
            code="flexible_never_reviewed",
            severity=Severity.WARNING,
            clause=clause.heading,
            message=_(
                "Flexible work lasts %(longest)s days at most and is looked at after %(review)s: it is over"
                " before anybody looks at it."
            )
            % {"longest": settings.longest_days, "review": settings.review_days},
            mend=_("Let it be looked at after fewer days than it may last."),
        )


def open_(opening: Opening) -> None:
    """The staff office that the plan names is there.

    Raises:
        Refusal: `staff_office_unknown`.

    """
    require_staff_office(opening.measure, opening.at)


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Count the arrangements that stand, those to be looked at, and the requests that wait."""
    on, keys = day_of(at), [measure.pk for measure in measures]
    stood: dict[int, list[Arrangement]] = {pk: [] for pk in keys}
    waiting, decided = dict.fromkeys(keys, 0), dict.fromkeys(keys, 0)
    rows = requests_of(keys)
    for one in standing(rows, on):
        stood[one.row.measure_id].append(one)
    for pk, status in rows.values_list("measure", "status"):
        waiting[pk] += status == FlexibleStatus.PENDING
        decided[pk] += status != FlexibleStatus.PENDING
    return {
        pk: _one(waiting[pk], decided[pk], len(stood[pk]), [one for one in stood[pk] if one.is_due(on)])
        for pk in keys
    }


def _one(waiting: int, decided: int, stands: int, due: Sequence[Arrangement]) -> Progress:
    words = [ngettext("%(count)s arrangement", "%(count)s arrangements", stands) % {"count": stands}]
    if waiting:
        sentence = ngettext("%(count)s request waits", "%(count)s requests wait", waiting)
        words.append(sentence % {"count": waiting})
    after = ""
    if due:
        sentence = ngettext("Look at %(count)s arrangement", "Look at %(count)s arrangements", len(due))
        after = sentence % {"count": len(due)}
    return Progress(
        done=decided,
        due=decided + waiting,
        late=len(due),
        late_names=tuple(flexible_number(one.row.number) for one in due),
        headline=" · ".join(words) if waiting or decided else _("Nobody has asked for it so far"),
        next=after or (_("Decide about the requests") if waiting else ""),
    )


def evidence(measure: Measure, _at: datetime) -> list[Evidence]:
    """List the requests and what was decided about each, by number: whom they are about stays sealed."""
    rows = FlexibleRequest.objects.filter(measure=measure).order_by("pk")
    acts = FlexibleAct.objects.filter(request__measure=measure).order_by("pk")
    asked = [
        Evidence(
            kind="flexible",
            ref=str(pk),
            at=at,
            label=_("%(number)s asked for · %(status)s")
            % {"number": flexible_number(number), "status": FlexibleStatus(status).label},
            note="" if is_eligible else _("an exception"),
        )
        for pk, number, status, is_eligible, at in rows.values_list(
            "pk", "number", "status", "is_eligible", "made_at"
        )
    ]
    decided = [
        Evidence(
            kind="flexible",
            ref=str(pk),
            at=at,
            label=f"{flexible_number(number)} {FlexibleVerb(verb).label}",
        )
        for pk, number, verb, at in acts.values_list("request", "request__number", "verb", "at")
    ]
    return sorted([*asked, *decided], key=lambda one: one.at)


KIND = Kind(
    name="flexible_work",
    label=lambda: _("Flexible work"),
    settings=FlexibleWorkSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
    fixed=frozenset({"roster"}),
)
