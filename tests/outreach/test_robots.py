"""Robots of groups: set up by the administrator alone, their addresses sealed; sent to, tried, failed."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection

from goods.builders import make_person, snapshot
from outreach.lesson_house import NOW, LessonHouse, make_lesson_house
from songnuan.audit.models import Entry
from songnuan.journeys.send_to_robots import reach_robot, send_to_robots
from songnuan.journeys.set_up_robot import end_robot, set_up_robot
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role
from songnuan.outreach.robot_models import Robot, RobotSending
from songnuan.outreach.robots import RobotFailed, read_address, send

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
ADDRESS = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"
DING = "https://oapi.dingtalk.com/robot/send?access_token=abcdef0123456789"
FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/0a1b2c3d-4e5f"


class Answer:
    """What a service answers."""

    def __init__(self, status: int, told: object) -> None:
        self.status_code, self.content = status, json.dumps(told).encode()
        self.text = self.content.decode()
        self.headers: dict[str, str] = {}


@contextmanager
def answering(status: int, told: object) -> Iterator[list[tuple[str, Any]]]:
    """Let the services answer so, and keep what was posted to them; nothing leaves the machine."""
    posted: list[tuple[str, Any]] = []

    def request(_self: object, method: str, url: str, **how: Any) -> Answer:
        assert method.lower() == "post"
        posted.append((url, json.loads(how["data"])))
        return Answer(status, told)

    with patch("requests.sessions.Session.request", request):
        yield posted


@pytest.mark.parametrize(
    ("service", "address", "secret", "told"),
    [
        ("wecom", ADDRESS, "", (f"wecombot://{KEY}/", "5aaa")),
        ("dingtalk", DING, "", ("dingtalk://abcdef0123456789/", "6789")),
        ("dingtalk", DING, "SEC0123456789", ("dingtalk://SEC0123456789@abcdef0123456789/", "6789")),
        ("feishu", FEISHU, "", ("feishu://0a1b2c3d-4e5f/", "4e5f")),
        ("gateway", "https://sms.example.cn/send", "", ("jsons://sms.example.cn/send", "e.cn")),
        ("pigeon", ADDRESS, "", "robot_service"),
        ("wecom", DING, "", "robot_address"),
        ("wecom", ADDRESS.replace("https", "http"), "", "robot_address"),
        ("wecom", "wecombot://x", "", "robot_address"),
        ("feishu", FEISHU, "SEC0123456789", "robot_secret"),
        ("gateway", "http://sms.example.cn/send", "", "robot_address"),
        ("gateway", "https://a:b@sms.example.cn/send", "", "robot_address"),
    ],
)
def test_an_address_is_read_as_its_service_shows_it(
    service: str, address: str, secret: str, told: tuple[str, str] | str
) -> None:
    if isinstance(told, tuple):
        assert read_address(service, address, secret) == told
        return
    with pytest.raises(Refusal) as refusal:
        read_address(service, address, secret)
    assert refusal.value.code == told


@pytest.mark.parametrize(
    ("service", "address", "status", "told", "reason"),
    [
        ("wecom", ADDRESS, 200, {"errcode": 0, "errmsg": "ok"}, ""),
        (
            "wecom",
            ADDRESS,
            200,
            {"errcode": 93000, "errmsg": "invalid webhook url"},
            "93000 invalid webhook url",
        ),
        ("dingtalk", DING, 200, {"errcode": 310000, "errmsg": "keywords not in content"}, "310000 keywords"),
        ("feishu", FEISHU, 200, {"code": 19001, "msg": "bad 0a1b2c3d-4e5f"}, "^19001 bad …$"),
        ("feishu", FEISHU, 200, {"code": 0, "msg": "success"}, ""),
        ("gateway", "https://sms.example.cn/send", 200, [], ""),
        ("gateway", "https://sms.example.cn/send", 503, {}, "HTTP 503"),
    ],
)
def test_what_a_service_refuses_with_a_success_is_a_failure(
    service: str, address: str, status: int, told: object, reason: str
) -> None:
    where, _hint = read_address(service, address)
    with answering(status, told) as posted:
        if not reason:
            send(where, "", "请戴口罩")
        else:
            with pytest.raises(RobotFailed, match=reason):
                send(where, "", "请戴口罩")
    assert "请戴口罩" in json.dumps(posted[0][1], ensure_ascii=False)


def refused(act: Callable[[], object], code: str) -> None:
    before = snapshot((Robot, RobotSending))
    with pytest.raises(Refusal) as told:
        act()
    assert told.value.code == code
    assert snapshot((Robot, RobotSending)) == before


def reach(sending: RobotSending, attempt: int) -> None:
    """Let the worker try."""
    tried: Any = reach_robot.func
    tried(SimpleNamespace(attempt=attempt), sending.pk)


@pytest.fixture
def house() -> LessonHouse:
    return make_lesson_house()


def test_only_the_administrator_sets_up_and_nobody_reads_the_address(house: LessonHouse) -> None:
    admin = make_person("管理甲", Role.ADMINISTRATOR, house.centre)
    told = {"unit_id": house.centre.pk, "service": "wecom", "label": "中心群", "secret": "", "at": NOW}
    for who in ("office", "publicity", "stranger"):
        refused(
            lambda w=who: set_up_robot(address=ADDRESS, actor=house.people[w], **told),  # type: ignore[arg-type,misc]
            "not_permitted",
        )
    robot = set_up_robot(address=ADDRESS, actor=admin, **told)  # type: ignore[arg-type]
    refused(lambda: set_up_robot(address=ADDRESS, actor=admin, **told), "robot_label")  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM outreach_robot")
        assert KEY not in str(cursor.fetchone())
    assert not any(KEY in facts for facts in Entry.objects.values_list("facts", flat=True))
    refused(lambda: end_robot(robot_id=robot.pk, actor=house.people["office"], at=NOW), "not_permitted")
    end_robot(robot_id=robot.pk, actor=admin, at=NOW)
    assert Robot.objects.get().address == ""
    refused(lambda: end_robot(robot_id=robot.pk, actor=admin, at=NOW), "robot_unknown")


def test_a_lesson_goes_to_a_group_once_and_a_failure_has_its_reason(house: LessonHouse) -> None:
    admin, office = make_person("管理甲", Role.ADMINISTRATOR, house.centre), house.people["office"]
    lesson = house.signed()
    robot = set_up_robot(
        unit_id=house.centre.pk,
        service="wecom",
        label="中心群",
        address=ADDRESS,
        secret="",
        actor=admin,
        at=NOW,
    )
    told = {"lesson_id": lesson.pk, "robot_ids": [robot.pk], "at": NOW}
    refused(lambda: send_to_robots(actor=house.people["inspector"], **told), "not_permitted")  # type: ignore[arg-type]
    unknown = {**told, "robot_ids": [robot.pk + 1]}
    refused(lambda: send_to_robots(actor=office, **unknown), "robot_unknown")  # type: ignore[arg-type]
    assert send_to_robots(actor=office, **told) == 1  # type: ignore[arg-type]
    refused(lambda: send_to_robots(actor=office, **told), "robot_none")  # type: ignore[arg-type]
    sending = RobotSending.objects.get()
    busy = {"errcode": 45009, "errmsg": "api freq out of limit"}
    with answering(200, busy), pytest.raises(RobotFailed):
        reach(sending, 1)
    sending.refresh_from_db()
    assert (sending.status, sending.attempts, sending.reason) == ("queued", 1, "45009 api freq out of limit")
    with answering(200, busy):
        reach(sending, 99)
    sending.refresh_from_db()
    assert (sending.status, sending.attempts) == ("failed", 2)
    assert send_to_robots(actor=office, **told) == 1, "what failed can be sent anew"  # type: ignore[arg-type]
    again = RobotSending.objects.get(status="queued")
    with answering(200, {"errcode": 0}) as posted:
        reach(again, 1)
        reach(again, 1)
    assert len(posted) == 1, "what was taken is sent no second time"
    assert posted[0][1]["text"]["content"].startswith("【勤洗手、戴口罩】\n")
    again.refresh_from_db()
    assert (again.status, again.reason) == ("sent", "")
    acts = set(Entry.objects.filter(subject=f"outreach.lesson:{lesson.pk}").values_list("action", flat=True))
    assert {"outreach.send_to_robots", "outreach.fail_robot", "outreach.reach_robot"} <= acts
