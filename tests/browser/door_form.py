"""The form of a visit, filled in as somebody at a unit's door does it."""

from playwright.sync_api import Locator, Page, expect

from browser.words import zh

CONDITIONS = "值班三班倒，食宿有保障，夜班岗亭偏冷。"
RECEIVER = "赵守江"


def press(page: Page) -> None:
    """Press the button that sends the report."""
    sending_button(page).click()


def sending_button(page: Page) -> Locator:
    """Return the button that sends the report."""
    return page.get_by_role("button", name=zh("Record the visit"), exact=True)


def conditions(page: Page) -> Locator:
    """Return the input for how the staff work and live."""
    return page.get_by_label(zh("How the staff work and live"))


def fill_in(page: Page) -> None:
    """Answer everything that the form asks; it opened with the time, the way and who went."""
    prevention = page.get_by_role("group", name=zh("How prevention is carried out"))
    prevention.get_by_label(zh("carried out well")).check()
    conditions(page).fill(CONDITIONS)
    find_in_order(page)
    page.get_by_role("textbox", name=zh("Who received the visit"), exact=True).fill(RECEIVER)
    sign(page)


def find_in_order(page: Page) -> None:
    """Answer every item of the checklist, where the form asks for them."""
    for answer in page.get_by_label(zh("in order"), exact=True).all():
        if answer.is_visible():
            answer.check()


def raise_problem(page: Page, title: str) -> None:
    """Unfold the first place for a problem and name one; the lead office answers for it."""
    fold = page.get_by_role("group").filter(has_text=zh("Problem %(number)s, if one was raised", number=1))
    fold.locator("summary").click()
    fold.get_by_label(zh("What the problem is")).fill(title)


def sign(page: Page) -> None:
    """Draw a line with a finger's three strokes where the receiver signs."""
    place = page.get_by_role("img", name=zh("Signature of the receiver"))
    place.evaluate("place => place.scrollIntoView({ block: 'center' })")
    box = place.bounding_box()
    assert box is not None
    for height in (0.3, 0.5, 0.7):
        page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * height)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * (1 - height), steps=4)
        page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * height, steps=4)
        page.mouse.up()
    expect(page.get_by_text(zh("signed", "signature"), exact=True)).to_be_visible()


def mistakes(page: Page) -> Locator:
    """Return the list of what the form asks for, above it."""
    return page.get_by_role("alert").filter(has_text=zh("Please mend this first")).get_by_role("listitem")
