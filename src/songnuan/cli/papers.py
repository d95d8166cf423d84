"""`songnuan plan issue` and `songnuan plan papers`: a plan made known as a notice, and the files."""

from collections.abc import Sequence
from pathlib import Path

import click
from django.utils.translation import gettext as _

from songnuan.cli.output import Out, command
from songnuan.journeys.find import plan_named
from songnuan.journeys.issue_plan import issue_plan, newest_notice
from songnuan.journeys.notice import next_number
from songnuan.journeys.papers import Paper, kinds_of, paper, text_of
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import now, today


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
    folder.mkdir(parents=True, exist_ok=True)
    made = [paper(text, kind) for kind in kinds_of(text)]
    for one in made:
        (folder / one.name).write_bytes(one.content)
    files = [str(folder / one.name) for one in made]
    written = {
        "number": document.number,
        "files": files,
        "missing_fonts": [font for one in made for font in one.missing],
        "missing_characters": [char for one in made for char in one.undrawn],
    }
    out.document(written, "\n".join([*files, *lacking_words(made)]))


def lacking_words(made: Sequence[Paper]) -> list[str]:
    """Return a sentence for each font that the papers were not set in, and for what no font could draw."""
    sentence = _("The font %(name)s is not installed here; the PDF was set in %(instead)s.")
    fonts = [font for one in made for font in one.missing]
    lacking = [sentence % {"name": font.name, "instead": font.instead or "—"} for font in fonts]
    undrawn = [char for one in made for char in one.undrawn]
    if undrawn:
        words = _("No font here has these characters; the PDF has 〓 in their place: %(characters)s")
        lacking.append(words % {"characters": " ".join(undrawn)})
    return lacking
