"""What holds of commands beside the state table: the group, orders, numbers, once each, and raw SQL."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from emergency.group import LAUNCH, NOW, Group, appoint, make_group
from goods.builders import acting, snapshot
from hands import together
from songnuan.audit.checks import verify
from songnuan.emergency.actions import group
from songnuan.emergency.actions.after_action import Lessons
from songnuan.emergency.actions.command import Launch
from songnuan.emergency.actions.orders import Ordered
from songnuan.emergency.command_queries import acts_of, members_on, signing_of
from songnuan.emergency.models import (
    Activation,
    ActivationAct,
    AfterAction,
    Handover,
    Member,
    Order,
    StandIn,
)
from songnuan.jobs.models import Notice, OutboxMessage
from songnuan.journeys.activate_plan import activate_plan
from songnuan.journeys.appoint_member import appoint_member
from songnuan.journeys.emergency_papers import activation_paper, stand_down_paper
from songnuan.journeys.hand_over_response import answer_handover
from songnuan.journeys.measures.response import number_of
from songnuan.journeys.stand_in import record_stand_in
from songnuan.journeys.steer_response import change_level
from songnuan.journeys.take_in_order import answer_order, take_in_order
from songnuan.journeys.write_after_action import write_after_action
from songnuan.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Member, StandIn, Order, Activation, ActivationAct, Handover, AfterAction)


@pytest.fixture
def found() -> Group:
    return make_group()


def refused(act: object, code: str) -> None:
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as told:
        act()  # type: ignore[operator]
    assert told.value.code == code
    assert snapshot(TABLES) == before


def test_who_signs_follows_the_plan_the_day_and_the_hour(found: Group) -> None:
    def signs(who: str, at: object = NOW, issuers: tuple[str, ...] = ("leader",)) -> str:
        row = signing_of(found.measure.pk, issuers, found.people[who].user_id, at)  # type: ignore[arg-type]
        return "" if row is None else "own" if row.stands_for is None else row.stands_for.user.name

    assert [signs(who) for who in ("leader", "stand_in", "deputy", "member", "gone", "office")] == [
        *("own", "主任甲", "", "", "", "")
    ]
    assert signs("stand_in", NOW + timedelta(hours=8)) == "", "until eight hours on, and not at that moment"
    assert signs("stand_in", NOW - timedelta(hours=1, minutes=1)) == ""
    assert signs("deputy", issuers=("leader", "deputy")) == "own"
    StandIn.objects.update(ended_at=NOW)
    assert signs("stand_in") == ""


def test_real_responses_and_drills_are_numbered_apart_without_gaps(found: Group) -> None:
    drill = found.activate(is_drill=True)
    refused(lambda: found.activate(is_drill=True), "already_active")
    first = found.activate()
    found.end(first)
    second = found.activate("stand_in")
    numbers = [number_of(row) for row in (drill, first, second)]
    assert numbers == ["临澄急演启〔2020〕1号", "临澄急启〔2020〕1号", "临澄急启〔2020〕2号"]
    first.refresh_from_db()
    assert number_of(first, is_end=True) == "临澄急终〔2020〕1号"
    assert number_of(second, is_end=True) == ""


def test_one_form_sent_ten_times_at_once_sets_one_response_in_motion(found: Group) -> None:
    key = uuid4()

    def press() -> None:
        activate_plan(
            measure_id=found.measure.pk, launch=LAUNCH, key=key, actor=found.people["leader"], at=NOW
        )

    assert together(*[press] * 10) == {"done": 10}
    assert Activation.objects.count() == 1


def test_of_two_who_sign_at_once_one_sets_it_in_motion(found: Group) -> None:
    outcomes = together(
        *[lambda who=who: found.activate(who) for who in ("leader", "stand_in", "leader", "stand_in")]
    )
    assert outcomes == {"done": 1, "already_active": 3}
    assert Activation.objects.get().serial == 1


def test_the_stand_in_may_end_what_they_set_in_motion_after_the_leader_is_back(found: Group) -> None:
    row = found.activate("stand_in")
    StandIn.objects.update(ended_at=NOW)
    refused(lambda: found.end(row, "leader"), "not_the_holder")
    found.end(row, "stand_in")
    row.refresh_from_db()
    assert (row.stands_for, row.ended_by_id) == (found.members["leader"], found.people["stand_in"].user_id)


def test_an_order_to_end_is_carried_out_by_the_holder_alone_and_answered_by_it(found: Group) -> None:
    row = found.activate()
    order = found.order("end", row, "superior")
    refused(lambda: found.end(row, "superior", order), "not_the_holder")
    office = found.people["office"]
    refused(lambda: answer_order(order_id=order, answer="已办", actor=office, at=NOW), "order_by_act")
    found.end(row, "leader", order)
    told = Order.objects.get(pk=order)
    assert (told.answer, told.answered_by_id) == ("临澄急终〔2020〕1号", found.people["leader"].user_id)
    assert Activation.objects.get(pk=row.pk).end_order_id == order


def test_where_the_holder_is_out_of_reach_a_superior_names_a_successor_who_accepts(found: Group) -> None:
    row = found.activate()
    found.offer(row, "asked")
    office, deputy = found.people["office"], found.members["deputy"]
    with acting(), pytest.raises(Refusal, match="移交"):
        group.end_member(member_id=found.members["leader"].pk, ends_on=NOW.date(), actor=office, at=NOW)
    order = found.order("successor", row, successor_id=deputy.pk)
    assert [one.verb for one in acts_of(row.pk)] == ["activate", "offer", "ordered_successor", "take_back"]
    refused(lambda: found.end(row, "deputy"), "not_the_holder")
    answer_handover(activation_id=row.pk, accept=True, actor=found.people["deputy"], at=NOW)
    assert Order.objects.get(pk=order).answered_at == NOW
    refused(lambda: found.end(row, "leader"), "not_the_holder")
    found.end(row, "deputy")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"successor_id": 0}, "successor_unfit"),
        ({"successor": "member"}, "successor_unfit"),
        ({"successor": "gone"}, "successor_unfit"),
        ({"successor": "leader"}, "successor_unfit"),
    ],
)
def test_only_who_could_sign_or_is_a_deputy_takes_it_on(
    found: Group, changes: dict[str, object], code: str
) -> None:
    row = found.activate()
    told = dict(changes)
    if "successor" in told:
        told["successor_id"] = found.members[str(told.pop("successor"))].pk
    refused(lambda: found.order("successor", row, **told), code)  # type: ignore[arg-type]


def test_an_order_is_entered_once_and_says_what_it_has_to(found: Group) -> None:
    row = found.activate()
    pk = found.order("other", number="临澄防指〔2020〕9号")
    refused(lambda: found.order("other", number="临澄防指〔2020〕9号"), "order_twice")
    found.order("other", number="")
    found.order("other", number="")
    for changes, code in (
        ({"received_at": NOW + timedelta(minutes=1)}, "happens_later"),
        ({"due_at": NOW - timedelta(minutes=1)}, "order_due"),
        ({"issuer": " "}, "order_issuer"),
        ({"issuer": "长" * 121}, "text_too_long"),
        ({"text": " \n"}, "words_missing"),
        ({"text": "长" * 2001}, "text_too_long"),
        ({"text": "长" * 1_000_000}, "text_too_long"),
        ({"way": "pigeon"}, "order_way"),
    ):
        refused(lambda told=changes: _order(found, **told), code)
    refused(lambda: found.order("surrender"), "order_asks")
    refused(lambda: found.order("end", Activation(pk=row.pk + 1)), "order_about")
    answer_order(order_id=pk, answer="已办理。", actor=found.people["office"], at=NOW)
    refused(
        lambda: answer_order(order_id=pk, answer="再办。", actor=found.people["office"], at=NOW),
        "wrong_state",
    )


def _order(found: Group, **changes: object) -> int:
    told: dict[str, object] = {
        "asks": "other",
        "way": "phone",
        "issuer": "指挥部",
        "number": "",
        "text": "请照办。",
        "received_at": NOW,
        **changes,
    }
    return take_in_order(
        measure_id=found.measure.pk,
        ordered=Ordered(**told),  # type: ignore[arg-type]
        key=uuid4(),
        actor=found.people["office"],
        at=NOW,
    )


def test_an_order_to_activate_is_answered_by_the_activation(found: Group) -> None:
    order, other = found.order("activate"), found.order("other")
    leader = found.people["leader"]

    def launch(pk: int) -> int:
        told = Launch(LAUNCH.level, LAUNCH.scope, LAUNCH.reason, False, pk)
        return activate_plan(measure_id=found.measure.pk, launch=told, key=uuid4(), actor=leader, at=NOW)

    refused(lambda: launch(other), "order_unfit")
    row = Activation.objects.get(pk=launch(order))
    assert Order.objects.get(pk=order).answer == "临澄急启〔2020〕1号"
    assert row.order_id == order
    found.end(row)
    refused(lambda: launch(order), "order_unfit")


def test_the_office_keeps_the_group_and_nobody_their_own_place(found: Group) -> None:
    made = appoint(found, "liaison", "member", duty="信息")
    assert [one.user.name for one in members_on(found.measure.pk, NOW.date())][-1] == "联络寅"
    for who, position, code, changes in (
        ("officer", "leader", "leader_stands", {}),
        ("liaison", "member", "member_same", {"duty": "信息"}),
        ("officer", "king", "position_unknown", {}),
        ("officer", "member", "turn_invalid", {"turn": 0}),
        ("officer", "member", "turn_invalid", {"turn": 100}),
        ("officer", "member", "day_past", {"starts_on": NOW.date() - timedelta(days=1)}),
        ("officer", "member", "not_permitted", {"actor": found.people["leader"]}),
        ("officer", "member", "not_permitted", {"actor": found.people["stranger"]}),
        ("officer", "member", "not_permitted", {"actor": found.people["administrator"]}),
        ("office", "leader", "own_place", {}),
    ):
        refused(lambda a=(who, position, changes): appoint(found, a[0], a[1], **a[2]), code)
    moved = appoint(found, "liaison", "deputy", turn=4)
    made.refresh_from_db()
    assert (made.ends_on, moved.position) == (NOW.date(), "deputy")
    tomorrow = NOW.date() + timedelta(days=1)
    office = found.people["office"]
    with acting():
        group.end_member(member_id=found.members["leader"].pk, ends_on=tomorrow, actor=office, at=NOW)
    refused(lambda: appoint(found, "officer", "leader"), "leader_stands")
    appoint(found, "officer", "leader", starts_on=tomorrow)


def test_somebody_who_changes_place_keeps_the_authority(found: Group) -> None:
    row = found.activate("stand_in")
    appoint(found, "stand_in", "member")
    found.end(row, "stand_in")


def test_who_acts_for_whom_is_a_deputy_for_one_who_signs_and_once_at_a_time(found: Group) -> None:
    members = {name: one.pk for name, one in found.members.items()}

    def let(absent: str, deputy: str, who: str = "office", begin: int = 9, end: int = 10) -> StandIn:
        return record_stand_in(
            measure_id=found.measure.pk,
            absent_id=members[absent],
            deputy_id=members[deputy],
            starts_at=NOW + timedelta(hours=begin),
            ends_at=NOW + timedelta(hours=end),
            reason="外出",
            actor=found.people[who],
            at=NOW,
        )

    refused(lambda: let("leader", "member"), "standin_unfit")
    refused(lambda: let("deputy", "asked"), "standin_unfit")
    refused(lambda: let("leader", "gone"), "standin_unfit")
    refused(lambda: let("leader", "deputy", begin=2, end=3), "standin_stands")
    refused(lambda: let("leader", "deputy", begin=10, end=10), "standin_times")
    refused(lambda: let("leader", "deputy", begin=-1), "standin_times")
    refused(lambda: let("leader", "deputy", "deputy"), "not_permitted")
    refused(lambda: let("leader", "deputy", "inspector"), "not_permitted")
    assert let("leader", "deputy", "leader").recorded_by_id == found.people["leader"].user_id
    assert let("leader", "asked", begin=11, end=12).member_id == members["asked"]


def test_the_database_itself_lets_nobody_else_end_it_or_take_it(found: Group) -> None:
    row = found.activate()
    leader, deputy = found.people["leader"].user_id, found.people["deputy"].user_id
    end = (
        "UPDATE emergency_activation SET status = 'ended', end_serial = 1, end_year = 2020, end_reason = 'x',"
        " ended_at = issued_at, ended_by_id = %s"
    )
    for statement, values in (
        (end, [deputy]),
        ("UPDATE emergency_activation SET holder_id = %s", [found.members["deputy"].pk]),
        ("UPDATE emergency_activation SET issued_by_id = %s", [deputy]),
        ("UPDATE emergency_activation SET scope = 'x'", []),
        ("UPDATE emergency_member SET user_id = %s WHERE user_id = %s", [deputy, leader]),
        ("UPDATE emergency_activationact SET words = 'x'", []),
        ("DELETE FROM emergency_activationact", []),
        ("DELETE FROM emergency_activation", []),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    made = Activation(**{field.attname: getattr(row, field.attname) for field in Activation._meta.fields})
    made.pk, made.is_drill, made.issued_by_id = None, True, deputy or 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Activation.objects.bulk_create([made])
    found.end(row)
    with pytest.raises(IntegrityError), transaction.atomic():
        ActivationAct.objects.create(activation=row, verb="level", words="x", happened_at=NOW, at=NOW)
    assert verify() == []


def test_the_papers_say_who_may_end_it_and_a_drill_is_marked(found: Group) -> None:
    drill = activation_paper(found.activate("stand_in", is_drill=True))
    assert "演练" in drill.title
    assert drill.body[0].text.startswith("本命令为演练命令")
    row = found.activate("stand_in")
    order = activation_paper(row)
    assert (order.head.number, order.title) == ("临澄急启〔2020〕1号", "关于启动Ⅱ级的命令")
    assert "副组长副主任乙（代主任甲）签发，有权终止的人为副主任乙" in order.body[2].text
    with pytest.raises(ValueError, match=str(row.pk)):
        stand_down_paper(row)
    found.end(row, "stand_in")
    row.refresh_from_db()
    assert "（临澄急启〔2020〕1号）" in stand_down_paper(row).body[1].text


def test_the_after_action_report_is_written_after_the_end_with_the_timeline(found: Group) -> None:
    row = found.activate()
    lessons = Lessons("及时启动。\n逐人排查。", "通讯录不全。", "每周核对。", 0)

    def write(who: str = "office", seen: int = 0, text: str = "通讯录不全。") -> AfterAction:
        told = Lessons(lessons.went_well, text, lessons.improvements, seen)
        return write_after_action(activation_id=row.pk, lessons=told, actor=found.people[who], at=NOW)

    refused(write, "activation_active")
    found.end(row)
    refused(lambda: write("inspector"), "not_permitted")
    refused(lambda: write(text=" "), "words_missing")
    made = write()
    assert "设在" not in made.snapshot
    assert [word in made.snapshot for word in ("连续14天无新增。", "逐人排查。", "终止响应", "主任甲")] == [
        True
    ] * 4
    refused(write, "report_stale")
    assert write("leader", seen=1).version == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        AfterAction.objects.update(went_well="x")


def test_who_is_appointed_is_told(found: Group) -> None:
    liaison = found.people["liaison"].user_id or 0
    appoint_member(
        measure_id=found.measure.pk,
        member_id=liaison,
        position="member",
        turn=6,
        duty="",
        starts_on=NOW.date(),
        actor=found.people["office"],
        at=NOW,
    )
    assert OutboxMessage.objects.get().recipient_id == liaison
    row = found.activate()
    told = OutboxMessage.objects.filter(topic="emergency.activated")
    assert told.count() == 7, "the group and the office, without who signed"
    assert all(f"/emergency/activations/{row.pk}/" == one.url for one in told)


def test_who_takes_it_on_twice_has_it_once(found: Group) -> None:
    row = found.activate()
    found.hand_over(row, "asked")
    before = snapshot(TABLES)
    answer_handover(activation_id=row.pk, accept=True, actor=found.people["asked"], at=NOW)
    assert snapshot(TABLES) == before


def test_who_left_the_group_or_was_given_another_place_does_not_take_it_on(found: Group) -> None:
    row = found.activate()
    found.offer(row, "asked")
    appoint(found, "asked", "member")
    asked = found.people["asked"]
    refused(
        lambda: answer_handover(activation_id=row.pk, accept=True, actor=asked, at=NOW), "successor_unfit"
    )


def test_nobody_takes_in_an_order_that_names_themselves(found: Group) -> None:
    row = found.activate()
    deputy = found.members["deputy"].pk
    refused(lambda: found.order("successor", row, "deputy", successor_id=deputy), "not_permitted")
    appoint(found, "office", "deputy", actor=found.people["superior"])
    own = Member.objects.get(user=found.people["office"].user_id).pk
    refused(lambda: found.order("successor", row, "office", successor_id=own), "own_place")


def test_an_order_that_names_a_successor_is_answered_by_them_or_by_the_next(found: Group) -> None:
    row = found.activate()
    first = found.order("successor", row, successor_id=found.members["deputy"].pk)
    office = found.people["office"]
    refused(lambda: answer_order(order_id=first, answer="知悉", actor=office, at=NOW), "order_by_act")
    second = found.order("successor", row, successor_id=found.members["asked"].pk)
    assert Order.objects.get(pk=first).answered_at == NOW
    found.end(row)
    assert Order.objects.get(pk=second).answered_at == NOW
    assert Handover.objects.filter(status="offered").count() == 0
    assert [one.verb for one in acts_of(row.pk)].count("take_back") == 2


def test_a_drill_is_marked_in_every_message_and_answers_no_order(found: Group) -> None:
    order = found.order("activate")
    drill = Launch(LAUNCH.level, LAUNCH.scope, LAUNCH.reason, True, order)
    leader = found.people["leader"]
    told = {"measure_id": found.measure.pk, "launch": drill, "actor": leader, "at": NOW}
    refused(lambda: activate_plan(key=uuid4(), **told), "order_unfit")  # type: ignore[arg-type]
    Notice.objects.all().delete()
    OutboxMessage.objects.all().delete()
    row = found.activate(is_drill=True)
    found.order("end", row)
    found.end(row)
    titles = set(OutboxMessage.objects.values_list("title", flat=True))
    assert len(titles) == 3
    assert all(title.startswith("【演练】") for title in titles)


def test_the_paper_says_what_was_signed_whatever_the_level_is_now(found: Group) -> None:
    row = found.activate()
    leader = found.people["leader"]
    change_level(activation_id=row.pk, level="one", reason="扩散", actor=leader, at=NOW)
    found.measure.settings["code"] = "另一代字"
    found.measure.save()
    row = Activation.objects.get(pk=row.pk)
    paper = activation_paper(row)
    assert (paper.title, paper.head.number) == ("关于启动Ⅱ级的命令", "临澄急启〔2020〕1号")


def test_a_plan_that_is_closed_meanwhile_leaves_nobody_without_a_way_to_end_it(found: Group) -> None:
    row = found.activate()
    found.measure.status = "closed"
    found.measure.save()
    order = found.order("successor", row, successor_id=found.members["deputy"].pk)
    answer_handover(activation_id=row.pk, accept=True, actor=found.people["deputy"], at=NOW)
    refused(lambda: found.activate(is_drill=True), "measure_closed")
    found.end(row, "deputy")
    assert Order.objects.get(pk=order).answered_at == NOW
    refused(lambda: found.order("other"), "measure_closed")


def test_orders_and_stand_ins_stay_as_they_were_written(found: Group) -> None:
    found.order("other")
    for statement in (
        "UPDATE emergency_order SET text = 'x'",
        "DELETE FROM emergency_order",
        "DELETE FROM emergency_standin",
        "UPDATE emergency_standin SET ends_at = starts_at",
        "DELETE FROM emergency_member",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_who_changes_duty_still_acts_for_the_absent(found: Group) -> None:
    appoint(found, "stand_in", "deputy", duty="信息")
    row = found.activate("stand_in")
    assert row.stands_for == found.members["leader"]
