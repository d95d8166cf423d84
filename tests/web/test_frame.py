"""The frame of every page: who is signed in, and which place the page belongs to."""

from datetime import date

import pytest
from django.urls import reverse

from emergency.house import at as february
from emergency.returnees_house import make_register
from people import BUREAU, LEAD, Bureau, at, buy, open_plan_1, raised
from songnuan.goods.models import Purchase
from songnuan.journeys.create_units import NewUnit, create_units
from songnuan.journeys.give_post import give_post
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.models import Post
from songnuan.organisation.permissions import Role, role_label
from songnuan.plans.models import Measure, MeasureStatus, Plan, PlanKind
from web.browsing import as_, on, recorded, user_of, visits_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way, with one purchase."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    return plan


def place(actor: Actor, url: str) -> list[str]:
    """Return the addresses of the places that the menu marks on a page."""
    with on(at(9)):
        page = as_(actor).get(url)
    assert page.status_code == 200
    return [item.url for item in page.context["house"].nav if item.current]


def test_the_menu_marks_the_place_a_page_belongs_to(bureau: Bureau, plan: Plan) -> None:
    visit = recorded(bureau, at(9), "岗亭缺取暖设备")
    purchase = reverse("purchase", args=(Purchase.objects.get().pk,))
    problem = reverse("problem", args=(raised().get().pk,))
    assert place(bureau.officer, reverse("home")) == ["/"]
    assert place(bureau.officer, reverse("plan", args=(plan.slug,))) == [reverse("plans")]
    assert place(bureau.officer, reverse("pairing", args=(plan.slug,))) == [reverse("plans")]
    assert place(bureau.finance, purchase) == [reverse("funds")]
    assert place(bureau.liaison, reverse("visit", args=(visit.pk,))) == [reverse("visits_mine")]
    assert place(bureau.liaison, reverse("visit_record", args=(visits_of(bureau)[1].pk,))) == [
        reverse("visits_mine")
    ]
    assert place(bureau.office, reverse("visit", args=(visit.pk,))) == [reverse("office")]
    assert place(bureau.inspector, reverse("visit", args=(visit.pk,))) == [reverse("plans")]
    assert place(bureau.office, problem) == [reverse("office")]
    assert place(bureau.liaison, problem) == [reverse("visits_mine")]
    assert place(bureau.officer, reverse("mfa_index")) == []


def test_reports_returnees_and_lessons_stand_in_the_menu_of_who_uses_them() -> None:
    found = make_register()
    house, slug = found.house, found.house.measure.plan.slug
    situation, returnees = reverse("situation"), reverse("returnees")

    def menu(actor: Actor, url: str = "/") -> tuple[set[str], list[str]]:
        with on(february(3, 12)):
            nav = as_(actor).get(url).context["house"].nav
        places = {item.url for item in nav} & {situation, returnees, reverse("lessons")}
        return places, [item.url for item in nav if item.current]

    house.open(february(3, 10))
    for actor in (house.office, found.liaison, house.liaisons["东区"]):
        assert menu(actor) == ({situation, returnees}, ["/"]), "the plan has no lessons"
        assert menu(actor, situation)[1] == [situation]
        assert menu(actor, returnees)[1] == [returnees]
    assert menu(house.viewer)[0] == {situation}
    assert menu(found.liaison, reverse("situation_slot", args=(house.slot("一站").pk,)))[1] == [situation]
    assert menu(house.office, reverse("returnees_board", args=(found.measure.pk,)))[1] == [returnees]
    assert menu(house.office, reverse("warnings"))[1] == [situation]
    assert menu(house.office, reverse("plan", args=(slug,)))[1] == [reverse("plans")]
    Measure.objects.create(
        plan=house.measure.plan, position=9, key="l", clause_key="l", kind="lessons", settings={}
    )
    assert reverse("lessons") not in menu(house.office)[0], "what was never opened is of no use yet"
    Measure.objects.filter(key="l").update(status=MeasureStatus.OPEN, opened_at=february(3))
    assert reverse("lessons") in menu(house.office)[0]


def test_what_no_plan_around_has_stands_in_no_menu(bureau: Bureau, plan: Plan) -> None:
    rows = [NewUnit("别处", "bureau", "")]
    [elsewhere] = create_units(rows=rows, opened_on=at(1).date(), actor=SYSTEM, at=at(1)).values()
    for place, kind in enumerate(("situation_reports", "returnees", "lessons")):
        other = Plan.objects.create(
            slug=f"other-{place}",
            title="别处的方案",
            unit_id=elsewhere,
            kind=PlanKind.EMERGENCY,
            status=plan.status,
            version=1,
            starts_on=plan.starts_on,
            due_on=plan.due_on,
        )
        Measure.objects.create(
            plan=other,
            position=1,
            key=kind,
            clause_key=kind,
            kind=kind,
            settings={},
            status=MeasureStatus.OPEN,
            opened_at=at(1),
        )
    with on(at(9)):
        for actor in (bureau.liaison, bureau.office, bureau.approver):
            urls = {item.url for item in as_(actor).get("/").context["house"].nav}
            assert not urls & {reverse("situation"), reverse("returnees"), reverse("lessons")}


def test_the_header_says_who_is_signed_in_with_post_and_unit(bureau: Bureau) -> None:
    house = as_(bureau.liaison).get(reverse("home")).context["house"]
    lead = str(role_label(Role.LEAD_LIAISON))
    assert (house.person, house.posts, house.unit_label) == (bureau.liaison.label, (lead,), LEAD)
    give_post(
        user_id=bureau.liaison.user_id or 0,
        unit_id=bureau.bureau_id,
        role=Role.UNIT_LIAISON,
        actor=SYSTEM,
        at=at(1),
    )
    page = as_(bureau.liaison).get(reverse("home"))
    assert page.context["house"].posts == (lead, str(role_label(Role.UNIT_LIAISON)))
    assert f"<b>{bureau.liaison.label}</b> {lead}、" in page.content.decode()
    assert f'title="{LEAD}"' in page.content.decode(), "what is cut can be read all the same"
    assert as_(bureau.finance).get(reverse("home")).context["house"].unit_label == BUREAU


def test_who_holds_no_post_is_named_all_the_same(bureau: Bureau) -> None:
    Post.objects.filter(user=user_of(bureau.stranger)).update(ends_on=date(2020, 4, 2))
    with on(at(9)):
        page = as_(bureau.stranger).get(reverse("home"))
    assert (page.context["house"].posts, page.context["house"].unit_label) == ((), "")
    assert f"<b>{bureau.stranger.label}</b>" in page.content.decode()


def test_a_page_can_ask_whether_the_sign_in_still_stands(bureau: Bureau) -> None:
    """Forms ask before they send what was typed, which the page of the sign-in would swallow."""
    client = as_(bureau.liaison)
    told = client.get(reverse("standing")).json()
    assert told["person"] == bureau.liaison.user_id
    assert told["token"]
    assert client.post(reverse("standing")).status_code == 405
    assert 'data-standing="/standing/"' in client.get(reverse("home")).content.decode()
    client.logout()
    assert client.get(reverse("standing")).status_code == 302
    assert "data-standing" not in client.get(reverse("account_login")).content.decode()
