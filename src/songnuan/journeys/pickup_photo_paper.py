"""Pages of photos of the days on which kits are handed out (照片页).

These are texts of the organ and are Chinese whatever the reader's language.
"""

from collections.abc import Callable, Sequence

from songnuan.documents import photo_sheet
from songnuan.documents.official import chinese_day
from songnuan.documents.photo_sheet import PagePhoto, PhotoSheet
from songnuan.goods.models import Batch, BatchPhoto
from songnuan.journeys.paper_head import PaperHead
from songnuan.journeys.papers import WORD, Paper
from songnuan.journeys.pickup_paper_rows import Narrowed
from songnuan.journeys.pickup_papers import batch_words
from songnuan.kernel.sealed import SealBroken
from songnuan.records.pictures import printed
from songnuan.records.queries import read_file

_NAME = "关爱包发放照片"


def photos_of(narrowed: Narrowed) -> Sequence[BatchPhoto]:
    """Return the photos of a distribution, or of one batch of it, in their order."""
    rows = BatchPhoto.objects.filter(batch__distribution=narrowed.distribution, picture__isnull=False)
    if narrowed.batch is not None:
        rows = rows.filter(batch=narrowed.batch)
    return list(rows.select_related("batch", "picture").order_by("batch__position", "position"))


def photo_file(narrowed: Narrowed, head: PaperHead, form: str) -> tuple[int, Callable[[], Paper]]:
    """Return how many photos there are, and what draws their pages as a Word file or a PDF."""
    rows = photos_of(narrowed)
    return len(rows), lambda: _drawn(rows, narrowed.batch, head, form)


def _drawn(rows: Sequence[BatchPhoto], batch: Batch | None, head: PaperHead, form: str) -> Paper:
    shown, lost = [], 0
    for row in rows:
        assert row.picture is not None  # noqa: S101 - those that were taken out are not among them
        try:
            picture = printed(read_file(row.picture))
        except (FileNotFoundError, SealBroken):
            lost += 1
            continue
        taken = "　".join(filter(None, (chinese_day(row.taken_on), row.place or row.batch.place)))
        shown.append(PagePhoto(picture, row.caption or "", f"{batch_words(row.batch)}　{taken}"))
    sheet = PhotoSheet(
        title=_NAME,
        lines=head.lines(f"{batch_words(batch) if batch else '全部批次'}　　共{len(shown)}张"),
        dated_on=head.day,
        photos=tuple(shown),
        note=head.noted(f"另有{lost}张图片缺失或损坏，未列出。" if lost else ""),
    )
    name = f"{_NAME}{head.day:%Y%m%d}"
    if form == "docx":
        return Paper(f"{name}.docx", WORD, photo_sheet.render_word(sheet))
    made = photo_sheet.render_pdf(sheet)
    return Paper(f"{name}.pdf", "application/pdf", made.content, made.missing, made.undrawn)
