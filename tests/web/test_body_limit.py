"""A huge body is refused before it is read."""

import pytest
from django.test import Client

from songnuan.kernel.clock import wall
from songnuan.organisation.models import User
from songnuan.web.middleware import BODY_MAX, ROSTER_MAX


@pytest.mark.django_db
def test_a_body_larger_than_anything_we_take_is_refused_by_its_length() -> None:
    answer = Client().post(
        "/account/login/",
        b"",
        content_type="application/x-www-form-urlencoded",
        CONTENT_LENGTH=str(BODY_MAX + 1),
    )
    assert answer.status_code == 413
    assert "MB" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("client", "length", "refused"),
    [("stranger", BODY_MAX + 1, True), ("clerk", ROSTER_MAX, False), ("clerk", ROSTER_MAX + 1, True)],
)
def test_a_whole_roster_is_taken_from_those_signed_in_only(
    client: str, length: int, *, refused: bool
) -> None:
    browser = Client()
    if client == "clerk":
        browser.force_login(User.objects.create(username="clerk", created_at=wall()))
    answer = browser.post("/rosters/none/", b"", content_type="text/plain", CONTENT_LENGTH=str(length))
    assert (answer.status_code == 413) is refused
