"""The story of plan 2 in the demo, act by act."""

from collections.abc import Callable

from songnuan.cli.demo_emergency import Scale
from songnuan.cli.demo_emergency_care import look_after_special, observe, screen
from songnuan.cli.demo_emergency_command import (
    bring_call_tree,
    end_drill,
    give_tasks,
    launch_drill,
    launch_response,
    name_group,
    stand_in,
)
from songnuan.cli.demo_emergency_lesson import teach
from songnuan.cli.demo_emergency_notices import read_what_came
from songnuan.cli.demo_emergency_plan import report_duties, start_plan
from songnuan.cli.demo_emergency_reports import act_on_alerts, report_every_day, report_the_drill

ACTS: tuple[Callable[[Scale], None], ...] = (
    start_plan,
    name_group,
    bring_call_tree,
    launch_drill,
    report_the_drill,
    end_drill,
    launch_response,
    report_every_day,
    stand_in,
    give_tasks,
    act_on_alerts,
    screen,
    observe,
    look_after_special,
    teach,
    report_duties,
    read_what_came,
)
"""In the order in which they were done; each goes on where it was broken off."""
