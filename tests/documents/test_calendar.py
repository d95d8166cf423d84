"""Calendar files are such that any calendar reads them (RFC 5545)."""

from datetime import UTC, date, datetime
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from songnuan.documents.calendar import WholeDay, render_calendar

AT = datetime(2020, 4, 16, 6, 30, tzinfo=UTC)
DAY = WholeDay(
    uid="11111111-2222-5333-8444-555555555555",
    day=date(2020, 12, 31),
    summary="走访：一号卡口，东江；值班\\夜班",
    description="第一行\r\n第二行",
    url="https://songnuan.example/visits/1/",
    category="走访",
)


def lines(content: bytes) -> list[str]:
    """Return the lines of a file, unfolded, as a calendar reads them."""
    assert content.endswith(b"\r\n")
    physical = content[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in physical)
    assert not any(b"\n" in line or b"\r" in line for line in physical)
    for line in physical:
        line.decode()  # no letter is cut in two
    return content[:-2].decode().replace("\r\n ", "").split("\r\n")


def value(found: list[str], name: str) -> str:
    """Return the one value of a name, its escapes resolved."""
    (raw,) = [line.partition(":")[2] for line in found if line.partition(":")[0].partition(";")[0] == name]
    out, escaped = "", False
    for letter in raw:
        if escaped:
            out, escaped = out + ("\n" if letter in "nN" else letter), False
        elif letter == "\\":
            escaped = True
        else:
            assert letter not in ",;", "these are escaped in a text"
            out += letter
    assert not escaped
    return out


def test_a_day_lasts_from_its_midnight_to_the_next_and_blocks_nothing() -> None:
    found = lines(render_calendar("送暖 · 林知行", [DAY], AT))
    assert found[0] == "BEGIN:VCALENDAR"
    assert found[-1] == "END:VCALENDAR"
    assert "VERSION:2.0" in found
    assert "DTSTART;VALUE=DATE:20201231" in found
    assert "DTEND;VALUE=DATE:20210101" in found
    assert "DTSTAMP:20200416T063000Z" in found
    assert "TRANSP:TRANSPARENT" in found
    assert f"UID:{DAY.uid}" in found
    assert f"URL:{DAY.url}" in found


def test_texts_are_escaped_and_long_lines_folded() -> None:
    found = lines(render_calendar("送暖", [DAY], AT))
    assert value(found, "SUMMARY") == DAY.summary
    assert value(found, "DESCRIPTION") == "第一行\n第二行"


def test_blocks_are_closed_in_their_order() -> None:
    found = lines(render_calendar("送暖", [DAY, DAY], AT))
    marks = [line for line in found if line.startswith(("BEGIN:", "END:"))]
    events = ["BEGIN:VEVENT", "END:VEVENT"]
    assert marks == ["BEGIN:VCALENDAR", *events, *events, "END:VCALENDAR"]
    assert not [name for name, same in groupby(marks) if len(list(same)) > 1]


@given(st.text(max_size=200))
def test_any_text_comes_back_without_what_no_calendar_may_hold(text: str) -> None:
    whole = WholeDay(DAY.uid, DAY.day, text.encode(errors="ignore").decode(), "", DAY.url, "")
    found = lines(render_calendar("", [whole], AT))
    kept = whole.summary.replace("\r\n", "\n").replace("\r", "")
    assert value(found, "SUMMARY") == "".join(
        letter for letter in kept if letter == "\n" or (letter >= " " and letter != "\x7f")
    )
