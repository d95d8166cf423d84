"""Pairing (结对): each unit has one lead office and the compound that office looks after."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from songnuan.journeys.measures.base import UNITS_MOST, Count, Evidence, Kind, Opening, Progress, Settings
from songnuan.kernel.clock import CHINA
from songnuan.kernel.money import parse_yuan, yuan
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import pair_counts, pairs
from songnuan.plans.lint import LintFinding
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile


class PairingSettings(Settings):
    """How many units must have their one lead."""

    units: Count = Field(gt=0, le=UNITS_MOST, description="一线单位数 / units to be paired")


def lint(_plan: PlanFile, _clause: ClauseEntry, _settings: PairingSettings) -> Iterator[LintFinding]:
    """Nothing in the file can be wrong with a pairing; the units come from a workbook."""
    yield from ()


def open_(opening: Opening) -> None:
    """Refuse to open a plan whose units are not all paired."""
    wanted: int = opening.settings.units
    found = len(pairs(opening.measure.plan.slug, opening.at.astimezone(CHINA).date()))
    if found != wanted:
        raise Refusal(
            "units_unpaired",
            _("The plan names %(wanted)s units, %(found)s have a lead. Import the workbook of units first.")
            % {"wanted": wanted, "found": found},
            wanted=wanted,
            found=found,
        )


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Count the units that have their lead on the day, and say what follows from units beyond the plan's."""
    answers = {}
    counts = pair_counts({measure.plan.slug for measure in measures}, at.astimezone(CHINA).date())
    kits = {
        row.plan_id: row
        for row in Measure.objects.filter(
            plan_id__in={measure.plan_id for measure in measures}, kind="kit_purchase"
        ).order_by("-pk")
        if row.settings.get("per") != "family"
    }
    for measure in measures:
        wanted = int(measure.settings["units"])
        paired, leads = counts[measure.plan.slug]
        notes = []
        if paired:
            notes.append(
                ngettext("%(count)s lead office", "%(count)s lead offices", leads) % {"count": leads}
            )
        if beyond := max(paired - wanted, 0):
            notes.append(_uncovered(kits.get(measure.plan_id), wanted, beyond))
        answers[measure.pk] = Progress(
            done=min(paired, wanted),
            due=wanted,
            headline=_headline(paired, wanted, beyond),
            notes=tuple(notes),
            next=_next(paired, wanted),
            undecided=beyond > 0,
        )
    return answers


def _headline(paired: int, wanted: int, beyond: int) -> str:
    if not beyond:
        return _("%(done)s of %(due)s units paired") % {"done": paired, "due": wanted}
    words = _("%(paired)s units paired, %(beyond)s more than the plan names")
    return words % {"paired": paired, "beyond": beyond}


def _uncovered(kits: Measure | None, wanted: int, beyond: int) -> str:
    """Return what units beyond the plan's number cost that nobody has set aside."""
    if kits is None:
        return _("The plan is for %(wanted)s units.") % {"wanted": wanted}
    standard = parse_yuan(str(kits.settings["standard_yuan"]))
    words = ngettext(
        "Kits and money are for %(wanted)s units: %(beyond)s kit, up to %(sum)s yuan, is not covered.",
        "Kits and money are for %(wanted)s units: %(beyond)s kits, up to %(sum)s yuan, are not covered.",
        beyond,
    )
    return words % {"wanted": wanted, "beyond": beyond, "sum": yuan(standard * beyond)}


def _next(paired: int, wanted: int) -> str:
    if paired > wanted:
        return _("Have it decided who pays for the units beyond the plan")
    return "" if paired == wanted else _("Import the workbook of units")


def evidence(measure: Measure, at: datetime) -> list[Evidence]:
    """List the pairs as they stand."""
    day = at.astimezone(CHINA).date()
    return [
        Evidence(
            kind="pair",
            ref=str(pair.assignment_id),
            at=datetime.combine(pair.starts_on, time.min, CHINA),
            label=_("%(unit)s: led by %(lead)s") % {"unit": pair.unit_name, "lead": pair.lead_name},
        )
        for pair in pairs(measure.plan.slug, day)
    ]


KIND = Kind(
    name="pairing",
    label=lambda: _("Pairing"),
    settings=PairingSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
)
