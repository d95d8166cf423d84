"""A refusal: the house says no, why, and what to do; nothing was changed."""

from collections.abc import Mapping

Fact = str | int | bool | None


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error of the program
    """An act the rules do not allow.

    Args:
        code: A stable name in snake_case, for programs and tests.
        sentence: What is wrong, where, and what to do, in the reader's language.
        field: The name of the input the sentence belongs beside, if one does.
        facts: The figures behind the sentence, kept with the record of the refusal. No
            personal data: the record stays for ever.

    """

    def __init__(self, code: str, sentence: str, *, field: str = "", **facts: Fact) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field
        self.facts: Mapping[str, Fact] = facts


class NotPermitted(Refusal):
    """The actor holds no post that allows the act here."""
