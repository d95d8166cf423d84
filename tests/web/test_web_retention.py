from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from people import Bureau, at
from roster_files import number, people, person
from songnuan.audit.models import Entry
from songnuan.jobs.worker import run_pending
from songnuan.journeys.erase_rosters import erase_rosters
from songnuan.journeys.schedule import SCHEDULE
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.people.models import Enrolment, Person, PersonStatus, Roster, RosterImport, RosterStatus
from web.browsing import as_, on, queries_of
from web.roster_browsing import stocked, told, unit_liaison

pytestmark = pytest.mark.django_db


def page(actor: Actor, name: str, *args: str, day: int = 8, query: str = "") -> Any:
    with on(at(day)):
        return as_(actor).get(reverse(name, args=args) + query)


def until(key: str, day: int | None) -> None:
    Roster.objects.filter(key=key).update(retain_until=None if day is None else date(2020, 4, day))


def test_the_page_says_how_long_how_many_go_and_how_many_stay(bureau: Bureau) -> None:
    key = stocked(bureau, people(1, 2, 3))
    stocked(bureau, people(3), key="kept")
    until(key, 20)
    shown = page(bureau.officer, "roster", key)
    told_of = shown.context["retention"]
    assert (told_of.until, told_of.on, told_of.left) == (date(2020, 4, 20), date(2020, 4, 21), 13)
    assert (told_of.outlook.people, told_of.outlook.going, told_of.outlook.staying) == (3, 2, 1)
    assert told_of.soon
    text = shown.content.decode()
    assert f"{reverse('roster_change', args=(key,))}#id_retain_until" in text
    assert "2020年4月21日" in text
    assert queries_of(as_(bureau.officer), reverse("roster", args=(key,))) < 60


def test_the_last_day_counts_and_the_day_after_it_is_the_next_nights(bureau: Bureau) -> None:
    key = stocked(bureau, people(1))
    until(key, 8)
    last = page(bureau.officer, "roster", key).context["retention"]
    assert (last.left, last.on) == (1, date(2020, 4, 9))
    over = page(bureau.officer, "roster", key, day=10).context["retention"]
    assert (over.left, over.on, over.outlook.going) == (0, date(2020, 4, 10), 1)


def test_a_roster_without_a_day_says_so_and_where_to_set_one(bureau: Bureau) -> None:
    key = stocked(bureau, people(1))
    until(key, None)
    officer = page(bureau.officer, "roster", key)
    assert (officer.context["retention"].until, officer.context["retention"].living) == (None, True)
    link = f"{reverse('roster_change', args=(key,))}#id_retain_until"
    assert link in officer.content.decode()
    assert link not in page(bureau.inspector, "roster", key).content.decode()


def test_a_search_and_later_pages_do_not_count_again(bureau: Bureau) -> None:
    key = stocked(bureau, people(1))
    until(key, 20)
    assert page(bureau.officer, "roster", key, query="?after=1").context["retention"].outlook is None
    with on(at(8)):
        asked = as_(bureau.officer).post(reverse("roster", args=(key,)), {"text": number(1)})
    assert asked.context["retention"].outlook is None


def test_who_may_not_see_a_roster_does_not_learn_how_long_it_is_kept(bureau: Bureau) -> None:
    key = stocked(bureau, people(1))
    until(key, 20)
    for actor in (bureau.stranger, unit_liaison(bureau.lead_id)):
        assert page(actor, "roster", key).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_an_erased_roster_shows_since_when_and_nobody_and_can_neither_be_changed_nor_filled(
    bureau: Bureau,
) -> None:
    key = stocked(bureau, people(1, 2))
    source = RosterImport.objects.get()
    someone = Person.objects.order_by("pk")[0]
    until(key, 7)
    erase_rosters(actor=SYSTEM, at=at(8, 1))
    shown = page(bureau.officer, "roster", key)
    text = shown.content.decode()
    assert "2020年4月8日" in text
    assert shown.context["rows"] == []
    names = [str(person(place)[1]) for place in (1, 2)]
    for name in (
        *names,
        "花名册.csv",
        reverse("roster_bring", args=(key,)),
        reverse("roster_change", args=(key,)),
    ):
        assert name not in text
    assert page(bureau.officer, "person", someone.key).status_code == 404
    assert page(bureau.officer, "roster_import", source.key).url == reverse("roster", args=(key,))
    for name, args in (("roster_imports", (key,)), ("rosters", ())):
        other = page(bureau.officer, name, *args)
        assert other.status_code == 200
        assert "花名册.csv" not in other.content.decode()
        assert reverse("roster_bring", args=(key,)) not in other.content.decode()
    before = list(Roster.objects.values())
    with on(at(8)):
        refused = as_(bureau.officer).post(reverse("roster_change", args=(key,)), told(bureau.lead_id))
    assert refused.status_code == 422
    assert list(Roster.objects.values()) == before
    assert Entry.objects.filter(action="journey.refused").count() == 1
    assert not Entry.objects.filter(action="people.change_roster").exists()


@pytest.mark.django_db(transaction=True)
def test_while_it_is_erased_the_page_says_so(bureau: Bureau) -> None:
    key = stocked(bureau, people(1))
    Roster.objects.filter(key=key).update(status=RosterStatus.ERASING, retain_until=date(2020, 4, 7))
    shown = page(bureau.officer, "roster", key)
    assert shown.status_code == 200
    assert not shown.context["retention"].living
    assert reverse("roster_change", args=(key,)) not in shown.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_worker_erases_in_the_night(bureau: Bureau) -> None:
    key = stocked(bureau, people(1, 2))
    until(key, 7)
    [nightly] = [entry for entry in SCHEDULE if entry.name == "rosters.erase"]
    with on(at(8, 2)):
        nightly.task.enqueue()
        run_pending()
    assert Roster.objects.get(key=key).status == RosterStatus.ERASED
    assert set(Person.objects.values_list("status", flat=True)) == {PersonStatus.ERASED}
    assert not Enrolment.objects.exclude(post="").exists()
