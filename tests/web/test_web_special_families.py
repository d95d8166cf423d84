"""Pages of special families: what each reader finds there, and that nobody else finds who they are."""

import io
import re
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from casework.special_house import (
    NAME,
    NOW,
    PHONE,
    SECRETS,
    WORRY,
    SpecialHouse,
    day,
    make_special,
)
from goods.builders import FOUNDED, make_person
from songnuan.audit.models import Entry
from songnuan.casework.case_models import Case, Contact
from songnuan.casework.special_models import CaseLook, SpecialFamily
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.end_special_family import end_special_family
from songnuan.journeys.remind_of_families import remind_of_families
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.models import Post
from songnuan.organisation.permissions import Role
from songnuan.web.due import desk_of, due_of
from songnuan.web.views.shared import Reader
from web.browsing import as_, on, user_of
from web.test_doors import ARGUMENTS, addresses

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house() -> SpecialHouse:
    cache.clear()
    return make_special()


def page(actor: Actor, name: str, *args: Any, at: Any = NOW, told: dict[str, Any] | None = None) -> Any:
    """Open a page, or post to it."""
    with on(at):
        browser, url = as_(actor), reverse(name, args=args)
        if told is None:
            return browser.get(url)
        return browser.post(url, {"key": str(uuid4()), **told})


def text_of(answer: Any) -> str:
    """Return all that an answer tells, a workbook's cells too."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"".join(packed.read(name) for name in packed.namelist())
    return f"{answer.headers} {body.decode(errors='replace')}"


def tells(answer: Any) -> set[str]:
    """Return which of the secrets an answer tells."""
    told = text_of(answer)
    return {secret for secret in SECRETS if secret in told}


def due(actor: Actor, at: Any = NOW) -> list[str]:
    """Return what is due from somebody."""
    with on(at):
        return [item.title for item in due_of(desk_of(Reader(user_of(actor), actor, at, at.date())))]


def looks() -> list[tuple[int, str]]:
    """Return who looked at what, in order."""
    return list(CaseLook.objects.order_by("pk").values_list("by", "what"))


def test_the_office_puts_a_family_down_and_gives_it_two_people(house: SpecialHouse) -> None:
    board = page(house.lead, "families_board", house.measure.pk)
    assert "登记家庭" in text_of(board)
    told = {"name": NAME, "phone": "12", "unit": house.community.pk, "address": "", "about": ""}
    wrong = page(house.lead, "special_new", house.measure.pk, told=told)
    assert wrong.status_code == 422
    assert wrong.context["form"].errors.keys() == {"phone"}
    assert not Case.objects.exists()
    made = page(house.lead, "special_new", house.measure.pk, told={**told, "phone": PHONE})
    case = Case.objects.get()
    assert made.url == reverse("family_case", args=(case.pk,))
    assert {"1户家庭没有联系人", "1户未指定副联系人"} <= set(due(house.lead)), due(house.lead)
    page(house.lead, "family_helper", case.pk, told={"helper": house.contact.user_id, "reason": ""})
    asked = page(house.contact, "family_case", case.pk)
    assert asked.status_code == 200
    assert "台-0001" in text_of(asked)
    assert not tells(page(house.contact, "family_case", case.pk)), "who was only asked does not see who it is"
    page(house.lead, "special_deputy", case.pk, told={"deputy": house.deputy.user_id, "deputy_reason": ""})
    same = page(house.lead, "special_deputy", case.pk, told={"deputy": house.deputy.user_id})
    assert same.status_code == 422
    page(house.contact, "family_answer", case.pk, told={"answer": "accept"})
    case.refresh_from_db()
    assert (case.helper_id, case.deputy_id) == (house.contact.user_id, house.deputy.user_id)
    corrected = page(house.lead, "special_correct", case.pk, told={"name": "司马文", "phone": ""})
    assert corrected.status_code == 302
    assert SpecialFamily.objects.get().name == "司马文"


def test_each_reader_finds_what_is_theirs_and_every_look_is_kept(house: SpecialHouse) -> None:
    case = house.helped()
    house.touch(case)
    need = house.need(case)
    for actor in (house.lead, house.contact, house.deputy):
        assert tells(page(actor, "family_case", case.pk)) == set(SECRETS) - {PHONE}
        assert tells(page(actor, "family_need", need.pk)) == {WORRY}, "a need stands under its number"
    shown = page(house.contact, "family_phone", case.pk, "own", told={})
    assert PHONE in text_of(shown)
    ids = [actor.user_id for actor in (house.lead, house.contact, house.deputy)]
    expected = [(pk, what) for pk in ids for what in ("case", "need")]
    assert looks() == [*expected, (house.contact.user_id, "phone"), (house.contact.user_id, "case")]
    for who, actor in house.outsiders.items():
        assert page(actor, "family_case", case.pk).status_code == 404, who
    nobody = house.outsiders["liaison of the same unit"]
    for name, pk in (("family_need", need.pk), ("special_correct", case.pk), ("family_contact", case.pk)):
        assert page(nobody, name, pk).status_code == 404, name
    assert page(nobody, "families_board", house.measure.pk).status_code == 404
    assert page(nobody, "special_inspect", case.pk, told={"reason": "看看"}).status_code == 404
    assert len(looks()) == len(expected) + 2
    ledger = page(house.lead, "families_ledger", house.measure.pk)
    assert tells(ledger) == {WORRY}, "needs by number, nobody named"
    assert looks()[-1] == (house.lead.user_id, "ledger")
    answer = page(house.lead, "family_case", case.pk)
    assert len(answer.context["looks"]) == len(looks()), "the office tells the family who looked"
    secret = house.link(need, house.lead)
    with on(NOW):
        own = Client().get(reverse("family_feedback", args=(secret,)))
    assert "社工一" in text_of(own), "and its own link tells it, too"
    assert not tells(own)


def test_an_inspector_sees_numbers_and_for_a_reason_one_family_once(house: SpecialHouse) -> None:
    case = house.helped()
    need = house.need(case)
    board = page(house.inspector, "families_board", house.measure.pk)
    assert "台-0001" in text_of(board)
    assert not tells(board)
    closed = page(house.inspector, "family_case", case.pk)
    assert "inspect" in closed.context
    assert not tells(page(house.inspector, "family_case", case.pk))
    assert page(house.inspector, "special_inspect", case.pk, told={"reason": ""}).status_code == 422
    assert looks() == []
    for name, pk in (("family_need", need.pk), ("special_correct", case.pk), ("family_contact", case.pk)):
        assert page(house.inspector, name, pk).status_code in {403, 404}
    for name in ("families_ledger", "special_new", "families_helpers"):
        assert page(house.inspector, name, house.measure.pk).status_code == 403
    seen = page(house.inspector, "special_inspect", case.pk, told={"reason": f"核对{NAME}反映的情况"})
    assert seen.status_code == 200
    assert tells(seen) == set(SECRETS) - {PHONE}
    assert looks() == [(house.inspector.user_id, "inspected")]
    assert not tells(page(house.inspector, "family_case", case.pk)), "the next look needs its own reason"
    told = {"happened_on": "2020-03-02", "way": "phone", "reached": "yes", "words": "x"}
    assert page(house.inspector, "family_contact", case.pk, told=told).status_code == 403
    assert not Contact.objects.exists()
    trail = page(house.inspector, "trail")
    assert "查阅特殊家庭" in text_of(trail)
    assert not tells(page(house.inspector, "trail"))
    assert f"核对{NAME}" in text_of(page(house.lead, "family_case", case.pk)), "the office reads the reason"
    hers = text_of(page(house.contact, "family_case", case.pk))
    assert ("纪检员" in hers, f"核对{NAME}" in hers) == (True, False), "whom it may be about does not"


# Everywhere ---------------------------------------------------------------------------------------


ABSENT = (
    *("bank-layouts", "callbacks", "counts", "disposals", "donations", "funds", "holds", "issues", "kits"),
    *("lists", "lots", "problems", "purchase-requests", "purchases", "quotations", "samples", "visits"),
)
"""Where addresses with a number lead to things of which this house has none."""


def everywhere(house: SpecialHouse, keys: set[int]) -> set[str]:
    """Return the address of every page of ours, each with the numbers of what is there in this house."""
    known = {
        "slug": house.measure.plan.slug,
        "measure_id": str(house.measure.pk),
        "unit_id": str(house.community.pk),
        "user_id": str(house.contact.user_id),
        "measure_key": house.measure.key,
    }
    kinds = ("contact", "need", "home_visit")
    told = [{**ARGUMENTS, **known, "pk": str(pk), "kind": kind} for pk in keys for kind in kinds]
    found = {address for arguments in told for address in addresses(arguments)}
    return {
        f"/{address}"
        for address in found
        if not (address.startswith(ABSENT) and any(part.isdecimal() for part in address.split("/")))
    }


def all_posts(house: SpecialHouse) -> Actor:
    """Return somebody who holds every post of the centre, and others below it, but leads no such family."""
    centre = house.measure.plan.unit
    actor = make_person("万能", Role.PROGRAMME_OFFICER, centre)
    # An administrator reaches no special family whatever else they hold, and would hide what leaks to others.
    posts = [(centre, role) for role in Role if role not in {Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR}]
    posts += [(house.office, Role.UNIT_LIAISON), (house.community, Role.LEAD_LIAISON)]
    posts += [(house.community, Role.UNIT_LIAISON), (house.community, Role.INSPECTOR)]
    Post.objects.bulk_create(
        Post(user_id=actor.user_id or 0, unit=unit, role=role, starts_on=FOUNDED) for unit, role in posts
    )
    return actor


def test_nobody_else_finds_a_special_family_on_any_page_of_the_house(house: SpecialHouse) -> None:
    case = house.helped()
    house.touch(case)
    need = house.need(case)
    house.call(need, house.deputy)
    house.close(need, house.contact)
    open_need = house.need(case)
    gone = house.register(name="司马文")
    end_special_family(case_id=gone.pk, reason=f"{NAME}的邻居，已迁出", actor=house.lead, at=NOW)
    page(house.lead, "family_case", case.pk)
    page(house.inspector, "special_inspect", case.pk, told={"reason": f"核对{NAME}"})
    remind_of_families(actor=SYSTEM, at=day(9))
    outsider = all_posts(house)
    kept = looks()
    found, names = 0, (*SECRETS, "司马文")
    with on(day(9)):
        browser = as_(outsider)
        for address in sorted(everywhere(house, {case.pk, need.pk, open_need.pk, gone.pk})):
            answer = browser.get(address)
            if answer.status_code == 200:
                text = text_of(answer)
                assert not any(name in text for name in names), address
                found += "台-0001" in text
        for words in (NAME, PHONE, "司马文", "台-0001"):
            told = text_of(browser.post("/search/", {"q": words})).replace(words, "", 1)
            assert not any(name in told.replace(words, "") for name in names)
        assert NAME in text_of(as_(house.lead).get(reverse("family_case", args=(case.pk,))))
    assert found > 3, "the number is told where the name is not"
    assert len(looks()) == len(kept) + 1, "and nobody has looked but the office"
    outbox = repr(list(OutboxMessage.objects.values()))
    trail = repr(list(Entry.objects.values()))
    assert not any(name in outbox + trail for name in names)


def test_a_contact_of_which_nothing_was_chosen_is_refused_beside_its_fields(house: SpecialHouse) -> None:
    case = house.helped()
    form = page(house.contact, "family_contact", case.pk).content.decode()
    assert " checked" not in form
    told = {"happened_on": NOW.date().isoformat(), "words": ""}
    wrong = page(house.contact, "family_contact", case.pk, told=told)
    assert wrong.status_code == 422
    assert dict(wrong.context["form"].errors) == {
        "way": ["请选择联系方式。"],
        "reached": ["请选择是否联系上。"],
    }
    shown = wrong.content.decode()
    assert re.search('id="id_way_error".*?请选择联系方式。.*?name="way"', shown, re.DOTALL)
    assert not Contact.objects.exists()
    told |= {"way": "phone", "reached": "yes"}
    assert page(house.contact, "family_contact", case.pk, told=told).status_code == 302
    assert Contact.objects.count() == 1
