"""Passwords the house draws for somebody: good enough for the account, and easily read out and typed."""

from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from songnuan.kernel import codes
from songnuan.organisation.models import User

LENGTH: Final = 12
"""Of 31 signs each, small letters and digits: 59 bits."""


def drawn_password(username: str) -> str:
    """Return a new password that the house accepts for the account of this name.

    One in some thousands resembles its username too much to be accepted; it is drawn again.
    """
    while True:
        password = codes.drawn(LENGTH).lower()
        try:
            validate_password(password, User(username=username))
        except ValidationError:
            continue
        return password
