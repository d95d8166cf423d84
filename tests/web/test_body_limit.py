"""A huge body is refused before it is read."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from songnuan.kernel.clock import wall
from songnuan.organisation.models import User
from songnuan.web.middleware import ANSWER_MAX, BODY_MAX, ROSTER_MAX

FORM = "application/x-www-form-urlencoded"


class Unread(BytesIO):
    """A body of which nobody may read a byte."""

    def read(self, *_sizes: Any) -> bytes:
        """Fail: the answer is made without it."""
        raise AssertionError("the body was read")


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
def test_the_page_says_how_large_a_file_may_be_and_leads_back_without_reading_what_was_sent() -> None:
    browser = Client()
    browser.force_login(User.objects.create(username="clerk", name="文员", created_at=wall()))
    unread: dict[str, Any] = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(BODY_MAX + 1)}
    here = "http://testserver/holds/1/"
    answer = browser.post("/holds/1/answer/", b"", content_type=FORM, HTTP_REFERER=here, **unread)
    page = answer.content.decode()
    assert answer.status_code == 413
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<h1>" in page
    assert f'href="{here}"' in page
    assert "8 MB" in page
    assert "22 MB" in page
    assert "文员" in page
    fragment = browser.post("/holds/1/answer/", b"", content_type=FORM, HTTP_X_SONGNUAN_FIELD="1", **unread)
    assert (fragment.status_code, fragment.headers["X-Songnuan-Refusal"]) == (413, "file_size")
    assert "<h1>" not in fragment.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "most"), [("/rosters/none/", ROSTER_MAX), ("/lists/1/pay/1/answer/", ANSWER_MAX)]
)
def test_a_whole_table_is_taken_from_those_signed_in_only(path: str, most: int) -> None:
    def is_refused(browser: Client, length: int) -> bool:
        answer = browser.post(path, b"", content_type="text/plain", CONTENT_LENGTH=str(length))
        return answer.status_code == 413

    clerk = Client()
    clerk.force_login(User.objects.create(username="clerk", created_at=wall()))
    assert (is_refused(Client(), BODY_MAX + 1), is_refused(clerk, most), is_refused(clerk, most + 1)) == (
        True,
        False,
        True,
    )
