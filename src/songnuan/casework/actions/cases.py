"""Families are taken in; helpers are asked, and accept or decline."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.casework import case_rules as rules
from songnuan.casework.case_access import lead_of, own, require_able, require_manager
from songnuan.casework.case_models import Case, CaseText, HelperAct, HelperState, HelperVerb
from songnuan.casework.noting import held_case, note, require_open
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.people.models import PersonStatus
from songnuan.plans.models import Measure


@transaction.atomic(savepoint=False)
def open_cases(
    *, measure: Measure, families: Sequence[tuple[int, int, int]], actor: Actor, at: datetime
) -> int:
    """Take families in, each told by its number, its employee and the unit; return how many.

    Args:
        measure: Under which measure, with its plan at hand.
        families: Number, person, unit. Numbers are without gaps in the plan.
        actor: Who takes them in; the caller asked for the right.
        at: When.

    """
    Case.objects.bulk_create(
        Case(
            measure=measure,
            plan_id=measure.plan_id,
            number=number,
            employee_id=person_id,
            unit_id=unit_id,
            opened_by_id=actor.user_id,
            opened_at=at,
        )
        for number, person_id, unit_id in families
    )
    if families:
        record(
            stream=f"plan:{measure.plan.slug}",
            action="casework.open_cases",
            subject=f"plans.measure:{measure.pk}",
            actor=actor,
            at=at,
            facts={"families": len(families), "first_number": families[0][0], "last_number": families[-1][0]},
        )
    return len(families)


@transaction.atomic(savepoint=False)
def offer_helpers(
    *, measure: Measure, chosen: Mapping[int, int], reason: str = "", actor: Actor, at: datetime
) -> list[Case]:
    """Ask somebody to help each of these families: users by id of the case; return the cases.

    Whoever was asked before, or helps, is relieved: then it says why.

    Raises:
        Refusal: `not_permitted`, `case_unknown`, `measure_closed`, `case_ended`, `helper_unfit`,
            `helper_same` for who helps the family or is asked already, `helper_deputy` for its deputy,
            `reason_missing`, `text_too_long`.

    """
    by = require_manager(measure, actor, at)
    is_special = lead_of(measure.pk) is not None
    require_able(chosen.values(), measure.plan.unit_id, at, is_special=is_special)
    cases = []
    for case_id, user_id in sorted(chosen.items()):
        case = held_case(case_id)
        if case.measure_id != measure.pk:
            raise Refusal("case_unknown", _("There is no such family. Choose one from the list."))
        require_open(case)
        if case.helper_id == user_id:
            sentence = _("%(number)s: this person helps the family already, or is asked. Reload the page.")
            words = {"number": rules.printed(case.number)}
            raise Refusal("helper_same", sentence % words, field="helper", case=case.pk)
        if case.deputy_id == user_id:
            sentence = _("%(number)s: this person is the family's deputy. Choose somebody else.")
            words = {"number": rules.printed(case.number)}
            raise Refusal("helper_deputy", sentence % words, field="helper", case=case.pk)
        if case.helper_id is not None:
            note_helper(case, case.helper_id, HelperVerb.END, by, at, reason=rules.reason(reason))
        note_helper(case, user_id, HelperVerb.OFFER, by, at)
        set_helper(case, user_id, HelperState.OFFERED, at)
        note(case, "offer_helper", actor, at, user=user_id)
        cases.append(case)
    return cases


@transaction.atomic(savepoint=False)
def accept_family(*, case_id: int, actor: Actor, at: datetime) -> Case:
    """Accept to help a family; accepted again, it stays as it is.

    Raises:
        Refusal: `case_unknown`, `helper_other`, `measure_closed`, `wrong_state`.

    """
    case = held_case(case_id)
    by = own(case, actor)
    if case.helper_state == HelperState.ACCEPTED:
        return case
    require_open(case)
    note_helper(case, by, HelperVerb.ACCEPT, by, at)
    set_helper(case, by, HelperState.ACCEPTED, at)
    note(case, "accept_family", actor, at)
    return case


@transaction.atomic(savepoint=False)
def decline_family(*, case_id: int, reason: str, actor: Actor, at: datetime) -> Case:
    """Decline to help a family, or to go on helping it: it goes back to the officer, with the reason.

    Raises:
        Refusal: `case_unknown`, `helper_other`, `reason_missing`, `text_too_long`.

    """
    case = held_case(case_id)
    by = own(case, actor)
    note_helper(case, by, HelperVerb.DECLINE, by, at, reason=rules.reason(reason))
    set_helper(case, None, HelperState.NONE, None)
    note(case, "decline_family", actor, at)
    return case


def note_ledger(*, measure: Measure, rows: int, actor: Actor, at: datetime) -> None:
    """Note that somebody took the ledger of the families away as a workbook.

    That of special families is the office's alone, as a look at each of them.

    Raises:
        NotPermitted: `not_permitted`.

    """
    if lead_of(measure.pk) is None:
        require(actor, Permission.CASE_VIEW, unit_id=measure.plan.unit_id, at=at)
    else:
        require_manager(measure, actor, at)
    record(
        stream=f"plan:{measure.plan.slug}",
        action="casework.take_ledger",
        subject=f"plans.measure:{measure.pk}",
        actor=actor,
        at=at,
        facts={"rows": rows},
    )


@transaction.atomic(savepoint=False)
def erase_texts(*, actor: Actor, at: datetime) -> int:
    """Empty the words about families whose employee the register has erased; return how many texts.

    What was done, when and by whom stays. Who erases people was asked for the right to.
    """
    gone = Q(case__employee__status=PersonStatus.ERASED)
    gone |= Q(case__employee__merged_into__status=PersonStatus.ERASED)
    count = CaseText.objects.filter(gone, erased_at__isnull=True).update(text="", erased_at=at)
    if count:
        record(
            stream="people",
            action="casework.erase_texts",
            subject="casework.texts",
            actor=actor,
            at=at,
            facts={"rows": count},
        )
    return count


def note_helper(
    case: Case, helper_id: int, verb: HelperVerb, by: int, at: datetime, *, reason: str = ""
) -> HelperAct:
    """Keep what was done about who helps a family; the case is locked."""
    return HelperAct.objects.create(case=case, helper_id=helper_id, verb=verb, reason=reason, by_id=by, at=at)


def set_helper(case: Case, helper_id: int | None, state: HelperState, at: datetime | None) -> None:
    """Set who helps; the case is locked."""
    Case.objects.filter(pk=case.pk).update(helper=helper_id, helper_state=state, helper_at=at)
    case.helper_id, case.helper_state, case.helper_at = helper_id, state, at
