"""`songnuan plan issue` and `songnuan plan papers`: a plan made known, and its files on paper."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import click
from django.utils.translation import gettext as _

from songnuan.cli.output import Out, command
from songnuan.journeys.find import plan_named
from songnuan.journeys.issue_plan import issue_plan, newest_notice
from songnuan.journeys.notice import next_number
from songnuan.journeys.papers import Paper, kinds_of, paper, text_of
from songnuan.journeys.sheet_files import FORMS
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import now, today

_Command = TypeVar("_Command", bound=Callable[..., object])


@click.command()
@click.argument("slug", metavar="PLAN")
@click.option("--code", default="", help="What stands before the year in the number, such as 澄水运防.")
@click.option(
    "--last-given",
    type=int,
    help="The last number given under the code this year, before the first here.",
)
@command
def issue(*, out: Out, slug: str, code: str, last_given: int | None) -> None:
    """Issue an approved plan as a notice, under the next number of its unit."""
    plan = plan_named(slug)
    told = next_number(plan, today(), code)
    document = issue_plan(
        slug=plan.slug,
        code=told.code,
        last_given=told.last_given if last_given is None else last_given,
        actor=SYSTEM,
        at=now(),
    )
    facts = {"number": document.number, "units": document.receipts.count()}
    written = {
        **facts,
        "title": document.title,
        "digest": document.digest,
        "issued_at": document.issued_at,
    }
    out.document(written, _("Issued as %(number)s; %(units)s units have to acknowledge it.") % facts)


@click.command()
@click.argument("slug", metavar="PLAN")
@click.option("--to", "folder", required=True, type=click.Path(file_okay=False, path_type=Path))
@command
def papers(*, out: Out, slug: str, folder: Path) -> None:
    """Write the papers of the plan's newest notice into a folder, and say which fonts are missing."""
    plan = plan_named(slug)
    document = newest_notice(plan)
    if document is None:
        raise Refusal("not_issued", _("“%(title)s” was not issued yet.") % {"title": plan.title})
    text = text_of(document)
    written, words = write([paper(text, kind) for kind in kinds_of(text)], folder)
    out.document({"number": document.number, **written}, "\n".join(words))


def paper_options(kinds: Iterable[str]) -> Callable[[_Command], _Command]:
    """Return what adds the options of a command that writes papers: `--kind`, `--to` and `--form`."""
    options = (
        click.option("--kind", required=True, type=click.Choice(list(kinds)), help="Which paper."),
        click.option("--to", "folder", required=True, type=click.Path(file_okay=False, path_type=Path)),
        click.option(
            "--form",
            "forms",
            multiple=True,
            type=click.Choice(list(FORMS)),
            default=("pdf",),
            show_default=True,
            help="Which kind of file; may be given more than once.",
        ),
    )

    def add(told: _Command) -> _Command:
        for option in reversed(options):
            told = option(told)
        return told

    return add


def write(made: Sequence[Paper], folder: Path) -> tuple[dict[str, object], list[str]]:
    """Write papers into a folder; return the facts of the answer, and its lines: files, what they lack."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in made:
        (folder / one.name).write_bytes(one.content)
    files = [str(folder / one.name) for one in made]
    facts: dict[str, object] = {
        "files": files,
        "missing_fonts": [font for one in made for font in one.missing],
        "missing_characters": [char for one in made for char in one.undrawn],
    }
    return facts, [*files, *_lacking(made)]


def _lacking(made: Sequence[Paper]) -> list[str]:
    """Return a sentence for each font that the papers were not set in, and for what no font could draw."""
    sentence = _("The font %(name)s is not installed here; the PDF was set in %(instead)s.")
    fonts = [font for one in made for font in one.missing]
    lacking = [sentence % {"name": font.name, "instead": font.instead or "—"} for font in fonts]
    undrawn = [char for one in made for char in one.undrawn]
    if undrawn:
        words = _("No font here has these characters; the PDF has 〓 in their place: %(characters)s")
        lacking.append(words % {"characters": " ".join(undrawn)})
    return lacking
