"""Who is erased is erased from payments too: words with the person, papers after the books."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from goods.builders import snapshot
from opened import where_told
from payments.living import (
    ACCOUNTS_OF,
    BANK_SAYS,
    BOOKS_OVER,
    FIRST,
    ID_OF,
    KEPT_UNTIL,
    LOOKED,
    NIGHT,
    PHONES,
    SECOND,
    THIRD,
    WORDS_OF,
    Lived,
    lived,
    sound,
)
from payments.noticing import named_house, signed
from payments.releasing import AFTER
from songnuan.audit.models import Entry
from songnuan.journeys import forgetting as forgetting_journey
from songnuan.journeys.erase_rosters import erase_rosters
from songnuan.journeys.lift_hold import lift_hold
from songnuan.journeys.place_hold import place_hold
from songnuan.journeys.record_instruction import Scan
from songnuan.kernel.actor import SYSTEM
from songnuan.payments import checks
from songnuan.payments.actions import forgetting as payments
from songnuan.payments.models import (
    CallBack,
    CashReceipt,
    LineCorrection,
    Objection,
    ObjectionAnswer,
    Objector,
    PayeeWord,
    PayeeWordAnswer,
    PaymentInstruction,
    PaymentLine,
    PaymentResult,
    ResultRow,
)
from songnuan.people.erasure import ERASED
from songnuan.people.models import Person
from songnuan.records import actions as records
from songnuan.records import checks as record_checks
from songnuan.records import storage
from songnuan.records.models import StoredFile
from whole_files import whole_pdf

pytestmark = pytest.mark.django_db(transaction=True)
EVERYBODY = (FIRST, SECOND, THIRD)


@pytest.fixture(autouse=True)
def _files_of_this_test_alone(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path


@pytest.fixture
def house() -> Lived:
    return lived()


def night(at: Any = NIGHT) -> list[str]:
    """Do the night's work; return the rosters that were erased."""
    return [one.key for one in erase_rosters(actor=SYSTEM, at=at)]


def words_of(*names: str) -> list[str]:
    return [word for name in names for word in WORDS_OF[name]]


def papers_of(*names: str) -> list[str]:
    return [word for name in names for word in (name, ID_OF[name], *ACCOUNTS_OF[name])]


def figures() -> list[tuple[object, ...]]:
    """Return what the books need: sums, states, references, who acted."""
    lines = PaymentLine.objects.order_by("position")
    sent = PaymentInstruction.objects.order_by("pk")
    columns = ("payment_list", "position", "payee", "qualifier", "unit", "days", "amount_minor", "digest")
    indexes = ("id_index", "account_index", "bank", "counted", "relation")
    receipts = CashReceipt.objects.order_by("pk")
    return [
        *lines.values_list(*columns, *indexes),
        *sent.values_list(
            "batch", "position", "line", "correction", "amount_minor", "status", "result", "back"
        ),
        *receipts.values_list("instruction", "relation", "signed_on", "recorded_by", "signature"),
        *PaymentResult.objects.order_by("pk").values_list(
            "digest", "status", "file", "made_by", "paid_minor"
        ),
        *PayeeWord.objects.order_by("pk").values_list("line", "said", "said_at"),
        *CallBack.objects.order_by("pk").values_list("payment", "received", "kept", "back_minor", "is_amiss"),
    ]


# What goes when -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("house")
def test_everything_of_a_payee_is_told_somewhere_before() -> None:
    """Else the tests below would find nothing because nothing was there."""
    for name in EVERYBODY:
        told = where_told(*words_of(name), *papers_of(name), PHONES[name])
        found = {line.rpartition(": ")[2] for line in told}
        assert found == {*words_of(name), *papers_of(name), PHONES[name]}, name
    assert where_told(BANK_SAYS, LOOKED)
    sound()


@pytest.mark.usefixtures("house")
def test_words_go_with_the_person_and_papers_stay_for_the_books() -> None:
    before = figures()
    assert night() == ["staff"]
    assert where_told(*words_of(*EVERYBODY), *PHONES.values(), LOOKED) == []
    for name in EVERYBODY:
        told = where_told(*papers_of(name))
        assert {line.partition(".")[0].split()[0] for line in told} <= {
            "payments_paymentline",
            "payments_paymentinstruction",
            "payments_linecorrection",
            "payments_cashreceipt",
            "payments_resultrow",
            "file",
        }
        assert {line.rpartition(": ")[2] for line in told} == {*papers_of(name)}
    assert figures() == before
    assert not Objector.objects.exists()
    assert [word.said for word in PayeeWord.objects.all()] == ["not"] * 3
    sound()


@pytest.mark.usefixtures("house")
def test_after_the_books_day_nothing_of_the_person_is_left_anywhere() -> None:
    before = figures()
    night()
    night(BOOKS_OVER.replace(year=2050, month=12, day=31))
    assert where_told(*papers_of(SECOND))
    night(BOOKS_OVER)
    everything = (*words_of(*EVERYBODY), *papers_of(*EVERYBODY), *PHONES.values(), BANK_SAYS, LOOKED)
    assert where_told(*everything) == []
    assert figures() == before
    files = StoredFile.objects.filter(erased_at__isnull=False)
    assert {*files.values_list("pk", flat=True)} == {
        *PaymentResult.objects.filter(file__isnull=False).values_list("file", flat=True),
        *CashReceipt.objects.values_list("signature", flat=True),
    }
    assert [storage.path_of(file.digest).exists() for file in files] == [False] * 2
    assert {file.name for file in files} == {"—"}
    sound(BOOKS_OVER)
    kept = snapshot((PaymentLine, PaymentInstruction, StoredFile, Entry))
    assert night(BOOKS_OVER) == []
    assert snapshot((PaymentLine, PaymentInstruction, StoredFile, Entry)) == kept


@pytest.mark.parametrize("kept", [(FIRST,), (SECOND, THIRD), (THIRD,), EVERYBODY])
def test_another_payee_of_the_list_is_untouched(house: Lived, kept: tuple[str, ...]) -> None:
    house.keep(*kept)
    gone = [name for name in EVERYBODY if name not in kept]
    own = PaymentLine.objects.filter(payee__in=[house.people[name].pk for name in kept])
    before = [
        [*own.order_by("pk").values_list()],
        [*PaymentInstruction.objects.filter(line__in=own).order_by("pk").values_list()],
        [*LineCorrection.objects.filter(line__in=own).order_by("pk").values_list()],
        [*PayeeWord.objects.filter(line__in=own).order_by("pk").values_list()],
        [*PayeeWordAnswer.objects.filter(word__line__in=own).order_by("pk").values_list()],
        [*CallBack.objects.filter(payment__instruction__line__in=own).order_by("pk").values_list()],
    ]
    night()
    night(BOOKS_OVER)
    after = [
        [*own.order_by("pk").values_list()],
        [*PaymentInstruction.objects.filter(line__in=own).order_by("pk").values_list()],
        [*LineCorrection.objects.filter(line__in=own).order_by("pk").values_list()],
        [*PayeeWord.objects.filter(line__in=own).order_by("pk").values_list()],
        [*PayeeWordAnswer.objects.filter(word__line__in=own).order_by("pk").values_list()],
        [*CallBack.objects.filter(payment__instruction__line__in=own).order_by("pk").values_list()],
    ]
    assert after == before
    hidden = [word for word in (*words_of(*gone), *papers_of(*gone)) if word not in words_of(*kept)]
    # The objection to the second line names that person alone.
    assert where_told(*hidden) == []
    assert bool(Objection.objects.get().text) is (SECOND in kept)
    assert bool(ObjectionAnswer.objects.get().text) is (SECOND in kept)
    sound(BOOKS_OVER)


def test_the_banks_file_goes_with_the_day_of_the_list_whoever_is_kept(house: Lived) -> None:
    house.keep(FIRST)
    night()
    [file] = [one.file for one in PaymentResult.objects.filter(file__isnull=False)]
    assert file is not None
    assert storage.path_of(file.digest).exists()
    assert ResultRow.objects.filter(reason=BANK_SAYS).exists()
    night(BOOKS_OVER)
    assert not storage.path_of(file.digest).exists()
    assert not ResultRow.objects.filter(reason__gt="").exists()
    assert PaymentResult.objects.filter(file=file).get().digest


@pytest.mark.parametrize("ends", ["returned", "cancelled"])
def test_a_list_that_was_never_paid_keeps_nothing_for_the_books(ends: str) -> None:
    lists = named_house()
    if ends == "returned":
        lists.return_(lists.put_up(), lists.checker)
    else:
        lists.cancel(signed(lists), lists.finance)
    staff = lists.register.staff
    staff.retain_until = KEPT_UNTIL
    staff.save()
    assert where_told(*EVERYBODY)
    assert night() == ["staff"]
    assert where_told(*EVERYBODY, *ID_OF.values()) == []
    sound()


def test_a_picture_that_something_else_rests_on_stays(house: Lived) -> None:
    told: dict[str, Any] = {"actor": house.house.lists.inspector, "at": AFTER}
    picture = Scan(whole_pdf(THIRD), "来电记录.pdf", "application/pdf")
    subject = f"payments.list:{house.house.list_id}"
    hold_id = place_hold(subject=subject, reason="有群众来电反映", picture=picture, key=uuid4(), **told)
    lift_hold(hold_id=hold_id, findings="已核实，无误。", **told)
    night()
    night(BOOKS_OVER)
    [receipt] = CashReceipt.objects.select_related("signature")
    assert receipt.signed_by == ""
    assert receipt.signature.erased_at is None
    assert storage.path_of(receipt.signature.digest).exists()
    sound(BOOKS_OVER)


@pytest.mark.usefixtures("house")
def test_what_should_have_gone_two_days_ago_is_found() -> None:
    night()
    late = BOOKS_OVER.date() + timedelta(days=1)
    assert [finding.code for finding in checks.verify(late)] == []
    assert {finding.code for finding in checks.verify(late + timedelta(days=1))} == {
        "payee_left",
        "answer_left",
    }


@pytest.mark.usefixtures("house")
def test_words_that_were_left_are_found() -> None:
    who = Person.objects.filter(name=SECOND)
    who.update(**ERASED, changed_at=NIGHT)
    codes = [finding.code for finding in checks.verify(NIGHT.date() + timedelta(days=3))]
    assert codes == ["payee_left"]


# Proof --------------------------------------------------------------------------------------------------


def forced(sql: str, *tables: str) -> None:
    """Change something as somebody does who can drop the triggers."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(sql)
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = [(name, text) for name, text in cursor.fetchall() if any(one in text for one in tables)]
        for name, _text in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(sql)
        for _name, text in triggers:
            cursor.execute(text)


TAMPERED = {
    "sum": (
        "UPDATE payments_paymentline SET amount_minor = amount_minor + 1 WHERE position = 1",
        "list_lines_differ",
    ),
    "swapped": (
        "UPDATE payments_paymentline SET amount_minor = 700000 - amount_minor WHERE position < 3",
        "line_differs",
    ),
    "account": ("UPDATE payments_paymentline SET account_index = 'ffff' WHERE position = 2", "line_differs"),
    "name": ("UPDATE payments_paymentline SET name_index = 'ffff' WHERE position = 2", "line_differs"),
    "payee": ("UPDATE payments_paymentline SET payee_id = qualifier_id WHERE position = 2", "line_differs"),
    "digest": ("UPDATE payments_paymentline SET digest = 'ffff' WHERE position = 2", "list_lines_differ"),
    "days": ("UPDATE payments_paymentline SET days = days + 1 WHERE position = 3", "line_differs"),
}


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("erased", [False, True])
@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_changed_by_hand_is_found_before_and_after(what: str, *, erased: bool) -> None:
    if erased:
        night()
        night(BOOKS_OVER)
    elif what == "name":
        pytest.skip("a line that is not erased has its name")
    sql, code = TAMPERED[what]
    forced(sql, "payments_paymentline")
    assert code in {finding.code for finding in checks.verify(BOOKS_OVER.date())}


REFUSED = [
    "UPDATE payments_paymentline SET amount_minor = 1",
    "UPDATE payments_paymentline SET name = '', id_number = NULL, account = NULL, amount_minor = 1",
    "UPDATE payments_paymentline SET name = '别人', id_number = NULL, account = NULL",
    "UPDATE payments_paymentline SET bank = ''",
    "UPDATE payments_paymentline SET name = '', id_number = NULL, account = NULL, digest = ''",
    "DELETE FROM payments_paymentline",
    "UPDATE payments_paymentinstruction SET reason = '别的'",
    "UPDATE payments_paymentinstruction SET bank = ''",
    "UPDATE payments_linecorrection SET name = '', account = NULL, bank = ''",
    "UPDATE payments_callback SET words = '别的'",
    "UPDATE payments_callback SET words = '—', back_to = '—', is_amiss = FALSE",
    "UPDATE payments_callback SET words = '', back_to = ''",
]


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("sql", REFUSED)
def test_the_database_lets_nothing_go_but_what_may_be_erased(sql: str) -> None:
    tables = (PaymentLine, PaymentInstruction, LineCorrection, CallBack)
    before = snapshot(tables)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert snapshot(tables) == before


@pytest.mark.usefixtures("house")
def test_the_index_of_a_name_is_written_once() -> None:
    night()
    night(BOOKS_OVER)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE payments_paymentline SET name_index = 'ffff'")
    sound(BOOKS_OVER)


# What waits ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("house")
def test_a_run_that_breaks_off_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    night()
    monkeypatch.setattr(forgetting_journey, "CHUNK", 1)
    real, done = payments.forget_lines, list[Any]()

    def breaks(**told: Any) -> Any:
        if done:
            raise RuntimeError("the machine stops")
        done.append(real(**told))
        return done[0]

    monkeypatch.setattr(payments, "forget_lines", breaks)
    with pytest.raises(RuntimeError):
        night(BOOKS_OVER)
    assert PaymentLine.objects.filter(name="").count() == 1
    sound(BOOKS_OVER)
    monkeypatch.setattr(payments, "forget_lines", real)
    night(BOOKS_OVER)
    assert where_told(*papers_of(*EVERYBODY)) == []
    sound(BOOKS_OVER)


@pytest.mark.usefixtures("house")
def test_content_that_was_not_taken_off_the_disk_goes_the_next_night(monkeypatch: pytest.MonkeyPatch) -> None:
    night()

    def breaks() -> int:
        raise RuntimeError("the machine stops")

    with monkeypatch.context() as broken:
        broken.setattr(records, "remove_erased", breaks)
        with pytest.raises(RuntimeError):
            night(BOOKS_OVER)
    assert {finding.code for finding in record_checks.verify()} == {"file_left"}
    night(BOOKS_OVER)
    sound(BOOKS_OVER)


@pytest.mark.usefixtures("house")
def test_the_trail_tells_of_it_without_a_name() -> None:
    night()
    night(BOOKS_OVER)
    acts = (
        "payments.forget_words",
        "payments.forget_lines",
        "payments.forget_answers",
        "records.erase_files",
    )
    told = dict.fromkeys(acts, "")
    for entry in Entry.objects.filter(action__in=acts):
        told[entry.action] += entry.facts
    assert all(told.values()), told
