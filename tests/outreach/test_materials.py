"""What goes with a lesson: known by its content, frozen with the signature, given in stretches to readers."""

import struct
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from goods.builders import snapshot
from inspection_people import PDF
from outreach.course_house import TODAY, School, make_school
from outreach.lesson_house import NOW
from songnuan.journeys.add_material import add_material, drop_material
from songnuan.journeys.sign_lesson import sign_lesson, withdraw_lesson
from songnuan.journeys.teach_course import open_course
from songnuan.journeys.write_lesson import hand_in_lesson
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.outreach.actions.courses import Terms
from songnuan.outreach.lesson_models import Lesson
from songnuan.outreach.material_models import Material, MaterialPart
from songnuan.records import video
from songnuan.records.checks import verify
from songnuan.records.models import StoredFile
from web.browsing import as_, on

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Material, MaterialPart, StoredFile)


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def film(size: int = 2_500_000, codec: bytes = b"avc1") -> bytes:
    """Return what passes for a film: its boxes are whole, and its pictures are noise that repeats."""
    noise = bytes(range(251)) * (size // 251 + 1)
    head = box(b"ftyp", b"isom\0\0\2\0isomavc1") + box(b"moov", b"trak" + codec + bytes(40))
    return head + box(b"mdat", noise[:size])


@pytest.fixture
def school() -> School:
    return make_school()


def add(school: School, lesson: Lesson, content: bytes, actor: Actor | None = None) -> Material:
    return add_material(
        lesson_id=lesson.pk,
        file=BytesIO(content),
        size=len(content),
        name="返校第一课.mp4",
        actor=actor or school.lead,
        at=NOW,
    )


def refused(act: Callable[[], object], code: str) -> str:
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as told:
        act()
    assert told.value.code == code
    assert snapshot(TABLES) == before
    return told.value.sentence


def signed(school: School, lesson: Lesson) -> Lesson:
    hand_in_lesson(lesson_id=lesson.pk, actor=school.house.people["office"], at=NOW)
    return sign_lesson(lesson_id=lesson.pk, actor=school.house.people["publicity"], at=NOW)


def test_what_a_file_is_is_read_from_its_content(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = school.house.draft()
    whole = film()
    for content, code in (
        (b"", "file_empty"),
        (b"MZ" + bytes(400), "file_kind"),
        (b"<html><script>alert(1)</script>", "file_kind"),
        (whole[:-1], "file_kind"),
        (whole + b"<script>", "file_kind"),
        (box(b"ftyp", b"isom\0\0\2\0") + box(b"mdat", bytes(99)), "file_kind"),
        (box(b"ftyp", b"evil\0\0\2\0") + whole[24:], "file_kind"),
        (box(b"moov", b"avc1") + box(b"mdat", bytes(99)), "file_kind"),
        (film(codec=b"hvc1"), "file_kind"),
        (b"%PDF-1.7 and no end", "file_kind"),
    ):
        refused(lambda content=content: add(school, lesson, content), code)  # type: ignore[misc]
    monkeypatch.setattr(video, "VIDEO_MOST", 2_000_000)
    assert "2.4" in refused(lambda: add(school, lesson, whole), "file_size")


def test_who_may_add_and_until_when(school: School) -> None:
    lesson = school.house.draft()
    for name in ("stranger", "inspector"):
        refused(lambda name=name: add(school, lesson, PDF, school.house.people[name]), "not_permitted")  # type: ignore[misc]
    first = add(school, lesson, film())
    assert (first.kind, first.parts.count(), first.size) == ("video", 3, len(film()))
    second = add(school, lesson, film(1000))
    pdf = add(school, lesson, PDF)
    first.refresh_from_db()
    assert (first.removed_at, second.removed_at, pdf.kind) == (NOW, None, "pdf")
    drop_material(lesson_id=lesson.pk, material_id=pdf.pk, actor=school.lead, at=NOW)
    refused(
        lambda: drop_material(lesson_id=lesson.pk, material_id=pdf.pk, actor=school.lead, at=NOW),
        "material_unknown",
    )
    signed(school, lesson)
    refused(lambda: add(school, lesson, PDF), "wrong_state")
    refused(
        lambda: drop_material(lesson_id=lesson.pk, material_id=second.pk, actor=school.lead, at=NOW),
        "wrong_state",
    )
    for act in (
        lambda: Material.objects.filter(pk=second.pk).update(removed_at=NOW),
        lambda: Material.objects.filter(pk=second.pk).delete(),
        lambda: MaterialPart.objects.filter(material=second).update(position=9),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert verify() == []


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_film_is_given_in_stretches_to_who_reads_the_lesson(school: School) -> None:
    lesson, content = school.house.draft(), film()
    made = add(school, lesson, content)
    address = reverse("material", args=(made.pk,))
    reader, writer = as_(school.house.staff["语文组"][0]), as_(school.lead)
    with on(NOW):
        assert reader.get(address).status_code == 404, "a draft is for who writes it"
        assert writer.get(address).status_code == 200
        signed(school, lesson)
        whole = reader.get(address)
        assert (whole.status_code, whole.headers["Content-Type"]) == (200, "video/mp4")
        assert whole.headers["X-Content-Type-Options"] == "nosniff"
        assert body(whole) == content
        for asked, first, last in (
            ("bytes=0-", 0, len(content) - 1),
            ("bytes=0-1", 0, 1),
            (f"bytes={2**20 - 3}-{2**20 + 3}", 2**20 - 3, 2**20 + 3),
            (f"bytes={2**21}-99999999", 2**21, len(content) - 1),
            ("bytes=-5", len(content) - 5, len(content) - 1),
        ):
            part = reader.get(address, headers={"range": asked})
            assert part.status_code == 206, asked
            assert part.headers["Content-Range"] == f"bytes {first}-{last}/{len(content)}"
            assert body(part) == content[first : last + 1], asked
            assert part.headers["Content-Length"] == str(last - first + 1)
        assert reader.get(address, headers={"range": "bytes=99999999-"}).status_code == 416
        assert reader.get(address, headers={"range": "bytes=5-2"}).status_code == 416
        assert body(reader.get(address, headers={"range": "lines=1-2"})) == content
        assert as_(school.house.people["stranger"]).get(address).status_code == 404
        assert Client().get(address).status_code == 302


def test_by_an_own_code_only_the_own_lesson_is_given(school: School) -> None:
    lesson = school.house.draft()
    made = add(school, lesson, film(1000))
    signed(school, lesson)
    terms = Terms(TODAY + timedelta(days=5))
    own = open_course(lesson_id=lesson.pk, roster_id=school.roster.pk, terms=terms, actor=school.lead, at=NOW)
    other = school.course()
    code = school.learner(other, "周静").code
    mine = school.learner(own, "周静").code
    client = Client()
    with on(NOW):
        given = client.get(reverse("material_by_code", args=(mine, made.pk)))
        assert (given.status_code, body(given)) == (200, film(1000))
        typed = client.get(reverse("material_by_code", args=((mine or "").lower(), made.pk)))
        assert typed.status_code == 200
        assert client.get(reverse("material_by_code", args=(code, made.pk))).status_code == 404
        assert client.get(reverse("material_by_code", args=("AAAAAAAA", made.pk))).status_code == 404


def test_what_goes_with_a_withdrawn_lesson_is_given_by_no_code(school: School) -> None:
    lesson = school.house.draft()
    made = add(school, lesson, film(1000))
    hand_in_lesson(lesson_id=lesson.pk, actor=school.house.people["office"], at=NOW)
    who: dict[str, Any] = {"lesson_id": lesson.pk, "actor": school.house.people["publicity"], "at": NOW}
    sign_lesson(**who)
    terms = Terms(TODAY, 2)
    course = open_course(
        lesson_id=lesson.pk, roster_id=school.roster.pk, terms=terms, actor=school.lead, at=NOW
    )
    address = reverse("material_by_code", args=(school.learner(course, "周静").code, made.pk))
    with on(NOW):
        assert Client().get(address).status_code == 200
        withdraw_lesson(remark="有新规定", **who)
        assert Client().get(address).status_code == 404


def test_one_answer_has_a_stretch_of_a_film_and_never_all_of_a_long_one(school: School) -> None:
    lesson, content = school.house.draft(), film(5_000_000)
    made = add(school, lesson, content)
    reader, most = as_(school.lead), 4 * 2**20
    with on(NOW):
        for asked, begins in (
            ("bytes=0-", 0),
            (f"bytes=9-{len(content) - 1}", 9),
            ("bytes=-4999999", len(content) - 4_999_999),
        ):
            part = reader.get(reverse("material", args=(made.pk,)), headers={"range": asked})
            last = begins + most - 1
            assert part.status_code == 206, asked
            assert part.headers["Content-Range"] == f"bytes {begins}-{last}/{len(content)}"
            assert part.headers["Content-Length"] == str(most)
            assert body(part) == content[begins : last + 1]


def test_a_file_is_added_on_the_page_of_a_draft(school: School) -> None:
    lesson = school.house.draft()
    address = reverse("lesson_material", args=(lesson.pk,))
    with on(NOW):
        client = as_(school.lead)
        wrong = SimpleUploadedFile("课.mp4", b"MZ" + bytes(100), "video/mp4")
        answer = client.post(address, {"act": "add", "file": wrong})
        assert (answer.status_code, "MP4" in answer.content.decode()) == (422, True)
        assert not Material.objects.exists()
        right = SimpleUploadedFile("课.mp4", film(2000), "text/plain")
        assert client.post(address, {"act": "add", "file": right}).status_code == 302
        page = client.get(reverse("lesson", args=(lesson.pk,))).content.decode()
        made = Material.objects.get()
        assert f'src="{reverse("material", args=(made.pk,))}"' in page
        assert client.post(address, {"act": "drop", "material": made.pk}).status_code == 302
        assert client.get(reverse("material", args=(made.pk,))).status_code == 404
