"""Small roster files of invented people, and the journeys that take them in."""

import io
from collections.abc import Sequence
from typing import Any

from mess_people import checked
from people import BUREAU, LEAD, Bureau, at
from songnuan.documents.reading import as_file
from songnuan.journeys import import_roster
from songnuan.journeys.import_roster import Options
from songnuan.journeys.roster_result import Result, result_of
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.people.models import RosterImport

Row = Sequence[Any]
HEADINGS = ["序号", "姓名", "身份证号", "手机号", "工作单位", "岗位"]
FAMILY = ["职工姓名", "身份证号", "家属姓名", "与职工关系", "家属身份证号", "家属电话"]
SERVICE = ["姓名", "身份证号", "支援地点", "岗位", "是否直接接触", "开始时间", "结束时间"]


def number(place: int) -> str:
    """Return the identity number of somebody; the area was never given out."""
    return checked(f"100101{1950 + place // 300 % 50}0307{place % 300 + 1:03d}")


def text(headings: Row, *rows: Row) -> bytes:
    """Return a text file with a title, headings and rows."""
    lines = [["职工花名册"], headings, *rows]
    return "\n".join(",".join(str(cell) for cell in line) for line in lines).encode("gb18030")


def person(place: int, **changes: object) -> list[object]:
    """Return the row of the person of this number: at the bureau for even ones, else at the lead office."""
    told: dict[str, object] = {
        "序号": place,
        "姓名": f"赵{'守望如小大'[place % 5]}{'江河海川山'[place // 5 % 5]}",
        "身份证号": number(place),
        "手机号": f"199{place:08d}",
        "工作单位": LEAD if place % 2 else BUREAU,
        "岗位": "会计",
    }
    return list({**told, **changes}.values())


def people(*places: int) -> bytes:
    """Return a roster of these people."""
    return text(HEADINGS, *(person(place) for place in places))


def bring(
    content: bytes,
    *,
    kind: str = "people",
    key: str = "",
    name: str = "花名册.csv",
    actor: Actor = SYSTEM,
    day: int = 6,
    unit_id: int | None = None,
    **options: Any,
) -> str:
    """Bring a file for a roster of its kind; return the key of the import."""
    with as_file(content) as file:
        return import_roster.bring(
            roster_key=key or kind,
            kind=kind,
            unit_id=unit_id,
            file=file,
            name=name,
            options=Options(**options),
            actor=actor,
            at=at(day),
        )


def read(content: bytes, *, day: int = 6, actor: Actor = SYSTEM, **options: Any) -> RosterImport:
    """Bring a file and read it; return the import."""
    key = bring(content, day=day, actor=actor, **options)
    import_roster.read(import_key=key, actor=actor, at=at(day))
    return RosterImport.objects.get(key=key)


def take(
    content: bytes, bureau: Bureau, *, day: int = 6, end_missing: bool = False, **options: Any
) -> Result:
    """Bring, read and apply a file; return what it was to do."""
    source = read(content, day=day, unit_id=bureau.bureau_id, **options)
    result = result_of(source)
    import_roster.apply(import_key=source.key, end_missing=end_missing, actor=SYSTEM, at=at(day))
    return result


def workbook(*sheets: tuple[str, Sequence[Row]]) -> bytes:
    """Return an .xlsx file of these sheets."""
    import xlsxwriter  # noqa: PLC0415 - few tests need it

    file = io.BytesIO()
    made = xlsxwriter.Workbook(file, {"in_memory": True})
    for name, rows in sheets:
        page = made.add_worksheet(name)
        for at_row, row in enumerate(rows):
            page.write_row(at_row, 0, row)
    made.close()
    return file.getvalue()
