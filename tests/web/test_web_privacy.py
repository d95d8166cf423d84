"""The privacy officer's pages: what is to be mended, signing, versions as they were signed, looks."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from pairs import enrol, person, roster
from people import Bureau, open_plan_1
from people_builders import acting, at
from songnuan.audit.models import Entry
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.make_sheets import KINDS, SheetOrder, make_sheets
from songnuan.journeys.show_contact import show_contact
from songnuan.journeys.show_person import show_person
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.sealed import place
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.people.actions import erase_person
from songnuan.people.assessment import digest_of_facts, judgement_of
from songnuan.people.models import Assessment, LegalGround, Roster
from songnuan.people.purposes import IN_FULL
from songnuan.people.queries.assessment import facts
from songnuan.people.queries.beside import sealed_columns
from songnuan.web.privacy_words import BESIDE, differences, sections
from songnuan.web.trail_labels import LABELS
from web.browsing import as_, on, queries_of, trail_length, visits_of

pytestmark = pytest.mark.django_db

PAGE = "/privacy/"
TEXTS = {
    "lawful": "目的明确。",
    "impact": "可能性低。",
    "level": "medium",
    "measures": "号码加密。\n查看留痕。",
}


def officer(unit_id: int, username: str = "privacy", role: Role = Role.PRIVACY_OFFICER) -> Actor:
    """Return somebody with a post at a unit."""
    user = create_account(
        username=username, name=f"测试{username}", password=None, password_stays=True, actor=SYSTEM, at=at(1)
    )
    give_post(user_id=user.pk, unit_id=unit_id, role=role, actor=SYSTEM, at=at(1))
    return actor_of(user)


@pytest.fixture
def staff(bureau: Bureau) -> Roster:
    """A roster that lacks a notice alone."""
    one = roster(bureau.bureau_id)
    told = {"purpose": "走访慰问", "legal_ground": LegalGround.EMERGENCY, "retain_until": date(2021, 4, 30)}
    Roster.objects.filter(pk=one.pk).update(title="在岗职工名册", **told)
    one.refresh_from_db()
    return one


@pytest.fixture
def privacy(staff: Roster) -> Actor:
    """The privacy officer of the bureau."""
    return officer(staff.unit_id)


def opened(client: Client, day: int = 10) -> dict[str, Any]:
    """Return the form of the page as it stands on that day, filled in."""
    with on(at(day)):
        page = client.get(PAGE)
    assert page.status_code == 200
    return {"key": str(uuid4()), "seen": page.context["seen"], "after": page.context["after"], **TEXTS}


def posted(client: Client, form: dict[str, Any], day: int = 10) -> Any:
    """Return the answer to a form."""
    with on(at(day)):
        return client.post(PAGE, form)


def signed(actor: Actor, day: int = 10) -> str:
    """Sign a version and return its address."""
    client = as_(actor)
    answer = posted(client, opened(client, day), day)
    assert answer.status_code == 302
    address: str = answer.url
    return address


def test_the_page_tells_what_to_mend_with_the_way_to_it(privacy: Actor, staff: Roster) -> None:
    before = trail_length()
    with on(at(10)):
        page = as_(privacy).get(PAGE)
    shown = page.content.decode()
    [one] = page.context["concerns"]
    assert staff.title in one.matter
    assert f'href="{reverse("roster", args=(staff.key,))}"' in shown
    assert page.context["stale"]
    assert [part.key for part in page.context["sections"]] == [
        "purpose", "held", "beside", "who", "looks", "shown", "rights", "ends", "keys", "out",
    ]  # fmt: skip
    assert trail_length() == before, "a page that is only read writes nothing"


def test_the_menu_and_the_to_do_lead_there(privacy: Actor, bureau: Bureau) -> None:
    with on(at(10)):
        page = as_(privacy).get("/")
        assert PAGE in [item.url for item in page.context["house"].nav]
        assert [item.url for item in page.context["due"]] == [PAGE, f"{PAGE}#judge"]
        for other in (bureau.officer, bureau.inspector):
            page = as_(other).get("/")
            assert PAGE not in [item.url for item in page.context["house"].nav]
            assert not [item for item in page.context["due"] if item.url.startswith(PAGE)]


def test_what_is_mended_and_signed_is_due_no_more_until_a_year_is_over(privacy: Actor, staff: Roster) -> None:
    Roster.objects.filter(pk=staff.pk).update(notice="告知全文", retain_until=date(2022, 4, 30))
    signed(privacy)
    for day, due in ((11, []), (10 + 365, []), (10 + 367, [f"{PAGE}#judge"])):
        with on(at(day)):
            assert [item.url for item in as_(privacy).get("/").context["due"]] == due


def test_signing_keeps_a_version_and_shows_it(privacy: Actor) -> None:
    client = as_(privacy)
    address = signed(privacy)
    assert address == reverse("assessment_version", args=(1,))
    row = Assessment.objects.get()
    assert row.facts == facts(at(10))
    assert asdict(judgement_of(row.judgement)) == TEXTS
    with on(at(10)):
        page = client.get(address)
    shown = page.content.decode()
    assert row.digest in shown
    assert "号码加密。<br>查看留痕。" in shown
    assert page.context["differences"] == []
    assert page.context["sections"] == sections(row.facts)
    with on(at(10)):
        again = client.get(PAGE)
    assert again.context["form"].initial["lawful"] == TEXTS["lawful"]
    assert "level" not in again.context["form"].initial, "how high the risk is is judged anew"
    assert not again.context["stale"]


def test_a_form_posted_twice_signs_once(privacy: Actor) -> None:
    client = as_(privacy)
    form = opened(client)
    assert posted(client, form).url == posted(client, form).url
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize("field", ["lawful", "impact", "level", "measures"])
def test_what_is_missing_is_said_beside_its_field_and_the_rest_is_kept(privacy: Actor, field: str) -> None:
    client = as_(privacy)
    page = posted(client, {**opened(client), field: " "})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    shown = page.content.decode()
    assert all(text in shown for name, text in TEXTS.items() if name not in {field, "level"})
    assert f'id="id_{field}_error"' in shown
    assert not Assessment.objects.exists()


def test_facts_that_changed_meanwhile_are_read_again_before_signing(privacy: Actor, staff: Roster) -> None:
    client = as_(privacy)
    form = opened(client)
    Roster.objects.filter(pk=staff.pk).update(purpose="另有用途")
    page = posted(client, form)
    assert page.status_code == 422
    assert page.context["form"].non_field_errors()
    assert not Assessment.objects.exists()
    assert Entry.objects.filter(action="journey.refused").count() == 1
    assert page.context["seen"] != form["seen"]
    fresh = {**form, "key": str(uuid4()), "seen": page.context["seen"]}
    assert posted(client, fresh).status_code == 302


def test_a_second_officer_is_told_of_the_version_signed_meanwhile(privacy: Actor, bureau: Bureau) -> None:
    other = as_(officer(bureau.bureau_id, "other"))
    form = opened(other)
    signed(privacy)
    page = posted(other, form)
    assert page.status_code == 422
    assert page.context["after"] == 1
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize("after", ["", "-1", "x", "1" * 30, "٣"])
def test_a_form_that_somebody_made_up_is_refused(privacy: Actor, after: str) -> None:
    client = as_(privacy)
    assert posted(client, {**opened(client), "after": after}).status_code == 422
    assert posted(client, {**opened(client), "key": "x"}).status_code == 400
    assert not Assessment.objects.exists()


def test_what_changed_since_stands_beside_what_was_signed(privacy: Actor, staff: Roster) -> None:
    address = signed(privacy)
    Roster.objects.filter(pk=staff.pk).update(notice="告知全文", purpose="")
    roster(staff.unit_id, "families")
    with on(at(11)):
        page = as_(privacy).get(address)
    found = {(one.where, one.before, one.after) for one in page.context["differences"]}
    assert ("在岗职工名册", "走访慰问") in {(where, before) for where, before, _after in found}
    assert any(where == "families" and not before for where, before, _after in found)
    notice = [one for one in page.context["differences"] if one.after == "告知全文"]
    assert len(notice) == 1
    assert page.context["sections"] == sections(Assessment.objects.get().facts), "shown as it was signed"


@pytest.mark.usefixtures("privacy")
def test_the_same_facts_on_another_day_differ_in_nothing() -> None:
    assert differences(facts(at(10)), facts(at(12))) == []


def test_looks_stand_with_their_purpose(privacy: Actor, staff: Roster) -> None:
    worker = person("张建国", phone="13800010001")
    enrol(staff, worker)
    union = officer(staff.unit_id, "union", Role.UNION_OFFICER)
    client = as_(privacy)
    with on(at(10)):
        assert client.get(reverse("assessment_looks")).context["rows"] == []
    show_person(person_key=worker.key, purpose="核对发放慰问金", actor=union, at=at(5))
    with on(at(10)):
        shown = client.get(reverse("assessment_looks")).content.decode()
        [group] = next(part for part in client.get(PAGE).context["sections"] if part.key == "looks").rows
    assert "核对发放慰问金" in shown
    assert reverse("person", args=(worker.key,)) in shown
    assert "张建国" not in shown
    assert (group.title, group.lines[0].value) == (union.label, "1")


def test_of_who_is_erased_no_purpose_and_no_link_is_left(privacy: Actor, staff: Roster) -> None:
    one, other = person("张建国"), person("李文")
    for who in (one, other):
        enrol(staff, who)
        show_person(person_key=who.key, purpose=f"核对{who.name}", actor=SYSTEM, at=at(5))
    with acting():
        erase_person(person_key=one.key, actor=SYSTEM, at=at(6))
    with on(at(10)):
        page = as_(privacy).get(reverse("assessment_looks"))
    told = [(row.purpose, row.key) for row in page.context["rows"]]
    assert told == [("核对李文", other.key), ("", "")]
    assert one.key not in page.content.decode()


def test_looks_are_paged(privacy: Actor, staff: Roster) -> None:
    worker = person("张建国")
    enrol(staff, worker)
    for number in range(51):
        show_person(person_key=worker.key, purpose=f"第{number}次", actor=SYSTEM, at=at(5))
    client, url = as_(privacy), reverse("assessment_looks")
    with on(at(10)):
        first = client.get(url)
        rest = client.get(url, {"before": first.context["older"]})
    assert (len(first.context["rows"]), [row.purpose for row in rest.context["rows"]]) == (50, ["第0次"])


def section(page: Any, key: str) -> Any:
    """Return one section of the page."""
    return next(part for part in page.context["sections"] if part.key == key)


def values(part: Any) -> dict[str, list[str]]:
    """Return the rows of a section by their key."""
    return {row.key: [line.value for line in row.lines] for row in part.rows}


def test_contacts_looked_up_and_papers_in_full_are_told_of_who_signs(privacy: Actor, bureau: Bureau) -> None:
    open_plan_1(bureau)
    visit = visits_of(bureau)[0]
    client, url = as_(privacy), reverse("assessment_looks")
    with on(at(10)):
        page = client.get(PAGE)
        assert section(page, "shown").rows == ()
        assert section(page, "shown").empty in page.content.decode()
        assert not client.get(url).context["rows"]
    show_contact(visit_id=visit.pk, actor=bureau.office, at=at(9))
    read = digest_of_facts(facts(at(10)))
    for is_full in (True, False):
        order = SheetOrder("units", visit.measure.plan.slug, is_full=is_full)
        make_sheets(order=order, address=None, actor=bureau.office, at=at(9, 11))
    assert digest_of_facts(facts(at(10))) == read, "a paper printed meanwhile asks for no new look"
    with on(at(10)):
        page, looks = client.get(PAGE), client.get(url)
    assert values(section(page, "shown")) == {bureau.office.key: ["1", "1"]}
    assert section(page, "looks").rows == (), "nobody on a roster was looked at"
    assert {line.key: line.value for line in section(page, "out").lines if "paper" in line.key} == {
        "papers_full": "1", "papers_masked": "1",
    }  # fmt: skip
    paper, contact = looks.context["rows"]
    assert [(row.row.actor, row.purpose) for row in (paper, contact)] == [(bureau.office.label, None)] * 2
    assert paper.row.action == "records.make_paper"
    assert contact.row.subject == f"visits.visit:{visit.pk}"
    shown = looks.content.decode()
    assert contact.beside.about.text in shown, "which unit"
    assert str(KINDS["units"].label) in shown, "which paper"
    assert set(IN_FULL) == {row.row.action for row in looks.context["rows"]} | {"people.show_person"}


def test_all_that_is_kept_sealed_beside_rosters_is_named_and_counted(privacy: Actor, bureau: Bureau) -> None:
    open_plan_1(bureau)
    record = UnitRecord.objects.order_by("pk")[0]
    UnitRecord.objects.exclude(pk=record.pk).update(contact_name="", contact_phone="")
    UnitRecord.objects.filter(pk=record.pk).update(contact_name="赵", contact_phone="1")
    with on(at(10)):
        part = section(as_(privacy).get(PAGE), "beside")
    told = values(part)
    assert told["organisation.unitrecord.contact_phone"][1] == "1", "what is empty is not kept"
    assert told["organisation.unitrecord.contact_name"][1] == "1"
    assert told["visits.visit.receiver_name"][1] == "0", "nobody signed yet"
    columns = {place(one) for one in sealed_columns() if not place(one).startswith(("people.", "jobs."))}
    assert columns <= set(told)
    assert set(told) <= set(BESIDE), "each has its words"


@pytest.mark.usefixtures("privacy")
def test_a_version_signed_before_it_told_of_contacts_is_read_as_it_was() -> None:
    told = facts(at(10))
    assert told.keys() >= {"beside", "shown", "papers"}
    old = {name: value for name, value in told.items() if name not in {"beside", "shown", "papers"}}
    assert [part.key for part in sections(old)] == [  # type: ignore[arg-type]  # as it was kept then
        "purpose", "held", "who", "looks", "rights", "ends", "keys", "out",
    ]  # fmt: skip
    assert differences(old, told)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize("name", ["assessment", "assessment_looks", "assessment_version"])
def test_who_does_not_watch_over_the_whole_sees_nothing(privacy: Actor, bureau: Bureau, name: str) -> None:
    signed(privacy)
    url = reverse(name, args=(1,) if name == "assessment_version" else ())
    part = officer(bureau.lead_id, "part")
    before = Assessment.objects.count()
    for actor in (part, bureau.officer, bureau.inspector, bureau.stranger):
        client = as_(actor)
        with on(at(10)):
            page = client.get(url)
            assert page.status_code == 403
            assert "在岗职工名册" not in page.content.decode()
            form = {**TEXTS, "key": str(uuid4()), "seen": "", "after": "1"}
            assert client.post(url, form).status_code in {403, 405}
    assert Assessment.objects.count() == before
    assert Client().get(url).status_code == 302


def test_a_version_that_is_not_there_is_not_found(privacy: Actor) -> None:
    with on(at(10)):
        assert as_(privacy).get(reverse("assessment_version", args=(7,))).status_code == 404


def test_the_page_takes_as_many_queries_for_many_rosters(privacy: Actor, bureau: Bureau) -> None:
    client = as_(privacy)
    with on(at(10)):
        few = queries_of(client, PAGE)
        for number in range(6):
            enrol(roster(bureau.bureau_id, key=f"more-{number}"), person(f"李{number}"))
        assert queries_of(client, PAGE) <= few


def test_the_trail_names_the_version_that_was_signed(privacy: Actor, bureau: Bureau) -> None:
    signed(privacy)
    with on(at(10)):
        page = as_(bureau.inspector).get(reverse("trail"), {"stream": "people"})
    [row] = page.context["rows"]
    assert (row.row.subject, row.about.text) == (
        "people.assessment:1",
        gettext("Version %(number)s") % {"number": 1},
    )
    assert [told.label for told in row.facts] == [str(LABELS[name]) for name in ("concerns", "level")]
