"""Who keeps in touch with a family looks up the phone of one of its members; the look is recorded."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.casework import actions as casework
from songnuan.casework.case_access import require_acting
from songnuan.casework.case_rules import printed
from songnuan.casework.noting import held_case
from songnuan.casework.special_models import Looked, SpecialFamily
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.people import actions as people
from songnuan.people.queries.families import households_of


@journey
def show_family_phone(*, case_id: int, person_key: str, actor: Actor, at: datetime) -> str:
    """Return the phone of somebody of a family in full.

    Raises:
        Refusal: `case_unknown`, `not_permitted`, `person_gone` for who is not of the family, or a minor.

    """
    case = held_case(case_id)
    require_acting(case, actor, at)
    if case.is_special:
        casework.note_look(case=case, what=Looked.PHONE, actor=actor, at=at)
        return SpecialFamily.objects.get(case=case).phone
    employee_id = case.employee_id or 0
    household = households_of({employee_id}, at).get(employee_id)
    of_family = household and {household.employee.key, *(kin.member.key for kin in household.kin)}
    if not of_family or person_key not in of_family:
        raise Refusal("person_gone", _("This person is not of the family any more. Reload the page."))
    purpose = f"联系家庭（{printed(case.number)}）"
    return people.show_phone(person_key=person_key, purpose=purpose, actor=actor, at=at)
