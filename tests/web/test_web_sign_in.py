"""What the house changes about the sign-in library."""

import pytest
from allauth.mfa.adapter import get_adapter
from django.test import Client

from people import Bureau
from songnuan.audit.models import Entry
from songnuan.organisation.models import User

OLD, NEW = "kaishi-mima-2020", "xin-de-mima-2020"


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


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["signup", "email", "password/reset", "password/set", "confirm-email"])
def test_the_librarys_pages_that_we_do_not_have_are_not_there(page: str) -> None:
    assert Client().get(f"/account/{page}/").status_code == 404


def test_secrets_of_the_second_factor_are_sealed() -> None:
    adapter = get_adapter()
    sealed = adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert adapter.decrypt(sealed) == "JBSWY3DPEHPK3PXP"
