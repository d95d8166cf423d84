"""What a plan says of families that are looked after: those of the front, and special families."""

from typing import Final

from pydantic import Field

from songnuan.casework.case_rules import Rhythm
from songnuan.journeys.measures.base import Count, Settings
from songnuan.plans.models import Measure

FAMILIES: Final = "families"
SPECIAL: Final = "special_families"
KINDS: Final = (FAMILIES, SPECIAL)
"""The kinds of measures that look after families."""


class CareSettings(Settings):
    """How often families are contacted, and how many one person has."""

    first: Count = Field(
        default=2, ge=0, le=30, description="首次联系天数 / days until the helper's first contact"
    )
    every: Count = Field(default=7, ge=1, le=90, description="联系间隔天数 / days between contacts")
    chase: Count = Field(
        default=2, ge=1, le=30, description="逾期几天报牵头部门 / days overdue until the officer is told"
    )
    most: Count = Field(
        default=5, ge=1, le=50, description="一人最多联系户数 / families of one helper at most"
    )


class FamiliesSettings(CareSettings):
    """Whose families, how often they are contacted, and when the union's officer hears of it."""

    roster: str = Field(description="职工名册 / key of the roster of employees")
    visit: Count = Field(
        default=14, ge=1, le=90, description="返回后走访天数 / days until the visit after somebody came back"
    )

    @property
    def rhythm(self) -> Rhythm:
        """How often a family is contacted."""
        return Rhythm(self.first, self.every, self.chase, self.visit)


class SpecialSettings(CareSettings):
    """Which unit leads special families, how often they are contacted, and how long their cases are kept."""

    office: str = Field(
        min_length=1, max_length=120, description="牵头科室 / name of the unit that leads them"
    )
    keep: Count = Field(
        default=365, ge=30, le=3650, description="结案后保存天数 / days that a case is kept after its end"
    )

    @property
    def rhythm(self) -> Rhythm:
        """How often a family is contacted; nobody comes back, and no visit is owed for it."""
        return Rhythm(self.first, self.every, self.chase, 0)


def settings_of(measure: Measure) -> FamiliesSettings | SpecialSettings:
    """Return the settings of a measure that looks after families."""
    if measure.kind == SPECIAL:
        return special_settings_of(measure)
    return FamiliesSettings.model_validate(measure.settings)


def special_settings_of(measure: Measure) -> SpecialSettings:
    """Return the settings of a measure that looks after special families."""
    return SpecialSettings.model_validate(measure.settings)


def roster_of(measure: Measure) -> str:
    """Return the roster of which families come by themselves; "" where they are put down one by one."""
    settings = settings_of(measure)
    return settings.roster if isinstance(settings, FamiliesSettings) else ""
