"""What a plan file may say of early warning, and what it comes to."""

from typing import Any

import pytest
from pydantic import ValidationError

from songnuan.emergency.early_warning import quantile
from songnuan.emergency.warning_rules import bound_words, chance_words, how_words, plain, why_words
from songnuan.journeys.warning_settings import EarlyWarningSettings


def settings(**watch: Any) -> EarlyWarningSettings:
    return EarlyWarningSettings.model_validate({"watches": [{"figure": "fever", **watch}]})


@pytest.mark.parametrize(
    ("told", "bound"),
    [
        ({}, quantile(0.05)),
        ({"alpha": "0.01"}, quantile(0.01)),
        ({"alpha": 0.01}, quantile(0.01)),
        ({"z": "3"}, 3.0),
        ({"z": 2.5}, 2.5),
    ],
)
def test_a_bound_is_told_by_z_or_by_alpha_with_or_without_quotes(told: dict[str, Any], bound: float) -> None:
    assert settings(**told).watches[0].bound == bound


@pytest.mark.parametrize(
    "told",
    [
        *({"z": "3", "alpha": "0.05"}, {"z": "0"}, {"z": "-1"}, {"z": "drei"}, {"z": True}),
        *({"alpha": "0"}, {"alpha": "0.5"}, {"alpha": "5"}, {"method": "C4"}, {"least_sd": "-0.1"}),
        *({"figure": ""}, {"unknown": "1"}),
    ],
)
def test_what_makes_no_sense_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**told)


def test_how_counts_are_judged_is_said_with_the_floor_and_numbers_are_plain() -> None:
    assert how_words("C1", "1.6448536269514722", "0.5") == "C1法，z=1.645，标准差下限0.5"
    assert why_words("C1", "1.6448536269514722") == "比前7次报告数的平均值高出日常波动的1.645倍以上"
    assert why_words("C2", 3.0) == "比此前7次报告数（不含最近2次）的平均值高出日常波动的3倍以上"
    assert "连同前两次" in why_words("C3", 3.0)
    assert chance_words("C1", "1.6448536269514722") == "如无异常，约每20次报告数才有1次超过这样的上限。"
    assert "约每740次" in chance_words("C2", 3.0)
    assert chance_words("C1", 50.0) == chance_words("C3", 3.0) == "", "nothing is told of what cannot be"
    assert how_words("C3", 3.0, 0.2) == "C3法，累计值大于2，标准差下限0.2", "z plays no part in C3"
    assert [plain(one) for one in (2.0, 0.12345, 100.0, None)] == ["2", "0.123", "100", "—"]
    assert [bound_words(one) for one in (3.456, "0.0", None, "")] == ["3.45", "0", "—", "—"]
