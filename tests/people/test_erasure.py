"""When a roster's time is over, what it told is gone, and so is everybody of whom no other roster tells."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from pairs import enrol, link, pair, person, roster, serve
from people import Bureau
from people_builders import acting, at, bring, everything, on, open_unit
from songnuan.audit.checks import verify as verify_trail
from songnuan.audit.models import Entry
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys import erase_rosters as journey
from songnuan.journeys import uploads
from songnuan.journeys.erase_rosters import erase_rosters
from songnuan.journeys.warn_of_erasure import DAYS, warn_of_erasure
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.people import actions, queries
from songnuan.people.checks import verify
from songnuan.people.erasure import NO_FILE
from songnuan.people.models import (
    AccessCode,
    Correction,
    DuplicatePair,
    Enrolment,
    FamilyLink,
    ImportProblem,
    ImportStatus,
    KeptRow,
    Mend,
    Person,
    PersonStatus,
    Relation,
    Roster,
    RosterImport,
    RosterStatus,
    Service,
    StagedPerson,
    StagedUnit,
)

pytestmark = pytest.mark.django_db

NUMBER = "320101198503120017"
FULL: dict[str, Any] = {
    "sex": "male",
    "birth_on": date(1985, 3, 12),
    "id_number": NUMBER,
    "phone": "13800010001",
    "account": "6222020000000000001",
    "bank": "工商银行",
    "address": "东江路1号",
}
ROWS = [
    {"name": "张建国", "id_number": NUMBER, "unit_name": "澄江医院"},
    {"name": "李文", "state": "rejected"},
]
TOLD: dict[str, Any] = {
    "post": "会计",
    "rank": "主管",
    "category": "在编",
    "employee_number": "A-7",
    "note": "夜班",
}


@pytest.fixture
def top(transactional_db: None) -> int:  # noqa: ARG001 - the journey commits
    """A hospital; returns its id."""
    return open_unit("澄江医院", "bureau")


def kept_until(one: Roster, day: int | None) -> Roster:
    """Let a roster be kept until a day of April."""
    one.retain_until = None if day is None else on(day)
    Roster.objects.filter(pk=one.pk).update(retain_until=one.retain_until)
    return one


def erase(day: int) -> list[str]:
    """Do the night's work of a day; return the keys of the rosters erased."""
    return [one.key for one in erase_rosters(actor=SYSTEM, at=at(day, 1))]


def statuses() -> dict[str, str]:
    """Return the status of each roster."""
    return dict(Roster.objects.values_list("key", "status"))


def active() -> set[int]:
    """Return who is active."""
    return set(Person.objects.filter(status=PersonStatus.ACTIVE).values_list("pk", flat=True))


def sound(day: int) -> None:
    """Let nothing be found wrong, in the register or the trail."""
    assert [*verify(on(day)), *verify_trail()] == []


# What goes, what stays -------------------------------------------------------------------------------


def test_on_its_last_day_a_roster_is_kept_and_the_day_after_it_is_erased(top: int) -> None:
    one = kept_until(roster(top), 10)
    who = person("张建国", **FULL)
    enrol(one, who, **TOLD)
    before = everything(Person, Enrolment, Roster)
    assert erase(10) == []
    assert everything(Person, Enrolment, Roster) == before
    assert erase(11) == ["people"]
    one.refresh_from_db()
    assert (one.status, one.erased_on, one.title) == (RosterStatus.ERASED, on(11), "people")
    who.refresh_from_db()
    assert who.status == PersonStatus.ERASED
    sealed = (who.id_number, who.phone, who.account, who.address)
    assert (*sealed, who.birth_on, who.merged_into) == (None,) * 6
    indexes = (who.id_index, who.phone_index, who.account_index, who.address_index)
    assert (who.name, who.sex, who.id_kind, who.bank, *indexes) == ("",) * 8
    row = Enrolment.objects.get()
    assert [getattr(row, name) for name in (*TOLD, "told_digest")] == [""] * 6
    assert (row.person_id, row.unit_id, row.starts_on, row.ends_on) == (who.pk, top, on(1), on(11))
    sound(11)


def test_a_roster_without_a_day_is_kept_and_so_is_everybody_on_it(top: int) -> None:
    enrol(roster(top), person("张建国"))
    assert erase(30) == []
    assert statuses() == {"people": "open"}


def test_who_stands_on_another_roster_stays_and_what_the_erased_one_told_does_not(top: int) -> None:
    old, new = kept_until(roster(top, key="old"), 10), kept_until(roster(top, key="new"), 20)
    both, alone = person("张建国", **FULL), person("李文")
    enrol(old, both, **TOLD)
    enrol(new, both, post="医生")
    enrol(old, alone)
    known = Person.objects.filter(pk=both.pk).values()[0]
    erase(11)
    assert Person.objects.filter(pk=both.pk).values()[0] == known
    assert active() == {both.pk}
    rows = {row.roster.key: row for row in Enrolment.objects.filter(person=both).select_related("roster")}
    assert (rows["old"].post, rows["old"].ends_on) == ("", on(11))
    assert (rows["new"].post, rows["new"].ends_on) == ("医生", None)
    shown = queries.person(both.key, SYSTEM, at(12))
    assert shown is not None
    assert [standing.roster_key for standing in shown[1]] == ["new"]
    sound(11)
    erase(21)
    assert active() == set()
    sound(21)


def test_an_ended_row_of_a_kept_roster_keeps_somebody_too(top: int) -> None:
    old, new = kept_until(roster(top, key="old"), 10), roster(top, key="new")
    who = person("张建国")
    enrol(old, who)
    enrol(new, who, ends_on=on(5))
    erase(11)
    assert active() == {who.pk}
    sound(11)


def test_who_stands_on_two_rosters_that_end_together_goes_with_both(top: int) -> None:
    for key in ("one", "other"):
        kept_until(roster(top, key=key), 10)
    who = person("张建国")
    for one in Roster.objects.all():
        enrol(one, who)
    assert [queries.outlook(one.pk, on(10)).going for one in Roster.objects.all()] == [1, 1]
    assert erase(11) == ["one", "other"]
    assert active() == set()
    assert set(Enrolment.objects.values_list("ends_on", flat=True)) == {on(11)}
    facts = [json.loads(text) for text in facts_of("people.erase_roster")]
    assert [told["people"] for told in facts] == [1, 1]
    sound(11)


def test_families_and_service_hold_and_let_go_of_people(top: int) -> None:
    kin = kept_until(roster(top, "families"), 10)
    front = kept_until(roster(top, "service"), 20)
    employee, spouse, other = person("张建国"), person("李文"), person("王五")
    link(kin, employee, spouse)
    FamilyLink.objects.update(workplace="东江小学", note="教师")
    serve(front, employee)
    serve(front, other)
    Service.objects.update(post="测温", minutes=480, direct_contact=True, note="夜班")
    erase(11)
    assert active() == {employee.pk, other.pk}
    row = FamilyLink.objects.get()
    assert (row.relation, row.workplace, row.note, row.told_digest) == (Relation.OTHER, "", "", "")
    assert row.ends_on == on(11)
    erase(21)
    assert active() == set()
    for service in Service.objects.all():
        assert (service.place, service.post, service.note, service.told_digest) == ("", "", "", "")
        assert (service.minutes, service.direct_contact, service.withdrawn_on) == (None, None, on(21))
        assert service.starts_on == on(1)
    sound(21)


def test_who_was_merged_into_somebody_goes_and_stays_with_them(top: int) -> None:
    old, new = kept_until(roster(top, key="old"), 10), roster(top, key="new")
    going, staying = person("张建国"), person("李文")
    merged = [
        person(name, id_number=number, status=PersonStatus.MERGED, merged_into=one)
        for name, number, one in (("张建囯", NUMBER, going), ("李雯", "320101198503120033", staying))
    ]
    enrol(old, going)
    enrol(old, staying)
    enrol(new, staying)
    erase(11)
    for one in merged:
        one.refresh_from_db()
    assert [one.status for one in merged] == [PersonStatus.ERASED, PersonStatus.MERGED]
    assert (merged[0].name, merged[0].id_number, merged[0].id_index) == ("", None, "")
    assert (merged[1].name, merged[1].merged_into_id) == ("李雯", staying.pk)
    sound(11)


def test_codes_corrections_and_pairs_of_the_erased_go_and_those_of_others_stay(bureau: Bureau) -> None:
    old, new = kept_until(roster(bureau.bureau_id, key="old"), 10), roster(bureau.bureau_id, key="new")
    going, staying, third = person("张建国"), person("李文"), person("李雯")
    enrol(old, going)
    for who in (staying, third):
        enrol(new, who)
    officer = bureau.officer.user_id
    assert officer is not None
    for place, who in enumerate((going, staying)):
        AccessCode.objects.bulk_create(
            [
                AccessCode(
                    person=who,
                    digest=str(place) * 32,
                    guardian="张父",
                    issued_by_id=officer,
                    issued_at=at(9),
                    expires_at=at(23),
                )
            ]
        )
        asked = Correction(person=who, field="phone", value="13900010001", reason="换号", asked_at=at(9))
        answered = Correction(
            person=who,
            field="name",
            value="张健国",
            reason="错字",
            asked_at=at(8),
            status="declined",
            answer="与证件不符",
            answered_by_id=officer,
            answered_at=at(9),
        )
        Correction.objects.bulk_create([asked, answered])
    pair(going, staying)
    pair(staying, third)
    others = [
        list(AccessCode.objects.filter(person=staying).values()),
        list(Correction.objects.filter(person=staying).values()),
    ]
    with acting():
        do_erase_roster(old, 11)
    code = AccessCode.objects.get(person=going)
    assert (code.revoked_at, code.guardian) == (at(11), None)
    left = Correction.objects.get(person=going)
    assert (left.field, left.value, left.reason, left.answer) == ("name", None, None, None)
    assert list(AccessCode.objects.filter(person=staying).values()) == others[0]
    assert list(Correction.objects.filter(person=staying).values()) == others[1]
    assert [(row.first_id, row.second_id) for row in DuplicatePair.objects.all()] == [(staying.pk, third.pk)]


def do_erase_roster(one: Roster, day: int) -> None:
    """Erase a roster in the caller's transaction."""
    by: dict[str, Any] = {"roster_id": one.pk, "actor": SYSTEM, "at": at(day)}
    actions.begin_erasing(**by)
    for table in actions.TABLES:
        after: int | None = 0
        while after is not None:
            after = actions.erase_rows(table=table, after=after, size=2, **by)
    actions.finish_erasing(**by)


def facts_of(action: str) -> list[str]:
    """Return the facts of the entries of an act, in their order."""
    return list(Entry.objects.filter(action=action).order_by("pk").values_list("facts", flat=True))


def test_the_trail_tells_of_each_step_and_of_the_whole_without_a_name(top: int) -> None:
    steps = bring(
        "people", "people", [{"name": "张建国", "id_number": NUMBER, "post": "会计"}], 2, unit_id=top
    )
    steps.apply()
    kept_until(Roster.objects.get(), 10)
    erase(11)
    assert facts_of("people.begin_erasing") == ['{"imports":0}']
    [rows] = map(json.loads, facts_of("people.erase_rows"))
    [whole] = map(json.loads, facts_of("people.erase_roster"))
    assert (rows["rows"], rows["people"]) == (1, 1)
    assert (whole["people"], whole["imports"]) == (1, 1)
    assert len(whole["digest"]) == 64
    assert erase(12) == []
    assert len(facts_of("people.erase_roster")) == 1
    for entry in Entry.objects.all():
        assert "张建国" not in entry.facts + entry.subject
        assert NUMBER not in entry.facts + entry.subject


# Imports ----------------------------------------------------------------------------------------------


def test_what_headings_were_said_to_mean_goes_with_the_roster(top: int) -> None:
    chosen: dict[str, Any] = {"columns": {"张三家": "name"}, "create_units": False}
    bring("people", "people", [{"name": "张建国"}], 2, unit_id=top, **chosen).apply()
    kept_until(Roster.objects.get(), 10)
    erase(11)
    [source] = RosterImport.objects.all()
    assert (set(source.options), source.columns) == ({"create_units", "end_missing"}, [])
    assert source.file_name == NO_FILE
    sound(11)


def keep_file(source: RosterImport) -> Path:
    """Keep a file for an import; return where it lies."""
    name = uploads.fresh_name("roster")
    uploads.keep(name, name, BytesIO("张建国".encode()))
    RosterImport.objects.filter(pk=source.pk).update(options={**source.options, "upload": name})
    path = Path(django_settings.FILES_ROOT) / "uploads" / name
    assert path.exists()
    return path


def test_files_rows_and_problems_of_all_imports_are_removed_and_those_waiting_given_up(top: int) -> None:
    done = bring("people", "people", ROWS, 2, unit_id=top)
    done.apply()
    waiting, half = (bring("people", "people", ROWS, 3, unit_id=top) for _time in range(2))
    other = bring("other", "people", ROWS, 3, unit_id=top)
    half.call(actions.begin_apply)
    sources = [RosterImport.objects.get(key=steps.key) for steps in (done, waiting, half)]
    for source in sources:
        Mend.objects.bulk_create([Mend(source=source, sheet="人员", row=3, place=1, value="李雯")])
        KeptRow.objects.bulk_create([KeptRow(source=source, sheet="人员", row=3, cells="[]")])
        ImportProblem.objects.bulk_create(
            [ImportProblem(source=source, sheet="人员", row=3, code="id_missing", facts="{}")]
        )
    files = [keep_file(source) for source in sources]
    kept_until(Roster.objects.get(key="people"), 10)
    assert erase(11) == ["people"]
    assert [path for path in files if path.exists()] == []
    mine = RosterImport.objects.filter(roster_key="people").order_by("pk")
    assert [one.status for one in mine] == ["applied", "cancelled", "cancelled"]
    assert {(one.file_name, one.note, tuple(one.columns)) for one in mine} == {(NO_FILE, "", ())}
    for table in (StagedPerson, StagedUnit, ImportProblem, KeptRow, Mend):
        assert not table._default_manager.filter(source__in=mine).exists()
    stranger = RosterImport.objects.get(key=other.key)
    assert (stranger.status, stranger.file_name) == (ImportStatus.STAGED, "people.xlsx")
    assert StagedPerson.objects.filter(source=stranger).count() == 2
    for steps, action in ((half, actions.finish_import), (waiting, actions.begin_apply)):
        with pytest.raises(Refusal) as refused:
            steps.call(action)
        assert refused.value.code in {"wrong_state", "roster_erased"}
    sound(11)


def test_nothing_comes_into_an_erased_roster_any_more(top: int) -> None:
    kept_until(roster(top), 10)
    erase(11)
    before = everything(RosterImport, Roster)
    for act in (
        lambda: bring("people", "people", ROWS, 12, unit_id=top),
        lambda: change(retain_until=on(30)),
        lambda: change(title="新名"),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "roster_erased"
    assert everything(RosterImport, Roster) == before


def change(**changes: Any) -> None:
    """Change the roster, as the system."""
    with acting():
        actions.change_roster(roster_id=Roster.objects.get().pk, actor=SYSTEM, at=at(12), **changes)


def test_a_later_file_that_lists_an_erased_person_enters_them_anew(top: int) -> None:
    bring("people", "people", ROWS[:1], 2, unit_id=top).apply()
    kept_until(Roster.objects.get(), 10)
    waiting = bring("later", "people", ROWS[:1], 9, unit_id=top)
    erase(11)
    counts = waiting.apply()
    assert (counts["new"], counts["joined"]) == (1, 0)
    assert sorted(Person.objects.values_list("name", "status")) == [("", "erased"), ("张建国", "active")]
    sound(11)


# Who may, and what is refused -----------------------------------------------------------------------


def test_a_roster_that_is_still_kept_is_not_begun(top: int) -> None:
    one = kept_until(roster(top), 10)
    enrol(one, person("张建国"))
    before = everything(Roster, Person, Enrolment)
    for day in (None, 10, 11):
        kept_until(one, day)
        with pytest.raises(Refusal) as refused, acting():
            actions.begin_erasing(roster_id=one.pk, actor=SYSTEM, at=at(10))
        assert refused.value.code == "roster_not_due"
    steps: tuple[Callable[..., object], ...] = (
        actions.finish_erasing,
        partial(actions.erase_rows, table="enrolments"),
    )
    for step in steps:
        with pytest.raises(Refusal) as refused, acting():
            step(roster_id=one.pk, actor=SYSTEM, at=at(30))
        assert refused.value.code == "wrong_state"
    kept_until(one, 10)
    assert everything(Roster, Person, Enrolment) == before


def test_nobody_without_the_post_erases_a_roster_or_a_person(bureau: Bureau) -> None:
    one = kept_until(roster(bureau.bureau_id), 10)
    who = person("张建国", **FULL)
    enrol(one, who, **TOLD)
    before = everything(Roster, Person, Enrolment)
    for actor in (bureau.officer, bureau.stranger):
        acts: tuple[Callable[..., object], ...] = (
            partial(actions.begin_erasing, roster_id=one.pk),
            partial(actions.erase_person, person_key=who.key),
        )
        for act in acts:
            with acting(), pytest.raises(NotPermitted):
                act(actor=actor, at=at(11))
    assert everything(Roster, Person, Enrolment) == before


def test_a_roster_is_not_called_erased_before_all_its_rows_are_empty(top: int) -> None:
    one = kept_until(roster(top), 10)
    enrol(one, person("张建国"), **TOLD)
    by: dict[str, Any] = {"roster_id": one.pk, "actor": SYSTEM, "at": at(11)}
    with acting():
        actions.begin_erasing(**by)
    with pytest.raises(Refusal) as refused, acting():
        actions.finish_erasing(**by)
    assert refused.value.code == "wrong_state"
    assert statuses() == {"people": "erasing"}
    assert erase(11) == ["people"]


# One person -----------------------------------------------------------------------------------------


def test_a_person_who_asks_is_erased_whatever_tells_of_them_and_nobody_else_is(top: int) -> None:
    staff, kin, front = roster(top), roster(top, "families"), roster(top, "service")
    who, spouse = person("张建国", **FULL), person("李文", phone="13800010002")
    merged = person("张建囯", status=PersonStatus.MERGED, merged_into=who)
    enrol(staff, who, **TOLD)
    enrol(staff, spouse, **TOLD)
    link(kin, who, spouse)
    serve(front, who)
    others = everything(Roster)
    with acting():
        actions.erase_person(person_key=who.key, actor=SYSTEM, at=at(11))
    assert active() == {spouse.pk}
    assert Person.objects.get(pk=merged.pk).status == PersonStatus.ERASED
    assert Person.objects.get(pk=spouse.pk).phone == "13800010002"
    assert Enrolment.objects.get(person=spouse).post == "会计"
    assert (Enrolment.objects.get(person=who).post, FamilyLink.objects.get().ends_on) == ("", on(11))
    assert Service.objects.get().withdrawn_on == on(11)
    assert everything(Roster) == others
    [facts] = map(json.loads, facts_of("people.erase_person"))
    assert facts == {"rows": 3}
    sound(11)
    with pytest.raises(Refusal) as refused, acting():
        actions.erase_person(person_key=who.key, actor=SYSTEM, at=at(12))
    assert refused.value.code == "person_gone"


# The notice before ------------------------------------------------------------------------------------


def test_who_keeps_a_roster_is_told_once_in_good_time_and_again_for_another_day(bureau: Bureau) -> None:
    one = roster(bureau.lead_id)
    last = on(1) + timedelta(days=DAYS)
    Roster.objects.filter(pk=one.pk).update(retain_until=last)

    def warn(day: int) -> list[OutboxMessage]:
        with acting():
            before = set(OutboxMessage.objects.values_list("pk", flat=True))
            warn_of_erasure.__wrapped__.__wrapped__(actor=SYSTEM, at=at(day))  # type: ignore[attr-defined]
        return list(OutboxMessage.objects.exclude(pk__in=before).order_by("recipient_id"))

    assert warn(0) == []
    first = warn(1)
    readers = {message.recipient_id for message in first}
    assert bureau.officer.user_id in readers
    assert bureau.stranger.user_id not in readers
    assert {message.url for message in first} == {"/rosters/people/"}
    assert warn(2) == []
    Roster.objects.filter(pk=one.pk).update(retain_until=last + timedelta(days=1))
    assert len(warn(3)) == len(first)
    Roster.objects.filter(pk=one.pk).update(status=RosterStatus.ERASING)
    assert queries.ending(on(3), DAYS) == []


# What is found wrong -----------------------------------------------------------------------------------


def codes(day: int) -> set[str]:
    """Return what is found wrong."""
    return {finding.code for finding in verify(on(day))}


def test_a_roster_that_is_long_overdue_is_found(top: int) -> None:
    one = kept_until(roster(top), 10)
    assert codes(12) == set()
    assert codes(13) == {"erasure_overdue"}
    Roster.objects.filter(pk=one.pk).update(status=RosterStatus.ERASING)
    assert codes(13) == {"erasure_overdue"}


def test_whatever_is_left_of_the_erased_is_found(top: int) -> None:
    old, new = kept_until(roster(top, key="old"), 10), roster(top, key="new")
    gone, staying = person("张建国", **FULL), person("李文")
    enrol(old, gone, **TOLD)
    link(kept_until(roster(top, "families"), 10), gone, staying)
    serve(kept_until(roster(top, "service"), 10), gone)
    enrol(old, staying)
    enrol(new, staying)
    erase(11)
    sound(11)
    someone, left = Person.objects.filter(pk=gone.pk), "erased_person_left"
    for rows, spoilt, expected in (
        (someone, {"sex": "male"}, {left}),
        (someone, {"id_kind": "resident"}, {left}),
        (someone, {"restricted": True}, {left}),
        (Enrolment.objects.filter(person=gone), {"rank": "主管"}, {left, "erased_roster_left"}),
        (
            Enrolment.objects.filter(person=gone),
            {"ends_on": None},
            {left, "erased_roster_left", "absent_standing"},
        ),
        (Enrolment.objects.filter(person=staying, roster=old), {"note": "夜班"}, {"erased_roster_left"}),
        (FamilyLink.objects.all(), {"relation": "spouse"}, {left, "erased_roster_left"}),
        (Service.objects.all(), {"minutes": 1}, {left, "erased_roster_left"}),
        (RosterImport.objects.filter(roster=old), {"file_name": "张建国.xlsx"}, {"erased_roster_left"}),
        (
            Enrolment.objects.filter(roster=new),
            {"roster": old, "ends_on": on(1), "told_digest": ""},
            {"erasure_missed"},
        ),
    ):
        with transaction.atomic():
            rows.update(**spoilt)
            assert codes(11) == expected, spoilt
            transaction.set_rollback(True)


# Any rosters, any people -------------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """Rosters by kind and last day (0: none), who stands where, and who was merged into whom."""

    rosters: list[tuple[str, int]]
    rows: list[tuple[int, int, int, bool]]
    merged: dict[int, int]


PEOPLE = 6
WORLDS = st.builds(
    World,
    st.lists(
        st.tuples(st.sampled_from(("people", "families", "service")), st.integers(0, 4)),
        min_size=1,
        max_size=4,
    ),
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, PEOPLE - 1), st.integers(1, PEOPLE - 1), st.booleans()),
        max_size=12,
    ),
    st.dictionaries(st.integers(PEOPLE, PEOPLE + 1), st.integers(0, PEOPLE - 1), max_size=2),
)


def build(world: World, top: int) -> tuple[list[Roster], dict[int, Person], dict[int, set[int]]]:
    """Enter a world; return its rosters, its people, and who is told of in which roster."""
    rosters = [
        kept_until(roster(top, kind, f"r{place}"), day or None)
        for place, (kind, day) in enumerate(world.rosters)
    ]
    people = {who: person(f"人{who}", phone=f"1380001000{who}") for who in range(PEOPLE)}
    for who, into in world.merged.items():
        people[who] = person(f"人{who}", status=PersonStatus.MERGED, merged_into=people[into])
    told_of: dict[int, set[int]] = {place: set() for place in range(len(rosters))}
    seen: set[tuple[object, ...]] = set()
    for number, who, step, ended in world.rows:
        place, other = number % len(rosters), (who + step) % PEOPLE
        one = rosters[place]
        key = (one.kind, who, other) if one.kind == "families" else (one.kind, one.pk, who)
        if key in seen or (one.kind == "service" and ("service", who) in seen):
            continue
        seen |= {key, (one.kind, who)} if one.kind == "service" else {key}
        if one.kind == "people":
            enrol(one, people[who], ends_on=on(2) if ended else None, **TOLD)
        elif one.kind == "families":
            link(one, people[who], people[other])
            told_of[place].add(other)
        else:
            serve(one, people[who])
        told_of[place].add(who)
    return rosters, people, told_of


@settings(max_examples=max(20, settings().max_examples))
@given(world=WORLDS, size=st.integers(1, 5))
def test_whoever_no_kept_roster_tells_of_is_erased_and_nobody_else(world: World, size: int) -> None:
    with transaction.atomic():
        top = open_unit("澄江医院", "bureau")
        rosters, people, told_of = build(world, top)
        gone: set[int] = set()
        for day in range(2, 6):
            over = {place for place, (_kind, last) in enumerate(world.rosters) if last and last < day}
            kept = {who for place, some in told_of.items() if place not in over for who in some}
            gone |= {who for place in over for who in told_of[place]} - kept
            gone |= {who for who, into in world.merged.items() if into in gone}
            foreseen = {
                one.pk: queries.outlook(one.pk, on(day - 1)) for one in rosters if one.pk in dues(day)
            }
            with acting():
                by: dict[str, Any] = {"actor": SYSTEM, "at": at(day)}
                for one in queries.due(on(day)):
                    actions.begin_erasing(roster_id=one.pk, **by)
                for one in queries.due(on(day)):
                    for table in actions.TABLES:
                        after: int | None = 0
                        while after is not None:
                            after = actions.erase_rows(
                                roster_id=one.pk, table=table, after=after, size=size, **by
                            )
                    number = actions.finish_erasing(roster_id=one.pk, **by)
                    assert number == foreseen[one.pk].going
            for who, somebody in people.items():
                somebody.refresh_from_db()
                assert (somebody.status == PersonStatus.ERASED) == (who in gone), (day, who)
                assert bool(somebody.name) == (who not in gone)
            erased = {place for place, one in enumerate(rosters) if one_status(one) == RosterStatus.ERASED}
            assert erased == over
            assert verify(on(day)) == []
        transaction.set_rollback(True)


def dues(day: int) -> set[int]:
    """Return the ids of the rosters that are due."""
    return {one.pk for one in queries.due(on(day))}


def one_status(one: Roster) -> str:
    """Return the status of a roster as it is now."""
    one.refresh_from_db()
    return one.status


def test_chunks_of_any_size_erase_the_same(top: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journey, "CHUNK", 3)
    one = kept_until(roster(top), 10)
    for number in range(10):
        enrol(one, person(f"人{number}"), **TOLD)
    assert erase(11) == ["people"]
    assert active() == set()
    facts = [json.loads(text) for text in facts_of("people.erase_rows")]
    assert [row["people"] for row in facts] == [3, 3, 3, 1]
    sound(11)
