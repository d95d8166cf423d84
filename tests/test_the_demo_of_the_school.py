"""Plan 4 of the demo: 120 teachers, a first batch that is over, a second under way, records in doubt."""

import html
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse

from songnuan.cli import demo, demo_school, demo_school_pickups
from songnuan.cli.demo import _offset, at, make_demo
from songnuan.cli.demo_school import (
    SCHOOL,
    TOP,
    Site,
    actor,
    district,
    found_school,
    people_of,
    site_of,
    unit,
)
from songnuan.cli.demo_school_pickups import _Came, pick_up_second
from songnuan.cli.demo_school_plan import distribution, measure
from songnuan.cli.demo_school_rosters import FIRST, NEWER, bring_teachers
from songnuan.cli.demo_school_staff import TWICE, newer_book, roster_book, teachers
from songnuan.cli.demo_school_story import ACTS, teacher
from songnuan.cli.demo_sign_ins import made_whole, way_in
from songnuan.cli.output import Out
from songnuan.funds.models import Account, Fund, Posting
from songnuan.goods.models import Desk, KitLine, Lot, MovementLine, Pickup, Portion, Purchase, StockLevel
from songnuan.goods.pickup_queries import covered
from songnuan.goods.places import STORE, desk_place, picked_place
from songnuan.journeys.change_batches import add_batch
from songnuan.journeys.check_everything import check_everything
from songnuan.journeys.close_measure import close_measure
from songnuan.journeys.found_installation import found_installation
from songnuan.journeys.keep_pickups import keep_pickups
from songnuan.journeys.record_pickup import record_pickup
from songnuan.kernel import keys
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.clock import wall
from songnuan.kernel.identity import identity
from songnuan.kernel.money import yuan
from songnuan.organisation.models import Installation, InstallationKind, Post
from songnuan.outreach.course_models import Attendance, Course
from songnuan.outreach.course_queries import shares_of
from songnuan.outreach.event_models import Event
from songnuan.people.models import DuplicatePair, Enrolment, Person, PersonStatus
from songnuan.plans.models import Question
from songnuan.tasks.models import Task
from web.browsing import as_

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def made(site: Site = SCHOOL) -> None:
    """Make plan 4 alone, by the demo's clock."""
    found_installation(
        kind=InstallationKind.DEMO,
        administrator=None,
        clock_offset_seconds=_offset(),
        actor=SYSTEM,
        at=wall(),
    )
    found_school({row[0]: "a-long-password" for row in people_of(site)}, site, at)
    for act in ACTS:
        act(site, at)


def counted() -> dict[str, int]:
    """Return how many rows each table of the house has."""
    models = [one for one in apps.get_models() if one.__module__.startswith("songnuan.")]
    return {one.__name__: one._default_manager.count() for one in models}


def records(site: Site = SCHOOL) -> Counter[tuple[str, str, str]]:
    """Return how many records of pickups there are, by desk, standing and doubt."""
    rows = Pickup.objects.filter(desk__distribution=distribution(site))
    return Counter(rows.values_list("desk__name", "status", "doubt"))


def page(username: str, name: str, *arguments: object) -> str:
    """Return what somebody reads on a page: its texts with a bar between them."""
    answer = as_(actor(username)).get(reverse(name, args=arguments))
    assert answer.status_code == 200, name
    (body,) = re.findall(r"(?s)<main.*?</main>", answer.content.decode())
    return re.sub(r"\s*\|[\s|]*", "|", html.unescape(re.sub(r"<[^>]*>", "|", body)))


def test_plan_four_of_the_demo_is_whole_and_its_figures_are_those_of_its_rows() -> None:
    made()
    before = counted()
    made()
    assert counted() == before, "made again, nothing is made twice"
    everybody_is_on_the_roster_once()
    the_records_stand_where_they_are_to()
    the_goods_are_where_the_records_say()
    the_money_is_what_was_bought()
    the_lesson_is_learnt()
    the_pages_agree()
    assert [finding for _app, found in check_everything() for finding in found] == []


def everybody_is_on_the_roster_once() -> None:
    now = Enrolment.objects.filter(roster__key="teachers", ends_on=None)
    assert now.count() == now.values("person").distinct().count() == SCHOOL.people == 120
    ended = Enrolment.objects.filter(roster__key="teachers").exclude(ends_on=None)
    left = ended.filter(person__status=PersonStatus.ACTIVE).exclude(person__in=now.values("person"))
    assert left.count() == 1, "one left; the other was on it twice"
    merged = Person.objects.get(status=PersonStatus.MERGED)
    assert merged.name == teachers(SCHOOL)[TWICE].name
    assert [pair.status for pair in DuplicatePair.objects.all()] == ["merged"]
    for person in Person.objects.filter(pk__in=now.values("person")):
        assert (person.id_number or "").startswith("100103"), "of a place that does not exist"
        identity(person.id_number or "")


def the_records_stand_where_they_are_to() -> None:
    assert records() == {
        ("东门", "booked", ""): 59,
        ("东门", "void", "twice"): 1,
        ("东门", "waiting", "twice"): 1,
        ("行政楼", "booked", ""): 22,
        ("行政楼", "waiting", "short"): 1,
    }
    rows = Portion.objects.filter(recipient__distribution=distribution(SCHOOL))
    told = Counter(rows.values_list("batch__position", "status"))
    assert told == {(1, "taken"): 52, (2, "taken"): 30, (2, "open"): 38, (2, "left"): 2}
    stands = covered(distribution(SCHOOL).pk)
    assert (stands.due, stands.taken, stands.open, stands.referred) == (120, 82, 38, 0)
    (decided,) = Pickup.objects.filter(status="void")
    assert decided.decided_by_id == actor("school-union").user_id
    other = Pickup.objects.get(portion=decided.portion, status="booked")
    assert other.desk != decided.desk, "both records are kept"
    assert decided.taken_at < other.taken_at < decided.received_at, "told of once there was a network"
    assert Pickup.objects.filter(proxy__isnull=False).exists()
    assert Pickup.objects.filter(signature__isnull=False).exists()
    assert Pickup.objects.filter(signature__isnull=True).exists()
    assert Portion.objects.get(recipient__person=shown(SCHOOL)).status == "open"
    late = Task.objects.filter(plan_slug=SCHOOL.slug, status="open", due_on__lt=at(16, 14).date())
    assert not late.exists(), "what was due by now is reported"
    assert all(one.answered_at for one in Question.objects.filter(plan__slug=SCHOOL.slug))


def the_goods_are_where_the_records_say() -> None:
    made_for = distribution(SCHOOL)
    each = {line.item_id: line.quantity for line in KitLine.objects.filter(kit=made_for.kit)}
    there: dict[int, Counter[str]] = {item: Counter() for item in each}
    for line in MovementLine.objects.filter(lot__store__plan__slug=SCHOOL.slug).select_related("lot"):
        there[line.lot.item_id][line.place] += line.quantity
    desks = list(Desk.objects.filter(distribution=made_for))
    booked = {desk.pk: Pickup.objects.filter(desk=desk, status="booked").count() for desk in desks}
    for item, quantity in each.items():
        places = there[item]
        for desk in desks:
            assert places[picked_place(desk.pk)] == quantity * booked[desk.pk]
        left = places[STORE] + sum(places[desk_place(desk.pk)] for desk in desks)
        assert left == quantity * (38 + 1), "for those who still come, and for the record that waits"
        assert places[desk_place(desks[1].pk)] == 0, "one desk is short"
    assert not StockLevel.objects.filter(quantity__lt=0).exists()
    assert all(lot.expires_on and lot.expires_on > at(16, 14).date() for lot in Lot.objects.all())


def the_money_is_what_was_bought() -> None:
    fund = Fund.objects.get(plan__slug=SCHOOL.slug)
    bought = Purchase.objects.filter(kit__measure=measure(SCHOOL, "kit_purchase")).order_by("pk")
    assert [row.total_minor for row in bought] == [100 * 76_20, 20 * 78_00]
    assert all(row.invoice_file_id for row in bought)
    paid = sum(
        row.amount_minor for row in Posting.objects.filter(account=Account.DISBURSED, entry__fund=fund)
    )
    assert paid == sum(row.total_minor for row in bought) <= 120 * 80_00


def the_lesson_is_learnt() -> None:
    (course,) = Course.objects.all()
    told = shares_of(course, course.until_on)
    expected = Enrolment.objects.filter(roster__key="teachers", ends_on=None).count()
    assert (told.whole.expected, told.make_up > 0) == (expected, True)
    ways = Counter(Attendance.objects.filter(learner__course=course).values_list("way", flat=True))
    assert set(ways) == {"code", "reading"}
    assert 0 < told.whole.passed < told.whole.attended < expected
    assert [row.status for row in Event.objects.order_by("pk")] == ["held", "held"]


def the_pages_agree() -> None:
    living, slug = page("school-union", "plan", SCHOOL.slug), SCHOOL.slug
    assert "|82|/ 120|" in living
    assert "2条" in living, "as many records wait for a decision"
    store = page("school-finance", "stock", slug)
    for level in StockLevel.objects.filter(place=STORE, lot__store__plan__slug=slug).select_related("lot"):
        assert re.search(rf"\|{level.lot.number}\|[^箱]*?\|{level.quantity}\|", store), level.lot.number
    fund = page("school-finance", "fund", Fund.objects.get(plan__slug=slug).pk)
    assert f"|已支付|¥{yuan(100 * 76_20 + 20 * 78_00)}|" in fund
    for username, _name, _role, _unit in people_of(SCHOOL):
        assert as_(actor(username)).get("/").status_code == 200, username
        assert as_(actor(username)).get(reverse("plan", args=[slug])).status_code == 200, username


def test_a_demo_broken_off_among_pickups_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []

    def broken_off(**facts: object) -> object:
        if len(told) == 20:
            raise KeyboardInterrupt
        told.append(facts)
        return record_pickup(**facts)  # type: ignore[arg-type]  # as it was called

    with monkeypatch.context() as patch:
        patch.setattr(demo_school_pickups, "record_pickup", broken_off)
        with pytest.raises(KeyboardInterrupt):
            made()
    assert Pickup.objects.count() == 20
    made()
    assert records().total() == 84
    assert [finding for _app, found in check_everything() for finding in found] == []


def few() -> Site:
    """Return a district of nine schools."""
    whole = district()
    first, second, third = list(whole.desks)[:3]
    return replace(
        whole,
        places=dict.fromkeys(list(whole.places)[:9], 13),
        desks={first: (40, 10), second: (16, 1), third: (20, 10)},
    )


def test_a_district_is_made_by_the_same_acts() -> None:
    whole, site = district(), few()
    assert (whole.people, len(whole.places), len(whole.desks)) == (20_000, 150, 20)
    second = list(site.desks)[1]
    made(site)
    assert site_of(SCHOOL).unit == whole.unit, "what was begun goes on as it began"
    assert unit(site, site.unit).pk == measure(site, "pickups").plan.unit_id
    stands = covered(distribution(site).pk)
    assert (stands.due, stands.taken + stands.open) == (site.people, site.people)
    assert records(site)[second, "waiting", "short"] == 1
    assert [finding for _app, found in check_everything() for finding in found] == []


def test_the_workbooks_that_ship_are_those_that_the_demo_tells_of() -> None:
    folder = settings.ROOT / "plans/samples"
    assert (folder / FIRST).read_bytes() == roster_book(SCHOOL)
    assert (folder / NEWER).read_bytes() == newer_book(SCHOOL)
    numbers = [one.number for one in teachers(district())]
    assert len(set(numbers)) == len(numbers) == 20_000 - 3 + 1
    assert all(number.startswith("1001") and number >= "100103" for number in numbers)


def test_the_house_stands_below_its_union() -> None:
    found_school({row[0]: "a-long-password" for row in people_of(SCHOOL)}, SCHOOL, at)
    assert site_of(district()) is SCHOOL
    assert people_of(SCHOOL)[0][3] == SCHOOL.unit != TOP


def test_a_teacher_is_shown_before_there_is_a_kit_and_after_the_last_batch() -> None:
    site = few()
    assert teacher(site) is None
    assert way_in(None, "school-union", "/my/teacher/") is None
    found_school({row[0]: "a-long-password" for row in people_of(site)}, site, at)
    bring_teachers(site, at)
    enrolled = Enrolment.objects.filter(roster__key="teachers", ends_on=None).values("person")
    assert Person.objects.filter(pk__in=enrolled).contains(shown(site))
    made(site)
    keep_pickups(actor=SYSTEM, at=at(17, 2, 15))
    portions = Portion.objects.filter(recipient__distribution=distribution(site))
    assert not portions.filter(status="open").exists(), "what was missed at the last batch is the union's"
    assert portions.filter(recipient__person=shown(site)).exclude(status="left").exists()
    try:
        way = way_in(shown(site), "school-union", "/my/teacher/")
        assert way is not None
        assert way.name == shown(site).name
        Post.objects.filter(user__username="school-union").update(ends_on=at(15, 9).date())
        assert way_in(shown(site), "school-union", "/my/other/") is None, "nobody gives one out"
    finally:
        (keys.home() / "demo.json").unlink(missing_ok=True)


def shown(site: Site) -> Person:
    """Return the teacher of whom the demo tells."""
    found = teacher(site)
    assert found is not None
    return found


def test_what_is_done_in_a_demo_does_not_keep_it_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    site, houses = few(), demo._houses
    monkeypatch.setattr(demo, "_houses", lambda *told: {TOP: houses(*told)[TOP]})
    monkeypatch.setattr(demo_school, "district", few)
    try:
        first = make_demo(Out(as_json=True), site=site)
        keep_pickups(actor=SYSTEM, at=at(17, 2, 15))
        union, officer = actor("school-union"), actor("school-officer")
        later: dict[str, Any] = {"on": at(20, 9).date(), "place": "东门"}
        add_batch(distribution_id=distribution(site).pk, **later, actor=union, at=at(17, 9))
        lessons = measure(site, "lessons").pk
        close_measure(slug=site.slug, measure_id=lessons, reason="已办结。", actor=officer, at=at(17, 9))
        before = counted()
        again = make_demo(Out(as_json=True), site=site)
        assert counted() == before, "what its users did is theirs"
        assert (again.sign_ins, again.today) == (first.sign_ins, first.today)
        assert {row.username for row in again.sign_ins} == {row[0] for row in people_of(site)}
        assert first.teacher is not None
        assert again.teacher is not None
        Installation.objects.update(created_at=at(1, 9))
        assert made_whole() == set(), "another database has nothing yet"
    finally:
        (keys.home() / "demo.json").unlink(missing_ok=True)


def test_whoever_leaves_while_a_demo_is_made_moves_nobody_to_another_desk_or_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site, told = few(), []
    made(site)

    def keep(_site: Site, came: Sequence[_Came]) -> None:
        told.append({(one.portion.pk, one.desk.pk): one.taken_at for one in came})

    monkeypatch.setattr(demo_school_pickups, "_record", keep)
    pick_up_second(site, at)
    first_of_all = min(told[0])[0]
    Portion.objects.filter(pk=first_of_all).update(status="left")
    pick_up_second(site, at)
    before, after = told
    assert after == {(pk, desk): moment for (pk, desk), moment in before.items() if pk != first_of_all}
