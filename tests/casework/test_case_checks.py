"""Whoever changes families, helpers or needs past the program is found by the checks."""

import pytest
from django.db import connection, transaction

from casework.house import NOW, CareHouse, make_care
from songnuan.casework.checks import verify
from songnuan.journeys.act_on_need import reopen_need
from songnuan.journeys.answer_help import accept_family, decline_family
from songnuan.journeys.offer_helpers import offer_helpers

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = ("helperact", "need", "needclosing", "needreopening", "feedback", "feedbacklink")


@pytest.fixture
def house() -> CareHouse:
    """Two families: one was given back, of one the helper changed; a need was closed, opened and closed."""
    house = make_care()
    house.open()
    other = house.helped("乙", house.below)
    decline_family(case_id=other.pk, reason="本人驰援一线", actor=house.below, at=NOW)
    case = house.helped("甲", house.second)
    chosen = {case.pk: house.first.user_id or 0}
    told = {"measure_id": house.measure.pk, "chosen": chosen, "reason": "岗位调整", "actor": house.officer}
    offer_helpers(**told, at=NOW)  # type: ignore[arg-type]  # of the right kinds
    assert verify() == [], "asked, not answered yet"
    accept_family(case_id=case.pk, actor=house.first, at=NOW)
    need = house.need(case)
    house.call(need, house.officer)
    house.close(need)
    reopen_need(need_id=need.pk, why="又断货了", actor=house.officer, at=NOW)
    house.answer(house.link(need))
    house.close(need)
    house.call(house.need(case), house.officer)
    assert verify() == []
    return house


def found(house: CareHouse, *statements: str) -> set[str]:
    """Return the codes that are found after statements past the triggers, all of which is then undone."""
    people = {name: getattr(house, name).user_id for name in ("first", "second", "below", "officer")}
    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            for verb in ("update", "delete"):
                where = f" ON casework_{table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER casework_{table}_no_{verb}{where}")
        for statement in statements:
            cursor.execute(statement.format(**people))
            assert cursor.rowcount > 0
        codes = {finding.code for finding in verify()}
        transaction.set_rollback(True)
    assert verify() == []
    return codes


@pytest.mark.parametrize(
    ("statements", "codes"),
    [
        (["UPDATE casework_case SET number = 3 WHERE number = 2"], {"family_numbers"}),
        (["UPDATE casework_need SET number = 3 WHERE number = 2"], {"need_numbers"}),
        (["UPDATE casework_case SET helper_id = {second} WHERE number = 1"], {"helper_differs"}),
        (["UPDATE casework_case SET helper_state = 'offered' WHERE number = 1"], {"helper_differs"}),
        (
            ["UPDATE casework_case SET helper_id = NULL, helper_at = NULL, helper_state = ''"],
            {"helper_differs"},
        ),
        (["DELETE FROM casework_helperact WHERE verb = 'end'"], {"helper_differs"}),
        (["DELETE FROM casework_helperact WHERE verb = 'decline'"], {"helper_differs"}),
        (
            ["DELETE FROM casework_helperact WHERE verb = 'offer' AND helper_id = {below}"],
            {"helper_differs"},
        ),
        (
            ["UPDATE casework_helperact SET verb = 'accept', by_id = helper_id WHERE helper_id = {second}"],
            {"helper_differs"},
        ),
        (["UPDATE casework_needclosing SET by_id = {officer} WHERE round = 1"], {"closing_feedback"}),
        (["UPDATE casework_feedback SET round = 2 WHERE round = 1"], {"closing_feedback"}),
        (
            ["UPDATE casework_feedback SET need_id = (SELECT id FROM casework_need WHERE number = 2)"],
            {"closing_feedback", "feedback_link"},
        ),
        (
            [
                "UPDATE casework_needclosing SET round = 3 WHERE round = 2",
                "UPDATE casework_feedback SET round = 3 WHERE round = 2",
                "UPDATE casework_feedbacklink SET round = 3",
            ],
            {"need_rounds"},
        ),
        (["DELETE FROM casework_needreopening"], {"need_rounds"}),
        (
            ["UPDATE casework_needreopening SET closing_id = (SELECT MAX(id) FROM casework_needclosing)"],
            {"need_rounds"},
        ),
        (["UPDATE casework_feedbacklink SET round = 1"], {"feedback_link"}),
    ],
)
def test_each_change_by_hand_is_found(house: CareHouse, statements: list[str], codes: set[str]) -> None:
    assert found(house, *statements) == codes
