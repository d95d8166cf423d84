"""A response (应急响应): what the leading group may set in motion, and who may end it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import BaseModel, ConfigDict, Field

from songnuan.emergency.actions.command import Allowed
from songnuan.emergency.command_queries import activations_of, open_orders
from songnuan.emergency.command_rules import number_words
from songnuan.emergency.models import (
    Activation,
    ActivationAct,
    ActivationStatus,
    Order,
    OrderTask,
    Position,
)
from songnuan.emergency.order_task_queries import unfinished
from songnuan.emergency.order_task_rules import is_late
from songnuan.journeys.measures.base import Count, Evidence, Kind, Opening, Progress, Settings
from songnuan.kernel.workdays import add_workdays
from songnuan.organisation.queries import day_of
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile


class Level(BaseModel):
    """One level of a response."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,38}$", description="标识 / key, lasting over versions")
    title: str = Field(min_length=1, max_length=60, description="级别名称 / what it is called")


class ResponseSettings(Settings):
    """The levels, highest first, who signs orders, and how orders are numbered."""

    levels: list[Level] = Field(
        min_length=1, max_length=6, description="响应级别，由高到低 / levels, highest first"
    )
    signers: Literal["leader", "leader_and_deputies", "all_members"] = Field(
        default="leader", description="有权签发命令的人 / who of the leading group signs orders"
    )
    code: str = Field(min_length=1, max_length=20, description="命令代字 / code in the numbers of orders")
    summary_workdays: Count = Field(
        default=10,
        gt=0,
        le=120,
        description="终止后几个工作日内形成总结 / working days for the after-action report",
    )

    @property
    def issuers(self) -> tuple[str, ...]:
        """The positions that sign orders."""
        return _ISSUERS[self.signers]


_WHAT_SHOWN = 20
"""Characters of a late task among the names of what is late."""
_ISSUERS: Mapping[str, tuple[str, ...]] = {
    "leader": (Position.LEADER.value,),
    "leader_and_deputies": (Position.LEADER.value, Position.DEPUTY.value),
    "all_members": tuple(Position.values),
}


def settings_of(measure: Measure) -> ResponseSettings:
    """Return the settings of a measure."""
    return ResponseSettings.model_validate(measure.settings)


def allowed_by(measure: Measure) -> Allowed:
    """Return what the plan of a measure says about who may do what."""
    settings = settings_of(measure)
    levels = {one.key: one.title for one in settings.levels}
    return Allowed(levels, settings.issuers, settings.code)


def number_of(row: Activation, *, is_end: bool = False) -> str:
    """Return the number of an activation, or of its end, as printed; empty for an end that has none."""
    year, serial = (row.end_year, row.end_serial) if is_end else (row.year, row.serial)
    if year is None or serial is None:
        return ""
    return number_words(is_drill=row.is_drill, is_end=is_end, code=row.code, year=year, serial=serial)


def summary_due(row: Activation, settings: ResponseSettings) -> date | None:
    """Return by when the after-action report is due; None before the end."""
    return add_workdays(day_of(row.ended_at), settings.summary_workdays) if row.ended_at else None


def lint(plan: PlanFile, clause: ClauseEntry, settings: ResponseSettings) -> Iterator[LintFinding]:
    """Keys of levels are used once, and the plan has an office that keeps the group and takes in orders."""
    for key, count in Counter(level.key for level in settings.levels).items():
        if count > 1:
            message = _("Two levels of the response have the key “%(key)s”.") % {"key": key}
            yield _error("level_twice", clause, message, _("Give every level a key of its own."))
    if not plan.office:
        message = _("A response can be set in motion, but the plan names no office that takes in orders.")
        yield _error(
            "response_without_office", clause, message, _("Name the office in the head of the plan.")
        )


def _error(code: str, clause: ClauseEntry, message: str, mend: str) -> LintFinding:
    return LintFinding(code, Severity.ERROR, clause.heading, message, mend)


def open_(_opening: Opening) -> None:
    """Nothing to prepare: the leading group is named on its page."""


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Say what is in force; count what was ended, and the orders that wait longer than they may."""
    keys = [measure.pk for measure in measures]
    responses: dict[int, list[Activation]] = {pk: [] for pk in keys}
    for row in activations_of(keys):
        responses[row.measure_id].append(row)
    waiting: dict[int, list[Order]] = {pk: [] for pk in keys}
    for order in open_orders(keys):
        waiting[order.measure_id].append(order)
    given: dict[int, list[OrderTask]] = {pk: [] for pk in keys}
    for task in unfinished(keys):
        given[task.order.measure_id].append(task)
    return {pk: _one(responses[pk], waiting[pk], given[pk], at) for pk in keys}


def _one(
    responses: Sequence[Activation], waiting: Sequence[Order], given: Sequence[OrderTask], at: datetime
) -> Progress:
    real = [row for row in responses if not row.is_drill]
    active = next((row for row in real if row.status == ActivationStatus.ACTIVE), None)
    drills = len(responses) - len(real)
    late = [order for order in waiting if order.due_at is not None and order.due_at < at]
    late_tasks = [task for task in given if is_late(task, at)]
    headline = _("Not set in motion")
    if active is not None:
        facts = {"level": active.level_label, "holder": active.holder.user.name}
        headline = _("In force: %(level)s; %(holder)s may end it") % facts
    elif real:
        headline = ngettext("%(count)s response, stood down", "%(count)s responses, stood down", len(real))
        headline %= {"count": len(real)}
    if drills:
        words = ngettext("%(count)s drill", "%(count)s drills", drills) % {"count": drills}
        headline = f"{headline} · {words}"
    after = ngettext("Answer %(count)s order", "Answer %(count)s orders", len(waiting))
    return Progress(
        done=sum(row.status == ActivationStatus.ENDED for row in responses),
        due=len(responses),
        late=len(late) + len(late_tasks),
        late_names=(
            *(order.number or order.issuer for order in late),
            *(task.what[:_WHAT_SHOWN] for task in late_tasks),
        ),
        headline=headline,
        next=after % {"count": len(waiting)} if waiting else "",
    )


def evidence(measure: Measure, _at: datetime) -> list[Evidence]:
    """List the orders that came in with what was given out of them, and every act about every response."""
    numbers = {row.pk: number_of(row) for row in activations_of([measure.pk])}
    acts = ActivationAct.objects.filter(activation__measure=measure).select_related("by", "activation")
    told = [
        Evidence(
            kind="activation",
            ref=str(row.activation_id),
            at=row.at,
            label=f"{numbers[row.activation_id]} {row.by.name if row.by else ''} {row.get_verb_display()}",
            note=_("drill") if row.activation.is_drill else "",
        )
        for row in acts
    ]
    orders = [
        Evidence(
            kind="emergency_order",
            ref=str(row.pk),
            at=row.recorded_at,
            label=f"{row.issuer} {row.number} {row.get_asks_display()}",
        )
        for row in Order.objects.filter(measure=measure)
    ]
    given = [
        Evidence(
            kind="emergency_order",
            ref=str(task.order_id),
            at=task.assigned_at,
            label=f"{task.order.issuer} {task.order.number} {task.what}",
            note=str(task.get_status_display()),
        )
        for task in OrderTask.objects.filter(order__measure=measure).select_related("order")
    ]
    return sorted([*told, *orders, *given], key=lambda one: one.at)


KIND = Kind(
    name="response",
    label=lambda: _("Response"),
    settings=ResponseSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
)
