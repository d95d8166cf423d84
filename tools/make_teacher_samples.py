"""Writes the sample rosters of plan 4: the teachers of the invented school, and a newer list of them."""

import os
from pathlib import Path

import django

OUT = Path(__file__).resolve().parents[1] / "plans/samples"


def main() -> None:
    """Write the workbooks."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songnuan.config.settings")
    django.setup()
    from songnuan.cli.demo_school import SCHOOL
    from songnuan.cli.demo_school_rosters import FIRST, NEWER
    from songnuan.cli.demo_school_staff import newer_book, roster_book

    (OUT / FIRST).write_bytes(roster_book(SCHOOL))
    (OUT / NEWER).write_bytes(newer_book(SCHOOL))


if __name__ == "__main__":
    main()
