"""The pages on which units get kits out of the store: who still gets one, and what is signed for."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from inspection_people import hold
from people import SLUG, Bureau, at, buy, open_plan_1
from songnuan.goods.checks import verify
from songnuan.goods.models import Issue, Kit, Movement
from songnuan.organisation.queries import pairs
from songnuan.plans.models import Measure, MeasureStatus, Plan
from songnuan.web.views.stock import COUNT_FIRST
from web.browsing import as_, on
from web.test_web_stock import get, post, titles

pytestmark = pytest.mark.django_db
WHOLE = {"happened_on": "2020-04-09", "receiver_name": "江守渡", "confirmed_by_name": "on"}


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """A plan whose kits no visit brings any more."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 85_00), "苹果": (47, 68_00), "梨": (47, 62_00)}, "1")
    visits = Measure.objects.filter(plan=plan, kind="unit_visits")
    visits.update(status=MeasureStatus.CLOSED, closed_at=at(9), close_reason="改为到库房领取")
    return plan


@pytest.fixture
def kit(plan: Plan) -> Kit:
    return Kit.objects.get(measure__plan=plan)


def units_of(kit: Kit) -> str:
    return reverse("kit_units", args=(kit.pk,))


def give_of(kit: Kit, place: int = 0) -> str:
    return reverse("kit_give", args=(kit.pk, pairs(SLUG, at(9).date())[place].unit_id))


def whole(page: Any) -> dict[str, str]:
    """Return what the form offers, and who takes it."""
    form = page.context["form"]
    return {**WHOLE, **{field.name: str(field.value()) for _part, field in form.items}}


def test_the_office_gives_a_unit_its_kit_and_sees_who_still_gets_one(bureau: Bureau, kit: Kit) -> None:
    assert units_of(kit) in titles(bureau.office)
    assert units_of(kit) not in titles(bureau.finance)
    page = get(bureau.office, units_of(kit))
    assert (page.context["served"], page.context["lacking"], page.context["due"]) == (0, 47, 47)
    assert len(page.context["rows"]) == 47
    assert f'href="{give_of(kit)}"' in page.content.decode()
    store = get(bureau.office, reverse("stock", args=(SLUG,))).content.decode()
    assert f'href="{units_of(kit)}"' in store
    form = get(bureau.office, give_of(kit))
    assert [(part.left, part.got, part.there) for part, _field in form.context["form"].items] == [
        (2, 0, 94),
        (1, 0, 47),
        (1, 0, 47),
    ]
    sent, key = whole(form), str(uuid4())
    issue = post(bureau.office, give_of(kit), key=key, **sent).url
    assert post(bureau.office, give_of(kit), key=key, **sent).url == issue, "a double click gives once"
    assert Issue.objects.count() == 1
    page = get(bureau.office, units_of(kit))
    assert (page.context["served"], page.context["lacking"]) == (1, 46)
    assert f'href="{give_of(kit)}"' not in page.content.decode()
    assert "江*渡" in get(bureau.inspector, f"{units_of(kit)}?show=receipts").content.decode()
    shown = get(bureau.office, issue)
    assert units_of(kit) in shown.content.decode()
    assert shown.context["view"].card.total_minor == 300_00
    again = get(bureau.office, give_of(kit))
    assert (again.context["row"].left, len(again.context["earlier"])) == ("", 1)
    assert post(bureau.office, f"{issue}take-back/", reason="发错单位", sure="on").url == issue
    assert get(bureau.office, units_of(kit)).context["served"] == 0
    assert verify() == []


def test_what_is_wrong_stands_beside_its_input_and_nothing_moves(bureau: Bureau, kit: Kit) -> None:
    form = get(bureau.office, give_of(kit))
    sent, moved = whole(form), Movement.objects.count()
    noodles = form.context["form"].items[0][1].name
    for change, field in (
        ({noodles: "3"}, noodles),
        ({noodles: "-1"}, noodles),
        ({noodles: "两箱"}, noodles),
        ({"receiver_name": ""}, "receiver_name"),
        ({"confirmed_by_name": ""}, "signature"),
        ({"happened_on": "2020-04-10"}, "happened_on"),
        ({"happened_on": "2020-03-01"}, "reason_late"),
    ):
        answer = post(bureau.office, give_of(kit), **{**sent, **change})
        assert answer.status_code == 422
        assert field in answer.context["form"].errors, change
        assert Movement.objects.count() == moved


def test_only_who_may_gives_kits_out_and_another_house_sees_nothing(bureau: Bureau, kit: Kit) -> None:
    sent = whole(get(bureau.office, give_of(kit)))
    for reader in (bureau.finance, bureau.inspector):
        page = get(reader, units_of(kit))
        assert (page.status_code, page.context["may_give"]) == (200, False)
        assert f'href="{give_of(kit)}"' not in page.content.decode()
        assert post(reader, give_of(kit), **sent).status_code == 403
    assert get(bureau.liaison, units_of(kit)).status_code == 404
    assert get(bureau.liaison, give_of(kit)).status_code == 404
    assert get(bureau.office, reverse("kit_give", args=(kit.pk, 10**6))).status_code == 404
    assert get(bureau.office, reverse("kit_units", args=(kit.pk + 99,))).status_code == 404
    assert Issue.objects.count() == 0


def test_who_counts_the_store_blind_learns_nothing_here(bureau: Bureau, kit: Kit) -> None:
    count = post(bureau.office, reverse("count_new", args=(SLUG,)))
    assert count.status_code == 302
    assert units_of(kit) not in titles(bureau.office)
    page = get(bureau.office, units_of(kit))
    assert page.context["in_store"] == []
    assert give_of(kit) not in page.content.decode()
    form = get(bureau.office, give_of(kit))
    assert "<canvas" not in form.content.decode(), "nobody signs for what is refused"
    sent = {field.name: "1" for _part, field in form.context["form"].items}
    answer = post(bureau.office, give_of(kit), **WHOLE, **sent)
    assert answer.status_code == 422
    assert str(COUNT_FIRST) in answer.content.decode()
    assert ">94<" not in answer.content.decode()
    assert Issue.objects.count() == 0


def test_while_visits_bring_the_kits_nothing_is_given_here(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"苹果": (47, 68_00)}, "1")
    kit = Kit.objects.get(measure__plan=plan)
    assert units_of(kit) not in titles(bureau.office)
    page = get(bureau.office, units_of(kit))
    assert page.context["with_visits"]
    assert give_of(kit) not in page.content.decode()
    assert get(bureau.office, give_of(kit)).url == units_of(kit)
    assert post(bureau.office, give_of(kit), **WHOLE).url == units_of(kit)
    assert units_of(kit) not in get(bureau.office, reverse("stock", args=(SLUG,))).content.decode()


def test_the_plan_and_its_evidence_tell_of_receipts_at_the_store(
    bureau: Bureau, plan: Plan, kit: Kit
) -> None:
    issue = post(bureau.office, give_of(kit), **whole(get(bureau.office, give_of(kit)))).url
    evidence = reverse("evidence", args=(SLUG, kit.measure_id, "issue"))
    with on(at(9)):
        living = as_(bureau.office).get(reverse("plan", args=(plan.slug,)))
    assert evidence in living.content.decode()
    listed = get(bureau.inspector, evidence).content.decode()
    assert f'href="{issue}"' in listed
    assert "江守渡" not in listed


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_an_empty_input(
    bureau: Bureau, kit: Kit
) -> None:
    sent = whole(get(bureau.office, give_of(kit)))
    noodles, apples, _pears = (name for name in sent if name.startswith("item-"))
    answer = post(bureau.office, give_of(kit), **{**sent, noodles: "3", apples: "2", "receiver_name": ""})
    assert {noodles, apples, "receiver_name"} <= set(answer.context["form"].errors)
    assert post(bureau.office, give_of(kit), **{**sent, noodles: "0"}).status_code == 302
    shown = get(bureau.office, give_of(kit)).context["row"]
    assert (shown.left, shown.got) == ("方便面 2 箱", "苹果 1 箱、梨 1 箱")


def test_units_are_found_by_a_part_of_their_name(bureau: Bureau, kit: Kit) -> None:
    rows = get(bureau.office, units_of(kit)).context["rows"]
    name = rows[3].name
    found = get(bureau.office, f"{units_of(kit)}?q={name[:4]}").context["rows"]
    assert name in {row.name for row in found}
    assert len(found) < len(rows)
    nothing = get(bureau.office, f"{units_of(kit)}?q=没有这个单位")
    assert nothing.context["rows"] == []
    assert 'value="没有这个单位"' in nothing.content.decode()


def test_a_hold_is_said_before_anybody_signs(bureau: Bureau, plan: Plan, kit: Kit) -> None:
    hold(bureau, f"funds.fund:{kit.fund_id}")
    for url in (units_of(kit), give_of(kit)):
        page = get(bureau.office, url)
        assert page.context["held"]
        assert page.context["held"] in page.content.decode()
    assert plan.pk


def test_a_unit_beyond_the_pairing_table_has_no_form(bureau: Bureau, kit: Kit) -> None:
    url = reverse("kit_give", args=(kit.pk, bureau.lead_id))
    assert get(bureau.office, url).status_code == 404
    assert post(bureau.office, url, **WHOLE).status_code == 404
    assert Issue.objects.count() == 0
