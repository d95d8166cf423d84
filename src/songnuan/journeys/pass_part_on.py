"""A unit passes on what those below it reported (汇总上报)."""

from collections.abc import Collection
from datetime import datetime

from songnuan.emergency import actions as emergency
from songnuan.emergency.models import ReportPart
from songnuan.journeys.base import journey
from songnuan.journeys.report_find import found_period
from songnuan.kernel.actor import Actor


@journey
def pass_part_on(
    *, period_id: int, unit_id: int, words: str, named: Collection[int], actor: Actor, at: datetime
) -> ReportPart:
    """Pass a unit's part of a period on; `named` are those it names as missing.

    Raises:
        Refusal: `period_unknown`, or from `emergency.actions.pass_part_on`.

    """
    return emergency.pass_part_on(
        period=found_period(period_id), node_id=unit_id, words=words, named=named, actor=actor, at=at
    )
