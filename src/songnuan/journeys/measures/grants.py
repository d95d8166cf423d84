"""Money to people (慰问金发放): a standard reckoned for those of a roster, paid from an earmarked fund."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from songnuan.benefits.double_queries import open_counts
from songnuan.benefits.lists import latest
from songnuan.benefits.models import Reckoning
from songnuan.journeys.measures.base import Evidence, Kind, Opening, Progress, Settings
from songnuan.kernel.money import yuan
from songnuan.organisation.queries import day_of
from songnuan.payments.models import ListStatus, PaymentList
from songnuan.payments.notice_rules import Gate, Standing
from songnuan.payments.notices import gates_of
from songnuan.payments.queries import lists_of
from songnuan.payments.release_queries import Paid, Reached, paid_of, reached
from songnuan.payments.rules import list_number
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile

FAMILY_CHOICES: Mapping[str, frozenset[str]] = {
    "couple": frozenset({"each", "one"}),
    "two_children": frozenset({"each", "one", "split"}),
}
"""What a question on families may be answered, by the setting that names it."""


class GrantSettings(Settings):
    """By which standard who is paid, from which fund, and where the plan answers what it leaves open."""

    standard: str = Field(description="标准简称 / short name of the standard")
    roster: str = Field(description="领取人名册 / key of the roster of those who are paid")
    fund: str = Field(description="专项资金文号 / document number of the fund")
    couple: str = Field(default="", description="一户多人的问题 / key of the question on households")
    two_children: str = Field(
        default="", description="一人多名亲属的问题 / key of the question on several payees of one person"
    )
    notice_days: int = Field(
        default=5, ge=1, le=20, description="公示工作日数 / working days of the public notice"
    )


def lint(plan: PlanFile, clause: ClauseEntry, settings: GrantSettings) -> Iterator[LintFinding]:
    """The fund is one of the plan's; what is asked about families is a question of it, with its choices."""
    if all(fund.number != settings.fund for fund in plan.funds):
        yield LintFinding(
            code="benefit_without_fund",
            severity=Severity.ERROR,
            clause=clause.heading,
            message=_(
                "The money is to be paid from “%(fund)s”, which the plan does not name among its funds."
            )
            % {"fund": settings.fund},
            mend=_("Add the fund with its document number to the head of the plan, or correct the number."),
        )
    questions = {question.key: question for question in plan.questions}
    for name, known in FAMILY_CHOICES.items():
        key = getattr(settings, name)
        if not key:
            continue
        if key not in questions:
            yield LintFinding(
                code="question_unknown",
                severity=Severity.ERROR,
                clause=clause.heading,
                message=_("The plan has no question “%(key)s”.") % {"key": key},
                mend=_("Add the question to the head of the plan, or correct its short name."),
            )
        elif not known >= {choice.key for choice in questions[key].choices} or not questions[key].choices:
            yield LintFinding(
                code="question_without_choices",
                severity=Severity.ERROR,
                clause=clause.heading,
                message=_("The question “%(key)s” cannot be gone by: its answers are in free words.")
                % {"key": key},
                mend=_("Give it choices with the keys %(known)s.") % {"known": "、".join(sorted(known))},
            )


def open_(_opening: Opening) -> None:
    """Nothing to do: it is reckoned when somebody asks."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read once for all measures; by reckoning, measure or list."""

    doubles: Mapping[int, int]
    people: Mapping[int, Reached]
    paid: Mapping[int, Paid]
    gates: Mapping[int, Gate]
    day: date


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Show how many people get how much, what waits, and where the newest list of payments stands."""
    keys = [measure.pk for measure in measures]
    found, lists = latest(keys), _newest(keys)
    known = _Known(
        doubles=open_counts(row.pk for row in found.values()),
        people=reached({key: row.pk for key, row in found.items()}),
        paid=paid_of([row.pk for row in lists.values() if row.status == ListStatus.RELEASED]),
        gates=gates_of([row.pk for row in lists.values() if row.status == ListStatus.SIGNED]),
        day=day_of(at),
    )
    return {pk: _one(found.get(pk), lists.get(pk), known) for pk in keys}


def _newest(keys: Sequence[int]) -> dict[int, PaymentList]:
    """Return the newest list of each measure."""
    return {row.measure_id: row for row in lists_of(keys).order_by("pk")}


def _one(reckoning: Reckoning | None, listed: PaymentList | None, known: _Known) -> Progress:
    if reckoning is None:
        return Progress(due=1, headline=_("Not reckoned yet"), next=_("Reckon the list"))
    notes = []
    if reckoning.blocked:
        sentence = ngettext("%(count)s line waits", "%(count)s lines wait", reckoning.blocked)
        notes.append(sentence % {"count": reckoning.blocked})
    doubled = known.doubles.get(reckoning.pk, 0)
    if doubled:
        sentence = ngettext(
            "%(count)s possible double payment", "%(count)s possible double payments", doubled
        )
        notes.append(sentence % {"count": doubled})
    words = _reckoned(reckoning), _("Freeze the list and ask for its approval") if reckoning.people else ""
    if listed is not None and not _is_newer(reckoning, listed):
        words = _listed(listed, known)
    elif listed is not None:
        notes.append(_listed(listed, known)[0])
    people = known.people[reckoning.measure_id]
    return Progress(
        done=people.paid,
        due=people.people,
        money_minor=people.paid_minor,
        headline=words[0],
        next=words[1],
        notes=tuple(notes),
        undecided=bool(reckoning.blocked or doubled),
    )


def _is_newer(reckoning: Reckoning, listed: PaymentList) -> bool:
    """Return whether it was reckoned after the list, with somebody to pay, or the list came to nothing."""
    if listed.status in {ListStatus.RETURNED, ListStatus.WITHDRAWN, ListStatus.CANCELLED}:
        return not reckoning.is_listed
    return not reckoning.is_listed and bool(reckoning.people)


def _reckoned(reckoning: Reckoning) -> str:
    people = ngettext("%(count)s person", "%(count)s people", reckoning.people) % {"count": reckoning.people}
    facts = {"people": people, "sum": yuan(reckoning.total_minor)}
    return _("%(people)s, %(sum)s yuan reckoned") % facts


def _listed(row: PaymentList, known: _Known) -> tuple[str, str]:
    """Return where a list stands, and what comes next."""
    people = ngettext("%(count)s person", "%(count)s people", row.people_count) % {"count": row.people_count}
    facts = {"number": list_number(row.number), "people": people, "sum": yuan(row.total_minor)}
    match row.status:
        case ListStatus.PENDING:
            sentence, after = _("List %(number)s waits for approval: %(people)s, %(sum)s yuan"), ""
        case ListStatus.APPROVED:
            sentence = _("List %(number)s is approved: %(people)s, %(sum)s yuan")
            after = _("The discipline inspector signs the list")
        case ListStatus.SIGNED:
            sentence = _("List %(number)s is signed by the inspector: %(people)s, %(sum)s yuan")
            is_over = known.gates[row.pk].standing(known.day) is Standing.OVER
            after = _("Pay the list") if is_over else _("See to the public notice of the list")
        case ListStatus.RELEASED:
            return _released(row, facts["number"], known.paid[row.pk])
        case ListStatus.CANCELLED:
            sentence = _("List %(number)s was cancelled: %(people)s, %(sum)s yuan")
            after = _("Reckon the list again")
        case _:
            sentence = _("List %(number)s came back: %(people)s, %(sum)s yuan")
            after = _("Reckon the list again")
    return sentence % facts, after


def _released(row: PaymentList, number: str, paid: Paid) -> tuple[str, str]:
    """Return how far the payment of a list is, and what comes next."""
    sentence = _("List %(number)s is released: %(paid)s of %(all)s lines are paid, %(sum)s yuan")
    facts = {
        "number": number,
        "paid": paid.paid.count,
        "all": row.lines_count,
        "sum": yuan(paid.paid.minor),
    }
    if paid.failed.count or paid.returned.count:
        after = _("Pay what failed or came back again, or end it")
    else:
        after = _("Book the bank's answer") if paid.sent.count else ""
    return sentence % facts, after


def evidence(measure: Measure, _at: datetime) -> list[Evidence]:
    """List what was reckoned, and the lists of payments."""
    return [*_reckonings(measure), *_lists(measure)]


def _lists(measure: Measure) -> list[Evidence]:
    return [
        Evidence(
            kind="payment_list",
            ref=str(row.pk),
            at=row.made_at,
            label=_("%(number)s, %(people)s people, %(sum)s yuan · %(status)s")
            % {
                "number": list_number(row.number),
                "people": row.people_count,
                "sum": yuan(row.total_minor),
                "status": ListStatus(row.status).label,
            },
        )
        for row in lists_of([measure.pk]).order_by("pk")
    ]


def _reckonings(measure: Measure) -> list[Evidence]:
    return [
        Evidence(
            kind="reckoning",
            ref=str(row.pk),
            at=row.made_at,
            label=_("%(standard)s, version %(number)s · %(lines)s lines · %(sum)s yuan")
            % {
                "standard": row.version.title,
                "number": row.version.number,
                "lines": row.lines,
                "sum": yuan(row.total_minor),
            },
        )
        for row in Reckoning.objects.filter(measure=measure).select_related("version").order_by("pk")
    ]


KIND = Kind(
    name="grants",
    label=lambda: _("Money to people"),
    settings=GrantSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
    fixed=frozenset({"fund"}),
)
