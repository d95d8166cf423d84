"""The page of one's own reminders."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.urls import reverse
from pytest_django.fixtures import Settings

from outreach.mailing import notice, reached, run_all
from people import Bureau, at, open_plan_1
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.outreach.models import Passed, Way, Wishes
from songnuan.visits.models import Visit
from web.browsing import as_, on, queries_of, user_of

pytestmark = pytest.mark.django_db
HOURS = {
    "at_once": "daily",
    "digest_at": "09:00",
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "language": "zh-hans",
}


@pytest.fixture(autouse=True)
def _mail_server(settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.org"


def page(actor: Actor, name: str = "reminders") -> str:
    answer = as_(actor).get(reverse(name))
    assert answer.status_code == 200
    return answer.content.decode()


def post(actor: Actor, name: str, *arguments: object, **sent: Any) -> Any:
    with on(at(8)):
        address = reverse(name, args=arguments)
        return as_(actor).post(address, {"key": str(uuid4()), **sent})


def test_without_a_mail_server_the_page_says_so(bureau: Bureau, settings: Settings) -> None:
    settings.EMAIL_HOST = ""
    found = page(bureau.office)
    assert "没有设置发信服务器" in found
    assert 'name="email"' not in found
    assert post(bureau.office, "reminder_address", email="chen@example.org").status_code == 422
    assert not OutboxMessage.objects.exists()


def test_an_address_is_entered_confirmed_and_turned_off(bureau: Bureau) -> None:
    assert "没有登记地址" in page(bureau.office)
    assert post(bureau.office, "reminder_address", email="chen@example.org").status_code == 302
    run_all()
    (code,) = re.findall(r"\b\d{6}\b", str(mail.outbox[0].body))
    with on(at(8)):
        assert 'name="code"' in page(bureau.office)
    wrong = post(bureau.office, "reminder_code", code="1234")
    assert wrong.status_code == 422
    assert "还可再试 2 次" in wrong.content.decode()
    assert post(bureau.office, "reminder_code", code=f" {code[:3]} {code[3:]}").status_code == 302
    assert Way.objects.get().is_on
    found = page(bureau.office)
    assert "chen@example.org" in found
    assert "已打开" in found
    assert post(bureau.office, "reminder_turn", "email").status_code == 302
    assert not Way.objects.get().is_on
    assert "已关闭" in page(bureau.office)
    assert post(bureau.office, "reminder_turn", "email", on="1").status_code == 302
    assert Way.objects.get().is_on


def test_what_is_wrong_stands_beside_its_field_and_changes_nothing(bureau: Bureau) -> None:
    answer = post(bureau.office, "reminder_address", email="chen")
    assert answer.status_code == 422
    assert 'id="id_email_error"' in answer.content.decode()
    answer = post(bureau.office, "reminder_code", code="123456")
    assert answer.status_code == 422
    assert "没有待填的验证码" in answer.content.decode()
    answer = post(bureau.office, "reminders", **{**HOURS, "digest_at": "23:00"})
    assert answer.status_code == 422
    assert 'id="id_digest_at_error"' in answer.content.decode()
    answer = post(bureau.office, "reminders", **{**HOURS, "digest_at": "later"})
    assert answer.status_code == 422
    assert not Wishes.objects.exists()
    assert user_of(bureau.office).email == ""


def test_times_and_language_are_kept_and_shown_again(bureau: Bureau) -> None:
    assert post(bureau.office, "reminders", **HOURS).status_code == 302
    found = page(bureau.office)
    assert 'value="09:00"' in found
    assert 'value="22:00"' in found
    assert user_of(bureau.office).language == "zh-hans"
    assert Wishes.objects.get().user_id == bureau.office.user_id


def test_quiet_hours_are_turned_off_by_leaving_both_empty(bureau: Bureau) -> None:
    assert (
        post(bureau.office, "reminders", **{**HOURS, "quiet_from": "", "quiet_until": ""}).status_code == 302
    )
    kept = Wishes.objects.get()
    assert kept.quiet_from == kept.quiet_until
    assert 'value="00:00"' not in page(bureau.office), "shown as none"


@pytest.mark.parametrize(
    ("begins", "ends", "field"),
    [("08:00", "08:00", "quiet_until"), ("22:00", "", "quiet_until"), ("", "07:00", "quiet_from")],
)
def test_quiet_hours_that_may_mean_anything_are_refused(
    bureau: Bureau, begins: str, ends: str, field: str
) -> None:
    answer = post(bureau.office, "reminders", **{**HOURS, "quiet_from": begins, "quiet_until": ends})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Wishes.objects.exists()


def test_a_code_that_was_not_sent_is_not_waited_for(bureau: Bureau) -> None:
    assert post(bureau.office, "reminder_address", email="chen@example.org").status_code == 302
    OutboxMessage.objects.filter(channel="email").update(status="failed")
    with on(at(8)):
        found = page(bureau.office)
    assert "没有收下" in found
    assert "验证码已发往" not in found
    assert 'name="code"' not in found
    assert 'name="email"' in found


def test_a_way_that_there_is_not_is_not_there(bureau: Bureau) -> None:
    assert post(bureau.office, "reminder_turn", "pigeon").status_code == 404
    assert post(bureau.office, "reminder_turn", "in_app", on="1").status_code == 404
    for name in ("reminder_address", "reminder_code"):
        assert as_(bureau.office).get(reverse(name)).status_code == 302


def test_a_refused_address_is_said(bureau: Bureau) -> None:
    way = reached(bureau.office, at(7))
    Way.objects.filter(pk=way.pk).update(is_on=False, refused_at=at(8))
    assert "拒收了上一封邮件" in page(bureau.office)


def test_the_preview_shows_what_a_digest_would_say(bureau: Bureau) -> None:
    with on(at(8, 11)):
        assert "不会发送邮件" in page(bureau.finance, "reminder_preview")
        notice(bureau.finance, "东港已走访", at(8), plan="走访慰问方案")
        found = page(bureau.finance, "reminder_preview")
    assert "东港已走访" in found
    assert "送暖：1 条新通知" in found
    assert not Passed.objects.exists()


def test_the_preview_says_what_waits_where_it_is_no_reason_for_a_mail(bureau: Bureau) -> None:
    open_plan_1(bureau)
    Visit.objects.filter(lead_id=bureau.lead_id).update(planned_on=at(9).date())
    with on(at(11, 11)):  # a Saturday
        found = as_(bureau.liaison).get(reverse("reminder_preview"))
    assert found.context["preview"].waits > 0
    assert "没有待办" not in found.content.decode()


def test_the_preview_of_a_lead_with_many_visits_stays_bounded(bureau: Bureau) -> None:
    open_plan_1(bureau)
    with on(at(8, 11)):
        few = queries_of(as_(bureau.liaison), reverse("reminder_preview"))
    with on(at(22, 11)):
        many = queries_of(as_(bureau.liaison), reverse("reminder_preview"))
    assert many <= few + 5


def test_an_administrator_sees_whether_there_is_an_address_and_no_more(bureau: Bureau) -> None:
    admin = create_account(username="admin", name="管理员", password=None, actor=SYSTEM, at=at(6))
    give_post(user_id=admin.pk, unit_id=bureau.bureau_id, role=Role.ADMINISTRATOR, actor=SYSTEM, at=at(6))
    actor = actor_of(admin)
    url = reverse("account_edit", args=(bureau.office.user_id,))
    with on(at(8)):
        assert "尚未登记" in as_(actor).get(url).content.decode()
        reached(bureau.office, at(7), "secret.name@example.org")
        found = as_(actor).get(url).content.decode()
        assert "已登记地址" in found
        assert "secret.name" not in found
        sent = {"name": "测试office", "phone": "", "email": "", "is_active": "on"}
        as_(actor).post(url, sent)
        assert user_of(bureau.office).email == "secret.name@example.org"
        as_(actor).post(url, {**sent, "email": "new@example.org"})
        assert as_(actor).post(url, {**sent, "email": "new"}).status_code == 422
    assert user_of(bureau.office).email == "new@example.org"
    assert "尚未确认" in page(bureau.office), "another's entry is confirmed by its owner"
    assert User.objects.filter(email="new").count() == 0
