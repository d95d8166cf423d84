"""Addresses are confirmed by a code; wishes are each one's own."""

import re
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from pytest_django.fixtures import Settings

from outreach.mailing import posted, reached, run_all
from people import Bureau, at
from songnuan.audit.models import Entry
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.ask_address_code import ask_address_code
from songnuan.journeys.confirm_address import confirm_address
from songnuan.journeys.set_wishes import set_wishes
from songnuan.journeys.turn_way import turn_way
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import Refusal
from songnuan.outreach.models import AddressCode, Way, Wishes
from songnuan.outreach.rules import CODE_VALID, CODES_A_DAY, Hours
from web.browsing import user_of

pytestmark = pytest.mark.django_db
ADDRESS = "chen@example.org"


def ask(actor: Actor, email: str = ADDRESS, moment: Any = None) -> str:
    """Ask for a code, and return it as it came by mail."""
    ask_address_code(email=email, key=uuid4(), actor=actor, at=moment or at(8))
    run_all()
    assert mail.outbox[-1].to == [email]
    (code,) = re.findall(r"\b\d{6}\b", str(mail.outbox[-1].body))
    return str(code)


def enter(actor: Actor, code: str, moment: Any = None) -> int | None:
    return confirm_address(channel="email", code=code, key=uuid4(), actor=actor, at=moment or at(8, 10, 5))


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_an_address_is_confirmed_by_the_code_that_was_sent_there(bureau: Bureau) -> None:
    code = ask(bureau.office)
    assert not Way.objects.exists()
    assert enter(bureau.office, code) is None
    way = Way.objects.get()
    assert (way.is_on, way.since) == (True, at(8, 10, 5))
    assert user_of(bureau.office).email == ADDRESS
    facts = Entry.objects.filter(action__startswith="outreach.").values_list("action", "facts")
    assert [action for action, _facts in facts] == ["outreach.send_code", "outreach.confirm_address"]
    assert not any(code in told or ADDRESS in told for _action, told in facts)
    with pytest.raises(Refusal) as refused:
        enter(bureau.office, code)
    assert refused.value.code == "address_code_over"


def test_after_three_wrong_codes_the_right_one_opens_nothing(bureau: Bureau) -> None:
    code = ask(bureau.office)
    assert [enter(bureau.office, wrong(code)) for _try in range(3)] == [2, 1, 0]
    with pytest.raises(Refusal) as refused:
        enter(bureau.office, code)
    assert refused.value.code == "address_code_over"
    assert not Way.objects.exists()


def test_a_try_posted_twice_counts_once(bureau: Bureau) -> None:
    code, key = ask(bureau.office), uuid4()
    for _post in range(2):
        left = confirm_address(
            channel="email", code=wrong(code), key=key, actor=bureau.office, at=at(8, 10, 5)
        )
        assert left == 2
    assert AddressCode.objects.get().tries == 1


def test_a_code_holds_for_a_quarter_of_an_hour_and_a_new_one_ends_it(bureau: Bureau) -> None:
    code = ask(bureau.office)
    with pytest.raises(Refusal):
        enter(bureau.office, code, at(8) + CODE_VALID)
    newer = ask(bureau.office, moment=at(8, 10, 1))
    if newer != code:
        assert enter(bureau.office, code, at(8, 10, 2)) == 2
    assert enter(bureau.office, newer, at(8, 10, 3)) is None


def test_a_code_is_for_its_address_and_its_owner_alone(bureau: Bureau) -> None:
    code = ask(bureau.office)
    with pytest.raises(Refusal):
        enter(bureau.finance, code)
    ask(bureau.finance, moment=at(8))
    user = user_of(bureau.office)
    user.email = "other@example.org"
    user.save(update_fields=["email"])
    with pytest.raises(Refusal) as refused:
        enter(bureau.office, code)
    assert refused.value.code == "address_code_over"
    assert not Way.objects.exists()


def test_only_so_many_codes_are_sent_within_a_day(bureau: Bureau) -> None:
    for minute in range(CODES_A_DAY):
        ask(bureau.office, moment=at(8, 10, minute))
    sent = len(mail.outbox)
    with pytest.raises(Refusal) as refused:
        ask_address_code(email="new@example.org", key=uuid4(), actor=bureau.office, at=at(8, 11))
    assert refused.value.code == "codes_too_many"
    run_all()
    assert (len(mail.outbox), user_of(bureau.office).email) == (sent, ADDRESS)
    ask(bureau.office, moment=at(9, 11))


def test_a_code_asked_for_twice_by_one_post_is_sent_once(bureau: Bureau) -> None:
    key = uuid4()
    for _post in range(2):
        ask_address_code(email=ADDRESS, key=key, actor=bureau.office, at=at(8))
    assert OutboxMessage.objects.count() == AddressCode.objects.count() == 1


@pytest.mark.parametrize(
    ("email", "host", "code"),
    [("", "mail", "address_missing"), ("chen", "mail", "email_invalid"), (ADDRESS, "", "way_not_ready")],
)
def test_no_code_is_sent_to_nowhere(
    bureau: Bureau, settings: Settings, email: str, host: str, code: str
) -> None:
    settings.EMAIL_HOST = host
    with pytest.raises(Refusal) as refused:
        ask_address_code(email=email, key=uuid4(), actor=bureau.office, at=at(8))
    assert refused.value.code == code
    assert not OutboxMessage.objects.exists()
    assert user_of(bureau.office).email == ""


def test_the_system_has_no_reminders(bureau: Bureau) -> None:  # noqa: ARG001 - the house stands
    acts: list[Callable[[], object]] = [
        lambda: set_wishes(hours=Hours(), language="en", actor=SYSTEM, at=at(8)),
        lambda: ask_address_code(email=ADDRESS, key=uuid4(), actor=SYSTEM, at=at(8)),
        lambda: confirm_address(channel="email", code="1", key=uuid4(), actor=SYSTEM, at=at(8)),
        lambda: turn_way(channel="email", on=True, actor=SYSTEM, at=at(8)),
    ]
    for act in acts:
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "reminders_of_nobody"
    assert not Wishes.objects.exists()
    assert not Way.objects.exists()


def test_a_way_is_turned_off_and_on_again_from_then(bureau: Bureau) -> None:
    way = reached(bureau.office, at(7))
    assert turn_way(channel="email", on=False, actor=bureau.office, at=at(8))
    assert not turn_way(channel="email", on=False, actor=bureau.office, at=at(8))
    way.refresh_from_db()
    assert not way.is_on
    Way.objects.update(refused_at=at(8))
    assert turn_way(channel="email", on=True, actor=bureau.office, at=at(9))
    way.refresh_from_db()
    assert (way.is_on, way.since, way.refused_at) == (True, at(9), None)


def test_an_unconfirmed_way_is_not_turned_on(bureau: Bureau) -> None:
    with pytest.raises(Refusal) as refused:
        turn_way(channel="email", on=True, actor=bureau.office, at=at(8))
    assert refused.value.code == "address_unconfirmed"
    way = reached(bureau.office, at(7))
    Way.objects.filter(pk=way.pk).update(is_on=False)
    user = user_of(bureau.office)
    user.email = "other@example.org"
    user.save(update_fields=["email"])
    with pytest.raises(Refusal):
        turn_way(channel="email", on=True, actor=bureau.office, at=at(8))
    way.refresh_from_db()
    assert not way.is_on


def test_wishes_are_kept_with_the_language_and_a_refusal_changes_neither(bureau: Bureau) -> None:
    hours = Hours(at_once=True, quiet_from=time(22), quiet_until=time(6), digest_at=time(7))
    assert set_wishes(hours=hours, language="en", actor=bureau.office, at=at(8))
    assert not set_wishes(hours=hours, language="en", actor=bureau.office, at=at(8))
    assert user_of(bureau.office).language == "en"
    with pytest.raises(Refusal):
        set_wishes(hours=Hours(digest_at=time(3)), language="zh-hans", actor=bureau.office, at=at(9))
    assert (user_of(bureau.office).language, Wishes.objects.get().digest_at) == ("en", time(7))
    assert not Wishes.objects.exclude(user=user_of(bureau.office)).exists()


def test_nothing_goes_out_between_the_code_and_its_entry(bureau: Bureau) -> None:
    ask(bureau.office)
    assert posted(at(9, 9)) == []
    assert posted(at(9, 9) + timedelta(days=1)) == []
