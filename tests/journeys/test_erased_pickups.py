"""What desks kept of people goes with them, and with the roster; what is proved stays proved."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from goods.builders import NOW, acting
from goods.pickups import Gate, make_gate, whole
from goods.test_pickup_journeys import signature
from songnuan.audit.models import Entry
from songnuan.goods import actions as goods
from songnuan.goods.actions.photos import Shot
from songnuan.goods.actions.pickups import ToldPickup
from songnuan.goods.models import Batch, BatchPhoto, Distribution, Pickup, Portion, Recipient
from songnuan.goods.pickup_checks import pickup_findings
from songnuan.journeys.base import step
from songnuan.journeys.forgetting import forget_papers, forget_words
from songnuan.journeys.name_proxy import name_proxy
from songnuan.journeys.pickup_figures import figures_of
from songnuan.journeys.pickup_paper_rows import Narrowed, pickup_rows, records_of
from songnuan.journeys.record_pickup import record_pickup
from songnuan.journeys.roster_reading import By
from songnuan.journeys.withdraw_batch_photo import withdraw_batch_photo
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import NotPermitted
from songnuan.people.models import Person, PersonStatus, Roster, RosterStatus
from songnuan.records import actions as records
from songnuan.records.models import StoredFile
from songnuan.records.storage import path_of

pytestmark = pytest.mark.django_db(transaction=True)

BY = By(actor=SYSTEM, at=NOW + timedelta(40))


def served(*colours: str) -> Gate:
    """Let 甲 and 乙 be served, each with a signature, by proxies; a second record of each is in doubt."""
    gate = make_gate("甲", "乙", "丙")
    desk = gate.desk("东门", 3)
    for name, colour in zip("甲乙", colours, strict=True):
        recipient = Recipient.objects.get(person=gate.people[name])
        name_proxy(recipient_id=recipient.pk, name="王小明", actor=gate.officer, at=NOW)
        for picture in (signature(colour), b""):
            told = ToldPickup(uuid4(), desk, gate.portion(name).pk, NOW, proxy="王小明")
            row, _is_new = record_pickup(told=told, signature=picture, actor=gate.clerk, at=NOW)
        with acting():
            goods.decide_pickup(
                pickup_id=row.pk, went_out=False, reason="王小明只领了一份", actor=gate.officer, at=NOW
            )
    with acting():
        goods.settle_portion(
            portion_id=gate.portion("丙").pk, reason="丙家人说不要", actor=gate.officer, at=NOW
        )
    return gate


def erase(gate: Gate, *names: str) -> None:
    """Let the register have erased people."""
    for name in names:
        Person.objects.filter(pk=gate.people[name].pk).update(
            status=PersonStatus.ERASED, name="", birth_on=None
        )


def forget() -> int:
    with step():
        gone = forget_words(BY)
    forget_papers(BY)
    return gone


def told_of(gate: Gate, name: str) -> set[str | None]:
    """Return what is still told of somebody, beside nothing."""
    row = Recipient.objects.get(person=gate.people[name])
    records = Pickup.objects.filter(portion__recipient=row)
    reasons = Portion.objects.filter(recipient=row).values_list("reason", flat=True)
    words = {row.code, row.proxy, *reasons}
    for proxy, reason in records.values_list("proxy", "reason"):
        words |= {proxy, reason}
    return words - {None}


def left_on_disk() -> set[Path]:
    return {path_of(row.digest) for row in StoredFile.objects.all() if path_of(row.digest).exists()}


def test_what_desks_kept_of_somebody_goes_with_them_and_of_others_it_stays() -> None:
    gate = served("black", "blue")
    before = {name: told_of(gate, name) for name in gate.people}
    erase(gate, "甲")
    assert {row.code for row in pickup_findings()} == {"pickup_told_left"}
    assert len(left_on_disk()) == 2
    assert forget() > 0
    assert told_of(gate, "甲") == set()
    assert {name: told_of(gate, name) for name in "乙丙"} == {name: before[name] for name in "乙丙"}
    assert len(left_on_disk()) == 1
    assert StoredFile.objects.filter(erased_at__isnull=False).count() == 1
    assert Pickup.objects.count() == 4
    assert forget() == 0
    assert whole()


def test_with_the_roster_it_goes_of_everybody_who_was_on_it() -> None:
    gate = served("black", "blue")
    Roster.objects.filter(pk=gate.roster.pk).update(status=RosterStatus.ERASED, erased_on=BY["at"].date())
    forget()
    assert [told_of(gate, name) for name in gate.people] == [set()] * 3
    assert left_on_disk() == set()
    assert (gate.portion("甲").status, gate.portion("丙").status) == ("taken", "settled")
    assert whole()


def photographed(gate: Gate) -> list[int]:
    """Keep a photo with each batch, both of one picture; return the stored files."""
    files = [
        records.store_file(
            content=signature(colour), name="p.png", media_type="image/png", actor=gate.officer, at=NOW
        ).pk
        for colour in ("red", "green")
    ]
    for batch in Batch.objects.order_by("position"):
        goods.add_batch_photos(
            batch_id=batch.pk,
            files=[(files[0], files[1])],
            shot=Shot("王小明领取", "东门", NOW.date()),
            actor=gate.officer,
            at=NOW,
        )
    return files


def test_photos_of_the_days_go_with_the_roster() -> None:
    gate = make_gate("甲")
    with step():
        photographed(gate)
    erase(gate, "甲")
    forget()
    assert (BatchPhoto.objects.exclude(picture=None).count(), len(left_on_disk())) == (2, 2)
    Roster.objects.filter(pk=gate.roster.pk).update(status=RosterStatus.ERASED, erased_on=BY["at"].date())
    assert {(row.code, row.where.partition(":")[0]) for row in pickup_findings()} == {
        ("pickup_told_left", "goods.batchphoto")
    }
    forget()
    emptied = BatchPhoto.objects.filter(caption__isnull=True, picture=None, thumbnail=None)
    assert emptied.count() == BatchPhoto.objects.count() == 2
    assert left_on_disk() == set()
    assert whole()


def test_a_photo_is_taken_out_by_the_office_and_its_picture_goes_with_the_last_that_needs_it() -> None:
    gate = make_gate("甲")
    with step():
        photographed(gate)
    first, second = BatchPhoto.objects.order_by("pk")
    with pytest.raises(NotPermitted):
        withdraw_batch_photo(photo_id=first.pk, actor=gate.clerk, at=NOW)
    for photo, left in ((first, 2), (first, 2), (second, 0)):
        withdraw_batch_photo(photo_id=photo.pk, actor=gate.officer, at=NOW)
        photo.refresh_from_db()
        assert (photo.caption, photo.picture, photo.thumbnail) == (None, None, None)
        assert len(left_on_disk()) == left
    assert Entry.objects.filter(action="goods.withdraw_batch_photo").count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        BatchPhoto.objects.update(caption="又写上")
    assert whole()


def test_that_a_proxy_came_is_told_without_the_name_once_it_is_erased() -> None:
    gate = served("black", "blue")
    erase(gate, "甲", "乙")
    forget()
    row = Distribution.objects.select_related("measure__plan", "kit__measure").get()
    assert figures_of(row).by_proxy == 2
    narrowed = Narrowed(row)
    ways = {one.way for one in pickup_rows(narrowed, records_of(narrowed), with_pictures=False)}
    assert all(way.startswith("代领（信息已删除）") for way in ways)


def test_a_signature_that_is_somebody_elses_too_stays() -> None:
    gate = served("black", "black")
    erase(gate, "甲")
    forget()
    assert len(left_on_disk()) == 1
    erase(gate, "乙")
    forget()
    assert left_on_disk() == set()


def test_of_who_was_merged_into_somebody_erased_it_goes_too() -> None:
    gate = served("black", "blue")
    Person.objects.filter(pk=gate.people["甲"].pk).update(
        status=PersonStatus.MERGED, merged_into=gate.people["乙"]
    )
    erase(gate, "乙")
    forget()
    assert told_of(gate, "甲") == set()


def test_what_is_emptied_is_not_written_anew_and_the_digest_tells_no_name() -> None:
    gate = served("black", "blue")
    erase(gate, "甲")
    forget()
    row = Pickup.objects.filter(portion=gate.portion("甲")).order_by("pk")[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Pickup.objects.filter(pk=row.pk).update(proxy="张三")
    told = ToldPickup(row.key, row.desk_id, row.portion_id, NOW, proxy="王小明")
    assert told.digest != ToldPickup(row.key, row.desk_id, row.portion_id, NOW, proxy="王小红").digest
