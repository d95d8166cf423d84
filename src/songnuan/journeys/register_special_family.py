"""The office that leads special families puts one down, or corrects who it is."""

from datetime import datetime
from uuid import UUID

from songnuan.casework import actions as casework
from songnuan.casework.case_access import require_manager
from songnuan.casework.special_rules import SpecialWords
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.case_find import find_families
from songnuan.journeys.case_settings import SPECIAL
from songnuan.journeys.find import lock_plan
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.records import actions as records


@journey
def register_special_family(
    *, measure_id: int, unit_id: int, told: SpecialWords, key: UUID, actor: Actor, at: datetime
) -> int:
    """Put a special family down; return the id of its case. The same `key` again puts it down once.

    Raises:
        Refusal: `measure_unknown`, `key_reused`, or from `casework.actions.register_special`.

    """
    measure = find_families(measure_id, SPECIAL)
    require_manager(measure, actor, at)
    lock_plan(measure.plan.slug)
    measure.refresh_from_db(fields=["status"])
    sent = digest_rows([(measure_id, unit_id, told.index, told.address, told.about)])
    earlier = jobs.receive(key=key, purpose="register_special", body_digest=sent, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    [number] = records.next_numbers(name=f"casework.case:{measure.plan_id}", count=1)
    case = casework.register_special(
        measure=measure, number=number, unit_id=unit_id, told=told, actor=actor, at=at
    )
    jobs.settle(key=key, result=str(case.pk))
    return case.pk


@journey
def correct_special_family(*, case_id: int, told: SpecialWords, actor: Actor, at: datetime) -> None:
    """Correct who a special family is.

    Raises:
        Refusal: From `casework.actions.correct_special`.

    """
    casework.correct_special(case_id=case_id, told=told, actor=actor, at=at)
