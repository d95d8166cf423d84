import math
import re
from datetime import UTC, date, datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from songnuan.kernel import faults
from songnuan.kernel.cells import Cell
from songnuan.kernel.faults import Fault
from songnuan.kernel.identity import Identity, IdentityKind, check_sign, identity, identity_label

HUGE = 10**5000  # Python itself refuses to write it in digits
MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def fits(number: str) -> bool:
    """Say by the definition of ISO 7064 MOD 11-2 whether the last sign fits: the sum is 1."""
    values = [10 if sign == "X" else int(sign) for sign in number]
    return sum(value << (17 - place) for place, value in enumerate(values)) % 11 == 1


def is_day(digits: str) -> bool:
    """Say whether eight digits are a day from 1850 to 2100, by the calendar's own rule."""
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1850 <= year <= 2100 or not 1 <= month <= 12:
        return False
    return 1 <= day <= (29 if leap and month == 2 else MONTHS[month - 1])


def checked(digits: str) -> str:
    """Return 17 digits with the one sign that fits."""
    return next(digits + sign for sign in "0123456789X" if fits(digits + sign))


DAYS = st.dates(date(1850, 1, 1), date(2100, 12, 31))
NUMBERS = st.builds(
    lambda area, day, sequence: checked(f"{area:06}{day:%Y%m%d}{sequence:03}"),
    st.integers(0, 999_999) | st.sampled_from([810000, 820000, 830000, 911124, 110101]),
    DAYS,
    st.integers(0, 999) | st.sampled_from([0, 100, 900]),
)


def label(cell: object) -> str:
    """Return the name of a case."""
    return "huge" if cell == HUGE else repr(cell)[:30]


def fault(cell: Cell, hint: str = "") -> Fault:
    """Return how a cell is refused."""
    with pytest.raises(Fault) as refused:
        identity(cell, hint)
    return refused.value


@pytest.mark.parametrize(
    ("number", "kind", "birth_on", "sex"),
    [
        ("110101199003071233", IdentityKind.RESIDENT, date(1990, 3, 7), "male"),
        ("11010519491231002X", IdentityKind.RESIDENT, date(1949, 12, 31), "female"),
        ("440524188001010014", IdentityKind.RESIDENT, date(1880, 1, 1), "male"),
        ("53010219200508011X", IdentityKind.RESIDENT, date(1920, 5, 8), "male"),
        ("11010120200229005X", IdentityKind.RESIDENT, date(2020, 2, 29), "male"),
        ("810000199408230021", IdentityKind.HMT_RESIDENCE, date(1994, 8, 23), "female"),
        ("911124198108030024", IdentityKind.FOREIGN_RESIDENCE, date(1981, 8, 3), "female"),
    ],
)
def test_numbers_of_eighteen_are_read(number: str, kind: IdentityKind, birth_on: date, sex: str) -> None:
    assert identity(number) == Identity(kind, number, birth_on, sex)  # type: ignore[arg-type]  # one of the two


@pytest.mark.parametrize(
    ("number", "code", "facts"),
    [
        ("11010119900307123X", "id_checksum", {"ending": "123X"}),
        ("110101199003071234", "id_checksum", {"ending": "1234"}),
        ("110101202102290057", "id_date", {"ending": "0057"}),  # 29 February 2021, and the check fits
        (checked("11010118491231001"), "id_date", {"ending": checked("11010118491231001")[-4:]}),
        ("11010119900307123", "id_length", {"length": 17}),
        ("1101011990030712333", "id_length", {"length": 19}),
        ("1101051949123100X", "id_length", {"length": 17}),
        ("1" * 100_000, "id_length", {"length": 100_000}),
        ("1234567", "id_length", {"length": 7}),
        ("110101990230123", "id_date", {"ending": "0123"}),
        ("110101199003070000", "id_lost_digits", {}),
        ("110101199013990000", "id_lost_digits", {}),
        ("4.4E+17", "id_lost_digits", {}),
        ("4.40524188001010E+17", "id_lost_digits", {}),
        ("４．４ｅ＋１７", "id_lost_digits", {}),
        ("'1.10101E17", "id_lost_digits", {}),
        ("1E+17", "id_lost_digits", {}),
        ("440524188001010000.00", "id_lost_digits", {}),  # the same number in another format of the cell
        ("440,524,188,001,010,000", "id_lost_digits", {}),
        ("440，524，188，001，010，000.00", "id_lost_digits", {}),
        ("110,101", "id_kind", {}),
        (1.10101199003071233e17, "id_lost_digits", {}),
        (110101199003071233, "id_lost_digits", {}),
        (10**15, "id_lost_digits", {}),
        (HUGE, "id_lost_digits", {}),
        (math.inf, "id_lost_digits", {}),
        ("", "id_missing", {}),
        (" \u3000\u00a0\u200b", "id_missing", {}),
        (" " * 100_000, "id_missing", {}),
        ("'", "id_missing", {}),
        ("11O101199003071233", "id_kind", {}),  # the letter O
        ("l10101199003071233", "id_kind", {}),  # the letter l
        ("11010119900307X233", "id_kind", {}),
        ("110101199003071233.", "id_kind", {}),
        ("110101199003071233.00", "id_kind", {}),
        ("110101199003071233/110101199003071249", "id_kind", {}),
        ("١١٠١٠١١٩٩٠٠٣٠٧١٢٣٣", "id_kind", {}),
        ("无", "id_kind", {}),
        ("军字第1234567号", "id_kind", {}),
        ("😀" * 18, "id_kind", {}),
        ("张" * 100_000, "id_kind", {}),
        (12.5, "id_kind", {}),
        (-110105491231002, "id_kind", {}),
        (math.nan, "id_kind", {}),
        (True, "id_kind", {}),
        (date(2020, 4, 21), "id_kind", {}),
        (datetime(2020, 4, 21, tzinfo=UTC), "id_kind", {}),
    ],
    ids=label,
)
def test_what_cannot_be_taken_is_refused_by_its_code(
    number: Cell, code: str, facts: dict[str, object]
) -> None:
    refused = fault(number)
    assert (refused.code, refused.facts) == (code, facts)


@given(NUMBERS)
def test_every_number_that_fits_is_read_however_it_is_written(number: str) -> None:
    read = identity(number)
    assert read.number == number
    assert read.birth_on == date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    assert read.sex == ("male" if int(number[16]) % 2 else "female")
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    for written in [
        number.lower(),
        f"'{number}",
        f"‘{number}",
        f" {number}\n",
        f"\u00a0{number}\u00a0",
        f"\u202d{number}\u202c",
        f"{number[:6]} {number[6:14]} {number[14:]}",
        f"{number[:6]}\u3000{number[6:14]}\u3000{number[14:]}",
        f"{number[:6]}-{number[6:14]}—{number[14:]}",
        wide,
        wide.lower(),
        f"'{' '.join(number.lower())}",
    ]:
        assert identity(written) == read, written
    for hint in ["身份证", "护照", "passport", "台胞证", "其他"]:
        assert identity(number, hint) == read, "a number with a check speaks for itself"


@given(NUMBERS)
def test_the_last_sign_is_the_one_that_fits(number: str) -> None:
    assert check_sign(number[:17]) == number[17]


@given(
    st.from_regex(r"\A[0-9]{17}[0-9X]\Z") | st.builds(checked, st.from_regex(r"\A[0-9]{6}(19|20)[0-9]{9}\Z"))
)
def test_any_seventeen_digits_and_a_sign_are_taken_just_when_day_and_check_are_right(number: str) -> None:
    if fits(number) and is_day(number[6:14]):
        assert identity(number).number == number
    elif not fits(number) and number.endswith("000"):
        assert fault(number).code == "id_lost_digits"
    else:
        assert fault(number).code == ("id_checksum" if is_day(number[6:14]) else "id_date")


@given(NUMBERS, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_refused(number: str, place: int, more: int) -> None:
    digit = "0" if number[place] == "X" else str((int(number[place]) + more) % 10)
    wrong = number[:place] + digit + number[place + 1 :]
    assert fault(wrong).code in {"id_checksum", "id_date", "id_lost_digits"}


@given(NUMBERS, st.integers(0, 16))
def test_two_neighbours_swapped_are_always_refused(number: str, place: int) -> None:
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if wrong != number:
        assert fault(wrong).code in {"id_checksum", "id_date", "id_lost_digits", "id_kind"}


@given(NUMBERS, st.integers(0, 17), st.integers(0, 17))
def test_any_two_swapped_are_taken_only_when_the_check_fits(number: str, one: int, other: int) -> None:
    signs = list(number)
    signs[one], signs[other] = signs[other], signs[one]
    swapped = "".join(signs)
    if "X" not in swapped[:17] and fits(swapped) and is_day(swapped[6:14]):
        assert identity(swapped).number == swapped
    else:
        assert fault(swapped).code.startswith("id_")


@given(st.integers(0, 999_999), st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 999))
def test_fifteen_digits_are_read_as_the_same_person_with_eighteen(
    area: int, born: date, sequence: int
) -> None:
    whole = identity(checked(f"{area:06}{born:%Y%m%d}{sequence:03}"))
    old = f"{area:06}{born:%y%m%d}{sequence:03}"
    assert identity(old) == identity(f" {old[:6]} {old[6:]}") == identity(old, "身份证") == whole
    if area >= 100_000:  # as a number it has no zeros in front
        assert identity(int(old)) == identity(float(old)) == whole


@pytest.mark.parametrize(
    ("cell", "hint", "kind", "number"),
    [
        ("H12345678", "", IdentityKind.HM_TRAVEL, "H12345678"),
        ("m1234567801", "", IdentityKind.HM_TRAVEL, "M1234567801"),
        ("H12345678", "港澳居民来往内地通行证", IdentityKind.HM_TRAVEL, "H12345678"),
        ("H12345678", "回鄉證", IdentityKind.HM_TRAVEL, "H12345678"),
        ("H12345678", "身份证", IdentityKind.HM_TRAVEL, "H12345678"),
        ("H12345678", "护照", IdentityKind.PASSPORT, "H12345678"),
        ("01234567", "", IdentityKind.TW_TRAVEL, "01234567"),
        (12345678, "", IdentityKind.TW_TRAVEL, "12345678"),
        ("19900307", "台灣居民來往大陸通行證", IdentityKind.TW_TRAVEL, "19900307"),
        ("01234567", "臺胞證", IdentityKind.TW_TRAVEL, "01234567"),
        ("0123456789(B)", "", IdentityKind.TW_TRAVEL, "0123456789B"),
        ("0123456789（B）", "台湾居民来往大陆通行证", IdentityKind.TW_TRAVEL, "0123456789B"),
        ("0123456789X", "tw_travel", IdentityKind.TW_TRAVEL, "0123456789X"),
        ("USA110081010112", "", IdentityKind.FOREIGN_RESIDENCE, "USA110081010112"),
        ("fra 1100 810101 12", "外国人永久居留身份证", IdentityKind.FOREIGN_RESIDENCE, "FRA110081010112"),
        ("E12345678", "", IdentityKind.PASSPORT, "E12345678"),
        ("Ｅ１２３４５６７８", "", IdentityKind.PASSPORT, "E12345678"),
        ("ea1234567", "", IdentityKind.PASSPORT, "EA1234567"),
        ("G12345678", "居民身份证", IdentityKind.PASSPORT, "G12345678"),
        ("AB123456", "", IdentityKind.PASSPORT, "AB123456"),
        ("123456789", "護照", IdentityKind.PASSPORT, "123456789"),
        ("C01X00T47", "Passport", IdentityKind.PASSPORT, "C01X00T47"),
        ("19900307", " 护 照 ", IdentityKind.PASSPORT, "19900307"),
    ],
)
def test_other_papers_are_read_by_their_form_and_by_what_the_kind_column_says(
    cell: Cell, hint: str, kind: IdentityKind, number: str
) -> None:
    assert identity(cell, hint) == Identity(kind, number, None, "")
    assert identity(number, kind) == Identity(kind, number, None, ""), (
        "reads back with the kind it was stored with"
    )


@pytest.mark.parametrize(
    ("cell", "hint", "code"),
    [
        ("19900307", "", "id_length"),  # a birth date in the wrong column
        ("12345678", "身份证", "id_length"),
        ("1234567890X", "", "id_length"),
        ("123456789", "", "id_length"),
        ("12345678", "居住证", "id_length"),
        ("C01X00T47", "", "id_kind"),
        ("1234567", "港澳通行证" * 20_000, "id_length"),
        ("护照", "护照", "id_kind"),
        ("ABCDEFG", "护照", "id_kind"),
        ("USA11008101011", "", "id_kind"),
    ],
    ids=label,
)
def test_what_no_form_fits_is_refused(cell: Cell, hint: str, code: str) -> None:
    assert fault(cell, hint).code == code


SIGNS = st.sampled_from("0123456789XxEeHM+.-— '‘(（)）\u3000\u200b\x00\ud800０１Ｘ居")


@given(
    st.one_of(
        st.text(st.characters(), max_size=40),
        st.text(SIGNS, max_size=24),
        st.integers(),
        st.integers(10**13, 10**19),
        st.integers(1, 9).map(lambda digit: -digit * 10**6000),
        st.floats(),
        st.booleans(),
        st.dates(),
        st.datetimes(),
    ),
    st.text(st.characters(), max_size=10) | st.sampled_from(["护照", "身份证", "台胞证", "港澳", "永久居留"]),
)
def test_any_cell_is_read_or_refused_with_a_whole_sentence(cell: Cell, hint: str) -> None:
    try:
        read = identity(cell, hint)
    except Fault as refused:
        wanted = set(re.findall(r"%\((\w+)\)s", str(faults.SENTENCES[refused.code])))
        assert_whole(refused, wanted)
    else:
        assert re.fullmatch("[0-9A-Z]{6,18}", read.number)
        assert identity(read.number, read.kind) == read


def assert_whole(refused: Fault, wanted: set[str]) -> None:
    assert refused.code.startswith("id_")
    assert set(refused.facts) == wanted
    assert all(isinstance(fact, int) or len(fact) == 4 for fact in refused.facts.values())


@pytest.mark.parametrize("kind", IdentityKind)
def test_every_paper_has_a_name(kind: IdentityKind) -> None:
    with translation.override("en"):
        assert str(identity_label(kind.value))[0].isupper()
