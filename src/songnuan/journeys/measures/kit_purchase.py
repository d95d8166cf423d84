"""Kits to one standard (慰问品采购): bought from an earmarked fund, the same for every unit."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, field_validator

from songnuan.funds.queries import of_plan
from songnuan.goods import actions as goods
from songnuan.goods import queries
from songnuan.goods.figures import KitFigures, kit_figures
from songnuan.goods.rules import NewPart
from songnuan.journeys.measures.base import Evidence, Kind, Opening, Progress, Settings
from songnuan.kernel.money import parse_yuan, yuan
from songnuan.kernel.refusal import Refusal
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile


class KitItem(BaseModel):
    """One thing in the kit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item: str = Field(min_length=1, max_length=60, description="品名 / item")
    packing: str = Field(min_length=1, max_length=20, description="计量单位 / unit of measure")
    quantity: int = Field(gt=0, description="每份数量 / quantity in one kit")


class KitPurchaseSettings(Settings):
    """What is bought, for how many units, to which standard, from which fund."""

    fund: str = Field(description="专项资金文号 / document number of the fund")
    standard_yuan: str = Field(description="每单位标准（元） / standard per unit, yuan")
    standard_basis: str = Field(default="", description="标准依据文号 / document that sets the standard")
    kit: list[KitItem] = Field(min_length=1, max_length=30, description="慰问品 / the kit")
    units: int = Field(gt=0, description="单位数 / units")

    @field_validator("standard_yuan")
    @classmethod
    def _an_amount(cls, value: str) -> str:
        try:
            parse_yuan(value)
        except Refusal as refusal:
            raise ValueError(refusal.sentence) from refusal
        return value

    @property
    def standard_minor(self) -> int:
        """The standard in fen."""
        return parse_yuan(self.standard_yuan)


def lint(plan: PlanFile, clause: ClauseEntry, settings: KitPurchaseSettings) -> Iterator[LintFinding]:
    """The fund exists and is large enough for the standard; the standard has a ground."""
    need = settings.standard_minor * settings.units
    fund = next((fund for fund in plan.funds if fund.number == settings.fund), None)
    if fund is None:
        yield LintFinding(
            code="benefit_without_fund",
            severity=Severity.ERROR,
            clause=clause.heading,
            message=_(
                "The kits are to be paid from “%(fund)s”, which the plan does not name among its funds."
            )
            % {"fund": settings.fund},
            mend=_("Add the fund with its document number to the head of the plan, or correct the number."),
        )
    elif fund.amount_minor < need:
        yield LintFinding(
            code="fund_too_small",
            severity=Severity.ERROR,
            clause=clause.heading,
            message=_("%(units)s units at %(standard)s yuan need %(need)s yuan; the fund has %(fund)s.")
            % {
                "units": settings.units,
                "standard": yuan(settings.standard_minor),
                "need": yuan(need),
                "fund": yuan(fund.amount_minor),
            },
            mend=_("Raise the fund, or lower the standard or the number of units."),
        )
    if not settings.standard_basis:
        yield LintFinding(
            code="standard_without_basis",
            severity=Severity.WARNING,
            clause=clause.heading,
            message=_("The standard does not say which document sets it."),
            mend=_("Name the document in standard_basis."),
        )


def open_(opening: Opening) -> None:
    """Define the kit, bound to its fund and standard."""
    settings: KitPurchaseSettings = opening.settings
    fund = next(row for row in of_plan(opening.measure.plan_id) if row.document_number == settings.fund)
    goods.define_kit(
        measure_id=opening.measure.pk,
        fund_id=fund.fund_id,
        name=opening.measure.plan.title,
        standard_minor=settings.standard_minor,
        parts=[
            NewPart(item=line.item, packing=line.packing, quantity=line.quantity) for line in settings.kit
        ],
        actor=opening.actor,
        at=opening.at,
    )


def progress(measures: Sequence[Measure], _at: datetime) -> Mapping[int, Progress]:
    """Count whole kits bought, and compare their real price with the standard."""
    kits = kit_figures([measure.pk for measure in measures])
    return {measure.pk: _one(measure, kits.get(measure.pk)) for measure in measures}


def _one(measure: Measure, kit: KitFigures | None) -> Progress:
    settings = KitPurchaseSettings.model_validate(measure.settings)
    budget = settings.standard_minor * settings.units
    if kit is None or not kit.bought:
        return Progress(
            due=settings.units,
            budget_minor=budget,
            headline=_("Nothing bought yet"),
            next=_("Record the first purchase") if kit else "",
        )
    done = min(kit.packs(part) // part.quantity for part in kit.parts)
    facts = {
        "price": yuan(kit.average_minor),
        "dearest": yuan(kit.dearest_minor),
        "standard": yuan(settings.standard_minor),
    }
    return Progress(
        done=done,
        due=settings.units,
        money_minor=kit.paid_minor,
        budget_minor=budget,
        headline=_("%(done)s of %(due)s kits bought") % {"done": done, "due": settings.units},
        notes=(
            _("%(price)s yuan a kit on average, %(dearest)s at its dearest; the standard is %(standard)s")
            % facts,
            "、".join(
                f"{part.item} {kit.packs(part)}/{part.quantity * settings.units} {part.packing}"
                for part in kit.parts
            ),
        ),
        next="" if done >= settings.units else _("Record the next purchase"),
    )


def evidence(measure: Measure, _at: datetime) -> list[Evidence]:
    """List the purchases with their invoices."""
    kit = queries.kit_of(measure.pk)
    return [
        Evidence(
            kind="purchase",
            ref=str(row.purchase_id),
            at=row.recorded_at,
            label=_("No. %(number)s · %(supplier)s · %(amount)s yuan")
            % {"number": row.number, "supplier": row.supplier, "amount": yuan(row.total_minor)},
        )
        for row in (queries.purchases(kit.kit_id) if kit else ())
        if not row.is_cancelled
    ]


KIND = Kind(
    name="kit_purchase",
    label=lambda: _("Kits"),
    settings=KitPurchaseSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
    fixed=frozenset({"fund", "standard_yuan", "kit"}),
)
