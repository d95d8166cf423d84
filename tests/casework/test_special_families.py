"""Special families: who may know them, the deputy, every look, the end, and what is left after the days."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from casework.special_house import NAME, NOW, PHONE, SECRETS, SpecialHouse, day, make_special
from goods.builders import FOUNDED, make_person, snapshot
from songnuan.audit.models import Entry
from songnuan.casework.case_access import Reach, own_cases, reach_of, reached
from songnuan.casework.case_checks import verify
from songnuan.casework.case_models import Case, CaseText, Contact, HelperAct, Need, NeedClosing
from songnuan.casework.case_rules import FAMILY
from songnuan.casework.special_models import CaseLook, CaseOffice, Looked, SpecialFamily
from songnuan.casework.special_rules import SpecialWords
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.case_ledger import case_ledger
from songnuan.journeys.end_special_family import end_special_family, erase_special_families
from songnuan.journeys.family_feedback import take_feedback
from songnuan.journeys.living_plan import evidence_of, progress_of
from songnuan.journeys.look_at_family import inspect_family, look_at_family
from songnuan.journeys.measures.base import Opening, State
from songnuan.journeys.measures.special_families import KIND
from songnuan.journeys.register_special_family import correct_special_family, register_special_family
from songnuan.journeys.remind_of_families import remind_of_families
from songnuan.journeys.show_family_phone import show_family_phone
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Post
from songnuan.organisation.permissions import Role
from songnuan.plans.models import Measure, MeasureStatus

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Case, SpecialFamily, CaseLook, CaseText, HelperAct, Contact, Need, NeedClosing, OutboxMessage)


@pytest.fixture
def house() -> SpecialHouse:
    return make_special()


def refused(code: str, act: Any, **told: Any) -> Refusal:
    """Return the refusal of an act that changed nothing."""
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as caught:
        act(**{"at": NOW, **told})
    assert caught.value.code == code
    assert snapshot(TABLES) == before
    assert not any(secret in repr((caught.value.sentence, caught.value.facts)) for secret in SECRETS)
    return caught.value


def everybody(house: SpecialHouse) -> Iterator[tuple[str, Actor]]:
    """Yield all who have a post."""
    yield from house.outsiders.items()
    yield from (("lead", house.lead), ("contact", house.contact), ("deputy", house.deputy))
    yield "inspector", house.inspector


def told_of(house: SpecialHouse, case: Case) -> dict[str, Reach]:
    """Return how far each person reaches; the lists say the same."""
    case = Case.objects.select_related("plan").get(pk=case.pk)
    found = {}
    for who, actor in everybody(house):
        found[who] = reach_of(case, actor, NOW)
        assert reached(actor, NOW).filter(pk=case.pk).exists() == found[who].reads, who
    return found


def test_who_reaches_a_family_at_each_stage(house: SpecialHouse) -> None:
    nobody = dict.fromkeys(house.outsiders, Reach.NONE)
    start = {**nobody, "lead": Reach.MANAGE, "contact": Reach.NONE, "deputy": Reach.NONE}
    start["inspector"] = Reach.COUNTED
    case = house.register()
    assert told_of(house, case) == start
    house.ask(case)
    assert told_of(house, case) == {**start, "contact": Reach.ASKED}
    case = Case.objects.get(pk=case.pk)
    house.depute(case)
    assert told_of(house, case) == {**start, "contact": Reach.ASKED, "deputy": Reach.HELP}
    case = SpecialHouse.helped(make_other(house))
    both = {**start, "contact": Reach.HELP, "deputy": Reach.HELP}
    assert told_of(house, case) == both
    for who, actor in (("lead", house.lead), ("contact", house.contact)):
        post = Post.objects.create(
            user_id=actor.user_id or 0, unit=house.office, role=Role.ADMINISTRATOR, starts_on=FOUNDED
        )
        assert told_of(house, case) == {**both, who: Reach.NONE}, "who hands out posts reaches none"
        post.delete()
    other = make_person("社工三", Role.UNIT_LIAISON, house.community)
    house.depute(case, other, "岗位调整")
    assert told_of(house, case) == {**both, "deputy": Reach.NONE}
    end_special_family(case_id=case.pk, reason="已迁出", actor=house.lead, at=NOW)
    assert told_of(house, case) == start, "once it has ended the office alone"
    assert not own_cases(house.contact.user_id).filter(pk=case.pk).exists()
    assert not list(verify())


def make_other(house: SpecialHouse) -> SpecialHouse:
    """Let the next family be another one."""
    register = house.register
    house.register = lambda at=NOW, **_told: register(at, name="司马文", phone="")  # type: ignore[method-assign]
    return house


def test_only_the_office_that_leads_puts_down_corrects_asks_names_and_ends(house: SpecialHouse) -> None:
    case = house.helped()
    words = SpecialWords("司马文")
    key: dict[str, Any] = {
        "key": uuid4(),
        "unit_id": house.community.pk,
        "measure_id": house.measure.pk,
        "told": words,
    }
    for who, actor in everybody(house):
        if actor != house.lead:
            told = {"actor": actor}
            assert refused("not_permitted", register_special_family, **key, **told).code, who
            refused("not_permitted", correct_special_family, case_id=case.pk, told=words, **told)
            refused("not_permitted", end_special_family, case_id=case.pk, reason="迁出", **told)
            refused("not_permitted", house.ask, case=case, who=house.deputy, **told)
            refused("not_permitted", house.depute, case=case, who=house.contact, **told)
            refused("not_permitted", case_ledger, measure_id=house.measure.pk, to=None, **told)
    one = register_special_family(**key, actor=house.lead, at=NOW)
    assert register_special_family(**key, actor=house.lead, at=NOW) == one, "a second click"
    assert Case.objects.count() == 2


def test_what_is_put_down_is_whole_and_not_there_twice(house: SpecialHouse) -> None:
    case = house.register()
    for code, told in (
        ("words_missing", {"name": " "}),
        ("name_too_long", {"name": "静" * 61}),
        ("phone_invalid", {"name": "司马文", "phone": "12"}),
        ("text_too_long", {"name": "司马文", "address": "路" * 201}),
        ("family_known", {}),
        ("family_known", {"name": f" {NAME} ", "phone": "138 0013 8000"}),
    ):
        refusal = refused(code, house.register, **told)
        assert refusal.field in {"name", "phone", "address"}
    other: dict[str, Any] = {"told": SpecialWords("司马文"), "actor": house.lead, "key": uuid4()}
    refused("family_unit", register_special_family, measure_id=house.measure.pk, unit_id=10**6, **other)
    row = SpecialFamily.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone, address, about FROM casework_specialfamily")
        stored = repr(cursor.fetchall())
    assert not any(secret in stored for secret in SECRETS), "all of it is sealed"
    assert row.name == NAME
    correct_special_family(case_id=case.pk, told=SpecialWords("司马文"), actor=house.lead, at=NOW)
    assert SpecialFamily.objects.get().name == "司马文"
    assert house.register().number == 2, "the corrected one is another by now"


def test_a_contact_person_and_a_deputy_are_two_who_may_be_asked(house: SpecialHouse) -> None:
    case = house.ask(house.register())
    administrator = house.outsiders["administrator of the centre"]
    for who in (administrator, house.inspector):
        refused("helper_unfit", house.ask, case=case, who=who)
        refused("helper_unfit", house.depute, case=case, who=who)
    refused("deputy_helper", house.depute, case=case, who=house.contact)
    house.depute(case)
    refused("helper_deputy", house.ask, case=case, who=house.deputy)
    refused("helper_same", house.depute, case=case)
    other = make_person("社工三", Role.UNIT_LIAISON, house.community)
    refused("reason_missing", house.depute, case=case, who=other)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(deputy=house.contact.user_id)
    assert not list(verify())
    Case.objects.filter(pk=case.pk).update(deputy=other.user_id)
    assert [finding.code for finding in verify()] == ["helper_differs"]
    assert OutboxMessage.objects.filter(topic="families.deputy", recipient=house.deputy.user_id).count() == 1


def test_every_look_is_kept_and_who_may_not_look_leaves_none(house: SpecialHouse) -> None:
    case = house.helped()
    for who, actor in house.outsiders.items():
        refusal = refused("not_permitted", look_at_family, case_id=case.pk, what=Looked.CASE, actor=actor)
        assert refusal.code, who
        refused("not_permitted", show_family_phone, case_id=case.pk, person_key="own", actor=actor)
        refused("not_permitted", inspect_family, case_id=case.pk, reason="抽查台账", actor=actor)
    refused("not_permitted", look_at_family, case_id=case.pk, what=Looked.CASE, actor=house.inspector)
    refused("not_permitted", show_family_phone, case_id=case.pk, person_key="own", actor=house.inspector)
    for reason in ("", " 核 "):
        refused("reason_missing", inspect_family, case_id=case.pk, reason=reason, actor=house.inspector)
    refused("not_permitted", inspect_family, case_id=case.pk, reason="看看", actor=house.contact)
    for actor in (house.lead, house.contact, house.deputy):
        look_at_family(case_id=case.pk, what=Looked.CASE, actor=actor, at=NOW)
    assert show_family_phone(case_id=case.pk, person_key="own", actor=house.contact, at=NOW) == PHONE
    inspect_family(case_id=case.pk, reason=f"核对{NAME}的慰问记录", actor=house.inspector, at=NOW)
    told = [(row.by_id, row.what) for row in CaseLook.objects.order_by("pk")]
    assert told == [
        (house.lead.user_id, "case"),
        (house.contact.user_id, "case"),
        (house.deputy.user_id, "case"),
        (house.contact.user_id, "phone"),
        (house.inspector.user_id, "inspected"),
    ]
    entries = Entry.objects.filter(action="casework.look").order_by("pk")
    assert [entry.subject for entry in entries] == [f"casework.case:{case.pk}"] * 5
    trail = repr(list(Entry.objects.values()))
    assert not any(secret in trail for secret in SECRETS), "not even in the inspector's reason"
    for statement in ("UPDATE casework_caselook SET at = at", "DELETE FROM casework_caselook"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_contact_is_due_and_chased_by_number_and_the_plan_tells_it_without_names(house: SpecialHouse) -> None:
    assert progress_of([house.measure], NOW)[house.measure.pk].due == 0
    case = house.ask(house.register())
    assert progress_of([house.measure], NOW)[house.measure.pk].done == 0
    house.depute(case)
    case = SpecialHouse.helped(make_other(house))
    house.touch(case)
    progress = progress_of([house.measure], NOW)[house.measure.pk]
    assert (progress.due, progress.done, progress.late) == (2, 1, 0)
    late = progress_of([house.measure], day(8))[house.measure.pk]
    assert (late.late, late.late_names, late.state) == (1, ("台-0002",), State.LATE)
    assert remind_of_families(actor=SYSTEM, at=day(9)) == 1
    told = OutboxMessage.objects.filter(topic="families.missed").values_list("recipient", flat=True)
    assert set(told) == {house.lead.user_id, house.deputy.user_id}, "nobody else hears of it"
    need = house.need(case)
    house.call(need, house.deputy)
    house.close(need, house.contact)
    pieces = evidence_of(house.measure, NOW)
    assert [piece.kind for piece in pieces] == ["contact", "need"]
    words = repr([*pieces, progress, late, *OutboxMessage.objects.values(), *Entry.objects.values()])
    assert not any(secret in words for secret in (*SECRETS, "司马文"))


def test_of_what_they_did_themselves_neither_closes_alone(house: SpecialHouse) -> None:
    need = house.need(house.helped())
    secret = house.link(need, house.contact)
    take_feedback(secret=secret, satisfied="no", text="", key=uuid4(), actor=FAMILY, at=NOW)
    refused("own_link", house.close, need=need, actor=house.contact)
    refused("need_unsatisfied", house.close, need=need, actor=house.deputy)
    for actor in (*house.outsiders.values(), house.inspector):
        refused("not_permitted", house.close, need=need, actor=actor)
    house.close(need, house.lead)
    assert NeedClosing.objects.get().by_id == house.lead.user_id


def test_a_case_ends_is_kept_for_its_days_and_then_forgets_who_it_was(house: SpecialHouse) -> None:
    case = house.helped()
    need = house.need(case)
    house.touch(case)
    inspect_family(case_id=case.pk, reason="抽查台账", actor=house.inspector, at=NOW)
    refused("needs_open", end_special_family, case_id=case.pk, reason="迁出", actor=house.lead)
    house.call(need, house.deputy)
    house.close(need, house.contact)
    refused("reason_missing", end_special_family, case_id=case.pk, reason="", actor=house.lead)
    end_special_family(case_id=case.pk, reason=f"{NAME}已迁出", actor=house.lead, at=NOW)
    refused("case_ended", end_special_family, case_id=case.pk, reason="迁出", actor=house.lead)
    refused("not_permitted", house.touch, case=case)
    refused("case_ended", house.touch, case=case, actor=house.lead)
    last = NOW + timedelta(days=90)
    assert Case.objects.get().keep_until == last.date()
    for actor in (house.lead, house.outsiders["administrator of the centre"]):
        refused("not_permitted", erase_special_families, actor=actor, at=last + timedelta(days=1))
    acts = (Contact.objects.count(), NeedClosing.objects.count(), CaseLook.objects.count())
    assert erase_special_families(actor=SYSTEM, at=last) == 0, "that day it is still kept"
    assert erase_special_families(actor=SYSTEM, at=last + timedelta(days=1)) == 1
    assert erase_special_families(actor=SYSTEM, at=last + timedelta(days=2)) == 0
    row = SpecialFamily.objects.get()
    assert {row.name, row.phone, row.address, row.about, row.ended_why, row.index} == {""}
    assert not any(text.text for text in CaseText.objects.all())
    assert (Contact.objects.count(), NeedClosing.objects.count(), CaseLook.objects.count()) == acts
    assert not list(verify())
    house.measure.refresh_from_db()
    assert house.register(last + timedelta(days=3)).number == 2, "it may come again, as another"


def test_where_the_measure_closes_the_days_are_counted_from_then(house: SpecialHouse) -> None:
    house.helped()
    Measure.objects.filter(pk=house.measure.pk).update(status=MeasureStatus.CLOSED, closed_at=day(10))
    refused("measure_closed", house.register, name="司马文")
    assert erase_special_families(actor=SYSTEM, at=day(100)) == 0
    assert erase_special_families(actor=SYSTEM, at=day(101)) == 1


def test_the_office_that_leads_is_found_when_the_measure_is_opened(house: SpecialHouse) -> None:
    CaseOffice.objects.all().delete()
    settings = KIND.settings.model_validate(house.measure.settings)

    def opening(**changes: str) -> Opening:
        told = settings.model_copy(update=changes)
        return Opening(house.measure, told, plan_file=None, actor=house.lead, at=NOW)  # type: ignore[arg-type]

    with pytest.raises(Refusal) as caught:
        KIND.open(opening(office="无此科室"))
    assert caught.value.code == "owner_unknown"
    assert not CaseOffice.objects.exists()
    for _again in (1, 2):
        KIND.open(opening())
    assert CaseOffice.objects.get().unit == house.office
