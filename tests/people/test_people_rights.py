"""Who may import, see and show people, and what of them a list shows."""

import json

import pytest

from organisation.house_samples import House, found, holder
from people_builders import Steps, acting, at, bring, everything, prepared
from songnuan.audit.models import Entry
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import ROLE_PERMISSIONS, Permission, Role
from songnuan.people import actions, queries
from songnuan.people.models import LookPurpose, Person, RosterImport

pytestmark = pytest.mark.django_db

NUMBER, PHONE, ACCOUNT = "110101199003071233", "13800138000", "6222000000000001"
ZHANG = {"name": "张三", "id_number": NUMBER, "phone": PHONE, "account": ACCOUNT, "unit_name": "审计处"}
CHILD = {"name": "李小四", "id_number": "11010120100101001X", "birth_on": "2010-01-01", "phone": PHONE}
ADDRESS = "澄江省澄江市江边路一百二十号三单元"


@pytest.fixture
def house(db: None) -> House:  # noqa: ARG001 - asks for the database
    """A bureau with departments, and its roster with an adult in one of them and a child."""
    house = found()
    bring("people", "people", [{**ZHANG, "address": ADDRESS}, CHILD], 2, unit_id=house.bureau).apply()
    return house


def key_of(name: str) -> str:
    """Return the key of a person."""
    return Person.objects.get(name=name).key


def test_only_who_may_import_at_the_unit_brings_a_file_or_works_on_it(house: House) -> None:
    liaison = holder("liaison", Role.UNIT_LIAISON, house.center)
    officer = holder("officer", Role.PROGRAMME_OFFICER, house.bureau)
    inspector = holder("inspector", Role.INSPECTOR, house.bureau)
    for actor, unit in ((liaison, house.bureau), (inspector, house.bureau)):
        with pytest.raises(NotPermitted):
            bring("others", "people", [], 2, unit_id=unit, actor=actor)
    steps = bring("center", "people", [{"name": "王五"}], 2, unit_id=house.center, actor=liaison)
    before = everything(RosterImport)
    for action in (actions.cancel_import, actions.begin_apply, actions.note_report):
        with pytest.raises(NotPermitted):
            Steps(steps.key, 2, inspector).call(action)
    assert everything(RosterImport) == before
    Steps(steps.key, 2, officer).apply()
    assert Entry.objects.filter(action="people.finish_import", actor_key=officer.key).count() == 1


def test_a_person_is_seen_by_who_views_people_at_a_unit_of_theirs(house: House) -> None:
    near = holder("near", Role.UNIT_LIAISON, house.audit)
    far = holder("far", Role.UNIT_LIAISON, house.channel)
    above = holder("above", Role.UNION_OFFICER, house.bureau)
    blind = holder("blind", Role.ADMINISTRATOR, house.bureau)
    for actor, sees in ((near, True), (far, False), (above, True), (blind, False), (SYSTEM, True)):
        assert (queries.person(key_of("张三"), actor, at(3)) is not None) is sees
        assert bool(queries.find_persons(actor, at(3), "张三", size=5)) is sees


def test_relatives_are_seen_with_their_employee(house: House) -> None:
    wife = {"name": "张三", "id_number": NUMBER, "relation": "spouse", "relative_name": "赵六"}
    bring("families", "families", [wife], 3, unit_id=house.bureau).apply()
    near = holder("near", Role.UNIT_LIAISON, house.audit)
    far = holder("far", Role.UNIT_LIAISON, house.channel)
    assert queries.person(key_of("赵六"), near, at(3)) is not None
    assert queries.person(key_of("赵六"), far, at(3)) is None


@pytest.mark.usefixtures("house")
def test_lists_show_no_number_in_full_and_of_minors_none() -> None:
    told = queries.person(key_of("张三"), SYSTEM, at(3))
    assert told is not None
    view, [standing] = told
    assert (view.name, view.id_tail, view.phone, view.account) == (
        "张三",
        "1233",
        "138****8000",
        "*" * 12 + "0001",
    )
    assert view.address == "澄江省澄江市****"
    assert (standing.unit, standing.roster_key) == ("审计处", "people")
    [adult, child] = queries.roster_page(RosterImport.objects.get().roster_id or 0, size=9)
    assert (adult.name, adult.id_tail, adult.restricted) == ("张三", "1233", False)
    assert (child.name, child.id_tail, child.phone, child.restricted) == ("李*四", "", "****", True)
    everywhere = repr((view, adult, child, queries.find_persons(SYSTEM, at(3), "李小四", size=2)))
    assert not any(number in everywhere for number in (NUMBER, PHONE, ACCOUNT, ADDRESS, CHILD["id_number"]))


def test_numbers_are_shown_to_who_says_what_for_and_the_look_is_recorded(house: House) -> None:
    union = holder("union", Role.UNION_OFFICER, house.bureau)
    with acting():
        told = actions.show_person(person_key=key_of("李小四"), purpose=" 住院慰问 ", actor=union, at=at(3))
    assert (told.id_number, told.phone) == (CHILD["id_number"], PHONE)
    [entry] = Entry.objects.filter(stream__name="people")
    assert entry.subject == f"people.person:{key_of('李小四')}"
    kept = LookPurpose.objects.get()
    assert (kept.person.name, kept.purpose) == ("李小四", "住院慰问")
    assert json.loads(entry.facts) == {"minor": True, "digest": kept.digest}


@pytest.mark.parametrize(
    ("role", "purpose", "code"),
    [
        pytest.param(Role.PROGRAMME_OFFICER, "慰问", "not_permitted", id="an importer"),
        pytest.param(Role.PRIVACY_OFFICER, "慰问", "not_permitted", id="the privacy officer"),
        pytest.param(Role.UNION_OFFICER, "  ", "purpose_missing", id="for nothing"),
        pytest.param(Role.UNION_OFFICER, "为" * 401, "text_too_long", id="for too much"),
    ],
)
def test_numbers_are_not_shown_otherwise(house: House, role: Role, purpose: str, code: str) -> None:
    reader = holder("reader", role, house.bureau)
    with pytest.raises(Refusal) as refused, acting():
        actions.show_person(person_key=key_of("张三"), purpose=purpose, actor=reader, at=at(3))
    assert refused.value.code == code
    assert not Entry.objects.filter(stream__name="people").exists()


def test_numbers_of_somebody_elsewhere_or_gone_are_not_shown(house: House) -> None:
    elsewhere = holder("elsewhere", Role.UNION_OFFICER, house.channel)
    for key, code in ((key_of("张三"), "not_permitted"), ("0" * 32, "person_gone")):
        with pytest.raises(Refusal) as refused, acting():
            actions.show_person(person_key=key, purpose="慰问", actor=elsewhere, at=at(3))
        assert refused.value.code == code


def test_facts_in_the_trail_name_nobody(house: House) -> None:
    rows = [{**ZHANG, "phone": "13700137000"}, {"name": "王五", "unit_name": "没有的处"}]
    steps = bring("people", "people", rows, 3, unit_id=house.bureau)
    steps.call(actions.mend, sheet="人员", row=3, place=1, value="审计处")
    steps.call(actions.restage, sheet="人员", row=3, prepared=prepared("people", 3, {"name": "王五"}))
    steps.match()
    steps.apply()
    told = " ".join(Entry.objects.filter(stream__name__startswith="roster:").values_list("facts", flat=True))
    assert not any(word in told for word in ("张三", "王五", NUMBER, PHONE, "13700137000", "没有的处"))


def granted(role: Role) -> set[str]:
    """Return what a role grants over people."""
    return {one.value for one in ROLE_PERMISSIONS[role] if one.value.startswith(("people.", "privacy."))}


def test_posts_grant_over_people_what_they_are_for() -> None:
    every = {"people.view", "people.import", "people.show", "people.merge"}
    assert granted(Role.UNION_OFFICER) == every
    assert granted(Role.PRIVACY_OFFICER) == {"people.view", "privacy.manage"}
    assert granted(Role.PROGRAMME_OFFICER) == granted(Role.UNIT_LIAISON) == {"people.view", "people.import"}
    assert granted(Role.INSPECTOR) == granted(Role.FINANCE) == {"people.view"}
    assert granted(Role.ADMINISTRATOR) == granted(Role.APPROVER) == set()
    assert Permission.PLAN_VIEW in ROLE_PERMISSIONS[Role.UNION_OFFICER]
