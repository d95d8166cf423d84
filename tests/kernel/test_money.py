from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songnuan.kernel import money
from songnuan.kernel.refusal import Refusal

AMOUNTS = st.integers(0, money.LIMIT_MINOR) | st.integers(0, 10**9)

# The examples of 《正确填写票据和结算凭证的基本规定》, in every wording it allows; the first is ours.
OFFICIAL = {
    140950: ["人民币壹仟肆佰零玖元伍角", "人民币壹仟肆佰零玖元伍角整"],
    600714: ["人民币陆仟零柒元壹角肆分"],
    168032: ["人民币壹仟陆佰捌拾元零叁角贰分", "人民币壹仟陆佰捌拾元叁角贰分"],
    10700053: ["人民币壹拾万柒仟元零伍角叁分", "人民币壹拾万零柒仟元伍角叁分"],
    1640902: ["人民币壹万陆仟肆佰零玖元零贰分"],
    32504: ["人民币叁佰贰拾伍元零肆分"],
    30000: ["人民币叁佰元整", "人民币叁佰元正", "人民币叁佰圆整", "叁佰元整"],
    1410000: ["人民币壹万肆仟壹佰元整", "人民幣壹萬肆仟壹佰圓整", " 人民币 壹万肆仟壹佰元 "],
}


@pytest.mark.parametrize(("minor", "wordings"), OFFICIAL.items())
def test_the_official_examples_are_written_in_one_wording_and_read_in_all(
    minor: int, wordings: list[str]
) -> None:
    assert money.capitals(minor) == wordings[0]
    assert [money.parse_capitals(wording) for wording in wordings] == [minor] * len(wordings)


@pytest.mark.parametrize(
    ("minor", "wording"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (50, "伍角"),
        (55, "伍角伍分"),
        (1000, "壹拾元整"),
        (1005, "壹拾元零伍分"),
        (1050, "壹拾元零伍角"),
        (1150, "壹拾壹元伍角"),
        (10010100, "壹拾万零壹佰零壹元整"),
        (100010000, "壹佰万零壹佰元整"),
        (10001000000, "壹亿零壹万元整"),
        (10**10 + 100000, "壹亿零壹仟元整"),
        (11 * 10**9, "壹亿壹仟万元整"),
        (10**14 + 10**6, "壹万亿零壹万元整"),
        (10**14 + 10**10, "壹万零壹亿元整"),
        (money.LIMIT_MINOR, "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_zeros_and_great_amounts_in_capitals(minor: int, wording: str) -> None:
    assert money.capitals(minor) == f"人民币{wording}"


@given(AMOUNTS)
def test_capitals_read_back(minor: int) -> None:
    assert money.parse_capitals(money.capitals(minor)) == minor


@given(AMOUNTS)
def test_no_two_zeros_meet_and_one_never_lacks_its_ten(minor: int) -> None:
    wording = money.capitals(minor)
    assert "零零" not in wording
    assert "零万" not in wording
    assert "零亿" not in wording
    # 壹拾, never 拾 alone.
    assert all(
        wording[place - 1] in "壹贰叁肆伍陆柒捌玖" for place, sign in enumerate(wording) if sign == "拾"
    )


@pytest.mark.parametrize("minor", [-1, money.LIMIT_MINOR + 1])
def test_there_are_no_capitals_below_zero_or_above_the_limit(minor: int) -> None:
    with pytest.raises(ValueError, match="no capitals"):
        money.capitals(minor)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "人民币",
        "元整",
        "零",
        "壹佰",
        "壹佰伍元整",  # 105 or 150
        "壹佰零伍拾元整",
        "拾元整",
        "壹拾元零整",
        "贰佰壹仟元整",
        "壹万万元整",
        "壹亿亿元整",
        "壹元元整",
        "壹元伍分",  # 零 is not free before 分
        "壹元零伍角",  # nor allowed where no place is skipped
        "壹元伍角肆分整",
        "壹元肆分伍角",
        "负壹元整",
        "一元整",
        "壹万肆仟壹佰元整整",
        "壹万肆仟w壹佰元整",
        "14100",
        "壹亿" * 60,
    ],
)
def test_capitals_that_the_rule_does_not_allow_are_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        money.parse_capitals(text)
    assert refused.value.code == "money_invalid"


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("14100", 1410000),
        ("14,100", 1410000),
        ("14,100.00", 1410000),
        ("¥295.5", 29550),
        ("￥295.50", 29550),
        ("１４，１００．０５", 1410005),
        (" 1 000 ", 100000),
        ("\u3000300元", 30000),
        ("0", 0),
        ("0.01", 1),
        ("007", 700),
        ("9,999,999,999,999,999.99", money.LIMIT_MINOR),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, minor: int) -> None:
    assert money.parse_yuan(text) == minor


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "Enter"),
        ("  \u3000", "Enter"),
        ("1.005", "decimals"),
        ("1.000", "decimals"),
        ("abc", "digits"),
        ("1e5", "digits"),
        ("-5", "digits"),
        ("−5", "digits"),
        ("1.", "digits"),
        (".5", "digits"),
        ("1,23", "digits"),
        ("1,2345", "digits"),
        ("1,,000", "digits"),
        ("1.2.3", "digits"),
        ("1²", "digits"),
        ("①", "digits"),
        ("٣", "digits"),
        ("三百", "digits"),
        ("NaN", "digits"),
        ("Infinity", "digits"),
        ("10,000,000,000,000,000", "too large"),
        ("9" * 5000, "too large"),
    ],
)
@pytest.mark.usefixtures("in_english")
def test_what_is_no_amount_is_refused_with_a_sentence_that_says_why(text: str, word: str) -> None:
    with pytest.raises(Refusal) as refused:
        money.parse_yuan(text)
    assert refused.value.code == "money_invalid"
    assert word in refused.value.sentence
    assert len(refused.value.sentence) < 200


@given(AMOUNTS)
def test_amounts_shown_read_back(minor: int) -> None:
    assert money.parse_yuan(money.yuan(minor)) == minor


@pytest.mark.parametrize(
    ("minor", "text"),
    [(1410000, "14,100.00"), (0, "0.00"), (5, "0.05"), (-5, "-0.05"), (-141000050, "-1,410,000.50")],
)
def test_amounts_are_shown_in_groups_of_three_with_two_decimals(minor: int, text: str) -> None:
    assert money.yuan(minor) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2020, 1, 15), "贰零贰零年零壹月壹拾伍日"),
        (date(2020, 10, 20), "贰零贰零年零壹拾月零贰拾日"),
        (date(2020, 2, 9), "贰零贰零年零贰月零玖日"),
        (date(2019, 3, 31), "贰零壹玖年叁月叁拾壹日"),
        (date(2021, 11, 30), "贰零贰壹年壹拾壹月零叁拾日"),
        (date(2026, 12, 10), "贰零贰陆年壹拾贰月零壹拾日"),
    ],
)
def test_dates_are_written_as_on_cheques(day: date, text: str) -> None:
    assert money.capital_date(day) == text


def test_no_two_days_of_a_year_are_written_alike() -> None:
    days = [date(2020, month, day) for month, day in product(range(1, 13), range(1, 29))]
    assert len({money.capital_date(day) for day in days}) == len(days)
