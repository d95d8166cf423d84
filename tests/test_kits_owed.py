"""A kit that a unit did not get is owed: seen by whom it concerns, told of when goods come, booked later."""

from collections import Counter
from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _

from people import Bureau, at, buy, hand_over, open_plan_1
from songnuan.goods.models import Movement, MovementLine, StockLevel
from songnuan.goods.places import STORE, unit_place
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.living_plan import progress_of
from songnuan.journeys.measures.unit_visits import owed_words
from songnuan.journeys.record_visit import record_visit
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import UnitRecord
from songnuan.plans.models import Measure, Plan
from songnuan.tasks.models import Task
from songnuan.tasks.rules import DUTY
from songnuan.visits.field_models import LaterReceipt
from songnuan.visits.models import Visit
from songnuan.visits.owed import in_store, kit_of_visits, kit_owed, owed
from web.browsing import as_, on, queries_of, visits_of
from web.test_home import due

pytestmark = pytest.mark.django_db

KIT = {"方便面": (2, 68_00), "苹果": (1, 85_00), "梨": (1, 74_00)}


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    return open_plan_1(bureau)


@pytest.fixture
def visit(bureau: Bureau, plan: Plan) -> Visit:
    """A visit recorded while nothing was in the store."""
    visit = visits_of(bureau)[0]
    assert plan.pk
    record(bureau, visit)
    # What else would be due from the people is of no interest here.
    Visit.objects.filter(status="planned").update(planned_on=date(2020, 4, 20))
    return visit


def record(bureau: Bureau, visit: Visit) -> None:
    record_visit(
        visit_id=visit.pk, report=bureau.report(at(8)), key=uuid4(), actor=bureau.liaison, at=at(8, 11)
    )


def titles(actor: Actor, moment: int = 9) -> list[str]:
    with on(at(moment)):
        return [item.title for item in due(actor)]


def told(topic: str = "kits.arrived") -> list[int]:
    return list(OutboxMessage.objects.filter(topic=topic).values_list("recipient_id", flat=True))


def test_what_is_owed_is_counted_by_unit_and_by_kits_in_the_store(bureau: Bureau, visit: Visit) -> None:
    measure = Measure.objects.get(pk=visit.measure_id)
    kit = kit_of_visits(measure)
    assert kit is not None
    assert [(row.visit_id, row.unit_id, row.lead_id) for row in owed([measure])] == [
        (visit.pk, visit.unit_id, visit.lead_id)
    ]
    assert in_store(kit) == 0
    buy(bureau, measure.plan, {"方便面": (5, 68_00), "苹果": (3, 85_00), "梨": (3, 74_00)}, "0001")
    assert in_store(kit) == 2, "five boxes of noodles make two kits"
    Measure.objects.filter(pk=measure.pk).update(settings={**measure.settings, "hand_over": False})
    measure.refresh_from_db()
    assert owed([measure]) == []
    assert kit_of_visits(measure) is None


def test_who_visited_is_told_once_a_whole_kit_is_there(bureau: Bureau, plan: Plan, visit: Visit) -> None:
    buy(bureau, plan, {"方便面": (2, 68_00)}, "0001")
    assert told() == [], "noodles alone are no kit"
    assert titles(bureau.liaison) == []
    buy(bureau, plan, {"苹果": (1, 85_00), "梨": (1, 74_00)}, "0002")
    assert told() == [bureau.liaison.user_id]
    message = OutboxMessage.objects.get(topic="kits.arrived")
    assert (message.url, "1" in message.title) == ("/visits/", True)
    with on(at(9)):
        (item,) = due(bureau.liaison)
        assert due(bureau.stranger) == []
    assert item.url == reverse("visit", args=(visit.pk,)) + "#kit"
    hand_over(visit.pk, bureau.liaison, at(9))
    assert titles(bureau.liaison) == []
    buy(bureau, plan, KIT, "0003")
    assert len(told()) == 1, "nobody is told who owes nothing"


def test_who_watches_and_who_buys_see_how_many_are_owed(bureau: Bureau, plan: Plan, visit: Visit) -> None:
    words = owed_words(1)
    measure = Measure.objects.get(pk=visit.measure_id)
    assert words in progress_of([measure], at(9))[measure.pk].notes
    with on(at(9)):
        for actor in (bureau.officer, bureau.finance):
            (item,) = [item for item in due(actor) if item.title == words]
        assert item.url.endswith("/purchases/new/"), "finance buys"
        (seen,) = [item for item in due(bureau.officer) if item.title == words]
        listed = as_(bureau.officer).get(seen.url).context["pairs"]
        assert [row.unit_name for row in listed if row.visit_id == visit.pk] == [listed[0].unit_name]
        assert len(listed) == 1
    buy(bureau, plan, KIT, "0001")
    assert words not in titles(bureau.finance), "there is nothing left to buy for it"
    assert words in titles(bureau.officer)
    hand_over(visit.pk, bureau.liaison, at(9))
    assert words not in titles(bureau.officer)
    assert not any(_("kit owed") in note for note in progress_of([measure], at(9))[measure.pk].notes)


def test_the_office_is_not_asked_to_close_what_closes_itself(bureau: Bureau, visit: Visit) -> None:
    duties = set(Task.objects.filter(source__startswith=DUTY).values_list("title", flat=True))
    assert set(titles(bureau.office)) == duties
    assert titles(bureau.liaison) == [], "and the lead can do nothing while the goods are missing"
    assert visit.pk


def test_the_queries_of_the_first_page_do_not_grow_with_what_is_owed(bureau: Bureau, visit: Visit) -> None:
    StockLevel.objects.update(quantity=100)
    with on(at(9)):
        clients = [as_(actor) for actor in (bureau.liaison, bureau.officer, bureau.finance)]
        few = [queries_of(client, reverse("home")) for client in clients]
        StockLevel.objects.update(quantity=0)
        for other in visits_of(bureau)[1:]:
            record(bureau, other)
        StockLevel.objects.update(quantity=100)
        many = [queries_of(client, reverse("home")) for client in clients]
    assert all(now <= before for now, before in zip(many, few, strict=True))
    assert len(owed([visit.measure])) == len(visits_of(bureau))


def test_a_standard_per_person_gives_a_unit_a_kit_for_each_of_its_people(bureau: Bureau, plan: Plan) -> None:
    first, second, third = visits_of(bureau)
    bought = Measure.objects.get(plan=plan, kind="kit_purchase")
    Measure.objects.filter(pk=bought.pk).update(settings={**bought.settings, "per": "person"})
    staff = dict(UnitRecord.objects.values_list("unit_id", "staff_count"))
    people = staff[first.unit_id] or 0
    assert people > 1
    UnitRecord.objects.filter(unit=third.unit_id).update(staff_count=None)
    measure = first.measure
    kit = kit_owed(measure, unit_id=first.unit_id)
    assert kit is not None
    assert kit.times == people
    assert [part.quantity for part in kit.parts] == [2 * people, people, people]
    assert kit_owed(measure, unit_id=third.unit_id) is None, "nobody says how many people it has"

    # One apple too few for all of them: no apples leave the store, and all of them are owed.
    short = people - 1
    buy(bureau, plan, {"方便面": (2 * people, 1_00), "苹果": (short, 1_00), "梨": (people, 1_00)}, "0001")
    assert in_store(kit) == 0
    for visit in (first, third):
        record(bureau, visit)
    (lacks,) = owed([measure])
    assert lacks.unit_id == first.unit_id
    assert [(part.item, part.quantity) for part in lacks.kit.parts] == [("苹果", people)]
    buy(bureau, plan, {"苹果": (1, 1_00)}, "0002")
    hand_over(first.pk, bureau.liaison, at(9))
    assert list(Movement.objects.filter(kind="hand_over").values_list("part", flat=True)) == [1, 2]
    given = MovementLine.objects.filter(movement__kind="hand_over", place=unit_place(first.unit_id))
    packs = Counter[str]()
    for line in given.select_related("lot__item"):
        packs[line.lot.item.name] += line.quantity
    assert packs == {"方便面": 2 * people, "苹果": people, "梨": people}
    assert set(StockLevel.objects.filter(place=STORE).values_list("quantity", flat=True)) == {0}
    assert owed([measure]) == []
    # Who is counted there afterwards changes nothing of what was signed for.
    UnitRecord.objects.filter(unit=first.unit_id).update(staff_count=people + 2)
    assert owed([measure]) == []
    assert kit_owed(measure, unit_id=first.unit_id) is None
    with pytest.raises(Refusal) as refused:
        hand_over(first.pk, bureau.liaison, at(9, 12))
    assert refused.value.code == "nothing_owed"
    signed = LaterReceipt.objects.get(visit=first).signed_for
    assert f"苹果{people}箱" in signed.replace(" ", "")
    assert "方便面" not in signed
    first.refresh_from_db()
    assert f"方便面{2 * people}箱" in first.signed_for.replace(" ", "")
    assert "苹果" not in first.signed_for
    assert second.status == "planned"
