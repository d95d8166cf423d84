"""Who acts: a key that never changes and a label as it was on the day."""

from dataclasses import dataclass

_SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or the machine on whose behalf an action runs.

    `key` is what the trail keeps ("user:17", "system"), `label` what people read. `user_id` is
    None for who has no account: the system itself, and who came in with a code of their own.
    """

    key: str
    label: str
    user_id: int | None = None

    @property
    def is_system(self) -> bool:
        """Whether no person stands behind the act: set-up, schedule, command line of the server."""
        return self.key == _SYSTEM


SYSTEM = Actor(key=_SYSTEM, label="系统")
