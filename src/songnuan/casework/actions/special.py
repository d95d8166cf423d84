"""Special families are put down, given a deputy, looked at, ended, and erased when their time is over."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.casework import case_rules as rules
from songnuan.casework import special_rules
from songnuan.casework.actions.cases import note_helper, set_helper
from songnuan.casework.case_access import (
    Reach,
    lead_of,
    reach_of,
    require_able,
    require_manager,
    require_manager_of,
)
from songnuan.casework.case_models import Case, CaseText, HelperAct, HelperState, HelperVerb
from songnuan.casework.case_queries import open_needs
from songnuan.casework.noting import held_case, keep, note, require_open, require_running
from songnuan.casework.special_models import CaseLook, CaseOffice, Looked, SpecialFamily
from songnuan.casework.special_rules import SpecialWords
from songnuan.kernel.actor import Actor
from songnuan.kernel.blotting import GONE
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, refuse, require, subtree
from songnuan.plans.models import Measure


@transaction.atomic(savepoint=False)
def name_office(*, measure: Measure, unit_id: int) -> CaseOffice:
    """Keep which unit leads the special families of a measure; who opens it was asked for the right to."""
    made, _is_new = CaseOffice.objects.get_or_create(measure=measure, defaults={"unit_id": unit_id})
    return made


@transaction.atomic(savepoint=False)
def register_special(
    *, measure: Measure, number: int, unit_id: int, told: SpecialWords, actor: Actor, at: datetime
) -> Case:
    """Put a special family down under its number.

    Args:
        measure: Under which measure, with its plan at hand, and locked: two at once wait.
        number: The next of the plan, without gaps.
        unit_id: Where it lives or is served: the unit of the plan, or one below it.
        told: Who it is.
        actor: Needs CASE_LEAD at the unit that leads.
        at: When.

    Raises:
        Refusal: `not_permitted`, `measure_closed`, `family_unit`, `family_known`, and what
            `special_rules.tidy` raises.

    """
    by = require_manager(measure, actor, at)
    lead = lead_of(measure.pk)
    if lead is None:
        refuse(Permission.CASE_LEAD)
    require_running(measure)
    tidy = special_rules.tidy(told)
    if not subtree(measure.plan.unit_id, day_of(at)).filter(pk=unit_id).exists():
        sentence = _("Choose a unit of the plan: it is the plan's own, or stands below it.")
        raise Refusal("family_unit", sentence, field="unit")
    _require_new(measure.pk, tidy)
    case = Case.objects.create(
        measure=measure,
        plan=measure.plan,
        number=number,
        unit_id=unit_id,
        lead_id=lead,
        opened_by_id=by,
        opened_at=at,
    )
    SpecialFamily.objects.create(case=case, told_by_id=by, told_at=at, **_columns(tidy))
    note(case, "register_special", actor, at)
    return case


@transaction.atomic(savepoint=False)
def correct_special(*, case_id: int, told: SpecialWords, actor: Actor, at: datetime) -> Case:
    """Correct who a special family is; what stood there before is gone.

    Raises:
        Refusal: `case_unknown`, `not_permitted`, `measure_closed`, `case_ended`, `family_known`, and what
            `special_rules.tidy` raises.

    """
    case = _held(case_id)
    by = require_manager_of(case, actor, at)
    require_open(case)
    tidy = special_rules.tidy(told)
    _require_new(case.measure_id, tidy, besides=case.pk)
    SpecialFamily.objects.filter(case=case).update(told_by=by, told_at=at, **_columns(tidy))
    note(case, "correct_special", actor, at)
    return case


def _columns(told: SpecialWords) -> dict[str, str]:
    return {
        "name": told.name,
        "phone": told.phone,
        "address": told.address,
        "about": told.about,
        "index": told.index,
    }


def _require_new(measure_id: int, told: SpecialWords, besides: int = 0) -> None:
    """Let pass a family that is not looked after yet.

    Raises:
        Refusal: `family_known`.

    """
    same = SpecialFamily.objects.filter(
        index=told.index, case__measure=measure_id, case__ended_at__isnull=True
    )
    known = same.exclude(case=besides).values_list("case__number", flat=True).first()
    if known is not None:
        sentence = _("A family of this name and phone is looked after already: %(number)s.")
        number = rules.printed(known)
        raise Refusal("family_known", sentence % {"number": number}, field="name", number=number)


@transaction.atomic(savepoint=False)
def name_deputy(*, case_id: int, user_id: int, reason: str, actor: Actor, at: datetime) -> Case:
    """Name who stands in for the contact person of a family; of an earlier deputy it says why.

    Raises:
        Refusal: `case_unknown`, `not_permitted`, `measure_closed`, `case_ended`, `helper_unfit`,
            `deputy_helper` for its contact person, `helper_same`, `reason_missing`, `text_too_long`.

    """
    case = _held(case_id)
    by = require_manager_of(case, actor, at)
    require_open(case)
    require_able([user_id], case.plan.unit_id, at, is_special=True)
    if case.helper_id == user_id:
        sentence = _("This person is the family's contact person, or is asked to be. Choose somebody else.")
        raise Refusal("deputy_helper", sentence, field="deputy", case=case.pk)
    if case.deputy_id == user_id:
        sentence = _("%(number)s: this person helps the family already, or is asked. Reload the page.")
        words = {"number": rules.printed(case.number)}
        raise Refusal("helper_same", sentence % words, field="deputy", case=case.pk)
    if case.deputy_id is not None:
        why = rules.reason(reason, "deputy_reason")
        note_helper(case, case.deputy_id, HelperVerb.RELEASE, by, at, reason=why)
    note_helper(case, user_id, HelperVerb.DEPUTE, by, at)
    Case.objects.filter(pk=case.pk).update(deputy=user_id)
    case.deputy_id = user_id
    note(case, "name_deputy", actor, at, user=user_id)
    return case


@transaction.atomic(savepoint=False)
def end_special(*, case_id: int, reason: str, keep_days: int, actor: Actor, at: datetime) -> Case:
    """End the case of a special family: nobody contacts it any more, and the days until it is erased begin.

    Raises:
        Refusal: `case_unknown`, `not_permitted`, `measure_closed`, `case_ended`, `needs_open`,
            `reason_missing`, `text_too_long`.

    """
    case = _held(case_id)
    by = require_manager_of(case, actor, at)
    require_open(case)
    why = rules.reason(reason, "end_reason")
    if left := open_needs().filter(case=case).count():
        sentence = _("%(count)s needs of this family are open. Close them first.")
        raise Refusal("needs_open", sentence % {"count": left}, field="end_reason", count=left)
    words = str(_("The case has ended."))
    if case.helper_id is not None:
        note_helper(case, case.helper_id, HelperVerb.END, by, at, reason=words)
        set_helper(case, None, HelperState.NONE, None)
    if case.deputy_id is not None:
        note_helper(case, case.deputy_id, HelperVerb.RELEASE, by, at, reason=words)
    until = special_rules.kept_until(day_of(at), keep_days)
    Case.objects.filter(pk=case.pk).update(deputy=None, ended_at=at, keep_until=until)
    case.deputy_id, case.ended_at, case.keep_until = None, at, until
    SpecialFamily.objects.filter(case=case).update(ended_why=why)
    note(case, "end_special", actor, at, keep_until=until.isoformat())
    return case


@transaction.atomic(savepoint=False)
def note_look(*, case: Case, what: Looked, actor: Actor, at: datetime) -> CaseLook:
    """Note that somebody sees a special family now; without that it is not shown.

    Raises:
        NotPermitted: `not_permitted`.

    """
    if actor.user_id is None or not reach_of(case, actor, at).reads:
        refuse(Permission.CASE_LEAD, unit_id=case.lead_id)
    made = CaseLook.objects.create(case=case, by_id=actor.user_id, at=at, what=what)
    note(case, "look", actor, at, look=what.value)
    return made


@transaction.atomic(savepoint=False)
def inspect_special(*, case_id: int, reason: str, actor: Actor, at: datetime) -> Case:
    """Let an inspector see one family for a reason, which is kept: the family may hear it.

    Raises:
        Refusal: `case_unknown`, `not_permitted`, `reason_missing`, `text_too_long`.

    """
    case = _held(case_id)
    if actor.user_id is None or reach_of(case, actor, at) != Reach.COUNTED:
        refuse(Permission.TRAIL_VIEW, unit_id=case.plan.unit_id)
    why = keep(case, rules.reason(reason))
    CaseLook.objects.create(case=case, by_id=actor.user_id, at=at, what=Looked.INSPECTED, why=why)
    note(case, "look", actor, at, look=Looked.INSPECTED.value)
    return case


@transaction.atomic(savepoint=False)
def erase_special(*, case_ids: Collection[int], actor: Actor, at: datetime) -> int:
    """Empty who these special families were, and all words about them; return how many families.

    What was done, by whom and when stays. Who may: PRIVACY_MANAGE over the plan, as the worker of each night.

    Raises:
        NotPermitted: `not_permitted`.

    """
    rows = Case.objects.select_for_update(of=("self",)).select_related("plan").order_by("pk")
    cases = list(rows.filter(pk__in=case_ids, lead__isnull=False, special__erased_at__isnull=True))
    keys = [case.pk for case in cases]
    for unit_id in {case.plan.unit_id for case in cases}:
        require(actor, Permission.PRIVACY_MANAGE, unit_id=unit_id, at=at)
    empty = dict.fromkeys(("name", "phone", "address", "about", "ended_why", "index"), "")
    SpecialFamily.objects.filter(case__in=keys).update(erased_at=at, **empty)
    CaseText.objects.filter(case__in=keys, erased_at__isnull=True).update(text="", erased_at=at)
    told = HelperAct.objects.filter(case__in=keys).exclude(reason__in=("", GONE))
    told.update(reason=GONE)
    for case in cases:
        note(case, "erase_special", actor, at)
    return len(cases)


def _held(case_id: int) -> Case:
    """Return a special family, locked until commit.

    Raises:
        Refusal: `case_unknown`.

    """
    case = held_case(case_id)
    if not case.is_special:
        raise Refusal("case_unknown", _("There is no such family. Choose one from the list."), case=case_id)
    return case
