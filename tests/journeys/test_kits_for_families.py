"""A standard per family: the check speaks of families, holds them against the text, and counts no units."""

import pytest
from django.utils import translation

from journeys.test_every_lint_rule import PLAN, Change
from people import PLANS
from songnuan.journeys.check_plan import check_plan
from songnuan.journeys.kit_settings import KitPurchaseSettings
from songnuan.journeys.measures import settings_by_kind
from songnuan.plans.planfile import read
from songnuan.web.measure_form import word_of

UNITS = "2个单位，每个单位300元，共600元，由专项资金列支。"
KIT = 'price_yuan: "300"}\n        units: 2\n'


def families(count: int = 3, *changes: Change, people: str = "") -> str:
    """Return the small plan with its kit for so many families, and a text that says three."""
    text = PLAN.replace(UNITS, "每户300元，3户共900元，由专项资金列支。").replace("共苹果2箱", "共苹果3箱")
    text = text.replace("amount: 600", "amount: 900")
    text = text.replace(KIT, KIT.replace("2\n", f"{count}\n") + "        per: family\n" + people)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def test_families_are_no_units_and_may_be_more_or_fewer() -> None:
    assert check_plan(families()) == []


def test_a_plan_buys_once_for_units_and_once_for_families() -> None:
    measure = PLAN[PLAN.index("      - kind: kit_purchase") : PLAN.index(KIT)] + KIT
    own = (
        measure.replace("kit_purchase\n", "kit_purchase\n        key: necessities\n")
        + "        per: family\n"
    )
    both = PLAN.replace("amount: 600", "amount: 1200").replace(measure, measure + own)
    assert {row.code for row in check_plan(both)} == set()
    twice = both.replace("        per: family\n", "")
    assert "kind_twice" in {row.code for row in check_plan(twice)}


@pytest.mark.parametrize(
    ("changes", "people", "code", "words"),
    [
        ((("amount: 900", "amount: 899"),), "", "fund_too_small", "3户按每户300.00元计"),
        ((("3户共900元", "4户共1200元"), ("amount: 900", "amount: 1200")), "", "text_count_differs", "4户"),
        ((("3户共900元", "3户共800元"),), "", "sum_wrong", "800"),
        ((("每户300元", "每户200元"), ("共900元", "共600元")), "", "standard_differs", "200"),
        ((), "        people: 3\n", "people_unused", "不是按人计"),
    ],
)
def test_what_does_not_agree_is_told_in_families(
    changes: tuple[Change, ...], people: str, code: str, words: str
) -> None:
    with translation.override("zh-hans"):
        found = {row.code: row for row in check_plan(families(3, *changes, people=people))}
    assert code in found
    assert words in found[code].message
    assert "单位" not in found[code].message


def test_the_plan_that_ships_buys_necessities_for_fifty_families_within_a_modest_sum() -> None:
    plan = read((PLANS / "medical-families.yaml").read_text(), settings_by_kind())
    [settings] = [
        KitPurchaseSettings.model_validate(measure.settings)
        for _clause, measure in plan.measures()
        if measure.kind == "kit_purchase"
    ]
    assert (settings.per, settings.kits, settings.standard_minor * settings.kits) == ("family", 50, 5_000_00)
    with translation.override("zh-hans"):
        assert word_of("family") == "按户"
