"""The page of papers of kits that people pick up: what is offered to whom, files, and photos of a day."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import ExifTags, Image

from goods.builders import NOW, TODAY, acting, make_person, make_unit
from goods.pickup_scene import NAMES, make_scene
from goods.pickups import Gate, whole
from songnuan.audit.models import Entry
from songnuan.goods.actions import start_count
from songnuan.goods.actions.photos import BATCH_PHOTOS_MOST
from songnuan.goods.models import Batch, BatchPhoto, Desk, Pickup
from songnuan.journeys.make_pickup_papers import KINDS
from songnuan.kernel.names import mask_name
from songnuan.organisation.permissions import Role
from songnuan.records.models import StoredFile
from songnuan.records.queries import read_file
from songnuan.records.rules import OPEN_FILE
from songnuan.web.views.pickup_papers import OF_STORE
from web.browsing import as_, on, queries_of, trail_length

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=3)
PHOTOS = {"caption": "东门领取现场", "place": "学校东门", "taken_on": TODAY.isoformat()}


@pytest.fixture
def gate() -> Gate:
    return make_scene()[0]


def page_of(gate: Gate) -> str:
    return reverse("pickup_papers", args=(gate.distribution.pk,))


def paper_of(gate: Gate, kind: str, ext: str) -> str:
    return reverse("pickup_paper", args=(gate.distribution.pk, kind, ext))


def opened_in(gate: Gate) -> str:
    """Return the stream that tells of looks at what belongs to the plan."""
    return f"plan:{gate.store.house.plan.slug}"


def taken_photo(colour: str = "red") -> SimpleUploadedFile:
    """Return a photo as a camera writes it: with its place and its maker beside the pixels."""
    made, exif = BytesIO(), Image.Exif()
    exif[ExifTags.Base.Make] = "SomeCamera"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    Image.new("RGB", (640, 480), colour).save(made, "JPEG", exif=exif)
    return SimpleUploadedFile("现场.jpg", made.getvalue(), "image/jpeg")


def post_photos(gate: Gate, actor: Any, **other: Any) -> Any:
    told = {**PHOTOS, "batch": Batch.objects.get(position=1).pk, "key": uuid4(), **other}
    told.setdefault("photos", [taken_photo()])
    with on(LATER):
        return as_(actor).post(reverse("pickup_photos", args=(gate.distribution.pk,)), told)


# Papers -----------------------------------------------------------------------------------------------


def test_every_paper_is_offered_to_the_office_and_made_in_each_of_its_forms(gate: Gate) -> None:
    client = as_(gate.officer)
    begins = {"pdf": b"%PDF", "xlsx": b"PK", "docx": b"PK"}
    post_photos(gate, gate.officer)
    pickup = Pickup.objects.order_by("pk").values_list("pk", flat=True).first()
    with on(LATER):
        page = client.get(page_of(gate)).content.decode()
        for kind, told in KINDS.items():
            assert f'id="{kind}"' in page
            for ext in told.forms:
                answer = client.post(paper_of(gate, kind, ext), {"pickup": pickup})
                assert answer.status_code == 200, (kind, ext)
                assert answer.content.startswith(begins[ext])
                assert "no-store" in answer.headers["Cache-Control"]
            assert client.get(paper_of(gate, kind, told.forms[0])).status_code == 302


def test_finance_gets_all_but_the_sheet_and_names_masked(gate: Gate) -> None:
    finance = as_(gate.store.house.finance)
    with on(LATER):
        page = finance.get(page_of(gate)).content.decode()
        assert 'id="pickup_sheet"' not in page
        assert 'name="is_full"' not in page
        assert 'name="caption"' not in page
        assert finance.post(paper_of(gate, "pickup_sheet", "pdf")).status_code == 404
        before = Entry.objects.filter(action="records.make_paper").count()
        tried = finance.post(paper_of(gate, "pickup_receipts", "xlsx"), {"is_full": "on"})
        assert tried.status_code == 403
        assert Entry.objects.filter(action="records.make_paper").count() == before
        assert finance.post(paper_of(gate, "pickup_receipts", "xlsx")).status_code == 200


def test_who_is_of_another_unit_finds_nothing(gate: Gate) -> None:
    elsewhere = make_person("外区工会", Role.UNION_OFFICER, make_unit("外区"))
    before = trail_length()
    with on(LATER):
        for actor in (elsewhere, gate.store.house.stranger, gate.clerk):
            client = as_(actor)
            assert client.get(page_of(gate)).status_code == 404
            for kind, told in KINDS.items():
                assert client.post(paper_of(gate, kind, told.forms[0])).status_code == 404
            assert post_photos(gate, actor).status_code == 404
    assert trail_length() == before
    assert BatchPhoto.objects.count() == StoredFile.objects.filter(media_type="image/jpeg").count() == 0


def test_what_narrows_a_paper_is_of_this_distribution_alone(gate: Gate) -> None:
    client = as_(gate.officer)
    with on(LATER):
        answer = client.post(paper_of(gate, "pickup_sheet", "xlsx"), {"batch": "999999"})
        assert answer.status_code == 422
        assert client.post(paper_of(gate, "pickup_receipt", "pdf"), {"pickup": "999999"}).status_code == 422
        assert client.post(paper_of(gate, "pickup_summary", "xlsx")).status_code == 400
        page = client.get(f"{page_of(gate)}?batch={Batch.objects.get(position=2).pk}").content.decode()
    assert f'<option value="{Batch.objects.get(position=2).pk}" selected>' in page


def test_a_volume_is_asked_for_where_portions_are_few_and_records_are_many(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = len(NAMES)
    for module in ("web.pickup_paper_forms", "journeys.pickup_volumes"):
        monkeypatch.setattr(f"songnuan.{module}.DRAWN_MOST", {"pdf": limit, "docx": limit})
    client = as_(gate.officer)

    def asked() -> bool:
        with on(LATER):
            offers = client.get(page_of(gate)).context["offers"]
        return ["volume" in one.form.fields for one in offers if one.kind == "pickup_receipts"] == [True]

    assert not asked()
    west = Desk.objects.get(name="西门").pk
    while Pickup.objects.count() <= limit:
        gate.pick_up(west, NAMES[0], at=LATER)
    assert asked()
    with on(LATER):
        url = paper_of(gate, "pickup_receipts", "pdf")
        assert client.post(url).status_code == 422
        assert client.post(url, {"volume": "1"}).status_code == 200


def test_the_number_of_queries_of_the_page_is_fixed(gate: Gate) -> None:
    client = as_(gate.officer)
    with on(LATER):
        client.get(page_of(gate))
        few = queries_of(client, page_of(gate))
    for colour in ("red", "green", "blue"):
        post_photos(gate, gate.officer, photos=[taken_photo(colour)])
    with on(LATER):
        assert queries_of(client, page_of(gate)) == few


def test_who_counts_the_store_gets_no_paper_with_its_figures_meanwhile(gate: Gate) -> None:
    house = gate.store.house
    with acting():
        start_count(plan_id=house.plan.pk, actor=house.finance, at=LATER)
    client = as_(house.finance)
    before = Entry.objects.filter(action="records.make_paper").count()
    with on(LATER):
        for kind in OF_STORE:
            assert client.post(paper_of(gate, kind, KINDS[kind].forms[0])).status_code == 422
        assert Entry.objects.filter(action="records.make_paper").count() == before
        assert client.post(paper_of(gate, "pickup_receipts", "xlsx")).status_code == 200
        assert as_(gate.officer).post(paper_of(gate, "item_card", "xlsx")).status_code == 200


def test_the_tab_of_papers_is_there_for_who_may_open_it(gate: Gate) -> None:
    one = reverse("pickups_one", args=(gate.distribution.pk,))
    with on(LATER):
        for actor, is_offered in (
            (gate.officer, True),
            (gate.store.house.finance, True),
            (gate.clerk, False),
        ):
            page = as_(actor).get(one)
            assert page.status_code == 200
            assert (page_of(gate) in page.content.decode()) is is_offered


# Photos -----------------------------------------------------------------------------------------------


def test_photos_are_kept_with_their_batch_without_what_the_camera_wrote(gate: Gate) -> None:
    assert post_photos(gate, gate.officer, photos=[taken_photo(), taken_photo("blue")]).status_code == 302
    rows = list(BatchPhoto.objects.order_by("position"))
    assert [(row.position, row.caption, row.place) for row in rows] == [
        (1, "东门领取现场", "学校东门"),
        (2, "东门领取现场", "学校东门"),
    ]
    assert rows[0].picture is not None
    content = read_file(rows[0].picture)
    assert b"SomeCamera" not in content
    with Image.open(BytesIO(content)) as picture:
        assert not picture.getexif()
    with on(LATER):
        client = as_(gate.officer)
        small = reverse("pickup_photo_small", args=(gate.distribution.pk, 1, 1))
        assert small in client.get(page_of(gate)).content.decode()
        before = trail_length()
        assert client.get(small).status_code == 200
        assert trail_length() == before
        assert client.get(reverse("pickup_photo", args=(gate.distribution.pk, 1, 1))).status_code == 200
        look = Entry.objects.get(action=OPEN_FILE)
        assert (look.subject, look.stream.name) == (f"goods.batch:{rows[0].batch_id}", opened_in(gate))
        assert client.get(reverse("pickup_photo", args=(gate.distribution.pk, 1, 3))).status_code == 404
    assert whole()


def test_a_photo_is_taken_out_by_the_office_alone_and_shown_no_more(gate: Gate) -> None:
    post_photos(gate, gate.officer, photos=[taken_photo(), taken_photo("blue")])
    first = (gate.distribution.pk, 1, 1)
    taking = reverse("pickup_photo_withdraw", args=first)
    with on(LATER):
        finance, client = as_(gate.store.house.finance), as_(gate.officer)
        assert taking not in finance.get(page_of(gate)).content.decode()
        assert finance.post(taking).status_code == 403
        assert BatchPhoto.objects.exclude(picture=None).count() == 2
        assert taking in client.get(page_of(gate)).content.decode()
        assert client.post(taking).headers["Location"] == page_of(gate)
        assert taking not in client.get(page_of(gate)).content.decode()
        for name in ("pickup_photo", "pickup_photo_small"):
            assert client.get(reverse(name, args=first)).status_code == 404
        assert client.post(taking).status_code == 404
        assert client.post(paper_of(gate, "pickup_photos", "pdf")).status_code == 200
    assert [row.picture is None for row in BatchPhoto.objects.order_by("position")] == [True, False]
    assert StoredFile.objects.filter(erased_at__isnull=False).count() == 2
    post_photos(gate, gate.officer, photos=[taken_photo("green")])
    assert BatchPhoto.objects.order_by("-position")[0].position == 3
    assert whole()


def test_photos_are_shown_page_by_page_in_the_order_of_their_batches(gate: Gate) -> None:
    for batch in Batch.objects.order_by("-position"):
        post_photos(gate, gate.officer, batch=batch.pk)
        first = BatchPhoto.objects.get(batch=batch)
        BatchPhoto.objects.bulk_create(
            BatchPhoto(
                batch=batch,
                position=place,
                picture=first.picture,
                thumbnail=first.thumbnail,
                taken_on=TODAY,
                added_by=first.added_by,
                added_at=NOW,
            )
            for place in range(2, BATCH_PHOTOS_MOST + 1)
        )
    client, told = as_(gate.officer), []
    with on(LATER):
        page = client.get(page_of(gate))
        assert f"?before={page.context['older']}#photos" in page.content.decode()
        told.append(page.context["photos"])
        page = client.get(f"{page_of(gate)}?before={page.context['older']}")
        told.append(page.context["photos"])
    assert ([len(some) for some in told], page.context["older"]) == ([50, 30], None)
    found = [(one.batch.position, one.position) for some in told for one in some]
    assert found == [(batch, place) for batch in (1, 2) for place in range(1, BATCH_PHOTOS_MOST + 1)]


def test_photos_sent_twice_are_kept_once(gate: Gate) -> None:
    key = uuid4()
    for _again in range(2):
        assert post_photos(gate, gate.officer, key=key).status_code == 302
    assert BatchPhoto.objects.count() == 1


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"taken_on": (TODAY + timedelta(1)).isoformat()}, "taken_on"),
        ({"caption": "长" * 121}, "caption"),
        ({"place": "长" * 81}, "place"),
        ({"batch": "999999"}, "batch"),
        ({"photos": [SimpleUploadedFile("一.pdf", b"%PDF-1.4", "application/pdf")]}, "photos"),
        ({"photos": []}, "photos"),
    ],
)
def test_photos_that_cannot_be_taken_are_refused_beside_their_field(
    gate: Gate, told: dict[str, Any], field: str
) -> None:
    answer = post_photos(gate, gate.officer, **told)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert BatchPhoto.objects.count() == 0


def test_a_batch_keeps_a_number_of_photos_and_no_more(gate: Gate) -> None:
    post_photos(gate, gate.officer)
    first = BatchPhoto.objects.get()
    BatchPhoto.objects.bulk_create(
        BatchPhoto(
            batch=first.batch,
            position=place,
            picture=first.picture,
            thumbnail=first.thumbnail,
            taken_on=TODAY,
            added_by=first.added_by,
            added_at=NOW,
        )
        for place in range(2, BATCH_PHOTOS_MOST + 1)
    )
    assert post_photos(gate, gate.officer).status_code == 422
    assert BatchPhoto.objects.count() == BATCH_PHOTOS_MOST


def test_what_a_photo_shows_may_be_emptied_and_nothing_else_of_it_changes(gate: Gate) -> None:
    post_photos(gate, gate.officer)
    for change in ({"place": "别处"}, {"position": 9}, {"caption": "另一个"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BatchPhoto.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        BatchPhoto.objects.all().delete()
    BatchPhoto.objects.update(caption=None)
    assert BatchPhoto.objects.get().caption is None


def test_the_names_on_the_page_are_none(gate: Gate) -> None:
    with on(LATER):
        page = as_(gate.officer).get(page_of(gate)).content.decode()
    assert not any(name in page or mask_name(name) in page for name in NAMES)
