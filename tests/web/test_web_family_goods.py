"""The page on which goods are given for a need of a family: bought ones, then donated, one signature."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from casework.family_store import FamilyStore, everything, make_family_store
from goods.builders import NOW, make_person
from songnuan.casework.case_models import Need, NeedGoods
from songnuan.goods.models import Issue
from songnuan.journeys.count_stock import start_count
from songnuan.journeys.place_hold import place_hold
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Post
from songnuan.organisation.permissions import Role
from songnuan.reporting.models import InputCount
from songnuan.reporting.rules import lines_of
from songnuan.web.due import desk_of, due_of
from songnuan.web.views.shared import Reader
from songnuan.web.views.stock import COUNT_FIRST
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = {"happened_on": "2020-04-08", "reason_late": "", "receiver_name": "甲家属", "confirmed_by_name": "on"}


@pytest.fixture
def house() -> FamilyStore:
    return make_family_store()


@pytest.fixture
def need(house: FamilyStore) -> Need:
    return house.need()


def page(actor: Actor, name: str, *args: Any, told: dict[str, str] | None = None) -> Any:
    with on(NOW):
        browser, url = as_(actor), reverse(name, args=args)
        return browser.get(url) if told is None else browser.post(url, {"key": str(uuid4()), **told})


def names(house: FamilyStore) -> tuple[str, str]:
    """Return what the inputs of rice and oil that were bought for families are called."""
    rice, oil = (house.store.items[item] for item in ("大米", "食用油"))
    return f"kit-{house.kit_id}-{rice}", f"kit-{house.kit_id}-{oil}"


def test_both_are_on_one_form_and_taken_once(house: FamilyStore, need: Need) -> None:
    gift, (rice, oil) = house.donate("口罩", 10), names(house)
    shown = page(house.care.officer, "family_goods", need.pk)
    text = shown.content.decode()
    assert text.index("为家属采购的物资") < text.index("捐赠物资")
    assert [(part.item, part.left, part.there) for part, _packs in shown.context["form"].of_kits] == [
        ("大米", 2, 4),
        ("食用油", 1, 2),
    ]
    assert not any(packs.value() for _part, packs in shown.context["form"].of_kits), "the clerk fills them in"
    told = {**TOLD, rice: "2", oil: "1", f"item-{gift}": "3", "key": str(uuid4())}
    for _click in (1, 2):
        answer = page(house.care.officer, "family_goods", need.pk, told=told)
        assert (answer.status_code, answer.url) == (302, reverse("family_need", args=(need.pk,)))
    assert NeedGoods.objects.count() == 2
    again = page(house.care.officer, "family_goods", need.pk).content.decode()
    assert again.count("已领完") == 2
    listed = page(house.care.officer, "family_need", need.pk).content.decode().replace("\xa0", " ")
    for words in ("大米 2 袋", "食用油 1 桶", "口罩 3 袋"):
        assert words in listed
    counted = set(InputCount.objects.values_list("form", flat=True))
    assert counted == {"need_goods", lines_of("need_goods")}, "each line that was filled in is counted"


def test_what_is_wrong_is_said_beside_its_input_and_what_was_typed_stays(
    house: FamilyStore, need: Need
) -> None:
    (rice, oil), gift = names(house), house.donate("口罩", 1)
    before = everything()
    wrong = page(house.care.officer, "family_goods", need.pk, told={**TOLD, rice: "3", oil: "1"})
    assert wrong.status_code == 422
    assert [*wrong.context["form"].errors] == [rice]
    assert "每户应领大米2袋" in wrong.content.decode()
    assert wrong.context["form"][oil].value() == "1"
    empty = page(house.care.officer, "family_goods", need.pk, told=TOLD)
    assert [*empty.context["form"].errors] == ["__all__"]
    typed = page(house.care.officer, "family_goods", need.pk, told={**TOLD, rice: "两袋"})
    assert [*typed.context["form"].errors] == [rice], "nothing is missing beside"
    short = page(house.care.officer, "family_goods", need.pk, told={**TOLD, rice: "1", f"item-{gift}": "2"})
    assert [*short.context["form"].errors] == [f"item-{gift}"]
    assert everything() == before


def test_what_is_short_of_a_kit_is_said_at_its_own_input(house: FamilyStore, need: Need) -> None:
    rice, _oil = names(house)
    house.give(house.need("乙"), 大米=2)
    yesterday = {**TOLD, "happened_on": "2020-04-07", rice: "1"}
    answer = page(house.care.officer, "family_goods", need.pk, told=yesterday)
    assert [*answer.context["form"].errors] == [rice]


def test_who_counts_the_store_sees_no_figures_and_gives_nothing(house: FamilyStore, need: Need) -> None:
    rice, _oil = names(house)
    both = make_person("兼管", Role.UNION_OFFICER, house.store.house.bureau)
    Post.objects.create(
        user_id=both.user_id or 0, unit=house.store.house.bureau, role=Role.PROGRAMME_OFFICER.value,
        starts_on=NOW.date(),
    )  # fmt: skip
    start_count(plan_id=house.store.house.plan.pk, actor=both, at=NOW)
    shown = page(both, "family_goods", need.pk)
    assert shown.context["blind"]
    refused = page(both, "family_goods", need.pk, told={**TOLD, rice: "1"})
    assert str(COUNT_FIRST) in refused.content.decode()
    assert not Issue.objects.exists()


def test_a_hold_is_told_on_the_page(house: FamilyStore, need: Need) -> None:
    assert not page(house.care.officer, "family_goods", need.pk).context["held"]
    fund = f"funds.fund:{house.store.house.fund_id}"
    place_hold(subject=fund, reason="核查发票是否真实", key=uuid4(), actor=house.care.inspector, at=NOW)
    shown = page(house.care.officer, "family_goods", need.pk)
    assert shown.context["held"] in shown.content.decode()
    rice, _oil = names(house)
    refused = page(house.care.officer, "family_goods", need.pk, told={**TOLD, rice: "1"})
    assert refused.status_code == 422
    assert not Issue.objects.exists()


def test_an_empty_store_says_so_and_leads_on(house: FamilyStore, need: Need) -> None:
    house.give(need, 大米=2, 食用油=1)
    house.give(house.need("乙"), 大米=2, 食用油=1)
    shown = page(house.care.officer, "family_goods", need.pk).content.decode()
    assert "库内没有本户可领的物资" in shown
    assert reverse("stock", args=(need.case.plan.slug,)) in shown
    assert '<form class="sheet steps"' not in shown


def test_pages_of_units_do_not_offer_it(house: FamilyStore, need: Need) -> None:
    plan, kit_id = house.store.house.plan, house.kit_id
    units = reverse("kit_units", args=(kit_id,))
    store = page(house.keeper, "stock", plan.slug)
    assert store.context["kits"] == []
    assert units not in store.content.decode()
    answer = page(house.keeper, "kit_units", kit_id)
    assert (answer.status_code, answer.url) == (302, reverse("stock", args=(plan.slug,)))
    assert page(house.keeper, "kit_give", kit_id, house.store.house.bureau.pk).status_code == 404
    with on(NOW):
        reader = Reader(user_of(house.keeper), house.keeper, NOW, NOW.date())
        assert units not in {item.url for item in due_of(desk_of(reader))}
    assert need.pk


def test_the_receipt_leads_to_the_need_and_not_to_the_list_of_units(house: FamilyStore, need: Need) -> None:
    pk = house.give(need, 大米=1)
    shown = page(house.care.officer, "issue", pk).content.decode()
    assert reverse("family_need", args=(need.pk,)) in shown
    assert reverse("kit_units", args=(house.kit_id,)) not in shown
    assert "家属领取物资" in shown
    keeper = page(house.keeper, "issue", pk).content.decode()
    assert reverse("family_need", args=(need.pk,)) not in keeper, "who sees no families is told the number"
    assert "台-0001-1" in keeper
    taken = page(house.keeper, "issue_back", pk, told={"reason": "送错家庭", "sure": "on"})
    assert taken.status_code == 302
    form = page(house.care.officer, "family_goods", need.pk).context["form"]
    assert [part.left for part, _packs in form.of_kits] == [2, 1]
