"""Kits to one standard (慰问品采购): bought from an earmarked fund, the same for whoever gets one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.casework.case_queries import needs_of_goods
from songnuan.funds.queries import of_plan
from songnuan.goods import actions as goods
from songnuan.goods import queries
from songnuan.goods.figures import KitFigures, kit_figures
from songnuan.goods.handed import issues
from songnuan.goods.models import Kit
from songnuan.goods.request_rules import Basis, Comparing
from songnuan.goods.rules import NewPart, Part
from songnuan.journeys.kit_settings import KitItem, KitPurchaseSettings
from songnuan.journeys.measures.base import Evidence, Kind, Opening, Progress
from songnuan.journeys.pickup_needs import kits_needed
from songnuan.kernel.money import parse_yuan, yuan
from songnuan.organisation import queries as organisation
from songnuan.plans.lint import LintFinding, Severity, prices_each
from songnuan.plans.models import Measure, Plan
from songnuan.plans.numbering import HAN_NUMERAL, parse_numeral
from songnuan.plans.planfile import ClauseEntry, PlanFile


@dataclass(frozen=True, slots=True)
class Terms:
    """What a purchase under a measure keeps to: how many kits are needed, and what has to be compared.

    `per` is whom one kit is for: a unit, a person or a family. `expected` are the prices (fen) that the plan
    expects, by name of the item, where it says any.
    """

    kits: int
    per: str
    comparing: Comparing
    standard_basis: str
    ceiling_minor: int | None
    ceiling_basis: str
    expected: Mapping[str, int]

    def basis(self, request_id: int | None = None) -> Basis:
        """Return what a purchase is judged by, on a request or without one."""
        return Basis(self.kits, self.comparing, request_id)


def terms_of(measure: Measure) -> Terms:
    """Return the terms of a measure; its plan is read where they count people.

    People are those on the roster of who picks the kits up, in each round one. Without one they are those at
    the units of the plan's pairing table, as the tree has them on the plan's first day; where the plan pairs
    no units, as many as it says itself.
    """
    settings = KitPurchaseSettings.model_validate(measure.settings)
    return Terms(
        kits=_for_people(measure, settings) if settings.per == "person" else settings.units,
        per=settings.per,
        comparing=settings.comparing,
        standard_basis=settings.standard_basis,
        ceiling_minor=parse_yuan(settings.ceiling_yuan) if settings.ceiling_yuan else None,
        ceiling_basis=settings.ceiling_basis,
        expected={line.label: parse_yuan(line.price_yuan) for line in settings.kit if line.price_yuan},
    )


def _for_people(measure: Measure, settings: KitPurchaseSettings) -> int:
    needed = kits_needed(measure)
    return people_of(measure.plan, settings) if needed is None else needed


def people_of(plan: Plan, settings: KitPurchaseSettings) -> int:
    """Return how many people stand at the plan's units on its first day; an unknown number counts as none.

    Of a plan without units of its own it is the number that it names.
    """
    found = organisation.pairs(plan.slug, plan.starts_on) if plan.starts_on else []
    return sum(pair.staff_count or 0 for pair in found) if found else settings.people or 0


def lint(plan: PlanFile, clause: ClauseEntry, settings: KitPurchaseSettings) -> Iterator[LintFinding]:
    """The fund exists and is large enough for the standard; the standard has a ground."""
    need = settings.standard_minor * settings.kits
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
            message=_need_words(settings)
            % {
                "units": settings.kits,
                "standard": yuan(settings.standard_minor),
                "need": yuan(need),
                "fund": yuan(fund.amount_minor),
            },
            mend=_("Raise the fund, lower the standard, or buy fewer."),
        )
    if not settings.standard_basis:
        yield LintFinding(
            code="standard_without_basis",
            severity=Severity.WARNING,
            clause=clause.heading,
            message=_("The standard does not say which document sets it."),
            mend=_("Name the document that the standard rests on."),
        )
    yield from _lint_terms(clause, settings)
    yield from lint_kit(clause, settings)


def _need_words(settings: KitPurchaseSettings) -> str:
    """Return the sentence about what so many kits need, and what the fund has."""
    if settings.per == "person":
        return _("%(units)s people at %(standard)s yuan need %(need)s yuan; the fund has %(fund)s.")
    if settings.per == "family":
        return _("%(units)s families at %(standard)s yuan need %(need)s yuan; the fund has %(fund)s.")
    return _("%(units)s units at %(standard)s yuan need %(need)s yuan; the fund has %(fund)s.")


def _lint_terms(clause: ClauseEntry, settings: KitPurchaseSettings) -> Iterator[LintFinding]:
    """A standard per person says for how many people, one per unit or family does not."""
    if settings.per == "person" and settings.people is None:
        message = _("The standard is per person, and the measure does not say for how many people.")
        mend = _("Name the number of people, so that the fund can be held against the standard.")
        yield _error("people_missing", clause, message, mend)
    if settings.per != "person" and settings.people is not None:
        message = _("The measure names a number of people, and its standard is not per person.")
        mend = _("Leave the number of people out, or set the standard per person.")
        yield LintFinding("people_unused", Severity.WARNING, clause.heading, message, mend)


def lint_kit(clause: ClauseEntry, settings: KitPurchaseSettings) -> Iterator[LintFinding]:
    """The standard keeps to its ceiling, the kit to the standard, and the text to both."""
    standard = settings.standard_minor
    if settings.ceiling_yuan and standard > parse_yuan(settings.ceiling_yuan):
        message = _(
            "The standard of %(standard)s yuan is above %(ceiling)s yuan, the most that %(rule)s allows."
        )
        facts = {"standard": yuan(standard), "ceiling": yuan(parse_yuan(settings.ceiling_yuan))}
        rule = settings.ceiling_basis or _("the rule")
        mend = _("Lower the standard; a ceiling is not raised by a plan.")
        yield _error("standard_above_ceiling", clause, message % {**facts, "rule": rule}, mend)
    if settings.ceiling_yuan and not settings.ceiling_basis:
        message = _("The ceiling of the standard does not say which rule sets it.")
        mend = _("Name the rule that the ceiling rests on, and its article.")
        yield LintFinding("ceiling_without_basis", Severity.WARNING, clause.heading, message, mend)
    priced = [parse_yuan(line.price_yuan) * line.quantity for line in settings.kit if line.price_yuan]
    if sum(priced) > standard:
        message = _(
            "The kit comes to %(kit)s yuan at the prices expected; the standard is %(standard)s yuan."
        )
        mend = _("Put less into the kit, or find a lower price.")
        facts = {"kit": yuan(sum(priced)), "standard": yuan(standard)}
        yield _error("kit_above_standard", clause, message % facts, mend)
    said = set(prices_each(clause.text))
    if len(said) == 1 and standard not in said:
        message = _("The text sets a standard of %(text)s yuan, the measure one of %(standard)s yuan.")
        facts = {"text": yuan(said.pop()), "standard": yuan(standard)}
        yield _error("standard_differs", clause, message % facts, _("Correct the figure that is wrong."))
    yield from _lint_numbers(clause, settings)


def _lint_numbers(clause: ClauseEntry, settings: KitPurchaseSettings) -> Iterator[LintFinding]:
    """How many of a thing the text names is what a kit has, or all kits; parts of it may stand beside."""
    for line in settings.kit:
        alike = [one.quantity for one in settings.kit if (one.item, one.packing) == (line.item, line.packing)]
        each = {*alike, sum(alike)}  # of two specifications the text may tell each, or both together
        right = each | {packs * settings.kits for packs in each}
        said = _numbers_of(line, clause.text)
        if not said or max(said) in right:
            continue
        if wrong := sorted(said - right):
            message = _(
                "The text says %(number)s %(packing)s of %(item)s; a kit has %(each)s, all kits %(all)s."
            )
            facts = {"number": str(wrong[0]), "packing": line.packing, "item": line.item}
            facts |= {"each": str(line.quantity), "all": str(line.quantity * settings.kits)}
            mend = _("Correct the figure that is wrong.")
            yield _error("kit_total_differs", clause, message % facts, mend)


def _numbers_of(line: KitItem, text: str) -> set[int]:
    """Return how many of the thing the text speaks of: 苹果2箱, 苹果 2 箱, 两箱苹果."""
    number = rf"((?:[0-9０-９]{{1,7}})|{HAN_NUMERAL})\s{{0,2}}{re.escape(line.packing)}"
    item = re.escape(line.item)
    found = re.findall(rf"{item}\s{{0,2}}{number}", text) + re.findall(rf"{number}(?:的)?{item}", text)
    values = (int(told) if told.isdigit() else parse_numeral(told) for told in found)
    return {value for value in values if value is not None}


def _error(code: str, clause: ClauseEntry, message: str, mend: str) -> LintFinding:
    return LintFinding(code, Severity.ERROR, clause.heading, message, mend)


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
            NewPart(line.item, line.packing, line.quantity, line.expires, line.specification)
            for line in settings.kit
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
    kits = terms_of(measure).kits
    budget = settings.standard_minor * kits
    if kit is None or not kit.bought:
        return Progress(
            due=kits,
            budget_minor=budget,
            headline=_("Nothing bought yet"),
            next=_("Record the first purchase") if kit else "",
        )
    done = kit.whole
    facts = {
        "price": kit.average.words,
        "dearest": yuan(kit.dearest_minor),
        "standard": yuan(settings.standard_minor),
    }
    return Progress(
        done=done,
        due=kits,
        money_minor=kit.paid_minor,
        budget_minor=budget,
        headline=_headline(kit) % {"done": done, "due": kits},
        notes=(
            _("%(price)s yuan a kit on average, %(dearest)s at its dearest; the standard is %(standard)s")
            % facts,
            "、".join(_bought_words(kit, part, part.quantity * kits) for part in kit.parts),
        ),
        next="" if done >= kits else _("Record the next purchase"),
    )


def _headline(kit: KitFigures) -> str:
    """Return the sentence about the kits bought: where packs were lost, it says that they do not count."""
    if any(kit.lost(part) for part in kit.parts):
        return _("%(done)s of %(due)s kits bought, losses not counted")
    return _("%(done)s of %(due)s kits bought")


def _bought_words(kit: KitFigures, part: Part, needed: int) -> str:
    """Return what there is of an item against what is needed; what was lost of it, as the fund tells it."""
    words = f"{part.item} {kit.packs(part)}/{needed} {part.packing}"
    if not (lost := kit.lost(part)):
        return words
    told = {"words": words, "bought": kit.packs(part) + lost, "lost": lost}
    return _("%(words)s (bought %(bought)s, of them lost %(lost)s)") % told


def evidence(measure: Measure, at: datetime) -> list[Evidence]:
    """List the purchases with their invoices, and what units or families signed for at the store."""
    kit_id = Kit.objects.filter(measure=measure).values_list("pk", flat=True).first()
    return [*_purchases(kit_id), *_receipts(measure, kit_id, at)] if kit_id else []


def _purchases(kit_id: int) -> list[Evidence]:
    return [
        Evidence(
            kind="purchase",
            ref=str(row.purchase_id),
            at=row.recorded_at,
            label=_("No. %(number)s · %(supplier)s · %(amount)s yuan")
            % {"number": row.number, "supplier": row.supplier, "amount": yuan(row.total_minor)},
            note=_refunded(row),
        )
        for row in queries.purchases(kit_id)
        if not row.is_cancelled
    ]


def _receipts(measure: Measure, kit_id: int, at: datetime) -> list[Evidence]:
    cards = [card for card in issues(measure.plan_id, kit_id=kit_id) if card.withdrawn_at is None]
    # A family is told by the number of its need; what was bought for families went for one.
    needs = needs_of_goods([card.issue_id for card in cards])
    names = organisation.names_then({card.unit_id for card in cards}, organisation.day_of(at))
    return [
        Evidence(
            kind="issue",
            ref=str(card.issue_id),
            at=card.recorded_at,
            label=f"{needs.get(card.issue_id, names[card.unit_id])} · "
            + "、".join(f"{line.item} {line.quantity} {line.packing}" for line in card.lines),
            note=card.reason_late if card.late_entry else "",
        )
        for card in cards
    ]


def _refunded(row: queries.PurchaseRow) -> str:
    """Return what came back of a purchase, and what is left of its price; empty where nothing did."""
    if not row.refunded_minor:
        return ""
    facts = {"back": yuan(row.refunded_minor), "net": yuan(row.total_minor - row.refunded_minor)}
    return _("The supplier gave back %(back)s yuan: %(net)s yuan paid.") % facts


KIND = Kind(
    name="kit_purchase",
    label=lambda: _("Kits"),
    settings=KitPurchaseSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
    fixed=frozenset({"fund", "standard_yuan", "kit", "per"}),
)
