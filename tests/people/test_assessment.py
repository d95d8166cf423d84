"""The impact assessment: what the system finds, what is signed, and that it stays."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from hands import together
from pairs import enrol, link, person, roster, serve
from people import Bureau, make_bureau
from people_builders import at
from songnuan.audit.models import Entry
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.note_rotation import note_rotation
from songnuan.journeys.show_person import show_person
from songnuan.journeys.sign_assessment import sign_assessment
from songnuan.kernel import keys
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Installation, Unit
from songnuan.organisation.permissions import Permission, Role
from songnuan.organisation.queries import actor_of
from songnuan.people.assessment import Judgement, LookFact, RosterFact, digest, digest_of_facts, judgement_of
from songnuan.people.assessment_checks import verify
from songnuan.people.concerns import LOOKS_A_DAY, Concern, concerns
from songnuan.people.models import Assessment, Correction, LegalGround, Person, Roster, RosterStatus
from songnuan.people.queries import open_corrections
from songnuan.people.queries.assessment import (
    concerns_of,
    concerns_on,
    facts,
    is_stale,
    reaches_whole,
    versions,
)

pytestmark = pytest.mark.django_db

JUDGED = Judgement(
    lawful="目的明确，字段为走访慰问所必需。",
    impact="泄露会使职工受骚扰；可能性低。",
    level="low",
    measures="号码加密存放，查看留痕。",
)


def officer(bureau_id: int, username: str = "privacy", role: Role = Role.PRIVACY_OFFICER) -> Actor:
    """Return somebody with a post at a unit."""
    user = create_account(
        username=username, name=f"测试{username}", password=None, password_stays=True, actor=SYSTEM, at=at(1)
    )
    give_post(user_id=user.pk, unit_id=bureau_id, role=role, actor=SYSTEM, at=at(1))
    return actor_of(user)


@pytest.fixture
def staff(bureau: Bureau) -> Roster:
    """A roster in good order."""
    one = roster(bureau.bureau_id)
    told = {
        "purpose": "走访慰问",
        "legal_ground": LegalGround.EMERGENCY,
        "notice": "告知全文",
        "retain_until": date(2021, 4, 30),
    }
    Roster.objects.filter(pk=one.pk).update(**told)
    one.refresh_from_db()
    return one


@pytest.fixture
def privacy(staff: Roster) -> Actor:
    """The privacy officer of the whole bureau, which keeps one roster."""
    return officer(staff.unit_id)


def sign(actor: Actor, day: int = 10, **changes: Any) -> int:
    """Sign what the facts are on that day."""
    newest = versions().first()
    given = {
        "judgement": JUDGED,
        "seen": digest_of_facts(facts(at(day))),
        "after": newest.number if newest else 0,
        "key": uuid4(),
        "actor": actor,
        "at": at(day),
    }
    return sign_assessment(**{**given, **changes})


def codes(day: int = 10) -> list[str]:
    """Return what is to be mended."""
    found = [concern.code for concern in concerns_on(at(day))]
    assert found == [concern.code for concern in concerns_of(facts(at(day)))]
    return found


# The facts ---------------------------------------------------------------------------------------


def test_facts_count_people_minors_and_fields(bureau: Bureau, staff: Roster) -> None:
    worker = person("张建国", id_number="320101198503120017", phone="13800010001", sex="male")
    child = person("张小宝", birth_on=date(2014, 6, 1), restricted=True)
    enrol(staff, worker, post="闸工")
    families, served = roster(bureau.bureau_id, "families"), roster(bureau.bureau_id, "service")
    link(families, worker, child, "child")
    serve(served, worker)
    told = facts(at(10))
    assert (told["persons"], told["minors"], told["day"]) == (2, 1, "2020-04-10")
    counts = {row["key"]: (row["people"], row["minors"]) for row in told["rosters"]}
    assert counts == {"people": (1, 0), "families": (2, 1), "service": (1, 0)}
    held = {row["field"]: (row["held"], row["sealed"]) for row in told["fields"]}
    assert held["name"] == (2, False)
    assert held["phone"] == held["id_number"] == (1, True)
    assert held["birth_on"] == held["sex"] == held["post"] == held["relation"] == held["place"] == (1, False)
    assert held["account"] == (0, True)
    assert held["bank"] == held["note"] == (0, False)


def test_facts_hold_nothing_of_the_people_on_the_rosters(staff: Roster, privacy: Actor) -> None:
    worker = person("张建国", id_number="320101198503120017", phone="13800010001")
    enrol(staff, worker, post="闸工")
    show_person(person_key=worker.key, purpose="核对张建国的发放", actor=SYSTEM, at=at(5))
    sign(privacy)
    text = str(Assessment.objects.get().facts)
    for told in ("张建国", "320101198503120017", "13800010001", worker.key, "闸工"):
        assert told not in text


@pytest.mark.usefixtures("privacy")
def test_facts_tell_posts_and_how_many_hold_them() -> None:
    rows = {row["role"]: row for row in facts(at(10))["roles"]}
    assert rows[Role.PRIVACY_OFFICER]["users"] == rows[Role.PROGRAMME_OFFICER]["users"] == 1
    assert rows[Role.UNION_OFFICER]["users"] == 0
    assert Permission.PEOPLE_SHOW in rows[Role.UNION_OFFICER]["may"]
    assert Role.APPROVER not in rows


def test_looks_are_counted_by_person_and_day_and_not_beyond_ninety_days(
    bureau: Bureau, staff: Roster
) -> None:
    worker = person("张建国")
    enrol(staff, worker)
    union = officer(bureau.bureau_id, "union", Role.UNION_OFFICER)
    show_person(person_key=worker.key, purpose="核对", actor=SYSTEM, at=at(-100))
    # 23:00 and 00:00 in China are two days, and one in UTC.
    for moment in (at(3, 23), at(4, 0), at(4, 1)):
        show_person(person_key=worker.key, purpose="核对", actor=union, at=moment)
    [row] = facts(at(10))["looks"]
    assert row == {
        "user": union.key, "name": union.label, "looks": 3, "most": 2, "day": "2020-04-04",
    }  # fmt: skip


def test_corrections_are_counted_in_working_days(staff: Roster) -> None:
    worker, others = person("张建国"), [person(f"李{sign}") for sign in "一二三"]
    actor = officer(staff.unit_id)

    def correction(who: Person, asked: datetime, answered: datetime | None, status: str) -> None:
        answer = {"answered_by_id": actor.user_id, "answered_at": answered} if answered else {}
        row = Correction(person=who, field="phone", asked_at=asked, status=status, **answer)
        Correction.objects.bulk_create([row])

    correction(worker, at(1), at(2), "accepted")  # one working day
    correction(others[0], at(3), at(8), "declined")  # over Qingming: two
    correction(others[1], at(1), None, "asked")
    correction(others[2], at(28), None, "asked")
    assert facts(at(30))["corrections"] == {
        "open": 2, "late": 1, "accepted": 1, "declined": 1, "median": 1.5,
    }  # fmt: skip
    assert "corrections_late" in codes(30)
    assert "corrections_late" not in codes(20)


def test_who_stands_twice_on_a_roster_is_counted_once(bureau: Bureau) -> None:
    one, other, child = person("张建国"), person("王秀英"), person("张小宝", birth_on=date(2014, 6, 1))
    families, served = roster(bureau.bureau_id, "families"), roster(bureau.bureau_id, "service")
    for parent in (one, other):
        link(families, parent, child, "child")
    serve(served, one)
    serve(served, one, place="南站卡口")
    counts = {row["key"]: (row["people"], row["minors"]) for row in facts(at(10))["rosters"]}
    assert counts == {"families": (3, 1), "service": (1, 0)}


def test_who_came_of_age_since_the_last_file_is_no_minor(staff: Roster) -> None:
    enrol(staff, person("张小宝", birth_on=date(2002, 4, 10), restricted=True))
    Roster.objects.filter(pk=staff.pk).update(legal_ground=LegalGround.UNSTATED)
    assert (facts(at(9))["minors"], facts(at(9))["rosters"][0]["minors"], codes(9)[0]) == (
        *(1, 1),
        "minors_unfounded",
    )
    assert (facts(at(10))["minors"], facts(at(10))["rosters"][0]["minors"], codes(10)[0]) == (
        *(0, 0),
        "ground_missing",
    )


def test_an_answer_is_late_here_on_the_day_it_is_late_in_the_list(staff: Roster) -> None:
    enrol(staff, worker := person("张建国"))
    for asked in (at(1), datetime(2090, 1, 2, 9, tzinfo=CHINA)):
        Correction.objects.all().delete()
        Correction.objects.bulk_create([Correction(person=worker, field="phone", asked_at=asked)])
        for days in range(18, 27):
            moment = asked + timedelta(days=days)
            [row] = open_corrections(SYSTEM, moment, size=2)
            assert facts(moment)["corrections"]["late"] == row.overdue, (asked, days)


def test_a_roster_that_ends_in_thirty_days_is_next(staff: Roster) -> None:
    Roster.objects.filter(pk=staff.pk).update(retain_until=at(40).date())
    assert facts(at(9))["erasures"]["due"] == []
    assert [row["key"] for row in facts(at(10))["erasures"]["due"]] == ["people"]


def test_beyond_the_calendar_corrections_are_still_counted() -> None:
    row = Correction(person=person("张建国"), field="phone", asked_at=datetime(2036, 1, 1, tzinfo=UTC))
    Correction.objects.bulk_create([row])
    assert facts(datetime(2036, 3, 1, tzinfo=UTC))["corrections"]["late"] == 1


def test_the_key_is_told_with_the_day_since_when_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONGNUAN_HOME", str(tmp_path))
    keys.create(tmp_path)
    Installation.objects.bulk_create([Installation(kind="real", keys_fingerprint="", created_at=at(2))])
    person("张建国", phone="13800010001")
    assert facts(at(10))["keys"] == {"current": "k1", "since": "2020-04-02", "keys": 1, "old": 0}
    keys.add_seal_key(tmp_path)
    assert facts(at(10))["keys"] == {"current": "k2", "since": None, "keys": 2, "old": 1}
    note_rotation(key="k2", resealed=1, actor=SYSTEM, at=at(9))
    assert facts(at(10))["keys"]["since"] == "2020-04-09"
    keys.forget()


def test_who_is_not_the_system_notes_no_rotation(privacy: Actor) -> None:
    with pytest.raises(NotPermitted):
        note_rotation(key="k2", resealed=1, actor=privacy, at=at(9))
    assert not Entry.objects.filter(action="organisation.rotate_key").exists()


# What is to be mended ----------------------------------------------------------------------------


@pytest.mark.usefixtures("privacy")
def test_a_roster_in_good_order_gives_no_cause(staff: Roster) -> None:
    enrol(staff, person("张建国"))
    assert codes() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"legal_ground": LegalGround.UNSTATED}, "ground_missing"),
        ({"purpose": ""}, "purpose_missing"),
        ({"notice": ""}, "notice_missing"),
        ({"retain_until": None}, "retention_missing"),
        ({"retain_until": date(2020, 4, 9)}, "retention_over"),
        ({"retain_until": date(2023, 4, 2)}, "retention_long"),
    ],
)
def test_what_a_roster_lacks_is_found(staff: Roster, change: dict[str, Any], code: str) -> None:
    Roster.objects.filter(pk=staff.pk).update(**change)
    [found] = concerns_on(at(10))
    assert (found.code, found.about) == (code, staff.key)
    assert staff.title in found.matter
    assert found.advice
    Roster.objects.filter(pk=staff.pk).update(status=RosterStatus.ERASED)
    assert codes() == []


def test_the_last_day_and_three_years_are_within_bounds(staff: Roster) -> None:
    for day in (date(2020, 4, 10), date(2023, 4, 1)):
        Roster.objects.filter(pk=staff.pk).update(retain_until=day)
        assert codes() == []


def test_minors_without_a_ground_come_first_among_grounds(bureau: Bureau, staff: Roster) -> None:
    other = roster(bureau.bureau_id, "families")
    worker = person("张建国")
    Roster.objects.filter(pk=other.pk).update(purpose="x", notice="x", retain_until=date(2021, 1, 1))
    Roster.objects.filter(pk=staff.pk).update(legal_ground=LegalGround.UNSTATED)
    link(other, worker, person("张小宝", restricted=True), "child")
    assert codes() == ["minors_unfounded", "ground_missing"]


def test_many_looks_on_one_day_are_found() -> None:
    row = LookFact(user="user:1", name="沈工会", looks=90, most=LOOKS_A_DAY, day="2020-04-03")
    assert found_in(looks=[row]) == []
    [found] = found_in(looks=[{**row, "most": LOOKS_A_DAY + 1}])
    assert (found.code, found.number, found.name) == ("looks_many", LOOKS_A_DAY + 1, "沈工会")


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        ((Role.PRIVACY_OFFICER, Role.UNION_OFFICER), "watches_oneself"),
        ((Role.PRIVACY_OFFICER, Role.UNIT_LIAISON), "watches_oneself"),
        ((Role.ADMINISTRATOR, Role.UNION_OFFICER), "admits_oneself"),
    ],
)
def test_posts_that_undo_each_other_in_one_hand_are_found(
    bureau: Bureau, roles: tuple[Role, Role], code: str
) -> None:
    both = officer(bureau.bureau_id, "both", roles[0])
    assert codes() == []
    assert both.user_id is not None
    give_post(user_id=both.user_id, unit_id=bureau.lead_id, role=roles[1], actor=SYSTEM, at=at(2))
    assert codes() == [code]


def found_in(**told: Any) -> list[Concern]:
    """Return the concerns of facts that lack everything else."""
    nothing = {"open": 0, "late": 0, "accepted": 0, "declined": 0, "median": None}
    given: dict[str, Any] = {"rosters": [], "holders": [], "looks": [], "corrections": nothing}
    return concerns(**{**given, **told}, on=date(2020, 4, 10))


DAYS = st.dates(date(2019, 1, 1), date(2026, 12, 31))


@given(
    days=st.tuples(DAYS, st.none() | DAYS),
    ground=st.sampled_from(LegalGround.values),
    minors=st.integers(0, 3),
    texts=st.tuples(st.sampled_from(["", "写明"]), st.sampled_from(["", "写明"])),
    status=st.sampled_from(RosterStatus.values),
)
def test_every_roster_is_told_of_just_what_it_lacks(
    days: tuple[date, date | None], ground: str, minors: int, texts: tuple[str, str], status: str
) -> None:
    made, until = days
    on = date(2020, 4, 10)
    row = RosterFact(
        key="people", title="名册", kind="people", unit="局", status=status, purpose=texts[0],
        legal_ground=ground, notice=texts[1], created_on=made.isoformat(),
        retain_until=until.isoformat() if until else None, people=5, minors=minors,
    )  # fmt: skip
    expected = set()
    if status != "erased":
        if ground == "unstated":
            expected.add("minors_unfounded" if minors else "ground_missing")
        if not texts[0]:
            expected.add("purpose_missing")
        if not texts[1]:
            expected.add("notice_missing")
        if until is None:
            expected.add("retention_missing")
        elif until < on:
            expected.add("retention_over")
        elif (until.year - made.year, until.month, until.day) > (3, made.month, made.day):
            expected.add("retention_long")
    found = found_in(rosters=[row])
    assert {concern.code for concern in found} == expected
    assert all("%" not in concern.matter + concern.advice for concern in found)


# Signing -----------------------------------------------------------------------------------------


def test_a_signed_version_keeps_facts_and_judgement(privacy: Actor) -> None:
    assert is_stale(None, at(10))
    assert sign(privacy) == 1
    row = Assessment.objects.get()
    assert row.facts == facts(at(10))
    assert judgement_of(row.judgement) == JUDGED
    assert (row.made_by_id, row.made_at) == (privacy.user_id, at(10))
    assert not is_stale(row, at(10) + timedelta(days=365))
    assert is_stale(row, at(10) + timedelta(days=366))
    assert list(verify()) == []
    [entry] = Entry.objects.filter(action="people.sign_assessment")
    assert (entry.subject, row.digest in entry.facts) == ("people.assessment:1", True)
    assert JUDGED.lawful not in entry.facts
    assert sign(privacy, 11) == 2


def test_the_same_post_twice_is_one_version(privacy: Actor) -> None:
    key, seen = uuid4(), digest_of_facts(facts(at(10)))
    assert sign(privacy, key=key, seen=seen) == sign(privacy, key=key, seen=seen, after=0) == 1
    assert Assessment.objects.count() == 1
    high = replace(JUDGED, level="high")
    assert refusal_of(lambda: sign(privacy, key=key, after=0, judgement=high)) == "key_reused"
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"lawful": "  "}, "judgement_missing", "lawful"),
        ({"impact": ""}, "judgement_missing", "impact"),
        ({"measures": "\n"}, "judgement_missing", "measures"),
        ({"measures": "字" * 4001}, "text_too_long", "measures"),
        ({"level": "none"}, "level_unknown", "level"),
        ({"level": ""}, "level_unknown", "level"),
    ],
)
def test_a_judgement_that_lacks_a_part_is_not_signed(
    privacy: Actor, change: dict[str, str], code: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        sign(privacy, judgement=replace(JUDGED, **change))
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Assessment.objects.exists()
    assert not Entry.objects.filter(action="people.sign_assessment").exists()


def test_what_was_not_read_is_not_signed(staff: Roster, privacy: Actor) -> None:
    seen = digest_of_facts(facts(at(10)))
    Roster.objects.filter(pk=staff.pk).update(purpose="另有用途")
    assert refusal_of(lambda: sign(privacy, seen=seen)) == "facts_changed"
    assert refusal_of(lambda: sign(privacy, seen="")) == "facts_changed"
    assert not Assessment.objects.exists()


def test_of_two_who_sign_the_same_one_wins(staff: Roster, privacy: Actor) -> None:
    other = officer(staff.unit_id, "other")
    seen = digest_of_facts(facts(at(10)))
    assert sign(privacy, seen=seen, after=0) == 1
    assert refusal_of(lambda: sign(other, seen=seen, after=0)) == "assessment_newer"
    assert refusal_of(lambda: sign(other, seen=seen, after=7)) == "assessment_newer"
    assert Assessment.objects.count() == 1


@pytest.fixture
def elsewhere(bureau: Bureau, staff: Roster) -> Iterator[Actor]:
    """A privacy officer of one department alone, where a roster of its own is kept."""
    assert staff.unit_id != roster(bureau.lead_id, key="lead").unit_id
    yield officer(bureau.lead_id, "part")
    assert not Assessment.objects.exists()
    assert not Entry.objects.filter(action="people.sign_assessment").exists()


def test_who_watches_over_a_part_alone_does_not_sign_for_the_whole(elsewhere: Actor) -> None:
    assert not reaches_whole(elsewhere, at(10))
    assert refusal_of(lambda: sign(elsewhere)) == "assessment_part"


@pytest.mark.usefixtures("elsewhere")
def test_who_has_no_such_post_does_not_sign(bureau: Bureau) -> None:
    for actor in (bureau.officer, bureau.inspector, bureau.liaison):
        assert refusal_of(lambda who=actor: sign(who)) == "not_permitted"  # type: ignore[misc]  # a default binds
    assert refusal_of(lambda: sign(SYSTEM)) == "person_needed"


def test_a_roster_of_a_closed_unit_does_not_bar_the_officer(privacy: Actor) -> None:
    outside = Unit(key="gone", opened_on=date(2020, 1, 1))
    Unit.objects.bulk_create([outside])
    roster(outside.pk, key="gone")
    assert not reaches_whole(privacy, at(10))
    Unit.objects.filter(pk=outside.pk).update(closed_on=date(2020, 4, 5))
    assert reaches_whole(privacy, at(10))


def refusal_of(act: Callable[[], object]) -> str:
    """Return the code with which an act is refused."""
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


# What is signed stays ----------------------------------------------------------------------------


def test_a_version_can_neither_be_changed_nor_removed(privacy: Actor) -> None:
    sign(privacy)
    for change in (Assessment.objects.all().delete, lambda: Assessment.objects.update(judgement="{}")):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    assert list(verify()) == []


def tampered(statement: str, values: Sequence[str | int | datetime] = ()) -> None:
    """Change the table past its guard, as somebody with the database's password could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement, values)
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [
            "people_assessment"
        ])  # fmt: skip
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement, values)
        for _name, sql in triggers:
            cursor.execute(sql)


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("UPDATE people_assessment SET judgement = %s", JUDGED.text().replace("low", "high")),
        ("UPDATE people_assessment SET made_at = %s", datetime(2020, 4, 11, tzinfo=UTC)),
        ("UPDATE people_assessment SET digest = %s", "0" * 64),
        ("UPDATE people_assessment SET number = %s", 2),
    ],
)
def test_a_row_changed_past_the_actions_is_found(
    privacy: Actor, statement: str, value: str | int | datetime
) -> None:
    sign(privacy)
    tampered(statement, [value])
    assert "assessment_changed" in {finding.code for finding in verify()}


def test_a_row_changed_with_a_digest_of_its_own_differs_from_the_trail(privacy: Actor) -> None:
    sign(privacy)
    row = Assessment.objects.get()
    judged = JUDGED.text().replace("low", "high")
    own = digest(number=1, facts=row.facts, judgement=judged, made_by=row.made_by_id, made_at=row.made_at)
    tampered("UPDATE people_assessment SET judgement = %s, digest = %s", [judged, own])
    assert [finding.code for finding in verify()] == ["assessment_changed"]


def test_a_row_that_was_taken_out_is_found(privacy: Actor) -> None:
    sign(privacy)
    tampered("DELETE FROM people_assessment")
    assert [(finding.code, finding.where) for finding in verify()] == [
        ("assessment_missing", "people.assessment:1")
    ]


# At one moment -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_one_version_posted_five_times_at_once_is_signed_once() -> None:
    actor = officer(make_bureau().bureau_id)
    key, seen = uuid4(), digest_of_facts(facts(at(10)))
    outcomes = together(*[lambda: sign(actor, key=key, seen=seen, after=0)] * 5)
    assert outcomes == {"done": 5}
    assert Assessment.objects.count() == 1
    assert Entry.objects.filter(action="people.sign_assessment").count() == 1
    assert list(verify()) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_once_one_signs_and_the_other_is_told() -> None:
    bureau = make_bureau()
    actors = [officer(bureau.bureau_id, name) for name in ("one", "other")]
    seen = digest_of_facts(facts(at(10)))
    outcomes = together(*[lambda who=who: sign(who, seen=seen, after=0) for who in actors])
    assert outcomes == {"done": 1, "assessment_newer": 1}
    assert Assessment.objects.count() == 1
    assert list(verify()) == []
