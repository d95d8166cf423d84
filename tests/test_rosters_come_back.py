"""Any workbook made from known people by random mess comes back as those people."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from mess import Line, Made, make, messes
from mess_cells import Mess
from mess_changes import Renewed, renewed
from mess_faults import Planted, every_fault, planted
from mess_files import Cell, Formula, Sheet, xlsx
from mess_import import BUREAU, bring, figures, set_up_units, some
from mess_people import FEMALE, UNITS, Invented, Roster, expected, rosters
from songnuan.documents.reading import as_file
from songnuan.journeys import import_roster
from songnuan.journeys.create_units import NewUnit, create_units
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.models import Unit
from songnuan.organisation.queries import now, today, unit_names
from songnuan.people.models import Enrolment, Person, RosterImport

NUMBER = "100101199003071231"


def stored() -> dict[tuple[str, str, str], dict[str, object]]:
    """Return everybody who is enrolled, with all that is known, opened."""
    enrolled = list(Enrolment.objects.filter(ends_on=None).select_related("person"))
    units = unit_names({row.unit_id for row in enrolled}, today())
    found: dict[tuple[str, str, str], dict[str, object]] = {}
    for row in enrolled:
        one = row.person
        assert one.status == "active"
        facts = {name: getattr(one, name) or "" for name in ("name", "id_number", "phone", "sex", "account")}
        facts |= {name: getattr(row, name) for name in ("post", "rank", "category", "employee_number")}
        key = (str(facts["name"]), str(facts["id_number"]), str(facts["phone"]))
        assert key not in found, f"{one.name} is there twice"
        found[key] = facts | {"birth_on": one.birth_on, "note": row.note, "unit": units[row.unit_id]}
    return found


def assert_stored(people: Sequence[Invented], fields: AbstractSet[str], gone: int = 0) -> None:
    """Assert that exactly these people are enrolled, with what their roster told of them."""
    found = stored()
    assert Person.objects.count() == len(found) + gone
    for person in people:
        facts = expected(person, fields)
        key = (str(facts["name"]), str(facts["id_number"]), str(facts["phone"]))
        assert key in found, f"{key} is not among {list(found)}"
        known = found.pop(key)
        assert {name: known[name] for name in facts} == facts
    assert not found, "people who were in no file"


def identities() -> set[tuple[object, ...]]:
    rows = Enrolment.objects.values_list("pk", "person_id", "unit_id", "starts_on", "ends_on")
    return {*rows, *Person.objects.values_list("pk", "key", "changed_at"), (Unit.objects.count(),)}


def squeezed(text: str) -> str:
    return "".join(text.split())


def found_problems(done: Any, made: Made, *, one_sheet: bool) -> list[tuple[str, int, str, str]]:
    """Return (sheet, row, heading, code) of each problem; a text file's sheet is not looked at."""
    sheet = made.places[0][0]
    return sorted(
        (sheet if one_sheet else row["sheet"], row["row"], squeezed(row["column"]), row["code"])
        for row in done["problems"]
    )


def assert_faults_are_named(plan: Planted, *, first_dry: bool) -> None:
    """Import lines of which some are wrong, `first_dry` and then in earnest."""
    units = Unit.objects.count()
    made = make(plan.lines, plan.roster.fields, plan.mess)
    told = sorted(
        (*made.places[at], squeezed(made.headings[made.places[at][0]][field]), code)
        for at, (field, code) in plan.wrong.items()
    )
    sound = len(plan.lines) - len(plan.wrong)
    for options in [("--dry-run",), ()] if first_dry else [()]:
        assert not Person.objects.exists()
        document = bring(made, *options)
        assert found_problems(document, made, one_sheet=plan.mess.kind == "csv") == told
        assert figures(document) == (len(plan.lines), sound, 0, len(plan.wrong))
        assert all(row["message"].strip() for row in document["problems"])
    assert_stored(plan.sound, plan.roster.fields)
    assert Unit.objects.count() == units


class RostersComeBack(TestCase):
    """Known people, written down in any mess, are the people who are there afterwards."""

    @some(0.6)
    @given(rosters(), messes(), st.none() | messes())
    def test_any_mess_of_known_people_comes_back_as_those_people(
        self, roster: Roster, mess: Mess, other: Mess | None
    ) -> None:
        lines, count = [Line(person) for person in roster.people], len(roster.people)
        made = make(lines, roster.fields, mess)
        done = bring(made, "--create-units")
        assert done["problems"] == []
        assert figures(done) == (count, count, 0, 0)
        assert_stored(roster.people, roster.fields)
        before = identities()
        # The same file once more, or the same people in another mess.
        again = bring(make(lines, roster.fields, other) if other else made, "--create-units")
        assert (again["problems"], figures(again)) == ([], (count, count, count, 0))
        assert identities() == before, "who is known already does not change"

    @some(0.25)
    @given(rosters(), messes())
    def test_step_by_step_it_is_the_same(self, roster: Roster, mess: Mess) -> None:
        at = now()
        made = make([Line(person) for person in roster.people], roster.fields, mess)
        units = create_units(
            rows=[NewUnit(BUREAU, "bureau", "")], opened_on=date(2020, 1, 1), actor=SYSTEM, at=at
        )
        options = import_roster.Options(create_units=True, ask=False)
        with as_file(made.content) as file:
            key = import_roster.bring(
                roster_key="staff",
                kind="people",
                unit_id=units[BUREAU],
                file=file,
                name=made.name,
                options=options,
                actor=SYSTEM,
                at=at,
            )
        import_roster.read(import_key=key, actor=SYSTEM, at=at)
        source = RosterImport.objects.get(key=key)
        assert (source.status, Person.objects.count()) == ("staged", 0)
        import_roster.apply(import_key=key, end_missing=False, actor=SYSTEM, at=at)
        source.refresh_from_db()
        assert source.status == "applied"
        assert Enrolment.objects.count() == len(roster.people)
        assert_stored(roster.people, roster.fields)


class RostersOfKnownUnits(TestCase):
    """The units stand already, set up once for all examples."""

    @classmethod
    def setUpTestData(cls) -> None:
        """Set them up."""
        set_up_units()

    @some(0.6)
    @given(change=renewed(), mess=messes(), other=messes(), whole=st.booleans())
    def test_a_newer_roster_is_a_difference_shown_before_it_is_applied(
        self, change: Renewed, mess: Mess, other: Mess, *, whole: bool
    ) -> None:
        old, new = change.old, change.new
        bring(make([Line(person) for person in old.people], old.fields, mess))
        before = identities()
        made = make([Line(person) for person in new.people], new.fields, other)
        count = len(new.people)
        unchanged = count - change.joined - change.changed
        # Who leaves is told either way; only with --whole they do.
        for options in (("--whole", "--dry-run"), ("--whole",) if whole else ()):
            assert identities() == before
            document = bring(made, *options)
            assert (document["problems"], figures(document)) == ([], (count, count, unchanged, 0))
            told = document["joined"], document["changed"], document["left"]
            assert told == (change.joined, change.changed, len(change.left))
        if whole:
            assert_stored(new.people, new.fields, gone=len(change.left))
        else:
            assert_stored([*new.people, *change.left], new.fields)

    @some(0.6)
    @given(plan=planted(), first_dry=st.booleans())
    def test_rows_with_faults_are_named_exactly_and_do_not_hold_up_the_others(
        self, plan: Planted, *, first_dry: bool
    ) -> None:
        assert_faults_are_named(plan, first_dry=first_dry)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_every_kind_of_fault_is_named_in_one_file(kind: str) -> None:
    set_up_units()
    assert_faults_are_named(every_fault(kind), first_dry=True)


@pytest.mark.django_db
def test_a_number_that_belongs_to_somebody_else_rejects_its_row() -> None:
    fields = frozenset({"name", "id_number", "unit", "phone"})
    [first, second, *_rest] = every_fault("xlsx").roster.people
    bring(make([Line(first)], fields, Mess()), "--create-units")
    before = identities()
    made = make([Line(replace(first, name="褚冒名")), Line(second)], fields, Mess())
    done = bring(made, "--create-units")
    assert [(row["row"], row["code"]) for row in done["problems"]] == [(2, "conflict_existing")]
    assert figures(done) == (2, 1, 0, 1)
    assert before <= identities() | {(Unit.objects.count() - 1,)}
    assert_stored([first, second], fields)


@pytest.mark.django_db
def test_a_right_number_that_ends_in_zeros_is_taken() -> None:
    fields = frozenset({"name", "id_number", "unit"})
    people = [
        Invented("王守河", UNITS[0], FEMALE, date(1979, 4, 5), "RESIDENT", "100101197904058000"),
        Invented("王望江", UNITS[0], FEMALE, date(1989, 2, 5), "RESIDENT", "100101198902054000"),
    ]
    done = bring(make([Line(person) for person in people], fields, Mess()), "--create-units")
    assert figures(done) == (2, 2, 0, 0)
    assert_stored(people, fields)


@pytest.mark.django_db
def test_columns_of_another_group_are_not_taken_for_the_persons_own() -> None:
    rows: list[list[Cell]] = [
        ["职工基本信息", "", "", "紧急联系人", "", "配偶", ""],
        ["姓名", "身份证号码", "联系电话", "姓名", "联系电话", "姓名", "身份证号码"],
        [
            "钱望江",
            NUMBER,
            "19900000001",
            "郑亲属",
            "19900000009",
            "冯配偶",
            "100101196003071211",
        ],
    ]
    merges = [(0, 0, 0, 2), (0, 3, 0, 4), (0, 5, 0, 6)]
    content = xlsx([Sheet("花名册", rows, merges=merges)])
    done = bring(Made("花名册.xlsx", content, (), {}))
    assert (figures(done), done["problems"]) == ((1, 1, 0, 0), [])
    [one] = Person.objects.all()
    assert (one.name, one.id_number, one.phone) == ("钱望江", NUMBER, "19900000001")


@pytest.mark.django_db
def test_a_formula_that_only_numbers_the_rows_rejects_nobody() -> None:
    rows: list[list[Cell]] = [["序号", "姓名", "身份证号码"], [Formula("=ROW()-1", 1), "钱望江", NUMBER]]
    done = bring(Made("花名册.xlsx", xlsx([Sheet("花名册", rows)]), (), {}))
    assert (figures(done), done["problems"]) == ((1, 1, 0, 0), [])
