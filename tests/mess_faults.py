"""Faults planted into the rows of a roster, with the code each must be reported under."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from hypothesis import assume
from hypothesis import strategies as st

from mess import Line, messes
from mess_cells import Mess
from mess_files import Cell, Formula
from mess_people import FEMALE, FIELDS, MALE, UNITS, Invented, Roster, check_digit, checked, rosters


@dataclass(frozen=True)
class Fault:
    """One kind of fault: where it is put, how it is reported, and what the cell then holds."""

    field: str
    code: str
    cell: Callable[[Invented], Cell]
    paper: bool = False
    kinds: tuple[str, ...] = ("xlsx", "ods", "csv")

    def fits(self, person: Invented, kind: str) -> bool:
        """Say whether a person's row in this kind of file can have the fault."""
        resident = person.kind == "RESIDENT" and len(person.paper) == 18
        return kind in self.kinds and (resident or not self.paper) and self.field not in person.blank


def _other_check_digit(person: Invented) -> str:
    # A wrong number that ends in 000 is one whose digits were lost: 0 is never put there.
    return person.paper[:-1] + ("7" if person.paper[-1] == "4" else "4")


def _zeros(person: Invented) -> str:
    first = person.paper[:15]
    return first + "000" if check_digit(first + "00") != "0" else person.paper[:14] + "3000"


FAULTS: Mapping[str, Fault] = {
    "no name": Fault("name", "name_missing", lambda _: ""),
    "a name of spaces": Fault("name", "name_missing", lambda _: " \u3000 "),
    "17 digits": Fault("id_number", "id_length", lambda one: one.paper[:-1], paper=True),
    "19 digits": Fault("id_number", "id_length", lambda one: one.paper[:17] + "00", paper=True),
    "check digit": Fault("id_number", "id_checksum", _other_check_digit, paper=True),
    "30 February": Fault(
        "id_number", "id_date", lambda one: checked(one.paper[:10] + "0230" + one.paper[14:17]), paper=True
    ),
    "month 13": Fault(
        "id_number", "id_date", lambda one: checked(one.paper[:10] + "1301" + one.paper[14:17]), paper=True
    ),
    "a number cell": Fault(
        "id_number",
        "id_lost_digits",
        lambda one: float(one.paper.replace("X", "1")),
        paper=True,
        kinds=("xlsx", "ods"),
    ),
    "4.4E+17": Fault("id_number", "id_lost_digits", lambda _: "4.4E+17", paper=True),
    "a long E+17": Fault(
        "id_number",
        "id_lost_digits",
        lambda one: f"{one.paper[0]}.{one.paper[1:15]}E+17",
        paper=True,
    ),
    "trailing 000": Fault("id_number", "id_lost_digits", _zeros, paper=True),
    "a short phone": Fault("phone", "phone_invalid", lambda one: one.phone[:-1]),
    "a long phone": Fault("phone", "phone_invalid", lambda one: one.phone + "7"),
    "no such day": Fault("birth_on", "date_invalid", lambda _: "1990年2月30日"),
    "a card as a number": Fault(
        "account", "account_lost_digits", lambda one: float(one.account), kinds=("xlsx", "ods")
    ),
    "another birth date": Fault(
        "birth_on", "birth_differs", lambda one: f"{one.birth_on.year + 1}-01-05", paper=True
    ),
    "the other sex": Fault("sex", "sex_differs", lambda one: {MALE: "女", FEMALE: "男"}[one.sex], paper=True),
    "a formula for the number": Fault(
        "id_number", "formula", lambda one: Formula('="100101"&A1', one.paper), paper=True, kinds=("xlsx",)
    ),
    "a formula for the name": Fault(
        "name", "formula", lambda one: Formula("=VLOOKUP(A1,B:C,2,0)", one.name), kinds=("xlsx",)
    ),
    "an unknown unit": Fault("unit", "unit_unknown", lambda _: "查无此所"),
}
DUPLICATE = "duplicate_in_file"


@dataclass(frozen=True)
class Planted:
    """Lines of which some are wrong.

    Attributes:
        wrong: Place among the lines -> (field, code).

    """

    roster: Roster
    mess: Mess
    lines: tuple[Line[Invented], ...]
    wrong: Mapping[int, tuple[str, str]]

    @property
    def sound(self) -> tuple[Invented, ...]:
        """The people whose rows are right."""
        return tuple(line.person for at, line in enumerate(self.lines) if at not in self.wrong)


@st.composite
def planted(draw: st.DrawFn) -> Planted:
    """Draw a messy roster, in which one to four rows have one fault each."""
    always = {"unit", "phone", "birth_on", "account", "sex"}
    roster, mess = draw(rosters(2, 9, always)), draw(messes())
    # Where digits were lost in one row, a right number ending in 000 is doubted too: another test's matter.
    clear = tuple(person for person in roster.people if not person.id_number.endswith("000"))
    assume(clear)
    roster = Roster(clear, roster.fields)
    lines = [Line(person) for person in roster.people]
    wrong: dict[int, tuple[str, str]] = {}
    for name in draw(st.lists(st.sampled_from(list(FAULTS)), min_size=1, max_size=4)):
        fitting = [
            at
            for at, line in enumerate(lines)
            if at not in wrong and FAULTS[name].fits(line.person, mess.kind)
        ]
        if fitting:
            at = draw(st.sampled_from(fitting))
            wrong[at] = FAULTS[name].field, FAULTS[name].code
            lines[at] = Line(lines[at].person, {FAULTS[name].field: FAULTS[name].cell(lines[at].person)})
    if draw(st.booleans()):
        for at in [at for at, line in enumerate(lines) if at not in wrong and line.person.kind][:1]:
            wrong[len(lines)] = ("id_number", DUPLICATE)
            lines.append(Line(lines[at].person))
    return Planted(roster, mess, tuple(lines), wrong)


def every_fault(kind: str) -> Planted:
    """Return one plain roster in which every kind of fault stands once, between rows that are right."""
    mess = Mess(kind)
    lines: list[Line[Invented]] = []
    wrong: dict[int, tuple[str, str]] = {}
    for number, fault in enumerate((None, *FAULTS.values(), None)):
        person = _numbered(number)
        if fault is not None and fault.fits(person, kind):
            wrong[len(lines)] = fault.field, fault.code
            lines.append(Line(person, {fault.field: fault.cell(person)}))
        else:
            lines.append(Line(person))
    wrong[len(lines)] = ("id_number", DUPLICATE)
    lines.append(lines[0])
    fields = frozenset(FIELDS) - {"number"}
    return Planted(Roster(tuple(line.person for line in lines), fields), mess, tuple(lines), wrong)


def _numbered(number: int) -> Invented:
    """Return a person made up from a number."""
    sex = MALE if number % 2 else FEMALE
    birth_on = date(1960 + number, 3, 7)
    return Invented(
        name="钱孙李周吴郑王冯陈褚"[number % 10] + "望江如海"[number % 4] + "守〇一二"[number // 10],
        unit=UNITS[number % len(UNITS)],
        sex=sex,
        birth_on=birth_on,
        kind="RESIDENT",
        paper=checked(f"100101{birth_on:%Y%m%d}{120 + number:03d}"),
        phone=f"199000001{number:02d}",
        account=f"6299990000000001{number:02d}",
    )
