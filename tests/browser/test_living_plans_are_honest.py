"""The living plan of each of the four: beside every clause stands what shows it, or that nothing does yet."""

import pytest

from browser.demo_site import Site, Windows
from browser.words import zh

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# A clause of the text, how deep it lies, and what stands beside it, measure by measure.
_CLAUSES = """() => [...document.querySelectorAll("section.clause")].map((clause) => ({
  name: clause.getAttribute("aria-label"),
  level: Number(clause.className.match(/clause-(\\d)/)[1]),
  marks: [...clause.querySelectorAll(".clause-margin > .mark, .clause-margin > .quiet")].map((mark) => ({
    links: [...mark.querySelectorAll(".proofs a")].map((link) => link.getAttribute("href")),
    words: mark.textContent,
  })),
}))"""
PLANS = {
    "officer": "front-line-visits",
    "duty-officer": "emergency-response",
    "care-officer": "medical-families",
    "school-officer": "teachers-return-school",
}


@pytest.mark.parametrize("role", PLANS)
def test_beside_every_clause_stands_what_shows_it_or_that_nothing_does_yet(
    reading_site: Site, windows: Windows, role: str
) -> None:
    page = windows.open()
    reading_site.sign_in(page, role)
    reading_site.open(page, f"/plans/{PLANS[role]}/")
    clauses = page.evaluate(_CLAUSES)
    assert len(clauses) >= 8
    nothing = (zh("Nothing shows it yet."), zh("Nothing is recorded for this clause yet."))
    links: list[str] = []
    for place, clause in enumerate(clauses):
        has_parts = place + 1 < len(clauses) and clauses[place + 1]["level"] > clause["level"]
        assert clause["marks"] or has_parts, clause["name"]
        for mark in clause["marks"]:
            assert mark["links"] or any(words in mark["words"] for words in nothing), clause["name"]
            links += mark["links"]
    assert len(links) >= 5
    for link in dict.fromkeys(links):
        reading_site.open(page, link)
        assert page.locator("main ol li, main tbody tr").count() > 0, link
