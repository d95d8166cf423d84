from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from jobs import job_samples
from songnuan.audit.checks import verify as verify_trail
from songnuan.audit.models import Entry
from songnuan.jobs import channels, queue
from songnuan.jobs.actions import read_notices, send
from songnuan.jobs.checks import verify
from songnuan.jobs.delivery import deliver, give_up_lost
from songnuan.jobs.models import Job, Notice, OutboxMessage
from songnuan.jobs.queries import notices
from songnuan.jobs.queue import MAX_ATTEMPTS
from songnuan.jobs.schedule import enqueue_due
from songnuan.jobs.worker import run_pending
from songnuan.journeys.schedule import SCHEDULE
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import wall
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import User
from songnuan.outreach.email import message_id
from songnuan.outreach.letters import Letter
from songnuan.outreach.models import Way
from songnuan.outreach.queries import address_digest

pytestmark = pytest.mark.django_db
AT = datetime(2020, 4, 20, 9, 0, tzinfo=UTC)
BODY = "请联系李岚，电话 138 0000 0000。"


@pytest.fixture(autouse=True)
def _forget_runs() -> None:
    job_samples.runs.clear()


def message(user: User, **changes: Any) -> OutboxMessage:
    given: dict[str, Any] = {
        "channel": "in_app",
        "recipient_id": user.pk,
        "topic": "visits.late",
        "title": "走访未报告",
        "body": BODY,
        "key": "visits.late:1",
        "url": "/visits/1",
        "actor": SYSTEM,
        "at": AT,
    }
    return send(**{**given, **changes})


def letter(user: User, **changes: Any) -> OutboxMessage:
    """Write a message that goes out by e-mail, to an address that was confirmed."""
    digest = address_digest("email", user.email)
    Way.objects.get_or_create(user=user, channel="email", defaults={"address_digest": digest, "since": AT})
    return message(user, **{"channel": "email", "body": Letter(BODY).packed(), **changes})


@pytest.fixture(autouse=True)
def _mail_server(settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.org"


def run_until_quiet() -> None:
    """Run every attempt, without waiting between them."""
    while run_pending():
        Job.objects.filter(status=Job.Status.READY).update(run_after=wall())


def test_a_message_its_notice_and_its_job_exist_only_if_the_act_commits(user: User) -> None:
    with transaction.atomic():
        message(user)
        letter(user, key="visits.late:2")
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()
    assert not Notice.objects.exists()
    assert not Job.objects.exists()


def test_a_message_in_the_house_is_there_with_the_act_and_waits_for_no_worker(user: User) -> None:
    message(user)
    row = OutboxMessage.objects.get()
    assert (row.status, row.attempts, row.sent_at, row.job) == ("sent", 1, AT, None)
    notice = Notice.objects.get()
    assert (notice.message_id, notice.user_id, notice.url, notice.created_at) == (
        row.pk,
        user.pk,
        "/visits/1",
        AT,
    )
    assert not Job.objects.exists()


def test_a_letter_goes_before_what_the_schedule_brings_and_behind_what_others_wait_for(user: User) -> None:
    enqueue_due([entry for entry in SCHEDULE if entry.name in {"audit.verify", "situation.open"}], wall())
    letter(user)
    taken = [queue.claim("worker") for _each in range(3)]
    assert [job.schedule for job in taken if job] == ["situation.open", "", "audit.verify"]


def test_a_key_that_was_used_sends_nothing_again(user: User) -> None:
    first, second = message(user), letter(user, key="visits.late:2")
    assert message(user, title="other words").pk == first.pk
    assert letter(user, key="visits.late:2", title="other words").pk == second.pk
    run_pending()
    message(user)
    letter(user, key="visits.late:2")
    run_pending()
    assert OutboxMessage.objects.count() == 2
    assert Job.objects.count() == Notice.objects.count() == len(mail.outbox) == 1
    assert Notice.objects.get().title == "走访未报告"


@pytest.mark.parametrize("change", [{"channel": "email"}, {"topic": "other"}])
def test_a_key_used_for_something_else_is_refused_and_nothing_changes(
    user: User, change: dict[str, str]
) -> None:
    message(user)
    before = OutboxMessage.objects.values("channel", "topic", "recipient_id", "status").get()
    with pytest.raises(Refusal) as refused, transaction.atomic():
        message(user, **change)
    assert refused.value.code == "key_reused"
    assert OutboxMessage.objects.values(*before).get() == before
    assert Notice.objects.count() == 1
    assert Job.objects.count() == 0


def test_an_unknown_channel_is_a_fault_of_the_program(user: User) -> None:
    with pytest.raises(KeyError), transaction.atomic():
        message(user, channel="pigeon")
    assert not OutboxMessage.objects.exists()


def test_the_body_lies_sealed_in_outbox_and_notice(user: User) -> None:
    message(user)
    run_pending()
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM jobs_outboxmessage UNION ALL SELECT body FROM jobs_notice")
        stored = [body for (body,) in cursor.fetchall()]
    assert len(stored) == 2
    assert not any("李岚" in body for body in stored)
    assert Notice.objects.get().body == BODY


def test_a_notice_that_waited_for_a_worker_of_an_older_version_arrives_once(user: User) -> None:
    message(user)
    Notice.objects.all().delete()
    rows = OutboxMessage.objects.all()
    rows.update(status=OutboxMessage.Status.QUEUED, attempts=0, sent_at=None)
    deliver.enqueue(rows.get().pk)
    channels.in_app(rows.get())  # the worker died here
    run_pending()
    assert Notice.objects.get().url == "/visits/1"
    row = rows.get()
    assert (row.status, row.attempts, row.error) == ("sent", 1, "")
    assert row.sent_at is not None


def test_a_sent_message_is_not_sent_again_by_a_second_job(user: User) -> None:
    sent = letter(user)
    run_pending()
    deliver.enqueue(sent.pk)
    run_pending()
    assert len(mail.outbox) == 1


def test_an_email_carries_its_text_and_an_id_of_its_key(user: User) -> None:
    letter(user)
    run_pending()
    (sent,) = mail.outbox
    assert sent.to == ["chen@example.org"]
    assert BODY in sent.body
    assert sent.extra_headers["Message-ID"] == message_id("visits.late:1")
    assert "visits" not in sent.extra_headers["Message-ID"]
    assert message_id("visits.late:1") != message_id("visits.late:2")


def test_an_email_is_tried_again_with_the_same_id_then_failed_for_the_trail(
    user: User, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "jobs.job_samples.BrokenMail"
    sent = letter(user)
    run_until_quiet()
    tries = [tried[0].extra_headers["Message-ID"] for tried in job_samples.runs if isinstance(tried, list)]
    assert tries == [message_id(sent.key)] * MAX_ATTEMPTS
    row = OutboxMessage.objects.get()
    assert (row.status, row.attempts, row.error) == (
        "failed",
        MAX_ATTEMPTS,
        "builtins.ConnectionRefusedError",
    )
    entry = Entry.objects.get(stream__name="deliveries")
    assert (entry.action, entry.subject) == ("jobs.fail_message", f"jobs.message:{sent.pk}")
    assert job_samples.SECRET not in entry.facts
    assert verify_trail() == []
    assert {finding.code for finding in verify()} == {"job_failed", "message_failed"}


def test_a_mail_server_that_comes_back_gets_the_message_once(user: User, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "jobs.job_samples.BrokenMail"
    letter(user)
    run_pending()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    run_until_quiet()
    Job.objects.update(run_after=wall())
    run_until_quiet()
    row = OutboxMessage.objects.get()
    assert (row.status, row.attempts, row.error, len(mail.outbox)) == ("sent", 2, "", 1)
    assert not Entry.objects.filter(stream__name="deliveries").exists()


@pytest.mark.parametrize("change", [{"email": ""}, {"is_active": False}])
def test_a_recipient_who_cannot_get_email_fails_the_message_at_once(
    user: User, change: dict[str, Any]
) -> None:
    letter(user)
    User.objects.filter(pk=user.pk).update(**change)
    run_pending()
    assert OutboxMessage.objects.get().status == "failed"
    assert (Job.objects.get().status, Job.objects.get().attempt) == ("failed", 1)
    assert mail.outbox == []


def test_a_message_whose_job_died_with_its_workers_is_failed(user: User) -> None:
    lost, waiting = letter(user), letter(user, key="visits.late:2")
    assert lost.job is not None
    Job.objects.filter(pk=lost.job.pk).update(status=Job.Status.FAILED)
    give_up_lost.call()
    lost.refresh_from_db()
    waiting.refresh_from_db()
    assert (lost.status, waiting.status) == ("failed", "queued")
    assert Entry.objects.filter(stream__name="deliveries").count() == 1


def test_a_queue_that_nobody_works_on_is_found(user: User) -> None:
    letter(user)
    assert verify() == []
    Job.objects.update(run_after=wall() - timedelta(minutes=11))
    assert [finding.code for finding in verify()] == ["queue_stands"]


def test_notices_are_listed_newest_first_and_unread_ones_apart(user: User, actor: Actor) -> None:
    for day in range(3):
        message(user, key=f"k:{day}", title=f"day {day}", at=AT + timedelta(days=day))
    run_pending()
    assert [notice.title for notice in notices(user.pk)] == ["day 2", "day 1", "day 0"]
    newest = notices(user.pk)[0]
    assert read_notices(notice_ids=[newest.pk], actor=actor, at=AT) == 1
    assert read_notices(notice_ids=[newest.pk], actor=actor, at=AT + timedelta(days=9)) == 0
    assert [notice.title for notice in notices(user.pk, unread=True)] == ["day 1", "day 0"]
    newest.refresh_from_db()
    assert newest.read_at == AT


def test_one_notice_of_somebody_else_marks_none(user: User, actor: Actor) -> None:
    message(user)
    run_pending()
    with pytest.raises(NotPermitted), transaction.atomic():
        read_notices(notice_ids=[Notice.objects.get().pk, 10**6], actor=actor, at=AT)
    assert Notice.objects.get().read_at is None
    assert read_notices(notice_ids=[], actor=actor, at=AT) == 0


def test_nobody_else_marks_a_notice_as_read(user: User) -> None:
    message(user)
    run_pending()
    stranger = Actor(key="user:0", label="陌生", user_id=user.pk + 1)
    for other in (stranger, SYSTEM):
        with pytest.raises(NotPermitted), transaction.atomic():
            read_notices(notice_ids=[Notice.objects.get().pk], actor=other, at=AT)
    assert Notice.objects.get().read_at is None
