"""Notices leave the house once, at the right time, and without what was read or done meanwhile."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.utils.translation import gettext as _
from django.utils.translation import override
from pytest_django.fixtures import Settings

from hands import together
from outreach.mailing import letters, notice, posted, reached, run_all
from people import Bureau, at, make_bureau, open_plan_1
from songnuan.audit.checks import verify
from songnuan.jobs import channels
from songnuan.jobs.channels import Channel
from songnuan.jobs.models import Notice, OutboxMessage
from songnuan.journeys import pass_on as journey
from songnuan.journeys.pass_on import Preview, pass_on, preview_of
from songnuan.journeys.read_notices import read_notices
from songnuan.journeys.remind_of_visits import remind_of_visits
from songnuan.journeys.replan_visit import replan_visit
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.sealed import SealBroken
from songnuan.organisation.models import User
from songnuan.outreach.email import message_id
from songnuan.outreach.facts import Fact, When
from songnuan.outreach.models import Letter, Passed, Way, Wishes
from songnuan.visits.models import Visit
from web.browsing import recorded, user_of

pytestmark = pytest.mark.django_db


def test_normal_notices_come_together_once_a_day_and_urgent_ones_alone(bureau: Bureau) -> None:
    reached(bureau.office, at(7))
    assert posted(at(8, 8, 15)) == []
    notice(bureau.office, "东港已走访", at(8, 9), plan="走访慰问方案")
    notice(bureau.office, "西港已走访", at(8, 10))
    notice(bureau.office, "逾期未签收", at(8, 10), topic="document.late")
    (urgent,) = posted(at(8, 10, 5))
    assert urgent.subject == "送暖：紧急提醒（公文）"
    assert "逾期未签收" in urgent.body
    assert posted(at(8, 10, 10)) == []
    assert posted(at(9, 8)) == []
    (digest,) = posted(at(9, 8, 15))
    assert digest.subject == "送暖：2 条新通知"
    assert "东港已走访" in digest.body
    assert "逾期未签收" not in digest.body
    assert posted(at(9, 8, 20)) == []
    assert posted(at(10, 8, 15)) == [], "nothing to say, no mail"
    assert Notice.objects.count() == 3


def test_one_account_at_fault_leaves_the_others_their_letters(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    for actor in (bureau.officer, bureau.office, bureau.finance):
        reached(actor, at(7))
        notice(actor, "东港已走访", at(8, 9))
    known = journey.facts_of

    def facts_of(user: User, moment: datetime) -> Sequence[Fact]:
        if user.pk == bureau.office.user_id:
            raise SealBroken("an account whose address does not open")
        return known(user, moment)

    with monkeypatch.context() as broken:
        broken.setattr(journey, "facts_of", facts_of)
        with pytest.raises(ExceptionGroup) as failed:
            posted(at(9, 8, 15))
    assert [type(error) for error in failed.value.exceptions] == [SealBroken]
    told = set(Letter.objects.values_list("way__user_id", flat=True))
    assert told == {bureau.officer.user_id, bureau.finance.user_id}
    posted(at(9, 8, 20))
    assert Letter.objects.count() == 3, "mended, it is written as well"


def test_a_letter_is_plain_and_html_with_whole_links_and_says_where_it_is_changed(bureau: Bureau) -> None:
    reached(bureau.office, at(7))
    notice(bureau.office, "<b>东港</b>已走访", at(8, 9), plan="走访慰问方案")
    (digest,) = posted(at(9, 9))
    assert "https://songnuan.example.org/visits/1/" in digest.body
    assert "https://songnuan.example.org/reminders/" in digest.body
    assert digest.extra_headers["List-Unsubscribe"] == "<https://songnuan.example.org/reminders/>"
    ((page, kind),) = digest.alternatives  # type: ignore[attr-defined]  # it has alternatives
    assert kind == "text/html"
    assert "&lt;b&gt;东港" in page
    assert 'href="https://songnuan.example.org/visits/1/"' in page


def test_what_was_read_meanwhile_is_left_out(bureau: Bureau) -> None:
    reached(bureau.office, at(7))
    notice(bureau.office, "东港已走访", at(8, 9))
    notice(bureau.office, "西港已走访", at(8, 9))
    run_all()
    read = Notice.objects.filter(title="东港已走访").values_list("pk", flat=True)
    read_notices(notice_ids=list(read), actor=bureau.office, at=at(8, 11))
    (digest,) = posted(at(9, 9))
    assert "东港已走访" not in digest.body
    assert "西港已走访" in digest.body


def test_a_visit_that_was_made_is_not_asked_for_any_more(bureau: Bureau) -> None:
    open_plan_1(bureau)
    reached(bureau.liaison, at(7))
    Visit.objects.filter(lead_id=bureau.lead_id).update(planned_on=at(9).date())
    first, *others = Visit.objects.filter(lead_id=bureau.lead_id).order_by("pk")
    Visit.objects.filter(pk__in=[row.pk for row in others]).update(planned_on=at(20).date())
    posted(at(9, 8, 15))
    remind_of_visits(actor=SYSTEM, at=at(9, 8, 20))
    visit = recorded(bureau, at(9, 8, 22))
    assert visit.pk == first.pk
    assert posted(at(9, 8, 25)) == []
    assert Passed.objects.get().letter is None


def test_the_digest_counts_what_is_due_today_and_late_by_plan(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    reached(bureau.liaison, at(7))
    first, second, *others = Visit.objects.filter(lead_id=bureau.lead_id).order_by("pk")
    Visit.objects.filter(pk=first.pk).update(planned_on=at(8).date())
    Visit.objects.filter(pk=second.pk).update(planned_on=at(9).date())
    Visit.objects.filter(pk__in=[row.pk for row in others]).update(planned_on=at(20).date())
    remind_of_visits(actor=SYSTEM, at=at(9, 8))
    assert posted(at(9, 8, 5)) == [], "what is urgent comes in the digest a quarter of an hour later"
    (digest,) = posted(at(9, 8, 15))
    assert digest.subject.startswith("送暖：今天 1 项待办，1 项逾期")
    assert plan.title in digest.body
    assert digest.body.count(plan.title) == 1


@pytest.mark.parametrize("change", [{"email": ""}, {"email": "other@example.org"}, {"is_active": False}])
def test_nothing_goes_to_an_address_that_was_not_confirmed(bureau: Bureau, change: dict[str, object]) -> None:
    reached(bureau.office, at(7))
    notice(bureau.office, "东港已走访", at(8, 9))
    User.objects.filter(pk=user_of(bureau.office).pk).update(**change)
    assert posted(at(9, 9)) == []
    assert letters() == Passed.objects.count() == 0


def test_an_address_changed_after_the_letter_was_written_gets_nothing(bureau: Bureau) -> None:
    reached(bureau.office, at(7))
    notice(bureau.office, "东港已走访", at(8, 9))
    pass_on(actor=SYSTEM, at=at(9, 9))
    User.objects.filter(pk=user_of(bureau.office).pk).update(email="other@example.org")
    run_all()
    assert mail.outbox == []
    assert OutboxMessage.objects.get(channel="email").status == "failed"


def test_without_a_mail_server_nothing_is_written(bureau: Bureau, settings: Settings) -> None:
    settings.EMAIL_HOST = ""
    reached(bureau.office, at(7))
    notice(bureau.office, "东港已走访", at(8, 9))
    assert posted(at(9, 9)) == []
    assert letters() == 0


def test_a_worker_down_for_days_sends_one_digest(bureau: Bureau) -> None:
    reached(bureau.office, at(7))
    for day in range(8, 13):
        notice(
            bureau.office, f"第 {day} 日", at(day, 9), topic="document.late" if day % 2 else "visit.recorded"
        )
    (digest,) = posted(at(13, 10))
    assert digest.subject == "送暖：5 条新通知"
    assert posted(at(13, 11)) == []


def test_what_is_ahead_is_told_on_its_day_and_never_when_it_is_over(bureau: Bureau) -> None:
    reached(bureau.office, at(7))
    notice(bureau.office, "4月13日走访 1 家", at(10, 8), topic="visit.soon")
    notice(bureau.office, "东港已走访", at(10, 9))
    (digest,) = posted(at(14, 9))
    assert "4月13日走访" not in digest.body
    notice(bureau.office, "4月16日走访 1 家", at(15, 8), topic="visit.soon")
    (digest,) = posted(at(15, 8, 15))
    assert "4月16日走访 1 家" in digest.body


def test_a_reminder_of_what_has_no_day_comes_while_it_is_due(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = [Fact("待批：方案", "", "", "/plans/x/", When.TODAY, None)]
    monkeypatch.setattr("songnuan.web.due.facts.facts_of", lambda _user, _at: facts)
    reached(bureau.approver, at(7))
    assert posted(at(8, 9)) == [], "of itself it asks for no letter"
    notice(bureau.approver, "等您审批", at(9, 8), topic="approval.waiting")
    (digest,) = posted(at(9, 9))
    assert "待批：方案" in digest.body
    notice(bureau.approver, "等您审批 2", at(10, 8), topic="approval.waiting")
    facts.clear()
    assert posted(at(10, 9)) == [], "it was signed meanwhile"


def test_quiet_hours_and_the_time_of_the_digest_are_each_ones_own(bureau: Bureau) -> None:
    reached(bureau.office, at(7))
    Wishes.objects.create(
        user=user_of(bureau.office),
        quiet_from="12:00",
        quiet_until="14:00",
        digest_at="16:00",
        changed_at=at(7),
    )
    notice(bureau.office, "逾期", at(8, 12, 30), topic="document.late")
    notice(bureau.office, "东港已走访", at(8, 9))
    assert posted(at(8, 13)) == []
    assert len(posted(at(8, 14))) == 1
    assert posted(at(8, 15)) == []
    assert len(posted(at(8, 16))) == 1


def test_letters_are_in_the_language_of_the_account(bureau: Bureau) -> None:
    reached(bureau.office, at(7))
    User.objects.filter(pk=user_of(bureau.office).pk).update(language="en")
    notice(bureau.office, "News", at(8, 9))
    (digest,) = posted(at(9, 9))
    assert digest.subject == "Songnuan: 1 notice"
    assert "Sent by Songnuan" in digest.body


def test_what_was_told_before_the_way_was_turned_on_is_not_told_again(bureau: Bureau) -> None:
    notice(bureau.office, "旧", at(7, 9))
    reached(bureau.office, at(8))
    assert posted(at(9, 9)) == []


# Another way out -----------------------------------------------------------------------------------


def test_a_new_way_is_one_entry_in_the_table(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, str]] = []
    chat = Channel(
        name="chat",
        label="群消息",  # type: ignore[arg-type]  # a text is as good
        send=lambda message: sent.append((message.recipient.username, message.title)),
        address_of=lambda user: user.username,
        is_confirmed=False,
        urgent_only=True,
    )
    monkeypatch.setitem(channels.CHANNELS, "chat", chat)
    Way.objects.create(user=user_of(bureau.office), channel="chat", since=at(7))
    notice(bureau.office, "东港已走访", at(8, 9))
    notice(bureau.office, "逾期未签收", at(8, 9), topic="document.late")
    posted(at(8, 9, 5))
    posted(at(9, 9))
    assert sent == [("office", "送暖：紧急提醒（公文）")]


# Exactly once ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_writes_the_letters() -> None:
    bureau = make_bureau()
    reached(bureau.office, at(7))
    Wishes.objects.create(user=user_of(bureau.office), at_once=True, changed_at=at(7))
    notice(bureau.office, "东港已走访", at(8, 9))
    notice(bureau.office, "逾期未签收", at(9, 8), topic="document.late")
    outcome = together(*(lambda: pass_on(actor=SYSTEM, at=at(9, 9)) for _hand in range(4)))
    assert outcome == {"done": 4}
    assert letters() == Letter.objects.count() == 2
    assert Passed.objects.count() == 2
    run_all()
    assert len(mail.outbox) == 2
    assert verify() == []


def test_a_crash_before_the_mark_sends_the_same_letter_with_the_same_id(bureau: Bureau) -> None:
    reached(bureau.office, at(7))
    notice(bureau.office, "东港已走访", at(8, 9))
    posted(at(9, 9))
    message = OutboxMessage.objects.get(channel="email")
    channels.CHANNELS["email"].send(message)  # as if the worker had died before the mark
    first, again = mail.outbox
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert posted(at(9, 10)) == []


def test_a_look_at_a_thousand_people_who_have_nothing_new_stays_cheap(
    bureau: Bureau, django_assert_max_num_queries: object
) -> None:
    way = reached(bureau.office, at(7))
    Way.objects.filter(pk=way.pk).update(digest_on=at(9).date())
    with django_assert_max_num_queries(8):  # type: ignore[operator]  # a context manager
        pass_on(actor=SYSTEM, at=at(9, 9))


# The preview ----------------------------------------------------------------------------------------


def test_the_preview_shows_the_digest_and_writes_nothing(bureau: Bureau) -> None:
    user = user_of(bureau.office)
    assert preview_of(user, at(9, 9) + timedelta(minutes=1)) == Preview()
    notice(bureau.office, "东港已走访", at(8, 9))
    preview = preview_of(user, at(9, 9))
    assert preview.subject == "送暖：1 条新通知"
    assert preview.letter is not None
    assert letters() == Passed.objects.count() == 0


@pytest.mark.parametrize("at_once", [False, True])
def test_the_preview_is_the_letter_that_is_sent_at_that_moment(bureau: Bureau, at_once: bool) -> None:  # noqa: FBT001
    """It promised what had left alone before, and said nothing of what is due to who is told at once."""
    open_plan_1(bureau)
    reached(bureau.liaison, at(7))
    user = user_of(bureau.liaison)
    Wishes.objects.create(user=user, at_once=at_once, changed_at=at(7))
    Visit.objects.filter(lead_id=bureau.lead_id).update(planned_on=at(8).date())
    posted(at(8, 8, 20))
    for number in range(9):
        topic = "document.late" if number % 2 else "visit.recorded"
        notice(bureau.liaison, f"第 {number} 条", at(8, 9, number), topic=topic)
    assert posted(at(8, 9, 30)), "some leave alone"
    notice(bureau.liaison, "又一条", at(8, 20))
    Notice.objects.filter(title="第 2 条").update(read_at=at(8, 21))
    preview = preview_of(user, at(9, 8, 15))
    assert preview.letter is not None
    posted(at(9, 8, 15))
    kept = Letter.objects.get(kind="digest", day=at(9).date()).message
    assert (kept.title, kept.body) == (preview.subject, preview.letter.packed())


def test_the_preview_in_quiet_hours_shows_what_is_unread(bureau: Bureau) -> None:
    reached(bureau.office, at(7))
    notice(bureau.office, "东港已走访", at(8, 22))
    assert preview_of(user_of(bureau.office), at(8, 23)).letter is not None


@pytest.mark.parametrize(
    ("site", "sender", "domain"),
    [
        ("https://songnuan.example.org:8443/x", "a@b.example", "songnuan.example.org"),
        ("", "送暖 <remind@mail.example.cn>", "mail.example.cn"),
        ("http://localhost", "songnuan@localhost", "songnuan.local"),
    ],
)
def test_letters_are_numbered_under_the_domain_of_the_house(
    settings: Settings, site: str, sender: str, domain: str
) -> None:
    settings.SITE_URL, settings.DEFAULT_FROM_EMAIL = site, sender
    assert message_id("digest:1").endswith(f"@{domain}>")


def test_a_letter_alone_is_called_urgent_only_where_it_is(bureau: Bureau) -> None:
    reached(bureau.office, at(7))
    Wishes.objects.create(user=user_of(bureau.office), at_once=True, changed_at=at(7))
    notice(bureau.office, "东港已走访", at(8, 9))
    notice(bureau.office, "逾期未签收", at(8, 9), topic="document.late")
    assert [one.subject for one in posted(at(8, 9, 5))] == ["送暖：新通知（走访）", "送暖：紧急提醒（公文）"]


def test_who_is_told_at_once_gets_what_is_due_once_a_day(bureau: Bureau) -> None:
    """The preview said that nothing was due while the first page showed three overdue visits."""
    open_plan_1(bureau)
    reached(bureau.liaison, at(7))
    user = user_of(bureau.liaison)
    Wishes.objects.create(user=user, at_once=True, changed_at=at(7))
    Visit.objects.filter(lead_id=bureau.lead_id).update(planned_on=at(8).date())
    late = Visit.objects.filter(lead_id=bureau.lead_id).count()
    assert preview_of(user, at(9, 8, 15)).subject == f"送暖：{late} 项逾期"
    (digest,) = posted(at(9, 8, 15))
    assert digest.subject == f"送暖：{late} 项逾期"
    assert posted(at(9, 8, 20)) == []
    assert [one.subject for one in posted(at(10, 8, 15))] == [digest.subject]
    assert posted(at(11, 8, 15)) == [], "nobody is pressed on a day off"
    assert preview_of(user, at(11, 8, 15)) == Preview(waits=late)


def test_many_notices_at_once_go_as_one_letter(bureau: Bureau) -> None:
    """Eight of one moment came as six letters and a digest, all in the same second."""
    reached(bureau.office, at(7))
    Wishes.objects.create(user=user_of(bureau.office), at_once=True, changed_at=at(7))
    posted(at(8, 8, 15))
    for number in range(8):
        notice(bureau.office, f"第 {number} 条", at(8, 9), plan="走访慰问方案")
    (mailed,) = posted(at(8, 9, 5))
    assert mailed.subject == "送暖：8 条新通知"
    assert all(f"第 {number} 条" in mailed.body for number in range(8))
    assert posted(at(8, 9, 10)) == posted(at(9, 8, 15)) == []
    for number in range(8, 12):
        notice(bureau.office, f"第 {number} 条", at(9, 9), topic="document.late")
    (mailed,) = posted(at(9, 9, 5))
    with override("zh-hans"):
        words = _("Songnuan: %(count)s notices, %(urgent)s of them urgent")
    assert mailed.subject == words % {"count": 4, "urgent": 4}
    assert (Letter.objects.count(), Passed.objects.count()) == (2, 12)


# Visits that were moved -----------------------------------------------------------------------------


def test_a_digest_tells_of_tomorrows_visits_as_they_stand_now(bureau: Bureau) -> None:
    open_plan_1(bureau)
    reached(bureau.liaison, at(7))
    Visit.objects.update(planned_on=at(20).date())
    first, second, third = Visit.objects.filter(lead_id=bureau.lead_id).order_by("pk")
    Visit.objects.filter(pk__in=[first.pk, second.pk]).update(planned_on=at(10).date())
    Visit.objects.filter(pk=third.pk).update(planned_on=at(13).date())
    remind_of_visits(actor=SYSTEM, at=at(9, 8))
    Visit.objects.filter(pk=first.pk).update(planned_on=at(14).date())
    (digest,) = posted(at(9, 8, 15))
    assert "4月10日走访 1 家" in digest.body
    assert "4月10日走访 2 家" not in digest.body
    remind_of_visits(actor=SYSTEM, at=at(10, 8))
    Visit.objects.filter(pk__in=[second.pk, third.pk]).update(planned_on=at(15).date())
    assert not any("4月13日走访" in one.body for one in posted(at(10, 8, 15)))


def test_of_two_moves_of_a_visit_the_digest_tells_the_last(bureau: Bureau) -> None:
    open_plan_1(bureau)
    reached(bureau.liaison, at(7))
    Visit.objects.update(planned_on=at(20).date())
    visit = Visit.objects.filter(lead_id=bureau.lead_id).order_by("pk")[0]
    for day in (14, 15):
        replan_visit(
            visit_id=visit.pk, planned_on=at(day).date(), late_reason="", actor=bureau.officer, at=at(8, day)
        )
    (digest,) = posted(at(9, 8, 15))
    assert "航道处的1次走访已改期" in digest.body
    assert "4月15日" in digest.body
    assert "4月14日" not in digest.body


# What others wrote ----------------------------------------------------------------------------------

WRITTEN = "联系人李某13812345678，身份证110101199003078515，卡6222021234567890123"


@pytest.mark.parametrize("topic", ["approval.returned", "hold.placed"])
def test_no_letter_carries_numbers_of_people_and_the_notice_keeps_them(bureau: Bureau, topic: str) -> None:
    reached(bureau.office, at(7))
    notice(bureau.office, WRITTEN, at(8, 9), topic=topic, plan=WRITTEN, body=WRITTEN)
    (mailed,) = [*posted(at(8, 9, 5)), *posted(at(9, 9))]
    ((page, _kind),) = mailed.alternatives  # type: ignore[attr-defined]  # it has alternatives
    for text in (mailed.subject, mailed.body, page):
        assert not any(number in text for number in ("13812345678", "110101199003078515", "62220212345"))
    assert "李某138****5678" in mailed.body
    kept = OutboxMessage.objects.get(channel="in_app")
    assert (kept.title, kept.body, kept.about) == (WRITTEN, WRITTEN, WRITTEN)


def test_what_is_due_leaves_without_numbers_of_people(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = [Fact(WRITTEN, WRITTEN, WRITTEN, "/problems/13812345678/", When.TODAY, at(9).date())]
    monkeypatch.setattr("songnuan.web.due.facts.facts_of", lambda _user, _at: facts)
    reached(bureau.office, at(7))
    (digest,) = posted(at(9, 9))
    assert "110101199003078515" not in digest.body
    assert digest.body.count("13812345678") == 1, "the address alone, which leads somewhere"
