"""Writes the sample rosters of plan 4: the teachers of the invented school, and a newer list of them."""

from pathlib import Path

from songnuan.cli.demo_school import SCHOOL
from songnuan.cli.demo_school_rosters import FIRST, NEWER
from songnuan.cli.demo_school_staff import newer_book, roster_book

OUT = Path(__file__).resolve().parents[1] / "plans/samples"


def main() -> None:
    """Write the workbooks."""
    (OUT / FIRST).write_bytes(roster_book(SCHOOL))
    (OUT / NEWER).write_bytes(newer_book(SCHOOL))


if __name__ == "__main__":
    main()
