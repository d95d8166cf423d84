"""What is said where many units were asked: short, whatever their number."""

from dataclasses import dataclass

from django.utils.translation import override

from songnuan.web.asked_words import asked_words


@dataclass(frozen=True)
class Told:
    """How many were asked."""

    asked: int
    before: int = 0
    unreached: tuple[str, ...] = ()
    left: int = 0


def test_of_thousands_without_anybody_to_be_told_a_few_are_named() -> None:
    names = tuple(f"第{number}站" for number in range(3_000))
    with override("zh-hans"):
        words = asked_words(Told(asked=2, unreached=names))
    assert words.startswith("已催办2个单位。")
    assert "第0站" in words
    assert "第2999站" not in words
    assert len(words) < 300


def test_where_nobody_was_asked_it_is_not_said_that_none_were() -> None:
    with override("zh-hans"):
        words = asked_words(Told(asked=0, before=3))
    assert "0个" not in words
    assert "3" in words
