"""Returnees are entered: one by a form, many by a workbook (返程人员登记)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.casework.case_access import require_able
from songnuan.emergency.actions import returnees
from songnuan.emergency.actions.returnees import Row
from songnuan.emergency.models import Returnee, ReturneeSource
from songnuan.emergency.returnee_access import own_unit
from songnuan.emergency.returnee_file import ToldRow, faulty, read
from songnuan.emergency.returnee_rules import Told, tidied
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.commanding import earlier
from songnuan.journeys.returnee_helpers import tell_helper
from songnuan.journeys.returnee_settings import policy_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import User
from songnuan.organisation.queries import day_of, units_by_name
from songnuan.plans.models import Measure


@dataclass(frozen=True, slots=True)
class Imported:
    """How many people a workbook entered, and how many stood in the register already."""

    entered: int
    standing: int


@journey
def enter_returnee(
    *,
    measure_id: int,
    unit_id: int,
    told: Told,
    helper_id: int | None,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> int:
    """Enter one person, once for each `key`; return the id of the entry.

    Raises:
        Refusal: As `emergency.actions.returnees.enter`, `helper_unfit`, `key_reused`.

    """
    measure = returnees.held_measure(measure_id)
    found = earlier(key, "returnee", (measure_id, unit_id, told, helper_id), actor=actor, at=at)
    if found is not None:
        return found
    if helper_id is not None:
        require_able([helper_id], unit_id, at)
    [made] = returnees.enter(
        measure_id=measure_id,
        rows=[Row(unit_id, told, helper_id)],
        source=ReturneeSource.FORM,
        policy=policy_of(measure),
        actor=actor,
        at=at,
    )
    _tell_helpers([made], measure, actor, at)
    jobs.settle(key=key, result=str(made.pk))
    return made.pk


@journey
def enter_workbook(*, measure_id: int, content: bytes, name: str, actor: Actor, at: datetime) -> Imported:
    """Enter everybody of a workbook, or nobody; who stands in the register already is passed over.

    Raises:
        Refusal: From `emergency.returnee_file.read` and `emergency.actions.returnees.enter`;
            `returnees_rows` with every row that could not be taken.

    """
    with TemporaryFile() as file:
        file.write(content)
        told = read(file, name)
    measure = returnees.held_measure(measure_id)
    made = returnees.enter(
        measure_id=measure_id,
        rows=_rows(told, measure, actor, at),
        source=ReturneeSource.WORKBOOK,
        policy=policy_of(measure),
        actor=actor,
        at=at,
    )
    _tell_helpers(made, measure, actor, at)
    return Imported(len(made), len(told) - len(made))


def _rows(told: Sequence[ToldRow], measure: Measure, actor: Actor, at: datetime) -> list[Row]:
    """Return the rows with their units and contact persons.

    Raises:
        Refusal: `returnees_rows`.

    """
    units = units_by_name({one.unit for one in told if one.unit}, day_of(at), under=measure.plan.unit_id)
    helpers = dict(
        User.objects.filter(username__in={one.helper for one in told}, is_active=True).values_list(
            "username", "pk"
        )
    )
    own = own_unit(measure, actor, at)
    faults: list[tuple[int, str]] = []
    fit: set[tuple[int, int]] = set()
    rows: list[Row] = []
    for one in told:
        unit_id = units.get(one.unit) if one.unit else own
        try:
            rows.append(_row(one, unit_id, helpers, fit, at))
        except Refusal as refusal:
            faults.append((one.row, refusal.sentence))
    if faults:
        raise faulty(faults)
    return rows


def _row(
    one: ToldRow,
    unit_id: int | None,
    helpers: Mapping[str, int],
    fit: set[tuple[int, int]],
    at: datetime,
) -> Row:
    """Return one row; `fit` are the units with contact persons that were found able already."""
    if unit_id is None:
        sentence = _("“%(unit)s” is no unit of the plan, or several bear this name.")
        if not one.unit:
            sentence = _("The unit is missing.")
        raise Refusal("unit_outside", sentence % {"unit": one.unit})
    helper_id = None
    if one.helper:
        helper_id = helpers.get(one.helper)
        if helper_id is None:
            raise Refusal("helper_unfit", _("there is no account “%(name)s”.") % {"name": one.helper})
        if (unit_id, helper_id) not in fit:
            require_able([helper_id], unit_id, at)
            fit.add((unit_id, helper_id))
    return Row(unit_id, tidied(one.told, day_of(at)), helper_id)


def _tell_helpers(made: Sequence[Returnee], measure: Measure, actor: Actor, at: datetime) -> None:
    by_helper: dict[int, list[Returnee]] = {}
    for row in made:
        if row.helper_id is not None:
            by_helper.setdefault(row.helper_id, []).append(row)
    for helper_id, rows in by_helper.items():
        tell_helper(helper_id, rows, measure, actor, at)
