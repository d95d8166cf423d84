"""A huge body is refused before it is read."""

import pytest
from django.test import Client

from songnuan.web.middleware import BODY_MAX


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
