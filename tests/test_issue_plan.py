"""A plan is issued as a notice: one number, one snapshot, and everybody addressed says that it arrived."""

import hashlib
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from hands import killed_at, together
from people import PLANS, SLUG, Bureau, at, make_bureau
from put_back import put_back
from songnuan.audit.checks import verify
from songnuan.audit.record import trail
from songnuan.documents import annex_sheet, typeset, word
from songnuan.documents.official import from_json
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.acknowledge_document import acknowledge_document
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.chase_receipts import chase_receipts
from songnuan.journeys.import_units import import_units
from songnuan.journeys.issue_plan import issue_plan
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.notice import next_number
from songnuan.journeys.papers import kinds_of, paper, text_of
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Assignment, UnitRecord
from songnuan.organisation.queries import units_by_name
from songnuan.organisation.rules import NAME_MAX
from songnuan.plans.models import Plan, Question
from songnuan.records.actions import register_document
from songnuan.records.checks import verify as check_records
from songnuan.records.models import Document, IssuedDocument, NumberSequence, Receipt, StoredFile
from songnuan.records.queries import open_receipts, snapshot_of

CODE = "澄水运防"
TABLES = (IssuedDocument, Receipt, NumberSequence, StoredFile, Document, OutboxMessage)


def approved(bureau: Bureau) -> None:
    """Bring plan 1 to the point where it can be issued."""
    put_back(("approved", bureau), lambda: _approved(bureau))


def _approved(bureau: Bureau) -> None:
    load_plan(source=(PLANS / f"{SLUG}.yaml").read_text(), actor=bureau.officer, at=at(6))
    workbook = (PLANS / "samples/front-line-units.xlsx").read_bytes()
    import_units(
        content=workbook, slug=SLUG, create_leads=False, dry_run=False, actor=bureau.officer, at=at(6)
    )
    request = submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11))
    approve_plan(slug=SLUG, digest=request.digest, actor=bureau.approver, at=at(6, 15))


def issue(bureau: Bureau, **changes: object) -> IssuedDocument:
    return issue_plan(
        **{"slug": SLUG, "code": CODE, "last_given": 3, "actor": bureau.officer, "at": at(7), **changes}  # type: ignore[arg-type]
    )


def acknowledge(document: IssuedDocument, units: list[int], actor: Actor, day: int) -> None:
    acknowledge_document(slug=SLUG, document_id=document.pk, unit_ids=units, actor=actor, at=at(day))


def state() -> list[int]:
    return [table.objects.count() for table in TABLES]


@pytest.fixture
def ready(bureau: Bureau) -> Bureau:
    approved(bureau)
    return bureau


@pytest.mark.django_db
def test_the_notice_has_its_number_its_text_and_everybody_it_is_addressed_to(ready: Bureau) -> None:
    document = issue(ready)
    assert (document.number, document.serial, document.year) == ("澄水运防〔2020〕4号", 4, 2020)
    text = text_of(document)
    assert text.head.mark == "澄江省水运管理局文件"
    assert text.title == "澄江省水运管理局关于印发《走访慰问防疫一线工作方案》的通知"
    assert text.addressees == "局机关各处室，各防疫一线单位"
    assert "（澄水运防〔2020〕3号）" in text.body[0].text
    assert "和局主要负责同志关于开展走访慰问的批示，现将" in text.body[0].text
    assert [annex.title for annex in text.annexes] == [
        "走访慰问防疫一线工作方案",
        "有关问题的答复",
        "慰问单位一览表",
    ]
    table = text.annexes[-1].table
    assert table is not None
    assert len(table.rows) == 47
    assert [column.heading for column in table.columns] == [
        "序号", "慰问单位", "类别/院区", "地址", "一线人数", "联系人", "联系电话", "牵头处室（单位）",
        "带队领导", "慰问标准（元）", "慰问品", "拟慰问时间", "完成情况", "备注",
    ]  # fmt: skip
    assert table.rows[0][5:7] == ("赵*闸", "142****0001")
    assert table.rows[0][9:12] == ("300.00", "方便面2箱、苹果1箱、梨1箱", "4月8日")
    assert document.receipts.count() == 18 + 47
    assert {receipt.due_on for receipt in document.receipts.all()} == {date(2020, 4, 9)}
    snapshot = snapshot_of(document)
    assert from_json(snapshot) == text
    assert document.digest == hashlib.sha256(snapshot.encode()).hexdigest()
    assert verify() == []
    assert check_records() == []


@pytest.mark.django_db
def test_papers_are_the_same_bytes_whenever_they_are_made(ready: Bureau) -> None:
    text = text_of(issue(ready))
    assert kinds_of(text) == ("docx", "pdf", "xlsx")
    for kind in kinds_of(text):
        assert paper(text, kind) == paper(text, kind)


@pytest.mark.django_db
def test_a_paper_that_could_not_be_made_costs_no_number_and_is_made_later_from_what_was_issued(
    ready: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_told: object) -> bytes:
        raise OSError("the disk is full")

    def made() -> list[bytes]:
        text = text_of(IssuedDocument.objects.get(pk=document.pk))
        return [paper(text, kind).content for kind in kinds_of(text)]

    with monkeypatch.context() as broken:
        for renderer in (word, typeset, annex_sheet):
            broken.setattr(renderer, "render", breaks)
        document = issue(ready)
        for kind in ("docx", "pdf", "xlsx"):
            with pytest.raises(OSError, match="full"):
                paper(text_of(document), kind)
    assert (document.serial, NumberSequence.objects.get(name__startswith="document:").last) == (4, 4)
    before = made()
    assert [content[:2] for content in before] == [b"PK", b"%P", b"PK"]
    UnitRecord.objects.filter(unit=ready.bureau_id).update(name="别的名称")
    Plan.objects.filter(slug=SLUG).update(title="别的标题")
    Assignment.objects.all().delete()
    assert made() == before, "what was changed since is not in it"
    assert amended(ready).serial == 5


@pytest.mark.django_db
def test_texts_at_their_longest_and_what_no_paper_can_hold_are_issued(ready: Bureau) -> None:
    UnitRecord.objects.filter(unit=ready.bureau_id).update(name="局" * NAME_MAX)
    Plan.objects.filter(slug=SLUG).update(title="案" * 199 + "\x08")
    answered = Question.objects.exclude(answer="").order_by("pk")[0]
    Question.objects.filter(pk=answered.pk).update(answer="先\x0b后\n换行\x08", ground="会\u202e议")
    document = issue(ready)
    assert document.title == f"{'局' * NAME_MAX}关于印发《{'案' * 199}》的通知"
    assert Document.objects.get(number=document.number).title == document.title
    text = text_of(document)
    told = [row.text for annex in text.annexes for row in annex.lines]
    assert "换行（依据：会议）" in told, "a new line is a new paragraph, what turns the text is gone"
    for kind in kinds_of(text):
        assert paper(text, kind).content


@pytest.mark.django_db
def test_a_plan_is_issued_once_and_only_when_it_is_approved(bureau: Bureau) -> None:
    load_plan(source=(PLANS / f"{SLUG}.yaml").read_text(), actor=bureau.officer, at=at(6))
    before = state()
    with pytest.raises(Refusal) as refused:
        issue(bureau)
    assert (refused.value.code, state()) == ("plan_not_approved", before)


@pytest.mark.django_db
def test_what_is_refused_takes_no_number(ready: Bureau) -> None:
    before = state()
    for code, changes in (
        ("not_permitted", {"actor": ready.approver}),
        ("not_permitted", {"actor": ready.stranger}),
        ("not_permitted", {"actor": ready.liaison}),
        ("code_invalid", {"code": "ABC〔"}),
        ("code_invalid", {"code": " "}),
        ("serial_invalid", {"last_given": -1}),
        ("plan_unknown", {"slug": "nothing"}),
    ):
        with pytest.raises(Refusal) as refused:
            issue(ready, **changes)
        assert refused.value.code == code
        assert state() == before
    Question.objects.filter(key="money_left").update(blocks="issue")
    with pytest.raises(Refusal) as refused:
        issue(ready)
    assert (refused.value.code, state()) == ("question_open", before)
    Question.objects.filter(key="money_left").update(blocks="nothing")
    assert issue(ready).serial == 4
    before = state()
    with pytest.raises(Refusal) as refused:
        issue(ready)
    assert (refused.value.code, state()) == ("already_issued", before)
    assert NumberSequence.objects.get(name__startswith="document:").last == 4


@pytest.mark.django_db
def test_a_number_that_an_entered_document_bears_is_not_given_again(ready: Bureau) -> None:

    def enter(serial: int) -> None:
        number = f"{CODE}〔2020〕{serial}号"
        with transaction.atomic(), trail():
            register_document(
                kind="fund", number=number, title="关于安排专项资金的通知", issuer="澄江省水运管理局",
                dated_on=date(2020, 4, 5), actor=SYSTEM, at=at(6),
            )  # fmt: skip

    plan = Plan.objects.get(slug=SLUG)
    enter(4)
    assert next_number(plan, at(7).date()).serial == 5
    assert issue(ready).serial == 5
    enter(8)
    assert next_number(plan, at(8).date()).serial == 9, "what is proposed is what is given"
    assert amended(ready).serial == 9


@pytest.mark.django_db
def test_what_was_issued_stays(ready: Bureau) -> None:
    document = issue(ready)
    for change in (
        lambda: IssuedDocument.objects.filter(pk=document.pk).update(title="别的"),
        lambda: IssuedDocument.objects.filter(pk=document.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.django_db
def test_a_unit_acknowledges_for_itself_and_its_lead_for_it(ready: Bureau) -> None:
    document = issue(ready)
    mine = Receipt.objects.get(document=document, unit=ready.lead_id)
    others = units_by_name(["审计处"], at(7).date())["审计处"]
    for actor in (ready.stranger, ready.officer, ready.approver):
        with pytest.raises(Refusal) as refused:
            acknowledge(document, [ready.lead_id], actor, 8)
        assert refused.value.code == "not_permitted"
    with pytest.raises(Refusal) as refused:
        acknowledge(document, [], ready.liaison, 8)
    assert refused.value.code == "units_unchosen"
    with pytest.raises(Refusal):
        acknowledge(document, [ready.lead_id, others], ready.liaison, 8)
    assert not Receipt.objects.exclude(acknowledged_at=None).exists()
    for again in (8, 9):
        acknowledge(document, [ready.lead_id], ready.liaison, again)
    mine.refresh_from_db()
    assert (mine.acknowledged_at, mine.acknowledged_by_id) == (at(8), ready.liaison.user_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.create(document=document, unit_id=ready.lead_id, due_on=date(2020, 4, 9))
    assert verify() == []


def amended(bureau: Bureau, **changes: object) -> IssuedDocument:
    """Issue the plan again, as if it had been amended; what it says does not matter here."""
    Plan.objects.filter(slug=SLUG).update(version=F("version") + 1)
    return issue(bureau, **{"at": at(8), **changes})


@pytest.mark.django_db
def test_who_read_an_older_notice_does_not_acknowledge_the_newer_one(ready: Bureau) -> None:
    read = issue(ready)
    newer = amended(ready)
    for document_id in (read.pk, 0, newer.pk + 1):
        with pytest.raises(Refusal) as refused:
            acknowledge_document(
                slug=SLUG, document_id=document_id, unit_ids=[ready.lead_id], actor=ready.liaison, at=at(8)
            )
        assert refused.value.code == "notice_newer"
        assert newer.number in refused.value.sentence
        assert not Receipt.objects.exclude(acknowledged_at=None).exists()
    acknowledge(newer, [ready.lead_id], ready.liaison, 8)
    assert Receipt.objects.exclude(acknowledged_at=None).get().document == newer


@pytest.mark.django_db
def test_a_notice_that_another_took_the_place_of_asks_nobody_any_more(ready: Bureau) -> None:
    old = issue(ready)
    newer = amended(ready, at=at(9))
    assert newer.serial == 5
    waiting = open_receipts()
    assert {receipt.document_id for receipt in waiting} == {newer.pk}
    # The older one's term is over, the newer one's is not.
    assert chase_receipts(actor=SYSTEM, at=at(10, 9)) == 0
    assert not OutboxMessage.objects.filter(topic="document.late").exists()
    assert Receipt.objects.filter(document=old, acknowledged_at=None).count() == 65
    IssuedDocument.objects.create(
        **{**IssuedDocument.objects.filter(pk=old.pk).values().get(), "id": None, "serial": 9,
           "subject": f"plans.plan:{SLUG}-two@1"}
    )  # fmt: skip
    assert {receipt.document_id for receipt in open_receipts()} == {newer.pk}, "another plan is another thing"


@pytest.mark.django_db
def test_who_has_not_acknowledged_is_chased_once_for_each_turn(ready: Bureau) -> None:
    document = issue(ready)
    assert chase_receipts(actor=SYSTEM, at=at(9, 9)) == 0
    late = OutboxMessage.objects.filter(topic="document.late")
    assert chase_receipts(actor=SYSTEM, at=at(10, 9)) == 65
    told = late.count()
    # The two liaisons, and the officer who issued it.
    assert told == 3
    chase_receipts(actor=SYSTEM, at=at(10, 10))
    chase_receipts(actor=SYSTEM, at=at(12, 9))
    assert late.count() == told
    chase_receipts(actor=SYSTEM, at=at(13, 9))
    assert late.count() == 2 * told
    open_ones = Receipt.objects.filter(unit=ready.lead_id)
    acknowledge(document, [row.unit_id for row in open_ones], ready.liaison, 14)
    assert chase_receipts(actor=SYSTEM, at=at(16, 9)) == 64


@pytest.mark.django_db
def test_nobody_is_chased_for_a_unit_that_was_dissolved(ready: Bureau) -> None:
    document = issue(ready)
    gone = document.receipts.exclude(unit=ready.lead_id).order_by("-unit")[0].unit_id
    Receipt.objects.exclude(unit=gone).update(acknowledged_at=at(8), acknowledged_by=ready.liaison.user_id)
    assert chase_receipts(actor=SYSTEM, at=at(10, 9)) == 1
    late = OutboxMessage.objects.filter(topic="document.late")
    told = late.count()
    assert told > 0
    UnitRecord.objects.filter(unit=gone).update(ends_on=date(2020, 4, 13))
    assert chase_receipts(actor=SYSTEM, at=at(13, 9)) == 0
    assert late.count() == told


@pytest.mark.django_db(transaction=True)
def test_two_who_issue_at_once_make_one_document_and_leave_no_gap() -> None:
    bureau = make_bureau()
    approved(bureau)
    outcomes = together(*[lambda: issue(bureau)] * 4)
    assert outcomes == {"done": 1, "already_issued": 3}
    assert IssuedDocument.objects.count() == 1
    assert NumberSequence.objects.get(name__startswith="document:").last == 4
    assert Receipt.objects.count() == 65
    assert verify() == []


@pytest.mark.django_db(transaction=True)
def test_two_who_issue_at_once_under_codes_of_their_own_make_one_document() -> None:
    bureau = make_bureau()
    approved(bureau)
    outcomes = together(*[lambda code=code: issue(bureau, code=code) for code in (CODE, "澄水运函", CODE)])
    assert outcomes == {"done": 1, "already_issued": 2}
    assert IssuedDocument.objects.count() == 1
    assert NumberSequence.objects.filter(name__startswith="document:").count() == 1
    assert verify() == []


@pytest.mark.django_db(transaction=True)
def test_killed_while_issuing_the_number_is_given_again() -> None:
    bureau = make_bureau()
    approved(bureau)
    before = state()
    for statement in (12, 24, 30, 36):
        assert killed_at(statement, lambda: issue(bureau))
        assert state() == before
    assert issue(bureau).serial == 4
    assert verify() == []
    assert check_records() == []
