"""What the house changes about the sign-in library."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from people import Bureau, at
from songnuan.audit.models import Entry
from songnuan.journeys.create_account import create_account
from songnuan.journeys.reset_password import reset_password
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.clock import wall
from songnuan.organisation.models import User

OLD, NEW = "kaishi-mima-2020", "xin-de-mima-2020"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _nobody_failed_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def officer(bureau: Bureau) -> User:  # noqa: ARG001 - it makes the accounts
    user = User.objects.get(username="officer")
    user.set_password(OLD)
    User.objects.filter(pk=user.pk).update(password=user.password)
    return user


def change(client: Client, old: str, new: str) -> int:
    fields = {"oldpassword": old, "password1": new, "password2": new}
    return client.post("/account/password/change/", fields).status_code


@pytest.mark.django_db
def test_ones_own_new_password_goes_through_the_trail_and_keeps_one_signed_in(officer: User) -> None:
    client = Client()
    client.force_login(officer)
    assert change(client, OLD, NEW) == 302
    officer.refresh_from_db()
    assert officer.check_password(NEW)
    kept = Entry.objects.filter(action="organisation.set_password").latest("id")
    assert kept.actor_key == f"user:{officer.pk}"
    assert client.get("/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new"), [("wrong", NEW), (OLD, "12345678901"), (OLD, "short")])
def test_a_wrong_old_or_a_weak_new_password_changes_nothing(officer: User, old: str, new: str) -> None:
    client = Client()
    client.force_login(officer)
    before = Entry.objects.count()
    assert change(client, old, new) != 302
    officer.refresh_from_db()
    assert officer.check_password(OLD)
    assert Entry.objects.count() == before


def sign_in(client: Client, username: str, password: str) -> Any:
    """Post the form of the sign-in."""
    return client.post(reverse("account_login"), {"login": username, "password": password})


def noted() -> list[tuple[str, str, str]]:
    """Return what the trail says of the door: act, account and who, in the order written."""
    acts = Entry.objects.filter(stream__name="accounts", action__regex="sign_in|lock_out|factor|codes")
    rows = acts.order_by("pk").values_list("action", "subject", "actor_key")
    return [(action.removeprefix("organisation."), subject, actor) for action, subject, actor in rows]


@pytest.mark.django_db
def test_who_signs_in_and_who_fails_to_stand_in_the_trail_without_what_was_typed(officer: User) -> None:
    account = f"organisation.user:{officer.pk}"
    assert sign_in(Client(), "officer", "wrong-password-1").status_code == 200
    assert sign_in(Client(), "Officer", "wrong-password-2").status_code == 200
    assert sign_in(Client(), "my-own-secret-typed-here", "x").status_code == 200
    assert sign_in(Client(), "officer", OLD).status_code == 302
    assert noted() == [
        ("fail_sign_in", account, SYSTEM.key),
        ("fail_sign_in", account, SYSTEM.key),
        ("fail_sign_in", "organisation.user:unknown", SYSTEM.key),
        ("sign_in", account, f"user:{officer.pk}"),
    ]
    text = "".join(f"{row}" for row in Entry.objects.values_list())
    for typed in ("wrong-password", "my-own-secret", OLD, "127.0.0.1"):
        assert typed not in text


@pytest.mark.django_db
def test_the_fifth_failure_says_how_long_to_wait_and_so_does_every_try_until_then(officer: User) -> None:
    account = f"organisation.user:{officer.pk}"
    pages = [sign_in(Client(), "officer", f"guess-{number}") for number in range(5)]
    told = [page.context["form"].non_field_errors() for page in pages]
    assert all("10" not in sentence for [sentence] in told[:4])
    assert "10" in told[4][0]
    with patch("songnuan.web.accounts.wall", side_effect=lambda: wall() + timedelta(minutes=7, seconds=20)):
        page = sign_in(Client(), "officer", OLD)
    [sentence] = page.context["form"].non_field_errors()
    assert re.findall(r"\d+", sentence) == ["3"]
    assert [row[0] for row in noted()] == ["fail_sign_in"] * 5 + ["lock_out"], "told once"
    assert noted()[-1][1:] == (account, SYSTEM.key)
    assert sign_in(Client(), "finance", "x").context["form"].non_field_errors() == told[0], "others may try"


@pytest.fixture
def factor(officer: User) -> User:
    """The officer's account, with a second step."""
    TOTP.activate(officer, SECRET)
    RecoveryCodes.activate(officer)
    return officer


def code(secret: str = SECRET) -> str:
    """Return what the authenticator app shows now."""
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


@pytest.mark.django_db
def test_a_sign_in_in_two_steps_is_noted_after_the_second_and_wrong_codes_count_as_failures(
    factor: User,
) -> None:
    client = Client()
    assert sign_in(client, "officer", OLD).status_code == 302
    assert noted() == [], "the password alone is no sign-in yet"
    step = reverse("mfa_authenticate")
    wrong = [client.post(step, {"code": "000000"}) for _again in range(5)]
    assert [row[0] for row in noted()] == ["fail_sign_in"] * 5 + ["lock_out"]
    assert "10" in wrong[-1].context["form"].errors["code"][0]
    assert "10" in client.post(step, {"code": code()}).context["form"].errors["code"][0]
    cache.clear()
    assert client.post(step, {"code": code()}).status_code == 302
    assert noted()[-1] == ("sign_in", f"organisation.user:{factor.pk}", f"user:{factor.pk}")


@pytest.mark.django_db
def test_changes_of_the_second_step_stand_in_the_trail(
    officer: User, django_capture_on_commit_callbacks: Any
) -> None:
    client = Client()
    sign_in(client, "officer", OLD)
    client.post(reverse("account_reauthenticate"), {"password": OLD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("mfa_activate_totp"), {"code": code(secret)}).status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not Authenticator.objects.exists()
    who = (f"organisation.user:{officer.pk}", f"user:{officer.pk}")
    assert noted()[1:] == [
        ("set_second_factor", *who),
        ("make_recovery_codes", *who),
        ("end_second_factor", *who),
    ]


@pytest.mark.django_db
@pytest.mark.usefixtures("bureau")
def test_a_password_that_somebody_else_made_is_changed_before_anything_else() -> None:
    user = create_account(username="xin", name="新人", password=OLD, actor=SYSTEM, at=at(1))
    client = Client()
    page_of_change = reverse("account_change_password")
    assert sign_in(client, "xin", OLD).status_code == 302
    for path in ("/", "/plans/", reverse("mfa_index"), "/accounts/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, page_of_change)
    by_script = client.get("/", headers={"X-Songnuan-Field": "1"})
    assert (by_script.status_code, by_script.headers["X-Songnuan-Location"]) == (204, page_of_change)
    assert client.get("/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == page_of_change
    page = client.get(page_of_change)
    assert page.status_code == 200
    assert page.context["house"].nav == ()
    assert reverse("account_logout") in page.content.decode()
    assert change(client, OLD, OLD) == 200, "the same again is no change"
    assert client.get("/").status_code == 302
    assert change(client, OLD, NEW) == 302
    user.refresh_from_db()
    assert (user.check_password(NEW), user.must_change_password) == (True, False)
    assert client.get("/").status_code == 200
    reset_password(user_id=user.pk, password=OLD, actor=SYSTEM, at=at(2))
    user.refresh_from_db()
    assert user.must_change_password, "who got a new one from somebody else chooses again"


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["signup", "email", "password/reset", "password/set", "confirm-email"])
def test_the_librarys_pages_that_we_do_not_have_are_not_there(page: str) -> None:
    assert Client().get(f"/account/{page}/").status_code == 404


def test_secrets_of_the_second_factor_are_sealed() -> None:
    adapter = get_adapter()
    sealed = adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert adapter.decrypt(sealed) == "JBSWY3DPEHPK3PXP"


@pytest.mark.django_db
def test_the_page_of_a_new_password_speaks_as_the_house_does(officer: User) -> None:
    client = Client()
    client.force_login(officer)
    page = client.get("/account/password/change/").content.decode()
    sentence = _(
        "At least %(least)s characters, not digits alone; no common password, and nothing like your name or"
        " account."
    )
    assert sentence % {"least": 10} in page
    assert "你的" not in page
