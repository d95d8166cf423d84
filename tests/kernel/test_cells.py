import math
import pickle
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from songnuan.kernel import cells, faults, names
from songnuan.kernel.cells import Cell
from songnuan.kernel.faults import Fault
from songnuan.kernel.refusal import Refusal

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5) | st.sampled_from("𠮷𬎆𫖯㐂\ue863")
DAYS = st.dates(date(1901, 1, 1), date(2100, 12, 31))
SIGNS = st.sampled_from(
    "0123456789Xx年月日.-/:： 　'‘·，。一二十〇元男女是否E+小时半\u200b\x00\ud800�?😀\u0301"
)
LAST_MOMENT = datetime.combine(date.max, time.max)
HUGE = 10**5000  # Python itself refuses to write it in digits
# Whatever a cell can hold.
CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.text(st.characters(), max_size=60),
    st.text(SIGNS, max_size=30),
    st.text(SIGNS, min_size=1, max_size=3).map(lambda part: part * 5000),
    st.integers(),
    st.integers(10**7, 10**19),
    st.integers(1, 9).map(lambda digit: -digit * 10**6000),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(timezones=st.none() | st.just(UTC)),
    st.sampled_from([date.max, LAST_MOMENT, date.min, math.nan, math.inf, -math.inf, 1.7e308, -0.0]),
)
READERS: list[Callable[[Cell], object]] = [
    cells.text,
    cells.squeezed,
    cells.nothing,
    cells.name,
    cells.day,
    lambda cell: cells.day(cell, 2020),
    cells.count,
    cells.hours,
    cells.yes_no,
    cells.phone,
    cells.account,
    cells.sex,
]


def label(cell: object) -> str:
    """Return the name of a case."""
    return "huge" if cell == HUGE else repr(cell)[:30]


def code(read: Callable[[Cell], object], cell: Cell) -> str:
    """Return the code under which a cell is refused."""
    with pytest.raises(Fault) as refused:
        read(cell)
    return refused.value.code


def check_facts(fault: Fault) -> None:
    """Assert that a fault has all its sentence names, and nothing that is long or cannot be stored."""
    wanted = set(re.findall(r"%\((\w+)\)s", str(faults.SENTENCES[fault.code])))
    assert set(fault.facts) == wanted
    for fact in fault.facts.values():
        assert isinstance(fact, int) or len(fact) <= 40
        str(fact).encode()
    assert faults.sentence(fault.code, fault.facts)


# Whatever the cell holds ---------------------------------------------------------------------------


@pytest.mark.parametrize("read", READERS)
@given(cell=CELLS)
def test_any_cell_is_read_or_refused_with_a_short_fact_and_a_whole_sentence(
    read: Callable[[Cell], object], cell: Cell
) -> None:
    try:
        read(cell)
    except Fault as fault:
        check_facts(fault)


@given(CELLS)
def test_a_text_is_one_line_that_every_database_takes_and_reads_as_itself_again(cell: Cell) -> None:
    plain = cells.text(cell)
    assert plain == " ".join(plain.split())
    assert "\x00" not in plain
    plain.encode()
    if not plain.startswith(("'", "‘", "’", "＇", "`")):
        assert cells.text(plain) == plain


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" 张　三\n李四 ", "张 三 李四"),
        ("'018", "018"),
        ("‘018", "018"),
        ("‘示范岗’一号", "‘示范岗’一号"),
        ("O'Neil", "O'Neil"),
        ("\ufeff张\u200b三\x00", "张三"),
        ("张\ud83d三", "张\ufffd三"),
        ("\ue863", "\ue863"),
        ("葛\U000e0101", "葛\U000e0101"),
        (12, "12"),
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        (4.4e17, "440000000000000000"),
        (-3.5, "-3.5"),
        (math.nan, ""),
        (math.inf, ""),
        (HUGE, "#"),
        (True, "TRUE"),
        (date(2020, 4, 21), "2020-04-21"),
        (datetime.fromisoformat("2020-04-21"), "2020-04-21"),
        (datetime.fromisoformat("2020-04-21 08:30"), "2020-04-21 08:30:00"),
    ],
    ids=label,
)
def test_a_cell_reads_as_a_person_reads_it(cell: Cell, text: str) -> None:
    assert cells.text(cell) == text


def test_squeezed_is_half_width_and_without_spaces() -> None:
    assert cells.squeezed(" １３８ 0013\u00a08000\n") == "13800138000"
    assert cells.squeezed("（Ａ） 栋") == "(A)栋"


@pytest.mark.parametrize(
    "cell", ["", "  ", "\u3000", "\u200b", "/", "-", "——", "—", "无", " 暂无 ", "N/A", "不详"], ids=label
)
def test_some_cells_say_that_there_is_nothing(cell: str) -> None:
    assert cells.nothing(cell)


@pytest.mark.parametrize("cell", ["吴无", "0", 0, False, "无锡", "同上", "/2", date(2020, 1, 1)], ids=label)
def test_a_cell_that_says_something_is_not_nothing(cell: Cell) -> None:
    assert not cells.nothing(cell)


# Names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("张三", "张三"),
        ("张 三", "张三"),
        ("张　小 三", "张小三"),
        (" 欧阳娜娜\n", "欧阳娜娜"),
        ("'李四", "李四"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("王\ue863", "王\ue863"),
        ("\ue863\ue864", "\ue863\ue864"),
        ("𠮷田", "𠮷田"),
        ("李〇", "李〇"),
        ("Jean-Luc  O'Neil", "Jean-Luc O'Neil"),
        ("张三（小）", "张三（小）"),
        ("李", "李"),
    ],
    ids=label,
)
def test_a_name_is_tidied(cell: Cell, name: str) -> None:
    assert cells.name(cell) == name


@pytest.mark.parametrize(
    ("cell", "wrong"),
    [
        ("", "name_missing"),
        (" \u3000\u200b", "name_missing"),
        ("'", "name_missing"),
        (123, "name_invalid"),
        ("１２３", "name_invalid"),
        ("--", "name_invalid"),
        ("😀", "name_invalid"),
        (date(2020, 4, 21), "name_invalid"),
        ("张?", "name_lost_character"),
        ("王？华", "name_lost_character"),
        ("张*三", "name_lost_character"),
        ("张\ud83d", "name_lost_character"),
        ("张" * 61, "name_too_long"),
        ("张 " * 50_000, "name_too_long"),
    ],
    ids=label,
)
def test_what_is_no_name_is_refused(cell: Cell, wrong: str) -> None:
    assert code(cells.name, cell) == wrong


@given(st.text(HAN, min_size=1, max_size=8), st.sampled_from(["", " ", "\u3000", "\u00a0"]))
def test_a_chinese_name_stays_as_it_is_with_spaces_dropped(name: str, gap: str) -> None:
    assert cells.name(gap.join(name)) == cells.name(name) == names.tidy_name(name)


# Days ----------------------------------------------------------------------------------------------

_ONES = "〇一二三四五六七八九"


def in_words(number: int) -> str:
    """Return 1 to 31 as 一 to 三十一."""
    return ["", "十", "二十", "三十"][number // 10] + (_ONES[number % 10] if number % 10 else "")


def spellings(day: date) -> list[Cell]:
    """Return the ways in which offices write a day."""
    year, month, number = day.year, day.month, day.day
    years = "".join(_ONES[int(digit)] for digit in str(year))
    weekday = "一二三四五六日"[day.weekday()]
    return [
        day,
        datetime.combine(day, time(23, 59)),
        int(f"{day:%Y%m%d}"),
        float(f"{day:%Y%m%d}"),
        f"{day:%Y%m%d}",
        f"{day:%Y-%m-%d}",
        f"{year}-{month}-{number}",
        f"{year}/{month}/{number}",
        f"{year}.{month}.{number}",
        f"{day:%Y.%m.%d}.",
        f"'{day:%Y.%m.%d}",
        f"{year}．{month}．{number}",
        f"{year}。{month}。{number}",
        f"{year}、{month}、{number}",
        f"{year}–{month}—{number}",
        f"{year}\\{month}\\{number}",
        f"{year} - {month} - {number}",
        f"{year}年{month}月{number}日",
        f"{year} 年 {month} 月 {number} 日",
        f"{year}年{month:02}月{number:02}号",
        f"{year}年{month}月{number}日（星期{weekday}）",
        f"{year}年{month}月{number}日(周{weekday.replace('日', '天')}) 上午",
        f"{year}年{month}月{number}日下午",
        f"{year}年{month}月{number}日8时30分",
        f"{year}/{month}/{number} 0:00:00",
        f"{day:%Y-%m-%d}T00:00:00",
        f"{day:%Y-%m-%d} 23:59:59.123456",
        f"{year}/{month}/{number} 下午 3:05",
        f"{year}/{month}/{number} 3:05 PM",
        f"{years}年{in_words(month)}月{in_words(number)}日",
        f"{years.replace('〇', '○')}年{in_words(month)}月{in_words(number)}號",
        f"{years.replace('〇', '零')}年{in_words(month)}月{in_words(number)}号",
        f"{years.replace('〇', 'O')}年{in_words(month)}月{in_words(number)}日",
        f"{years.replace('〇', '0')}年{in_words(month)}月{in_words(number)}日",
        "".join(chr(ord(sign) + 0xFEE0) for sign in f"{year}-{month}-{number}"),
    ]


@given(DAYS)
def test_a_day_is_read_from_every_spelling(day: date) -> None:
    for cell in spellings(day):
        assert cells.day(cell) == day, cell


@given(DAYS, st.integers(2000, 2030))
def test_a_day_without_a_year_is_of_the_year_given(day: date, year: int) -> None:
    if (day.month, day.day) == (2, 29):
        day = day.replace(day=28)
    wanted = date(year, day.month, day.day)
    for text in ["{}月{}日", "{} 月 {} 号", "{}.{}", "{}/{}", "0{}-{}" if day.month < 10 else "{}-{}"]:
        cell = text.format(day.month, day.day)
        assert cells.day(cell, year) == wanted
        assert code(cells.day, cell) == "date_year_missing"


@given(st.integers(20_000, 60_000), st.floats(0, 0.99999))
def test_serial_numbers_are_days(serial: int, fraction: float) -> None:
    day = date(1899, 12, 30) + timedelta(days=serial)
    assert cells.day(serial) == cells.day(float(serial)) == cells.day(str(serial)) == day
    assert cells.day(serial + fraction) == day


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("元月10日", date(2020, 1, 10)),
        ("2020年元月10日", date(2020, 1, 10)),
        ("二〇二〇年四月八日", date(2020, 4, 8)),
        ("二○二○年四月八日", date(2020, 4, 8)),
        ("二O二O年四月八日", date(2020, 4, 8)),
        ("二0二0年四月八日", date(2020, 4, 8)),
        ("二〇二〇年〇四月〇八日", date(2020, 4, 8)),
        ("二零二零年四月廿一日", date(2020, 4, 21)),
        ("一九九〇年一二月卅一日", date(1990, 12, 31)),
        ("四月二十一日", date(2020, 4, 21)),
        ("1月13日下午", date(2020, 1, 13)),
        ("4月21日08:30", date(2020, 4, 21)),
        ("29/2", None),
        ("2月29日", date(2020, 2, 29)),
        (43942, date(2020, 4, 21)),
        (43942.354, date(2020, 4, 21)),
        ("43942", date(2020, 4, 21)),
        (datetime(2020, 4, 21, 23, tzinfo=UTC), date(2020, 4, 21)),
    ],
    ids=label,
)
def test_days_as_people_write_them(cell: Cell, day: date | None) -> None:
    if day is None:
        assert code(lambda cell: cells.day(cell, 2020), cell) == "date_invalid"
    else:
        assert cells.day(cell, 2020) == day


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "2021-02-29",
        "2月30日",
        "13月1日",
        "20200431",
        20200431,
        20200421.5,
        "2020-4",
        "2020.4",
        2020.4,
        4.21,
        2020,
        "2020年",
        "2020年4月",
        "2020年4年21日",
        "4月",
        "20.4.21",
        "90/3/7",
        "4/21/2020",
        "2020年4月21日（星期三）",
        "2020.2.10-2020.3.20",
        "4月上旬",
        "4月底",
        "腊月初十",
        "一月初八",
        "2020年4月21日前",
        "20xx年4月1日",
        "20__-04-01",
        "防疫工作结束后",
        "2020-04-21 25:00",
        "2020-04-20T16:00:00Z",
        "2O20年4月21日",
        "١٩٩٠-٠٣-٠٧",
        19_999,
        60_001,
        -43942,
        True,
        math.nan,
        math.inf,
        HUGE,
        LAST_MOMENT,
        date(1899, 12, 31),
        date(1900, 1, 1),  # a zero shown as a date
        "1" * 100_000,
    ],
    ids=label,
)
def test_what_does_not_name_one_day_is_refused(cell: Cell) -> None:
    assert code(lambda cell: cells.day(cell, 2020), cell) == "date_invalid"
    assert code(cells.day, cell) == "date_invalid"


# Numbers, hours, yes and no, sex -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (12, 12),
        (12.0, 12),
        ("12", 12),
        ("１２ 人", 12),
        ("3名", 3),
        ("1,200", 1200),
        ("0", 0),
        ("999999999", 999_999_999),
    ],
    ids=label,
)
def test_counts_are_read(cell: Cell, number: int) -> None:
    assert cells.count(cell) == number


@pytest.mark.parametrize(
    "cell", ["", -1, 1.5, "1.5", "十二", "约30", "1,20", 10**9, HUGE, True, "12-13", math.nan], ids=label
)
def test_what_is_no_whole_number_is_refused(cell: Cell) -> None:
    assert code(cells.count, cell) == "number_invalid"


@given(st.integers(0, 9999), st.sampled_from(["00", "30"]))
def test_hours_become_minutes(whole: int, rest: str) -> None:
    minutes = 60 * whole + int(rest)
    half = rest == "30"
    written: list[Cell] = [
        whole + 0.5 * half,
        f"{whole}{'.5' if half else ''}",
        f"{whole}{'.50' if half else '.0'}小时",
        f"{whole}{'个半' if half else '个'}小时",
        f"{whole} 时 {rest} 分",
        f"{whole}h{rest}min",
        f"{whole}:{rest}",
        f"{whole}:{rest}:00",
        f"{whole}{'.5' if half else ''} Hours",
    ]
    for cell in written:
        assert cells.hours(cell) == minutes, cell


@pytest.mark.parametrize("cell", ["半小时", "半个小时"], ids=label)
def test_half_an_hour(cell: str) -> None:
    assert cells.hours(cell) == 30


@pytest.mark.parametrize(
    "cell",
    ["", 7.25, "7.3", -1, "8天", "7:15", "8-10", 10_000, True, date(2020, 1, 1), "若干", math.nan],
    ids=label,
)
def test_what_is_not_whole_or_half_hours_is_refused(cell: Cell) -> None:
    assert code(cells.hours, cell) == "hours_invalid"


@pytest.mark.parametrize(
    "cell",
    ["是", " 是 ", "√", "✓", "有", "Y", "yes", "Ｙ", "TRUE", True, 1, 1.0, "1", "直接接触", "直接接觸"],
    ids=label,
)
def test_yes(cell: Cell) -> None:
    assert cells.yes_no(cell) is True


@pytest.mark.parametrize(
    "cell",
    ["否", "×", "✗", "无", "没有", "N", "no", "x", False, 0, 0.0, "0", "间接接触", "非直接接触", "未接触"],
    ids=label,
)
def test_no(cell: Cell) -> None:
    assert cells.yes_no(cell) is False


@pytest.mark.parametrize("cell", ["", "?", "可能", 2, "是否", "-", "是/否", date(2020, 1, 1)], ids=label)
def test_neither_yes_nor_no(cell: Cell) -> None:
    assert code(cells.yes_no, cell) == "yes_no_invalid"


@pytest.mark.parametrize(
    ("cell", "sex"),
    [
        *[(cell, "male") for cell in ["男", " 男 ", "M", "Male", 1, "男性"]],
        *[(cell, "female") for cell in ["女", "ｆ", "FEMALE", 2.0, "2"]],
    ],
    ids=label,
)
def test_the_sex_is_read(cell: Cell, sex: str) -> None:
    assert cells.sex(cell) == sex


@pytest.mark.parametrize("cell", ["", "男女", 0, True, "未知", 3, "男/女"], ids=label)
def test_what_is_no_sex_is_refused(cell: Cell) -> None:
    assert code(cells.sex, cell) == "sex_invalid"


# Phones and accounts -------------------------------------------------------------------------------


@given(st.from_regex(r"\A1[3-9][0-9]{9}\Z"))
def test_a_mobile_number_is_read_from_a_text_and_from_a_number(phone: str) -> None:
    written: list[Cell] = [
        phone,
        int(phone),
        float(phone),
        f"'{phone}",
        f"+86 {phone}",
        f"{phone[:3]}-{phone[3:]}",
    ]
    for cell in written:
        assert cells.phone(cell) == phone


PHONE_TEXT = st.text(st.sampled_from("0123456789"), max_size=13) | st.text(
    st.sampled_from("0123456789０５９-—()（） +转ext#x"), max_size=20
)


@given(PHONE_TEXT | st.sampled_from(["0591-87123456", "０５９１ ８７１２ ３４５６ 转 801", "(010)87123456"]))
def test_a_phone_is_taken_just_when_the_rest_of_the_house_takes_it(text: str) -> None:
    try:
        wanted = names.valid_phone(text)
    except Refusal:
        assert code(cells.phone, text) == "phone_invalid"
    else:
        assert cells.phone(text) == wanted


@pytest.mark.parametrize(
    "cell",
    ["", "无", 1380013800, "1.38E+10", "13800138000/13900139000", HUGE, True, "1" * 100_000],
    ids=label,
)
def test_what_is_no_phone_is_refused(cell: Cell) -> None:
    assert code(cells.phone, cell) == "phone_invalid"


@given(st.from_regex(r"\A[0-9]{8,32}\Z"))
def test_an_account_is_read_with_and_without_spaces(account: str) -> None:
    groups = re.sub(r"(.{4})", r"\1 ", account)
    for cell in [account, groups, groups.strip().replace(" ", "-"), f"'{account}", f" {account}\u00a0"]:
        assert cells.account(cell) == account


@given(st.integers(10**7, 10**15 - 1))
def test_an_account_stored_as_a_number_is_read_while_excel_keeps_its_digits(number: int) -> None:
    assert cells.account(number) == cells.account(float(number)) == str(number)


@pytest.mark.parametrize(
    "cell",
    [
        10**15,
        6222021402001234567,
        6.222021402001234e18,
        "6.22E+18",
        "6.22202E18",
        "６.22e+18",
        "6E+18",
        "6222021402001230000.00",
        "6,222,021,402,001,230,000",
        math.inf,
        HUGE,
    ],
    ids=label,
)
def test_an_account_that_excel_has_rounded_is_told_apart(cell: Cell) -> None:
    assert code(cells.account, cell) == "account_lost_digits"


@pytest.mark.parametrize(
    "cell",
    ["", "1234567", "1" * 33, "6222x0214", "无", -12345678, 12345678.5, True, date(2020, 1, 1), math.nan],
    ids=label,
)
def test_what_is_no_account_is_refused(cell: Cell) -> None:
    assert code(cells.account, cell) == "account_invalid"


# Faults --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2020年2月30日", "2020年2月30日"),
        ("20200230", "20200230"),
        ("2020-02-10 08:30:00", "2020-02-10 08:30:00"),
        ("110101199003071233", "**************1233"),
        ("11010519491231002X", "**************002X"),
        ("110101 19900307 1233", "****************1233"),
        ("１１０１０１１９９００３０７１２３３", "**************１２３３"),
        ("电话13800138000。", "电话*******8000。"),
        ("张" * 60, "张" * 39 + "…"),
        ("张" * 40, "张" * 40),
        ("张" * 30 + "110101199003071233", "张" * 30 + "*********…"),
        ("a\x00b\ud800", "a b "),
        ("", ""),
    ],
)
def test_a_fact_shows_little(text: str, shown: str) -> None:
    assert faults.shown(text) == shown


@given(st.text(st.characters()), st.from_regex(r"\A[0-9]{17}[0-9X]\Z"), st.text(st.characters(), max_size=30))
def test_no_fact_holds_more_of_a_long_number_than_its_end(before: str, number: str, after: str) -> None:
    assert number[:9] not in faults.shown(before + number + after)
    assert len(faults.shown(before + number + after)) <= 40


@pytest.mark.parametrize("code", faults.SENTENCES)
@pytest.mark.usefixtures("in_english")
def test_every_code_has_a_sentence_that_says_what_to_do(code: str) -> None:
    wanted = set(re.findall(r"%\((\w+)\)s", str(faults.SENTENCES[code])))
    sentence = faults.sentence(code, dict.fromkeys(wanted, "fact"))
    assert sentence.endswith(".")
    assert len(re.findall(r"[.:;,] ", sentence)) >= 1, "what is wrong, and what to do"
    assert "%" not in sentence
    assert sentence.count("fact") == len(wanted)
    if wanted:
        assert "…" in faults.sentence(code, {})


def test_a_sentence_is_made_in_the_readers_language() -> None:
    fault = Fault("id_length", length=17)
    with translation.override("en"):
        assert "has 17 characters" in faults.sentence(fault.code, fault.facts)


def test_a_fault_goes_from_one_process_to_another() -> None:
    fault = pickle.loads(pickle.dumps(Fault("text_too_long", length=70, max=60)))  # noqa: S301 - made here
    assert (fault.code, fault.facts) == ("text_too_long", {"length": 70, "max": 60})
