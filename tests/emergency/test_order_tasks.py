"""Tasks out of orders: who gives them, who answers, who looks at it, and what the database keeps."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from emergency.group import NOW, Group, make_group
from goods.builders import make_unit, snapshot
from hands import together
from songnuan.emergency.actions.order_tasks import NewTask
from songnuan.emergency.models import Order, OrderTask, OrderTaskAct
from songnuan.emergency.order_task_queries import tasks_for
from songnuan.emergency.order_task_rules import is_late
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys import order_tasks as tasks
from songnuan.journeys.measures.response import progress
from songnuan.journeys.sent_files import SentFile
from songnuan.journeys.take_in_order import answer_order
from songnuan.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Order, OrderTask, OrderTaskAct)
DUE = NOW + timedelta(hours=2)
ACTS = ("answer", "acknowledge", "send_back", "withdraw")
LEADS = frozenset({"leader", "stand_in", "deputy", "asked", "member", "office", "superior"})
LIAISONS = frozenset({"member", "liaison", "stand_in", "deputy", "asked"})
"""Who holds a post of a liaison at the very centre."""


@pytest.fixture
def found() -> Group:
    return make_group()


def give(found: Group, order: int, who: str = "office", key: UUID | None = None, **told: object) -> OrderTask:
    if not {"unit_id", "owner_id"} & told.keys():
        told["owner_id"] = found.people["officer"].user_id
    new = NewTask(**{"what": "上报隔离床位数。", "due_at": DUE, **told})  # type: ignore[arg-type]
    pk = tasks.assign_task(order_id=order, new=new, key=key or uuid4(), actor=found.people[who], at=NOW)
    return OrderTask.objects.get(pk=pk)


def do(
    found: Group, what: str, task: OrderTask, who: str, text: str = "床位32张。", **told: object
) -> object:
    act = getattr(tasks, f"{what}_task")
    keyed = {"key": uuid4()} if what == "answer" else {}
    return act(order_task_id=task.pk, text=text, actor=found.people[who], **{"at": NOW, **keyed, **told})


def refused(act: object, code: str) -> None:
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as told:
        act()  # type: ignore[operator]
    assert told.value.code == code
    assert snapshot(TABLES) == before


def told(found: Group, who: str) -> list[str]:
    rows = OutboxMessage.objects.filter(topic="emergency.task", recipient_id=found.people[who].user_id)
    return list(rows.order_by("pk").values_list("title", flat=True))


def test_a_task_is_given_answered_sent_back_answered_again_and_acknowledged(found: Group) -> None:
    order = found.order("other", due_at=DUE)
    key = uuid4()
    task = give(found, order, key=key)
    assert give(found, order, key=key).pk == task.pk, "sent twice it is one"
    assert [one.pk for one in tasks_for(found.people["officer"], NOW)] == [task.pk]
    refused(
        lambda: answer_order(order_id=order, answer="已办", actor=found.people["office"], at=NOW),
        "tasks_open",
    )
    sheet = SentFile(b"%PDF-1.4\n%%EOF", "床位.pdf", "application/pdf")
    answer = {"key": uuid4(), "text": "床位32张。"}
    for _twice in range(2):
        do(found, "answer", task, "officer", **answer)  # type: ignore[arg-type]
    refused(lambda: do(found, "answer", task, "officer", key=answer["key"], text="另说"), "key_reused")
    refused(lambda: do(found, "answer", task, "officer"), "wrong_state")
    do(found, "send_back", task, "office", "缺少负压床位数。")
    assert tasks_for(found.people["officer"], NOW)
    refused(lambda: do(found, "answer", task, "officer", file=SentFile(b"x", "a.exe", "x/y")), "file_kind")
    late = DUE + timedelta(minutes=1)
    do(found, "answer", task, "officer", "负压床位4张。", at=late)
    task.refresh_from_db()
    assert is_late(task, late)
    do(found, "acknowledge", task, "leader", "", at=late)
    task.refresh_from_db()
    assert (task.status, task.answered_at) == ("acknowledged", late)
    assert list(OrderTaskAct.objects.order_by("pk").values_list("verb", flat=True)) == [
        "answer",
        "send_back",
        "answer",
        "acknowledge",
    ]
    assert [title.split("，")[0].split("：")[0] for title in told(found, "officer")] == [
        "临澄市疫情防控指挥部交办任务",
        "反馈被退回",
    ]
    assert len(told(found, "leader")) == 2
    assert sheet.digest
    answer_order(order_id=order, answer="已上报。", actor=found.people["office"], at=late)
    refused(lambda: give(found, order), "order_answered")


def test_every_pair_of_person_and_act(found: Group) -> None:
    """Who is not entitled to an act is refused in any state; an act out of its state is refused, too."""
    order = found.order("other")
    own = give(found, order)
    unit = give(found, order, unit_id=found.centre.pk)
    may = {
        (own.pk, "answer"): frozenset({"officer"}),
        (unit.pk, "answer"): LIAISONS,
        **{(task.pk, act): LEADS for task in (own, unit) for act in ACTS[1:]},
    }
    for task in (own, unit):
        for act in ACTS:
            for who in found.people:
                if act in {"answer", "withdraw"} and who in may[task.pk, act]:
                    continue  # done below
                with pytest.raises(Refusal) as why:
                    do(found, act, task, who)
                expected = {"not_permitted", "person_needed", "task_not_yours", "wrong_state"}
                assert why.value.code in expected, (who, act)
                assert (why.value.code == "wrong_state") == (who in may[task.pk, act]), (who, act)
    assert not OrderTaskAct.objects.exists()
    do(found, "answer", unit, "member")
    refused(lambda: do(found, "acknowledge", unit, "member"), "own_answer")
    refused(lambda: do(found, "send_back", unit, "member"), "own_answer")
    refused(lambda: do(found, "withdraw", unit, "office"), "wrong_state")
    do(found, "withdraw", own, "office", "重复交办。")
    refused(lambda: do(found, "answer", own, "officer"), "wrong_state")
    assert not is_late(OrderTask.objects.get(pk=own.pk), NOW + timedelta(days=9))


def test_who_may_not_gives_nothing_and_what_is_wrong_is_refused(found: Group) -> None:
    order = found.order("other", due_at=DUE)
    for who in ("liaison", "officer", "inspector", "stranger", "administrator", "gone"):
        refused(lambda w=who: give(found, order, w), "not_permitted")
    refused(lambda: give(found, order, "system"), "person_needed")
    empty = make_unit("空科室", found.centre)
    far = make_unit("别处")
    for code, wrong in (
        ("words_missing", {"what": " "}),
        ("text_too_long", {"what": "长" * 401}),
        ("task_past", {"due_at": NOW}),
        ("task_after_order", {"due_at": DUE + timedelta(minutes=1)}),
        ("task_to", {"unit_id": None, "owner_id": None}),
        ("task_to", {"unit_id": found.centre.pk, "owner_id": found.people["officer"].user_id}),
        ("task_to", {"unit_id": far.pk}),
        ("task_to", {"owner_id": found.people["stranger"].user_id}),
        ("task_nobody", {"unit_id": empty.pk}),
    ):
        refused(lambda w=wrong: give(found, order, **w), code)
    refused(lambda: give(found, 0), "order_unknown")
    for act in ACTS:
        refused(lambda a=act: do(found, a, OrderTask(pk=0), "office"), "order_task_unknown")


def test_two_at_once_and_what_the_database_keeps(found: Group) -> None:
    order = found.order("other")
    task = give(found, order)
    answers = [lambda: do(found, "answer", task, "officer")] * 4
    assert together(*answers) == {"done": 1, "wrong_state": 3}
    rows = OrderTask.objects.filter(pk=task.pk)
    for change in (
        {"what": "别的"},
        {"due_at": NOW + timedelta(days=9)},
        {"answered_at": NOW + timedelta(hours=1)},
        {"status": "withdrawn", "answered_at": None},
        {"owner": None, "unit": found.centre},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    for act in (OrderTaskAct.objects.all().delete, lambda: OrderTaskAct.objects.update(words="别的")):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    give(found, order, due_at=NOW + timedelta(minutes=1))
    [state] = progress([found.measure], NOW + timedelta(minutes=2)).values()
    assert (state.late, state.late_names) == (1, ("上报隔离床位数。",))
