"""A day is written as the reader's language does it."""

from datetime import date, datetime

import pytest
from django.utils.translation import override

from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import beside, written

DAY = date(2020, 4, 6)
MOMENT = datetime(2020, 4, 6, 9, 5, 7, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("language", "short", "full", "moment", "second"),
    [
        ("zh-hans", "4月6日", "2020年4月6日", "4月6日 09:05", "2020年4月6日 09:05:07"),
        ("zh-hant", "4月6日", "2020年4月6日", "4月6日 09:05", "2020年4月6日 09:05:07"),
        ("en", "6 Apr", "6 April 2020", "6 Apr 09:05", "6 Apr 2020 09:05:07"),
    ],
)
def test_a_day_is_written_in_the_readers_language(
    language: str, short: str, full: str, moment: str, second: str
) -> None:
    with override(language):
        assert (written(DAY), written(DAY, "full")) == (short, full)
        assert (written(MOMENT, "moment"), written(MOMENT, "second")) == (moment, second)


def test_the_year_is_named_where_it_is_another_one() -> None:
    with override("zh-hans"):
        assert beside(DAY, date(2020, 12, 31)) == "4月6日"
        assert beside(DAY, date(2021, 1, 1)) == "2020年4月6日"
