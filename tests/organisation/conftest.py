"""What the tests of the organisation lean on."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from organisation.house_samples import House, found


@pytest.fixture(autouse=True)
def _sentences_in_english() -> Iterator[None]:
    """Sentences are compared as they stand in the code, whatever is translated."""
    with translation.override("en"):
        yield


@pytest.fixture
def house(db: None) -> House:  # noqa: ARG001 - asks for the database
    """A bureau with two departments, a subordinate unit with an office, and three front-line units."""
    return found()
