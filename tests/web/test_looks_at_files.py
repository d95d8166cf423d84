"""Who opens a file that is kept sealed is noted, once a day for each file, and the inspector reads it."""

import re
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.db.models import ForeignKey
from django.urls import reverse
from django.utils.translation import gettext as _

import songnuan
from inspection_people import PDF, REASON, whole
from people import SLUG, Bureau, at, open_plan_1
from songnuan.approvals.hold_models import Hold
from songnuan.audit.models import Entry
from songnuan.audit.queries import TrailRow, entries
from songnuan.journeys.add_invoice import add_invoice
from songnuan.journeys.check_trail import check_trail
from songnuan.journeys.place_hold import place_hold
from songnuan.journeys.record_instruction import Scan
from songnuan.journeys.sent_files import SentFile
from songnuan.kernel.actor import Actor
from songnuan.records.models import StoredFile
from songnuan.records.rules import OPEN_FILE
from songnuan.web.file_words import FILES
from songnuan.web.trail_files import PLACES
from web.browsing import as_, filled, on, record_url, trail_length, visits_of
from web.test_field_pages import upload

pytestmark = pytest.mark.django_db
VIEWS = Path(songnuan.__file__).parent / "web"
LOOKS = f"{reverse('inspection_plan', args=(SLUG,))}?part=looks"


@pytest.fixture
def purchase(bureau: Bureau) -> int:
    """Plan 1 under way, with its kits bought in one purchase that has its invoice."""
    pk = whole(bureau, open_plan_1(bureau))
    sent = SentFile(PDF, "发票.pdf", "application/pdf")
    add_invoice(purchase_id=pk, invoice=sent, key=uuid4(), actor=bureau.finance, at=at(8))
    return pk


def opened() -> list[TrailRow]:
    """Return the looks at files, the newest first."""
    return entries(action=OPEN_FILE)


def get(actor: Actor, url: str, moment: datetime) -> int:
    with on(moment):
        return as_(actor).get(url).status_code


def test_who_opened_an_invoice_is_read_by_the_inspector(bureau: Bureau, purchase: int) -> None:
    url = reverse("purchase_invoice", args=(purchase,))
    assert get(bureau.finance, url, at(9, 10)) == 200
    [row] = opened()
    assert (row.actor, row.at, row.subject) == (bureau.finance.label, at(9, 10), f"goods.purchase:{purchase}")
    assert row.facts["file"] == "invoice"
    with on(at(10)):
        page = as_(bureau.inspector).get(LOOKS)
        numbers = as_(bureau.inspector).get(f"{LOOKS}&only=full")
        files = as_(bureau.inspector).get(f"{LOOKS}&only=files")
    [(line, purpose)] = page.context["looks"]
    assert (line.row, purpose) == (row, None)
    assert line.about.url == reverse("purchase", args=(purchase,))
    assert [fact.text for fact in line.facts] == [str(FILES["invoice"])]
    text = page.content.decode()
    for told in (_("opened a file"), bureau.finance.label, line.about.url, str(FILES["invoice"])):
        assert told in text
    assert numbers.context["looks"] == []
    assert _("Nobody has looked at any of this yet.") in numbers.content.decode()
    assert [look.row for look, _purpose in files.context["looks"]] == [row]
    assert check_trail() == []


def test_a_file_is_noted_once_a_day_for_each_reader(bureau: Bureau, purchase: int) -> None:
    url = reverse("purchase_invoice", args=(purchase,))
    # 23:59 and 00:00 in China's time are two days.
    for actor, moment in (
        (bureau.finance, at(9, 10)),
        (bureau.finance, at(9, 23, 59)),
        (bureau.inspector, at(9, 11)),
        (bureau.finance, at(10, 0)),
    ):
        assert get(actor, url, moment) == 200
    assert [(row.actor, row.at) for row in opened()] == [
        (bureau.finance.label, at(10, 0)),
        (bureau.inspector.label, at(9, 11)),
        (bureau.finance.label, at(9, 10)),
    ]


def test_who_may_not_open_a_file_and_who_sees_nothing_of_it_leave_no_look(
    bureau: Bureau, purchase: int
) -> None:
    url, before = reverse("purchase_invoice", args=(purchase,)), trail_length()
    for actor in (bureau.liaison, bureau.stranger):
        assert get(actor, url, at(9)) == 404
    assert as_(bureau.finance).head(url).status_code == 200
    assert as_(bureau.finance).post(url).status_code == 405
    assert get(bureau.finance, reverse("purchase", args=(purchase,)), at(9)) == 200
    assert trail_length() == before


def test_signatures_and_photos_of_a_visit_are_noted_and_thumbnails_are_not(
    bureau: Bureau, purchase: int
) -> None:
    assert purchase
    visit = visits_of(bureau)[0]
    sent = filled(bureau, "2020-04-08T09:30", photos=[upload(), upload("二.png", "blue")])
    with on(at(8, 10)):
        assert as_(bureau.liaison).post(record_url(visit), sent).status_code == 302
    before = trail_length()
    assert get(bureau.office, reverse("visit_photo_small", args=(visit.pk, 1)), at(9)) == 200
    assert get(bureau.office, reverse("visit_photo", args=(visit.pk, 3)), at(9)) == 404
    assert trail_length() == before
    for url in (
        reverse("visit_signature", args=(visit.pk,)),
        reverse("visit_photo", args=(visit.pk, 1)),
        reverse("visit_photo", args=(visit.pk, 2)),
    ):
        assert get(bureau.office, url, at(9)) == 200
    rows = opened()[::-1]
    assert [(row.facts["file"], row.facts.get("number")) for row in rows] == [
        ("visit_signature", None),
        ("photo", 1),
        ("photo", 2),
    ]
    assert {row.subject for row in rows} == {f"visits.visit:{visit.pk}"}


def test_what_a_hold_was_placed_with_is_noted_with_the_hold(bureau: Bureau, purchase: int) -> None:
    place_hold(
        subject=f"goods.purchase:{purchase}",
        reason=REASON,
        picture=Scan(PDF, "报价.pdf", "application/pdf"),
        key=uuid4(),
        actor=bureau.inspector,
        at=at(8, 9),
    )
    pk = Hold.objects.get().pk
    assert get(bureau.finance, reverse("hold_file", args=(pk,)), at(9)) == 200
    [row] = opened()
    assert (row.subject, row.facts["for"]) == (f"approvals.hold:{pk}", f"goods.purchase:{purchase}")
    with on(at(10)):
        [(line, _purpose)] = as_(bureau.inspector).get(LOOKS).context["looks"]
    assert line.about.url == reverse("hold", args=(pk,))


def test_a_file_that_is_gone_from_the_disk_leaves_no_look(bureau: Bureau, purchase: int) -> None:
    before = Entry.objects.count()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songnuan.records.storage.read", _gone)
        with pytest.raises(FileNotFoundError):
            get(bureau.finance, reverse("purchase_invoice", args=(purchase,)), at(9))
    assert Entry.objects.count() == before


def test_a_stored_file_is_named_by_what_it_is_and_of_what(bureau: Bureau, purchase: int) -> None:
    url = f"{reverse('trail')}?stream=records"
    visit = visits_of(bureau)[0]
    sent = filled(bureau, "2020-04-08T09:30", photos=[upload()])
    with on(at(8, 10)):
        assert as_(bureau.liaison).post(record_url(visit), sent).status_code == 302
    with on(at(9)):
        rows = as_(bureau.inspector).get(url).context["rows"]
    told = {line.about for line in rows if line.row.action == "records.store_file"}
    assert {(named.text.partition(" · ")[0], named.url) for named in told} == {
        (str(FILES["invoice"]), reverse("purchase", args=(purchase,))),
        (str(FILES["visit_signature"]), reverse("visit", args=(visit.pk,))),
        (str(FILES["photo"]), reverse("visit", args=(visit.pk,))),
    }, "the photo is so small that its small picture is the same file"


def test_every_column_that_holds_a_file_is_known_to_the_trail() -> None:
    held = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is StoredFile
    }
    assert held == {(place.table, place.column) for place in PLACES}


def _gone(_digest: str) -> bytes:
    raise FileNotFoundError


def test_pages_open_files_in_one_way_only() -> None:
    readers = {path.name for path in VIEWS.rglob("*.py") if "read_file" in path.read_text()}
    assert readers == {"opening.py"}
    kinds = {
        kind
        for path in VIEWS.rglob("*.py")
        for kind in re.findall(r'\b_?[Oo]pened\(\s*"(\w+)"', path.read_text())
    }
    assert kinds == FILES.keys()
