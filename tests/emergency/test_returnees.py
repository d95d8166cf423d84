"""Returnees: one person once, a status for each day once, who may what, release, the rate, erasure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from tempfile import TemporaryFile
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from emergency.house import at, entries, rows_of
from emergency.returnees_house import TABLES, TOLD, Register, every_day, make_register
from hands import together
from songnuan.audit import models as audit
from songnuan.emergency import returnee_checks
from songnuan.emergency.models import DailyStatus, Returnee, ReturneeCode, StatusAnswer
from songnuan.emergency.returnee_file import read
from songnuan.emergency.returnee_queries import standings
from songnuan.emergency.returnee_rules import Tally, due_until, first_due, last_day, missed, person_index
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys import keep_returnees as keeping
from songnuan.journeys import observe_returnees as observing
from songnuan.journeys.enter_returnees import Imported, enter_workbook
from songnuan.journeys.erase_returnees import erase_returnees
from songnuan.journeys.measures.returnees import KIND, counted
from songnuan.journeys.record_daily_status import answer_daily_status
from songnuan.journeys.register_returnee import BY_POSTER, register_returnee
from songnuan.journeys.remind_of_returnees import remind_of_returnees
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from tampering import codes_after

pytestmark = pytest.mark.django_db
HEADS = "姓名,手机号,来源地,到达日期,社区,住址,联系人账号"


@pytest.fixture
def found() -> Register:
    return make_register()


def refused(act: Callable[[], Any], code: str) -> Refusal:
    """See that it is refused so, and that nothing but the refusal was written."""
    before = rows_of(*TABLES), entries()
    with pytest.raises(Refusal) as told:
        act()
    assert told.value.code == code
    assert (rows_of(*TABLES), entries()) == before
    return told.value


def counts(found: Register, moment: datetime) -> Tally:
    return sum(counted(found.measure, moment).values(), Tally())


# Days ----------------------------------------------------------------------------------------------


def test_the_day_of_arrival_is_day_0_and_the_first_status_is_one_that_can_still_be_met() -> None:
    assert last_day(date(2020, 2, 2), 14) == date(2020, 2, 16)
    due = time(16)
    assert first_due(date(2020, 2, 2), due, at(3, 15)) == date(2020, 2, 3)
    assert first_due(date(2020, 2, 2), due, at(3, 17)) == date(2020, 2, 4)
    assert first_due(date(2020, 2, 9), due, at(3, 9)) == date(2020, 2, 9)


@settings(max_examples=30)
@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 600), st.sets(st.integers(0, 25)))
def test_what_is_due_and_what_is_missed_add_up(first: int, ends: int, hours: int, told: set[int]) -> None:
    begin = date(2020, 2, 1)
    moment = datetime(2020, 2, 1, tzinfo=CHINA) + timedelta(hours=hours)
    start, end = begin + timedelta(days=first), begin + timedelta(days=ends)
    last = due_until(end, time(16), moment)
    assert last < end
    days = {begin + timedelta(days=one) for one in told}
    lacking = missed(start, last, days)
    oracle = [start + timedelta(days=one) for one in range(60) if start + timedelta(days=one) <= last]
    assert lacking == [day for day in oracle if day not in days]
    for day in lacking:
        assert datetime.combine(day, time(16), CHINA) < moment


# Who is entered ------------------------------------------------------------------------------------


def test_one_person_stands_once_and_again_after_the_end(found: Register) -> None:
    row = found.enter()
    assert (row.number, row.until_on, row.first_due_on, row.status) == (
        1, date(2020, 2, 16), date(2020, 2, 3), "observed",
    )  # fmt: skip
    again = refused(
        lambda: found.enter(told=replace(TOLD, name=" 周归来 ", phone="139 0000 1111")), "returnee_there"
    )
    assert "1" in again.sentence
    other = found.enter(told=replace(TOLD, name="周小妹"))
    assert other.number == 2, "a family shares a telephone"
    observing.end_observation(
        returnee_id=row.pk, ended_as="moved", words="去了外地", actor=found.house.office, at=at(4)
    )
    assert found.enter(at(5)).number == 3


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_is_one_and_two_at_once_are_one_as_are_taps(found: Register) -> None:
    key = uuid4()
    assert found.enter(key=key).pk == found.enter(key=key).pk
    told = replace(TOLD, name="同时到")
    made = together(lambda: found.enter(told=told), lambda: found.enter(told=told))
    assert made == {"done": 1, "returnee_there": 1}
    row = Returnee.objects.get(person_index=person_index(told.name, told.phone))
    made = together(lambda: found.found(row, at(3, 10)), lambda: found.found(row, at(3, 10)))
    assert made == {"done": 1, "status_there": 1}
    assert (Returnee.objects.count(), DailyStatus.objects.count()) == (2, 1)


UNFIT: tuple[tuple[dict[str, Any], str], ...] = (
    ({"name": "  "}, "name_missing"),
    ({"name": "长" * 61}, "text_too_long"),
    ({"phone": "139"}, "phone_invalid"),
    ({"phone": "1" * 5000}, "phone_invalid"),
    ({"origin": " "}, "origin_missing"),
    ({"address": "长" * 121}, "text_too_long"),
    ({"arrived_on": date(2019, 12, 1)}, "arrival_unfit"),
    ({"arrived_on": date(2020, 4, 1)}, "arrival_unfit"),
)


def test_what_cannot_be_is_refused(found: Register) -> None:
    code = poster(found)
    for changes, wanted in UNFIT:
        told = replace(TOLD, **changes)
        refused(partial(found.enter, told=told), wanted)
        refused(partial(register_returnee, code=code, told=told, actor=BY_POSTER, at=at(3)), wanted)


def test_only_the_very_unit_and_the_office_enter(found: Register) -> None:
    others = {
        "二站": found.house.liaisons["二站"],
        "parent": found.house.liaisons["东区"],
        "helper": found.helper,
        "viewer": found.house.viewer,
        "inspector": found.inspector,
        "system": SYSTEM,
    }
    for actor in others.values():
        refused(partial(found.enter, actor=actor), "not_permitted")
    refused(lambda: found.enter(helper_id=found.inspector.user_id), "helper_unfit")
    assert found.enter(actor=found.house.office).entered_by_id == found.house.office.user_id


# By workbook ---------------------------------------------------------------------------------------


def table(*rows: str) -> bytes:
    return "\n".join([HEADS, *rows]).encode()


def bring(found: Register, content: bytes, actor: Actor | None = None) -> Imported:
    return enter_workbook(
        measure_id=found.measure.pk,
        content=content,
        name="a.csv",
        actor=actor or found.house.office,
        at=at(3),
    )


def test_a_workbook_enters_everybody_and_brought_again_nobody(found: Register) -> None:
    content = table(
        "周归来,13900001111,江北省浦江市,2020年2月2日,一站,杏林路8号,helper",
        "吴回,13900002222,浦江市,2020-02-03,二站,,",
    )
    assert bring(found, content) == Imported(2, 0)
    assert bring(found, content) == Imported(0, 2)
    first, second = Returnee.objects.order_by("number")
    assert (first.name, first.source, first.helper_id) == ("周归来", "workbook", found.helper.user_id)
    assert (second.unit_id, second.helper_id, second.origin) == (found.house.units["二站"], None, "浦江市")
    assert bring(found, table("郑归,13900003333,浦江市,2020-02-03,,,"), found.liaison).entered == 1
    refused(lambda: bring(found, content, found.liaison), "not_permitted")


def test_faulty_rows_are_named_and_nobody_is_entered(found: Register) -> None:
    told = refused(
        lambda: bring(
            found,
            table(
                "周归来,13900001111,浦江市,2020-02-02,一站,,",
                "吴回,139,浦江市,2020-02-02,一站,,",
                "郑归,13900003333,浦江市,前天,一站,,",
            ),
        ),
        "returnees_rows",
    )
    assert "第3行" in told.sentence
    assert "第4行" in told.sentence
    told = refused(
        lambda: bring(
            found,
            table(
                "吴回,13900002222,浦江市,2020-02-02,无此站,,",
                "郑归,13900003333,,2020-02-02,一站,,",
                "王返,13900004444,浦江市,2020-02-02,一站,,nobody",
            ),
        ),
        "returnees_rows",
    )
    assert all(words in told.sentence for words in ("无此站", "第3行", "nobody"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("a,b\n1,2\n", "returnees_headings"),
        ("姓名,手机号\n张三,13900001111\n", "returnees_headings"),
        (f"{HEADS}\n,,,,\n", "returnees_empty"),
    ],
)
def test_a_table_without_heads_or_people_is_refused(content: str, code: str) -> None:
    with TemporaryFile() as file:
        file.write(content.encode())
        with pytest.raises(Refusal) as told:
            read(file, "a.csv")
    assert told.value.code == code


# By the code of a poster ---------------------------------------------------------------------------


def poster(found: Register, unit: str = "一站") -> str:
    made = keeping.make_returnee_code(
        measure_id=found.measure.pk, unit_id=found.house.units[unit], actor=found.house.office, at=at(3)
    )
    return made.code


def test_who_registers_twice_is_one_and_waits_until_somebody_looks(found: Register) -> None:
    code = poster(found)
    first = register_returnee(code=code, told=TOLD, actor=BY_POSTER, at=at(3))
    again = register_returnee(code=code, told=replace(TOLD, origin="别处"), actor=BY_POSTER, at=at(4))
    assert (first.pk, first.status, first.first_due_on) == (again.pk, "waiting", None)
    assert Returnee.objects.get().origin == TOLD.origin, "the first word counts"
    refused(lambda: found.found(first, at(4)), "returnee_not_yours")
    refused(lambda: found.found(first, at(4), actor=found.liaison), "wrong_state")
    who: dict[str, Any] = {"returnee_id": first.pk, "helper_id": found.helper.user_id, "at": at(4)}
    refused(lambda: keeping.confirm_returnee(**who, actor=found.house.liaisons["二站"]), "not_permitted")
    row = keeping.confirm_returnee(**who, actor=found.liaison)
    assert (row.status, row.first_due_on, row.helper_id) == (
        "observed",
        date(2020, 2, 4),
        found.helper.user_id,
    )
    refused(lambda: keeping.confirm_returnee(**who, actor=found.liaison), "wrong_state")
    other = register_returnee(code=code, told=replace(TOLD, name="乱填"), actor=BY_POSTER, at=at(4))
    aside = keeping.set_returnee_aside(returnee_id=other.pk, words="查无此人", actor=found.liaison, at=at(4))
    assert (aside.status, aside.retain_until) == ("set_aside", date(2020, 3, 5))


def test_a_code_that_was_withdrawn_or_replaced_opens_nothing(found: Register) -> None:
    old = poster(found)
    new = poster(found)
    for code in (old, "no-such-code"):
        refused(partial(register_returnee, code=code, told=TOLD, actor=BY_POSTER, at=at(3)), "code_unknown")
    pk = ReturneeCode.objects.get(code=new).pk
    refused(
        lambda: keeping.withdraw_returnee_code(code_id=pk, actor=found.inspector, at=at(3)), "not_permitted"
    )
    for _twice in range(2):
        keeping.withdraw_returnee_code(code_id=pk, actor=found.liaison, at=at(3))
    refused(lambda: register_returnee(code=new, told=TOLD, actor=BY_POSTER, at=at(3)), "code_unknown")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturneeCode.objects.filter(pk=pk).update(withdrawn_at=None, withdrawn_by=None)


def test_a_poster_that_is_misused_fills_up(found: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songnuan.emergency.returnee_rules.WAITING_MOST", 1)
    code = poster(found)
    register_returnee(code=code, told=TOLD, actor=BY_POSTER, at=at(3))
    other = replace(TOLD, name="又一人")
    refused(lambda: register_returnee(code=code, told=other, actor=BY_POSTER, at=at(3)), "registration_full")
    assert register_returnee(code=code, told=TOLD, actor=BY_POSTER, at=at(3)).number == 1


# The status of a day -------------------------------------------------------------------------------


def test_a_day_has_one_status_and_corrections_are_versions(found: Register) -> None:
    row, key = found.enter(), uuid4()
    first = found.found(row, at(3, 10), key=key)
    assert found.found(row, at(3, 10), key=key).pk == first.pk
    refused(lambda: found.found(row, at(3, 10), "unwell", key=key), "key_reused")
    refused(lambda: found.found(row, at(3, 11)), "status_there")
    refused(lambda: found.found(row, at(3, 10), reason="重报"), "status_same")
    refused(lambda: found.found(row, at(3, 11), "unwell", reason=" "), "reason_missing")
    refused(lambda: found.found(row, at(4, 11), reason="没有"), "status_missing")
    second = found.found(row, at(3, 11), "unwell", reason="点错了")
    assert (second.version, DailyStatus.objects.filter(day=date(2020, 2, 3)).count()) == (2, 2)
    with pytest.raises(IntegrityError), transaction.atomic():
        DailyStatus.objects.filter(pk=first.pk).update(outcome="unwell")
    with pytest.raises(IntegrityError), transaction.atomic():
        DailyStatus.objects.filter(pk=first.pk).delete()


UNSAID: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("fine", {}, "status_outcome"),
    ("well", {"day": date(2020, 2, 4)}, "status_day"),
    ("well", {"day": date(2020, 2, 2)}, "status_day"),
    ("well", {"found_at": None}, "found_unfit"),
    ("well", {"found_at": at(3, 23)}, "found_unfit"),
    ("well", {"found_at": at(2, 9)}, "found_unfit"),
    ("unwell", {"words": " "}, "words_missing"),
    ("not_reached", {"words": " "}, "words_missing"),
    ("not_attempted", {"words": " "}, "words_missing"),
    ("unwell", {"words": "长" * 1_000_000}, "text_too_long"),
)


def test_a_status_that_cannot_be_is_refused(found: Register) -> None:
    row = found.enter()
    for outcome, how, code in UNSAID:
        refused(partial(found.found, row, at(3, 12), outcome, **how), code)


def test_found_and_reported_are_two_times_and_not_attempted_has_none(found: Register) -> None:
    row = found.enter()
    late = found.found(row, at(5, 9), day=date(2020, 2, 3), found_at=at(3, 18))
    assert (late.found_at, late.reported_at) == (at(3, 18), at(5, 9))
    never = found.found(row, at(5, 9), "not_attempted", "封路", day=date(2020, 2, 4))
    assert never.found_at is None


def test_who_works_with_somebody_records_and_nobody_else(found: Register) -> None:
    row, house = found.enter(), found.house
    for actor in (house.liaisons["二站"], house.liaisons["东区"], house.viewer, found.inspector, SYSTEM):
        refused(partial(found.found, row, at(3, 10), actor=actor), "returnee_not_yours")
        look = partial(keeping.show_returnee, returnee_id=row.pk, actor=actor, at=at(3))
        refused(look, "returnee_not_yours")
    for day, actor in enumerate((found.helper, found.liaison, house.office), start=3):
        found.found(row, at(day, 10), actor=actor)
    plain = keeping.show_returnee(returnee_id=row.pk, actor=found.helper, at=at(5))
    assert (plain.phone, plain.address) == ("13900001111", TOLD.address)
    seen = audit.Entry.objects.filter(action="emergency.show_returnee").get()
    assert seen.subject == f"emergency.returnee:{row.pk}"
    assert "13900001111" not in str(list(audit.Entry.objects.values()))


# Unwell, release -----------------------------------------------------------------------------------


def test_unwell_goes_to_the_office_at_once_and_has_to_be_answered(found: Register) -> None:
    row = found.enter()
    every_day(found, row, 3, 15)
    ill = found.found(row, at(16, 10), "unwell")
    told = OutboxMessage.objects.filter(topic="returnees.unwell")
    assert [one.recipient_id for one in told] == [found.house.office.user_id]
    assert "周归来" not in f"{told[0].title}{told[0].body}"
    found.found(row, at(16, 11), "well", reason="体温计坏了，复测36.5度", words="复测正常")
    assert OutboxMessage.objects.filter(topic="returnees.corrected").exists()
    release: dict[str, Any] = {"returnee_id": row.pk, "actor": found.liaison, "at": at(16, 12)}
    refused(lambda: observing.release_returnee(**release), "unwell_open")
    with pytest.raises(IntegrityError), transaction.atomic():
        Returnee.objects.filter(pk=row.pk).update(
            status="released",
            ended_on=date(2020, 2, 16),
            ended_at=at(16),
            ended_by=found.house.office.user_id,
            retain_until=date(2020, 3, 1),
        )
    answer: dict[str, Any] = {"status_id": ill.pk, "words": "已复测，正常。", "at": at(16, 12)}
    for actor in (found.helper, found.liaison, found.inspector):
        refused(partial(answer_daily_status, **answer, actor=actor), "not_permitted")
    answer_daily_status(**answer, actor=found.house.office)
    refused(lambda: answer_daily_status(**answer, actor=found.house.office), "status_answered")
    assert OutboxMessage.objects.filter(topic="returnees.answered", recipient=found.helper.user_id).exists()
    assert observing.release_returnee(**release).status == "released"


def test_release_needs_the_last_day_and_somebody_who_saw_them_well(found: Register) -> None:
    row = found.enter()
    every_day(found, row, 3, 14)
    who: dict[str, Any] = {"returnee_id": row.pk, "actor": found.liaison}
    refused(lambda: observing.release_returnee(**who, at=at(15, 12)), "release_early")
    refused(lambda: observing.release_returnee(**who, at=at(16, 12)), "release_not_seen")
    found.found(row, at(16, 9), "not_reached", "电话三次无人接")
    refused(lambda: observing.release_returnee(**who, at=at(16, 12)), "release_not_seen")
    found.found(row, at(17, 9))
    for actor in (found.helper, found.house.liaisons["二站"], found.inspector, SYSTEM):
        other = partial(observing.release_returnee, returnee_id=row.pk, actor=actor, at=at(17, 12))
        refused(other, "not_permitted")
    done = observing.release_returnee(**who, at=at(17, 12))
    assert (done.ended_by_id, done.ended_on, done.retain_until) == (
        found.liaison.user_id, date(2020, 2, 17), date(2020, 3, 18),
    )  # fmt: skip
    refused(lambda: found.found(row, at(18, 9)), "returnee_not_yours")
    refused(lambda: found.found(row, at(18, 9), actor=found.liaison), "wrong_state")
    refused(lambda: observing.release_returnee(**who, at=at(18)), "wrong_state")


def test_another_policy_changes_nobody_silently(found: Register) -> None:
    row = found.enter()
    found.measure.settings = {**found.measure.settings, "days": 21}
    found.measure.save()
    later = found.enter(told=replace(TOLD, name="后来人"))
    row.refresh_from_db()
    assert (row.days, later.days) == (14, 21)
    policy: dict[str, Any] = {"measure_id": found.measure.pk, "reason": "市指〔2020〕9号", "at": at(5)}
    refused(lambda: observing.apply_policy(**policy, actor=found.liaison), "not_permitted")
    assert observing.apply_policy(**policy, actor=found.house.office) == 1
    row.refresh_from_db()
    assert (row.days, row.until_on, row.periods.get().days_before) == (21, date(2020, 2, 23), 14)
    refused(lambda: observing.apply_policy(**policy, actor=found.house.office), "period_same")


def test_the_check_sees_what_was_changed_past_the_house(found: Register) -> None:
    row = found.enter()
    every_day(found, row, 3, 17)
    found.found(row, at(17, 12), "well", reason="量错了", words="体温36.5度。")
    observing.release_returnee(returnee_id=row.pk, actor=found.liaison, at=at(17, 13))
    ids = "(SELECT MAX(id) FROM emergency_dailystatus)"
    for statement, code in (
        ("UPDATE emergency_returnee SET days = 7", "returnee_days"),
        ("UPDATE emergency_returnee SET until_on = '2020-02-15'", "returnee_days"),
        ("DELETE FROM emergency_dailystatus WHERE version = 1 AND day = '2020-02-17'", "returnee_status"),
        ("UPDATE emergency_returnee SET ended_on = '2020-02-10'", "returnee_status"),
        (
            "UPDATE emergency_returnee SET arrived_on = '2020-02-04', days = 12",
            "returnee_status",
        ),
        (f"UPDATE emergency_dailystatus SET outcome = 'unwell' WHERE id = {ids}", "returnee_released"),  # noqa: S608
        ("DELETE FROM emergency_dailystatus WHERE day > '2020-02-10'", "returnee_released"),
        ("DELETE FROM emergency_dailystatus", "returnee_released"),
    ):
        assert codes_after(returnee_checks.verify, statement) == {code}, statement


# The rate, reminders, erasure ----------------------------------------------------------------------


def test_the_rate_counts_days_made_or_explained_and_never_passes_all(found: Register) -> None:
    row = found.enter()
    assert counts(found, at(3, 12)).due == 0, "the time of today has not passed"
    found.found(row, at(3, 12))
    told = counts(found, at(3, 12))
    assert (told.due, told.made, told.permille) == (1, 1, 1000)
    found.found(row, at(5, 12), "not_reached", "无人接听")
    told = counts(found, at(5, 12))
    assert (told.due, told.made, told.explained, told.lacking, told.overdue) == (3, 1, 1, 1, 1)
    found.found(row, at(5, 13), "not_attempted", "封路", day=date(2020, 2, 4))
    assert counts(found, at(5, 13)).permille == 1000
    [one] = standings([row], {found.measure.pk: time(16)}, at(6, 17))
    assert one.missed == (date(2020, 2, 6),)
    observing.end_observation(
        returnee_id=row.pk, ended_as="hospital", words="转定点医院", actor=found.house.office, at=at(6, 18)
    )
    assert counts(found, at(20)).permille == 1000, "the day of the end is not due"
    progress = KIND.progress([found.measure], at(20))[found.measure.pk]
    assert (progress.done, progress.due, progress.late) == (1, 1, 0)


def test_who_missed_is_reminded_once_a_day_and_the_office_hears_of_what_stays(found: Register) -> None:
    row = found.enter()
    alone = found.enter(told=replace(TOLD, name="无联系人"), helper_id=None)

    def said(topic: str) -> list[int]:
        rows = OutboxMessage.objects.filter(topic=topic).order_by("pk")
        return list(rows.values_list("recipient_id", flat=True))

    remind_of_returnees(actor=SYSTEM, at=at(3, 15))
    assert said("returnees.missed") == []
    for minute in (5, 15):
        remind_of_returnees(actor=SYSTEM, at=at(3, 16, minute))
    assert set(said("returnees.missed")) == {found.helper.user_id, found.liaison.user_id}
    assert len(said("returnees.missed")) == 2
    assert said("returnees.office") == []
    remind_of_returnees(actor=SYSTEM, at=at(4, 9))
    assert said("returnees.office") == [found.house.office.user_id]
    found.found(row, at(4, 9), day=date(2020, 2, 3), found_at=at(3, 15))
    assert remind_of_returnees(actor=SYSTEM, at=at(4, 10)) == 1
    assert alone.helper_id is None


def test_the_house_empties_what_is_personal_the_night_after_and_figures_stay(found: Register) -> None:
    row = found.enter()
    ill = found.found(row, at(3, 10), "unwell", "发热，住杏林路")
    answer_daily_status(status_id=ill.pk, words="已送诊", actor=found.house.office, at=at(3, 11))
    observing.set_observation(
        returnee_id=row.pk, days=21, reason="发热", actor=found.house.office, at=at(3, 12)
    )
    observing.end_observation(
        returnee_id=row.pk, ended_as="hospital", words="住院", actor=found.house.office, at=at(5)
    )
    before = counts(found, at(28))
    assert erase_returnees(actor=SYSTEM, at=datetime(2020, 3, 6, 1, tzinfo=CHINA)) == 0
    night = datetime(2020, 3, 7, 1, tzinfo=CHINA)
    assert erase_returnees(actor=SYSTEM, at=night) == 1
    assert erase_returnees(actor=SYSTEM, at=night) == 0
    row.refresh_from_db()
    assert (row.name, row.phone, row.origin, row.address, row.words, row.person_index) == (
        None, None, None, None, None, "",
    )  # fmt: skip
    assert (DailyStatus.objects.get().words, StatusAnswer.objects.get().words) == (None, None)
    assert row.periods.get().reason is None
    assert counts(found, at(28)) == before
    for actor, code in ((found.helper, "returnee_not_yours"), (found.liaison, "person_gone")):
        refused(partial(keeping.show_returnee, returnee_id=row.pk, actor=actor, at=night), code)
    with pytest.raises(IntegrityError), transaction.atomic():
        Returnee.objects.filter(pk=row.pk).update(erased_at=None, person_index="x")
