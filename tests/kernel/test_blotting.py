"""Numbers of people are blotted out of what leaves the house, however they were written."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songnuan.kernel.blotting import blotted
from songnuan.kernel.identity import check_sign

DIGITS = st.text("0123456789", min_size=9, max_size=9)
WORDS = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=6)
GAPS = st.sampled_from(["", " ", "-", "—", "\u00a0", "\u200b"])
SCRIPTS = st.sampled_from(["narrow", "wide"])
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
CARD = "6222021234567890123"


def digits_of(text: str) -> str:
    return "".join(str(int(sign)) for sign in re.findall(r"\d", text))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("联系人李某13812345678，身份证110101199003078515", "联系人李某138****5678，身份证****"),
        ("电话138 1234 5678", "电话138****5678"),
        ("电话138-1234-5678。", "电话138****5678。"),
        ("电话１３８１２３４５６７８", "电话138****5678"),
        ("电话+86 13812345678", "电话+86 138****5678"),
        ("电话8613812345678", "电话138****5678"),
        ("证号11010119900307851x", "证号****"),
        ("证号110101 19900307 851X，已核", "证号****，已核"),
        ("老证110101900307851", "老证****"),
        ("卡号6222 0212 3456 7890 123", "卡号****"),
        (f"卡号{CARD}", "卡号****"),
        ("13812345678110101199003078515", "****"),
        ("3 13812345678 2", "3 138****5678 2"),
        ("13812345678 13912345678", "138****5678 139****5678"),
        ("13812345678/13912345678", "138****5678/139****5678"),
        ("2020-04-16 13812345678", "2020-04-16 138****5678"),
        ("330106199001011234 138 0013 8000", "**** 138****8000"),
        ("6222 0200 1234 5678 901 13800138000", "**** 138****8000"),
        ("330106 19900101 1234 13800138000", "**** 138****8000"),
        ("138 0013 8000 13900139000", "138****8000 139****9000"),
        ("138.0013.8000", "138****8000"),
        ("电话(138)0013-8000", "电话138****8000"),
        ("138\u3000\u3000\u30000013 8000", "138****8000"),
    ],
)
def test_numbers_of_people_are_blotted_out(text: str, left: str) -> None:
    assert blotted(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2020年4月16日走访47家，每家300元，共14,100.00元",
        "2020-04-16 2020-04-17 09:00",
        "澄水疫函〔2020〕17号",
        "值班电话0591-87123456",
        "验证码 123456",
        "编号 20200416001",
        "1/2/3",
        "300.00 元\n14100.00 元\n2020.04.16",
    ],
)
def test_days_amounts_papers_and_landlines_stay(text: str) -> None:
    assert blotted(text) == text


def script(text: str, kind: str) -> str:
    return text.translate(WIDE) if kind == "wide" else text


@given(WORDS, st.tuples(st.sampled_from("3456789"), DIGITS), GAPS, SCRIPTS, WORDS)
def test_no_mobile_number_leaves(before: str, told: tuple[str, str], gap: str, kind: str, after: str) -> None:
    number = "1" + "".join(told)
    text = f"{number[:3]}{gap}{number[3:7]}{gap}{number[7:]}"
    left = blotted(before + script(text, kind) + after)
    assert number not in digits_of(left)
    assert left.startswith(before)
    assert left.endswith(after)


@given(
    st.integers(110000, 659999),
    st.dates(date(1900, 1, 1), date(2020, 12, 31)),
    st.integers(0, 999),
    GAPS,
    SCRIPTS,
)
def test_no_identity_number_leaves(area: int, born: date, serial: int, gap: str, kind: str) -> None:
    digits = f"{area}{born:%Y%m%d}{serial:03}"
    text = f"{area}{gap}{born:%Y%m%d}{gap}{serial:03}{check_sign(digits)}"
    assert blotted(f"证号{script(text, kind)}，请核") == "证号****，请核"


@given(st.text("0123456789", min_size=15, max_size=19), GAPS)
def test_no_card_number_leaves(number: str, gap: str) -> None:
    grouped = gap.join(number[place : place + 4] for place in range(0, len(number), 4))
    assert number not in digits_of(blotted(f"卡号{grouped}。"))


@given(st.text(max_size=60))
def test_what_is_blotted_once_stays_as_it_is(text: str) -> None:
    once = blotted(text)
    assert blotted(once) == once
