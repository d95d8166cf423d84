"""The mail server of the tests: named, and Django's own that keeps letters in memory."""

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def _mail_server(settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    settings.SITE_URL = "https://songnuan.example.org"
