from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from songnuan.jobs.actions import receive, settle
from songnuan.jobs.models import InboxEntry, Job
from songnuan.jobs.retention import JOBS, POSTS, forget
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import wall
from songnuan.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db
AT = datetime(2020, 4, 20, 9, 0, tzinfo=UTC)
VISITOR = Actor(key="user:7", label="王建", user_id=7)


def post(
    key: UUID, *, purpose: str = "visits.record", digest: str = "d1", actor: Actor = VISITOR
) -> str | None:
    return receive(key=key, purpose=purpose, body_digest=digest, actor=actor, at=AT)


def test_a_new_post_goes_on_and_its_repetition_gets_the_same_answer() -> None:
    key = uuid4()
    assert post(key) is None
    settle(key=key, result='{"visit": 12}')
    assert post(key) == '{"visit": 12}'
    assert post(key) == '{"visit": 12}'
    assert InboxEntry.objects.count() == 1


@pytest.mark.parametrize("change", [{"digest": "d2"}, {"purpose": "tasks.close"}, {"actor": SYSTEM}])
def test_a_key_with_other_content_purpose_or_sender_is_refused(change: dict[str, str]) -> None:
    key = uuid4()
    post(key)
    settle(key=key, result="done")
    before = InboxEntry.objects.values().get()
    with pytest.raises(Refusal) as refused, transaction.atomic():
        post(key, **change)  # type: ignore[arg-type]  # one change of three kinds
    assert refused.value.code == "key_reused"
    assert InboxEntry.objects.values().get() == before


def test_a_post_whose_act_was_rolled_back_may_come_again() -> None:
    key = uuid4()
    with transaction.atomic():
        assert post(key) is None
        transaction.set_rollback(True)
    assert post(key) is None


def test_an_answer_is_kept_once_and_only_for_a_post_received() -> None:
    key = uuid4()
    with pytest.raises(RuntimeError), transaction.atomic():
        settle(key=key, result="x")
    post(key)
    settle(key=key, result="x")
    with pytest.raises(RuntimeError), transaction.atomic():
        settle(key=key, result="y")
    assert InboxEntry.objects.get().result == "x"


@pytest.mark.django_db(transaction=True)
def test_of_the_same_post_at_once_one_is_carried_out_and_the_others_get_its_answer() -> None:
    key = uuid4()
    start = Barrier(4)
    answers: list[str | None] = []
    faults: list[Exception] = []

    def arrive(number: int) -> None:
        try:
            start.wait()
            with transaction.atomic():
                answer = post(key)
                if answer is None:
                    settle(key=key, result=f"by {number}")
            answers.append(answer)
        except Exception as fault:  # noqa: BLE001 - shown by the assertion below
            faults.append(fault)
        finally:
            connection.close()

    threads = [Thread(target=arrive, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert answers.count(None) == 1
    assert {answer for answer in answers if answer is not None} == {InboxEntry.objects.get().result}


def test_what_is_old_is_forgotten_and_nothing_else() -> None:
    now, day = wall(), timedelta(days=1)
    for age, name in ((POSTS + day, "old post"), (POSTS - day, "post")):
        InboxEntry.objects.create(
            key=uuid4(), purpose=name, actor_key="user:7", body_digest="", received_at=now - age
        )
    for status, age in (("done", JOBS + day), ("done", JOBS - day), ("failed", JOBS * 9)):
        moment = now - age
        Job.objects.create(
            task="t",
            status=status,
            enqueued_at=moment,
            run_after=moment,
            finished_at=moment,
            note=f"{age.days}",
        )
    Job.objects.create(task="t", enqueued_at=now - JOBS * 9, run_after=now - JOBS * 9)
    assert forget.call() == 2
    assert [entry.purpose for entry in InboxEntry.objects.all()] == ["post"]
    assert sorted(Job.objects.values_list("status", flat=True)) == ["done", "failed", "ready"]


def test_much_is_forgotten_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songnuan.jobs.retention.CHUNK", 3)
    old = wall() - POSTS * 2
    InboxEntry.objects.bulk_create(
        InboxEntry(key=uuid4(), purpose="p", actor_key="a", body_digest="", received_at=old) for _ in range(7)
    )
    assert forget.call() == 7
    assert not InboxEntry.objects.exists()
