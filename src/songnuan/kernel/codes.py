"""Codes that people read from paper, say aloud and type: of signs that are not taken for one another."""

import secrets
from typing import Final

SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Nothing that is taken for something else on paper: no 0 and O, no 1, I and L."""


def drawn(length: int, signs: str = SIGNS) -> str:
    """Return a code of so many signs, drawn as secrets are."""
    return "".join(secrets.choice(signs) for _sign in range(length))
