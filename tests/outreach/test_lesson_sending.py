"""A lesson goes out once to each of its audience, is read by opening it, and passed on under a name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
import zxingcpp
from django.db import IntegrityError, transaction
from PIL import Image

from goods.builders import make_person, snapshot
from outreach.lesson_house import DRAFT, NOW, LessonHouse, make_lesson_house
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.lesson_papers import copy_words, poster_of, poster_paper
from songnuan.journeys.send_lesson import note_handed_on, read_lesson, remind_of_lesson, send_lesson
from songnuan.journeys.sign_lesson import withdraw_lesson
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role
from songnuan.outreach.models import Letter, LetterKind, Passed, Way
from songnuan.outreach.sending_models import Addressed, HandedOn, Sending
from songnuan.outreach.sending_queries import message_key, receipts_of

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Sending, Addressed, HandedOn, OutboxMessage)
STAFF = replace(DRAFT, roles=(Role.UNIT_LIAISON.value,))


@pytest.fixture
def house() -> LessonHouse:
    return make_lesson_house()


def refused(act: Callable[[], object], code: str) -> None:
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as told:
        act()
    assert told.value.code == code
    assert snapshot(TABLES) == before


def test_it_goes_once_to_each_and_those_who_did_not_read_are_reminded(house: LessonHouse) -> None:
    lesson, office = house.signed(STAFF, quiz=False), house.people["office"]
    for who in ("inspector", "stranger"):
        refused(
            lambda w=who: send_lesson(lesson_id=lesson.pk, actor=house.people[w], at=NOW),  # type: ignore[misc]
            "not_permitted",
        )
    refused(lambda: remind_of_lesson(lesson_id=lesson.pk, actor=office, at=NOW), "all_read")
    assert send_lesson(lesson_id=lesson.pk, actor=office, at=NOW).people == 11
    message = OutboxMessage.objects.get(key=message_key(lesson.pk, house.staff["一科"][0].user_id or 0))
    assert (message.title, message.body, message.url) == (DRAFT.title, DRAFT.text, f"/lessons/{lesson.pk}/")
    refused(lambda: send_lesson(lesson_id=lesson.pk, actor=office, at=NOW), "audience_empty")
    new = make_person("新来", Role.UNIT_LIAISON, house.sections["二科"])
    assert send_lesson(lesson_id=lesson.pk, actor=office, at=NOW).people == 1
    refused(lambda: remind_of_lesson(lesson_id=lesson.pk, actor=office, at=NOW), "reminded_now")
    assert read_lesson(lesson_id=lesson.pk, actor=new, at=NOW)
    assert not read_lesson(lesson_id=lesson.pk, actor=new, at=NOW + timedelta(hours=1))
    assert not read_lesson(lesson_id=lesson.pk, actor=house.people["stranger"], at=NOW)
    later = NOW + timedelta(hours=2)
    assert remind_of_lesson(lesson_id=lesson.pk, actor=office, at=later).people == 11
    told = {one.unit_id: (one.sent, one.read) for one in receipts_of(lesson.pk)}
    assert told == {house.sections["一科"].pk: (6, 0), house.sections["二科"].pk: (6, 1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Addressed.objects.filter(user=new.user_id).update(read_at=later)
    withdraw_lesson(lesson_id=lesson.pk, remark="有新规定", actor=house.people["publicity"], at=later)
    refused(lambda: remind_of_lesson(lesson_id=lesson.pk, actor=office, at=later), "lesson_not_signed")


def test_letters_that_went_and_failed_are_counted_by_unit(house: LessonHouse) -> None:
    lesson = house.signed(STAFF, quiz=False)
    send_lesson(lesson_id=lesson.pk, actor=house.people["office"], at=NOW)
    gone, lost, _none = (one.user_id or 0 for one in house.staff["一科"][:3])
    for user, status, error in ((gone, "sent", ""), (lost, "failed", "smtplib.SMTPServerDisconnected")):
        way = Way.objects.create(user_id=user, channel="email", since=NOW)
        out = OutboxMessage.objects.create(
            key=f"letter:{user}",
            channel="email",
            recipient_id=user,
            topic="lesson.sent",
            title="x",
            body="x",
            actor_key="system",
            status=status,
            error=error,
            created_at=NOW,
        )
        letter = Letter.objects.create(way=way, message=out, kind=LetterKind.ALONE, day=NOW.date())
        notice = OutboxMessage.objects.get(key=message_key(lesson.pk, user))
        if status == "sent":
            Passed.objects.create(message=notice, channel="email", letter=letter)
    first = receipts_of(lesson.pk)[0]
    assert (first.letters, first.failed) == (1, {"smtplib.SMTPServerDisconnected": 1})


def test_what_is_passed_on_by_hand_bears_the_name_of_who_did_it(house: LessonHouse) -> None:
    lesson, liaison = house.signed(STAFF), house.staff["一科"][0]
    told = {"lesson_id": lesson.pk, "way": "wechat", "place": "一科职工群", "people": 40, "at": NOW}
    own, other = house.sections["一科"].pk, house.sections["二科"].pk
    made = note_handed_on(unit_id=own, actor=liaison, **told)  # type: ignore[arg-type]
    assert (made.by_id, made.people) == (liaison.user_id, 40)
    for changed, code in (
        ({"unit_id": other}, "not_permitted"),
        ({"unit_id": house.centre.pk - 1}, "lesson_unit"),
        ({"way": "pigeon"}, "hand_way"),
        ({"place": " "}, "words_missing"),
        ({"people": 0}, "people_many"),
    ):
        facts = {**told, "unit_id": own, **changed}
        refused(lambda f=facts: note_handed_on(actor=liaison, **f), code)  # type: ignore[misc]
    with pytest.raises(IntegrityError), transaction.atomic():
        HandedOn.objects.filter(pk=made.pk).update(place="别处")


def test_poster_and_picture_bear_the_code_and_the_word_drill(house: LessonHouse) -> None:
    lesson = house.signed(replace(DRAFT, is_drill=True))
    code, address = house.code(lesson), "https://songnuan.example/q/AbCdEfGhIjKl/"
    poster = poster_of(lesson, code, address, NOW.date())
    assert poster.drill == "演　练"
    assert (poster.written, poster.place) == (f"网址：{address}", "张贴地点：东门工地")
    plain = [replace(poster, written=""), replace(poster, place=""), poster]
    assert len({poster_paper(one, "png").content for one in plain}) == 3, "both are drawn"
    picture = poster_paper(poster, "png")
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture.content)))
    assert found.text == address
    assert poster_paper(poster, "pdf").content.startswith(b"%PDF")
    assert copy_words(lesson, "中心").startswith("【演练】勤洗手、戴口罩\n外出戴口罩。\n回家先洗手。\n——中心")
    with pytest.raises(KeyError):
        poster_paper(poster, "exe")
