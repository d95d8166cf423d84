"""Front-line units come in from a workbook, each with its lead office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation import actions as organisation
from songnuan.organisation.queries import units_by_name
from songnuan.organisation.roster import Problem, UnitRow, UnitSheet, read_units
from songnuan.plans.models import Plan
from songnuan.plans.queries import plan_by_slug
from songnuan.visits import actions as visits
from songnuan.plans.models import Measure, MeasureStatus


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do. `problems` name the rows that were rejected."""

    sheet: str
    columns: Sequence[str]
    rows: int
    accepted: int
    unchanged: int
    rejected: int
    problems: Sequence[Problem]
