"""Replays the tables of docs/benefits.md against the slow and plain reckoning."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils.translation import override

from benefits.double_oracle import ORDER, Man, Sum, World
from benefits.double_oracle import find as doubled
from benefits.oracle import Family, Line, Part, Row, Served, Standard, reckon, share
from goods.money_page import PageTable, tables
from songnuan.benefits import settled_file
from songnuan.benefits.double_models import Double
from songnuan.benefits.people_file import column_of
from songnuan.benefits.standardfile import read
from songnuan.journeys.make_payment_papers import KINDS
from songnuan.journeys.payment_papers import DETAIL, SIGN, VOUCHER
from songnuan.kernel.money import capitals, parse_yuan, yuan
from songnuan.kernel.sampling import margin_for, size_for
from songnuan.payments.notice_rules import last_day
from songnuan.payments.sample_rules import Answer, Booked, checked, findings

PAGE = Path(__file__).resolve().parents[2] / "docs/benefits.md"
TABLES = {(one.heading, one.columns[0]): one for one in tables(PAGE.read_text())}
DIRECT, OTHER = Row("direct", 300_00, direct_contact=True), Row("other", 200_00)
HUBEI = [
    Row("Hubei direct", 300_00, factor=2, places=["湖北"], direct_contact=True),
    Row("Hubei other", 200_00, factor=2, places=["湖北"]),
]
STATE = Standard([Part("day", [DIRECT, OTHER])], date(2020, 1, 25))
WITH_HUBEI = Standard([Part("day", [*HUBEI, DIRECT, OTHER])], date(2020, 1, 25))
CITY = Standard(
    [Part("half_day", [Row("doubled", 300_00, factor=2, places=["湖北"]), DIRECT, OTHER])], date(2020, 1, 22)
)
MONTHLY = Standard(
    [Part("month", [Row(key, minor, categories=[key]) for key, minor in
                    (("一类", 560_00), ("二类", 450_00), ("三类", 350_00), ("四类", 260_00))])],
    date(2019, 1, 1),
)  # fmt: skip
CONTACT = {"yes": True, "no": False, "": None}
AS_OF = date(2020, 6, 30)


def several(cell: str) -> list[str]:
    """Return the parts of a cell that holds several."""
    return [part.strip() for part in cell.split(",")]


def minutes(cell: str) -> int | None:
    """Return hours as they are written, in minutes."""
    hours, _colon, rest = cell.partition(":")
    return int(hours) * 60 + int(rest) if cell else None


def by_day(row: dict[str, str], standard: Standard) -> dict[str, str]:
    """Return the figures of a table of days."""
    columns = (several(row[name]) for name in ("Contact", "From", "To"))
    services = [
        Served(
            date.fromisoformat(first),
            date.fromisoformat(last),
            row.get("Place", ""),
            direct_contact=CONTACT[told],
        )
        for told, first, last in zip(*columns, strict=True)
    ]
    found = reckon(standard, services, AS_OF)
    [counted] = found.counted
    return {
        "Days": str(sum(counted.values())),
        "Sum": yuan(found.minor),
        "Row": ", ".join(key for key in counted),
    }


def by_half_day(row: dict[str, str]) -> dict[str, str]:
    """Return the figures of the table of half days."""
    day = date(2020, 2, 1)
    contact, place = row["Row"] == "direct", "湖北" if row["Row"] == "doubled" else "本市"
    services = [
        Served(day, day, place, direct_contact=contact, minutes=minutes(cell))
        for cell in several(row["Hours"])
    ]
    found = reckon(CITY, services, AS_OF)
    return {"Halves": str(found.counted[0][row["Row"]]), "Sum": yuan(found.minor)}


def without_days(row: dict[str, str]) -> dict[str, str]:
    """Return the figures of the table of days that another place paid."""
    out = set()
    if row["Paid from"]:
        first, last = date.fromisoformat(row["Paid from"]), date.fromisoformat(row["Paid to"])
        out = {first + timedelta(days=count) for count in range((last - first).days + 1)}
    service = Served(date(2020, 2, 10), date(2020, 3, 20), "湖北", direct_contact=True)
    found = reckon(WITH_HUBEI, [service], AS_OF, out=out)
    return {"Days": str(sum(found.counted[0].values())), "Sum": yuan(found.minor)}


def once_and_by_day(row: dict[str, str]) -> dict[str, str]:
    """Return the figures of the table of two parts."""
    first = date(2020, 2, 1)
    services = [Served(first, first + timedelta(days=int(row["Days"]) - 1))] if row["Days"] != "0" else []
    once, day = Part("once", [Row("once", 6000_00)]), Part("day", [Row("day", 300_00)])
    sums = [reckon(Standard(parts, first), services, AS_OF).minor for parts in ([once], [day], [once, day])]
    return dict(zip(("Once", "By day", "Sum"), map(yuan, sums), strict=True))


def by_month(row: dict[str, str]) -> dict[str, str]:
    """Return the figures of the table of months."""
    first, last = (date.fromisoformat(row[name]) for name in ("From", "To"))
    found = reckon(MONTHLY, [Served(first, last, category=row["Kind"])], AS_OF)
    return {"Months": str(found.counted[0][row["Kind"]]), "Sum": yuan(found.minor)}


def capped(row: dict[str, str]) -> dict[str, str]:
    """Return the figures of the table of caps."""
    day = date(2020, 3, 1)
    part = Part("once", [Row("warmth", parse_yuan(row["Reckoned"]))])
    standard = Standard([part], day, cap_time=3000_00, cap_year=6000_00)
    settled, this_year = (parse_yuan(row[name]) for name in ("Settled", "This year"))
    found = reckon(standard, [Served(day, day)], AS_OF, settled=settled, this_year=this_year)
    return {
        "Sum": yuan(found.minor),
        "Took": ", ".join(f"{step} {yuan(minor)}" for step, minor in found.took.items()),
    }


def listed(row: dict[str, str]) -> dict[str, str]:
    """Return the foot of a list."""
    total = int(row["People"]) * parse_yuan(row["Each"])
    return {"Total": yuan(total), "In words": capitals(total)}


def shared(row: dict[str, str]) -> dict[str, str]:
    """Return who is paid."""
    family = Family(["a", "b", "c", "d"], [("a", "b")], {"m": ["c", "d"]})
    lines = [
        Line(payee, one, 1000_00, relation="spouse" if {payee, one} == {"a", "b"} else "parent")
        for one in several(row["Serve"])
        for payee in family.relatives(one)
    ]
    given = share(lines, {row["Question"]: row["Answer"]} if row["Answer"] else {})
    if any(one.waits for one in given):
        return {"Paid": "blocked"}
    paid = sorted((line.payee, one.amount) for line, one in zip(lines, given, strict=True) if one.amount)
    return {"Paid": ", ".join(f"{payee} {yuan(amount)}" for payee, amount in paid)}


def public_notice(row: dict[str, str]) -> dict[str, str]:
    """Return the last day of a public notice."""
    ends_on = last_day(date.fromisoformat(row["First day"]), int(row["Working days"]))
    return {"Last day": ends_on.isoformat()}


def drawn(row: dict[str, str]) -> dict[str, str]:
    """Return the figures of the table of sizes."""
    population, confidence = int(row["Payments"]), int(row["Confidence"])
    size = size_for(population, confidence=confidence, margin=int(row["Error allowed"]))
    left = margin_for(population, size=size, confidence=confidence)
    return {"Drawn": str(size), "Error left": f"{left:.1f}"}


def called_back(row: dict[str, str]) -> dict[str, str]:
    """Return what of the table of answers is amiss."""
    booked = Booked(
        amount_minor=parse_yuan(row["Paid (yuan)"]),
        is_cash=row["Way"].startswith("cash"),
        by_proxy=row["Way"].endswith("by proxy"),
        came_back=row["Way"].endswith("came back"),
    )
    other = row["Received"] not in {"whole", "nothing"}
    back = row["Kept"].endswith(" back")
    answer = Answer(
        reached=True,
        received="other" if other else row["Received"],
        received_minor=parse_yuan(row["Received"]) if other else None,
        kept="gave_back" if back else row["Kept"],
        back_minor=parse_yuan(row["Kept"].removesuffix(" back")) if back else None,
        back_to="组长" if back else "",
        signed={"yes": True, "no": False, "": None}[row["Signed"]],
        words="说了几句",
    )
    assert checked(answer, booked) == answer
    return {"Amiss": ", ".join(one.value for one in findings(answer, booked))}


def found_twice(row: dict[str, str]) -> dict[str, str]:
    """Return what is found of two people of one list, by the plain search."""
    account, phone, birth = (name in several(row["Same"]) for name in ("account", "phone", "birth"))
    men = [Man(row[name], "", "1" * account, "1" * phone, "1990-03-07" * birth) for name in ("One", "Other")]
    found = doubled(World(men, [Sum(0, 0, 1), Sum(1, 1, 1)]))
    return {"Finding": ", ".join(sorted(one.kind for one in found))}


REPLAYED: dict[tuple[str, str], Callable[[dict[str, str]], dict[str, str]]] = {
    ("Public notice 公示", "First day"): public_notice,
    ("By the state's rule (R1)", "Contact"): lambda row: by_day(row, STATE),
    ("Doubled in Hubei (R2)", "Contact"): lambda row: by_day(row, WITH_HUBEI),
    ("By the half day (R3)", "Row"): by_half_day,
    ("Not paid twice (R5)", "Paid from"): without_days,
    ("Once, and by the day (R6)", "Days"): once_and_by_day,
    ("By the month (R8)", "Kind"): by_month,
    ("Caps", "Reckoned"): capped,
    ("Lists as they were paid", "People"): listed,
    ("Who is paid", "Serve"): shared,
    ("Double benefits", "One"): found_twice,
    ("Call-backs", "Payments"): drawn,
    ("Call-backs", "Paid (yuan)"): called_back,
}
NOT_RECKONED = {
    ("The list", "Step"),
    ("What a payee sees", "What they do"),
    ("Bank files", "Layout"),  # read in tests/payments/test_layouts_written.py
    ("Payment 发放", "Step"),  # replayed in tests/payments/test_payment_page.py
    ("Words", "Word"),
    ("Ceilings of the unions", "Rule"),
    ("Double benefits", "Finding"),
    ("The file of a standard", "Heading"),
    ("Settled already", "Column"),
    ("Papers", "Paper"),
}


def test_papers_of_a_list_have_the_columns_of_the_page() -> None:
    columns = {"sign_sheet": SIGN, "payment_detail": DETAIL, "payment_voucher": VOUCHER}
    told = {row["Paper"]: row["Columns"].split("、") for row in TABLES["Papers", "Paper"].rows}
    assert told == {kind: [one.heading for one in columns[kind]] for kind in KINDS}


def test_no_table_of_the_page_goes_untested() -> None:
    assert set(TABLES) == set(REPLAYED) | NOT_RECKONED
    assert all(one.rows for one in TABLES.values())


@pytest.mark.parametrize("place", sorted(REPLAYED), ids=" | ".join)
def test_the_page_says_what_the_reckoning_finds(place: tuple[str, str]) -> None:
    one: PageTable = TABLES[place]
    for row in one.rows:
        found = REPLAYED[place](row)
        assert {name: row[name] for name in found} == found, row


def test_the_ceilings_of_the_unions_are_amounts() -> None:
    for row in TABLES["Ceilings of the unions", "Rule"].rows:
        rule, *cells = row.values()
        assert rule
        assert all(parse_yuan(cell) > 0 for cell in cells if cell)


def test_every_finding_stands_in_the_page_in_its_order() -> None:
    told = [(row["Finding"], row["类型"]) for row in TABLES["Double benefits", "Finding"].rows]
    with override("zh-hans"):
        assert told == [(kind.value, str(kind.label)) for kind in Double]
    assert [kind for kind, _label in told] == ORDER


def test_every_heading_that_the_page_names_is_read() -> None:
    for row in TABLES["The file of a standard", "Heading"].rows:
        english, chinese = several(row["Heading"]), row["表头"].split("、")
        assert [column_of(word) for word in english] == [column_of(word) for word in chinese]
        assert None not in map(column_of, english)


def test_every_heading_of_settled_sums_is_read_and_all_are_named() -> None:
    named: set[str | None] = set()
    for row in TABLES["Settled already", "Column"].rows:
        english, chinese = several(row["Column"]), row["表头"].split("、")
        found = [settled_file.column_of(word) for word in english]
        assert found == [settled_file.column_of(word) for word in chinese]
        named |= set(found)
    assert named == set(settled_file.HEADINGS)


def test_the_example_of_the_page_is_a_standard() -> None:
    [_before, example] = PAGE.read_text().split("```yaml\n")
    assert read(example.partition("```")[0]).slug == "temporary-allowance"
