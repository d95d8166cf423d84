"""Each fact is asked in one place, and what the house knows is asked of nobody."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms

import songnuan.web.urls
from songnuan.web.facts import ACT, BY_HAND, FORMS, KNOWN, LINES, faults, label_of, unknown
from songnuan.web.fields import CharField, Day
from songnuan.web.views.burden import blanks, kinds

WEB = Path(songnuan.web.urls.__file__).parent
# Inputs in pages that choose what is shown, or whose answer is a tick on a line of a list.
CHOOSE = {
    "batch",
    "a",
    "b",
    "lead",
    "only",
    "plan",
    "visits",
    "owner",
    "state",
    "q",
    "text",
    "unit",
    "end_missing",
    "end_links",
    "choose_{{ line.field }}",
    "q{{ one.number }}",
}


def asked() -> Iterator[str]:
    """Yield every fact that a form asks, those of rows made while it is filled in too."""
    for told in BY_HAND.values():
        yield from told.split()
    for source in WEB.rglob("*.py"):
        for fact in re.findall(r'\bfact=f?"([^"{]+)', source.read_text()):
            yield fact.removesuffix(":")


def test_no_form_asks_what_the_house_knows_or_another_form_asks() -> None:
    assert list(faults(kinds())) == []


def test_every_column_of_what_is_asked_is_asked_or_known() -> None:
    assert list(unknown(asked())) == []
    columns = {f"{table}.{column}" for table, row in KNOWN.items() for column in row.split()}
    tables = {fact.partition(":")[0].rpartition(".")[0] for fact in asked()}
    assert set(KNOWN) <= tables, "a table of which nothing is asked has no line here"
    assert not columns & {fact.partition(":")[0] for fact in asked()}


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (CharField(fact="visits.visit.received_at"), "which the house knows"),
        (CharField(fact="visits.visit.unit:name"), "which the house knows"),
        (CharField(fact="goods.purchase.total_minor"), "which the house knows"),
        (CharField(fact="visits.visit.weather"), "which no column keeps"),
        (CharField(fact="weather"), "which no column keeps"),
        (Day(fact="visits.visit.conditions"), "asks already"),
        (forms.CharField(), "does not say which fact it asks"),
    ],
)
def test_a_form_that_asks_too_much_is_found(field: forms.Field, words: str) -> None:
    made = type("Made", (forms.Form,), {"extra": field})
    told = list(faults([*kinds(), made]))
    assert len(told) == 1
    assert told[0].startswith("Made.extra")
    assert words in told[0]


def test_a_wish_is_no_fact_and_what_is_asked_again_says_why() -> None:
    wish = CharField(fact="act:sure")
    again = CharField(fact="visits.visit.conditions", again="a report is corrected in its own form")
    made = type("Made", (forms.Form,), {"wish": wish, "again": again})
    assert list(faults([*kinds(), made])) == []


def test_every_form_has_a_name_and_every_name_a_form() -> None:
    assert {kind.asks for kind in kinds()} == set(FORMS)


def test_no_page_has_inputs_that_nobody_counts() -> None:
    found = set()
    for page in WEB.joinpath("templates/web").rglob("*.html"):
        for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page.read_text()):
            name = re.search(r'name="([^"]+)"', tag)
            if name and 'type="hidden"' not in tag:
                found.add(name[1])
    assert found - CHOOSE <= set(BY_HAND)


def test_inputs_are_made_of_fields_that_say_their_fact() -> None:
    for source in WEB.rglob("*.py"):
        if source.name != "fields.py":
            assert not re.findall(r"forms\.\w+Field\(", source.read_text()), source


def test_no_browser_cuts_what_is_typed() -> None:
    """What is too long is refused with a sentence; a browser that knows the length drops it and is silent."""
    field = CharField(fact="visits.visit.conditions", max_length=20)
    made = type("Made", (forms.Form,), {"text": field})
    assert "maxlength" not in str(made())
    assert made({"text": "长" * 21}).errors
    pages = [page.read_text() for page in WEB.joinpath("templates/web").rglob("*.html")]
    kept = [tag for page in pages for tag in re.findall(r"<(?:input|textarea)[^>]*maxlength", page)]
    assert all('type="search"' in tag for tag in kept)


def test_what_each_line_of_a_form_asks_is_declared() -> None:
    asked_by_line = {
        fact.partition(":")[0]
        for source in WEB.rglob("*.py")
        for fact in re.findall(r'\bfact=f"([^"{]+)', source.read_text())
    }
    assert "goods.movementline.quantity" in asked_by_line
    assert asked_by_line <= {fact for rows in LINES.values() for _label, fact in rows}
    assert set(LINES) <= set(FORMS)


def test_the_page_tells_every_input_with_its_fact() -> None:
    told = {blank.label: blank for blank in blanks()}
    for kind in {kind.asks: kind for kind in kinds()}.values():  # two pages may ask the same by one name
        shown = [field for field in kind.base_fields.values() if not field.widget.is_hidden]
        inputs = told[label_of(kind.asks)].inputs if shown else ()
        facts = {getattr(field, "fact", "") for field in shown}
        assert {one.fact for one in inputs if one.fact} == {
            fact for fact in facts if not fact.startswith(ACT)
        }
        assert sum(one.is_needed for one in inputs) == sum(field.required for field in shown)
