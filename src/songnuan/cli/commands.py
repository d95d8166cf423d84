"""The root of the command, and its parts."""

import click

from songnuan import __version__
from songnuan.cli.benefits import benefits
from songnuan.cli.burden import burden
from songnuan.cli.checking import audit
from songnuan.cli.emergency import emergency
from songnuan.cli.funds import funds
from songnuan.cli.households import households
from songnuan.cli.inspection import inspection
from songnuan.cli.instruction import instruction
from songnuan.cli.keys import keys
from songnuan.cli.list_papers import list_papers
from songnuan.cli.mail import mail
from songnuan.cli.pickups import pickups
from songnuan.cli.plan import plan
from songnuan.cli.privacy import privacy
from songnuan.cli.roster import roster
from songnuan.cli.serving import demo, serve, worker
from songnuan.cli.setup import doctor, init
from songnuan.cli.sheets import papers
from songnuan.cli.user import user
from songnuan.cli.visits import visits


@click.group()
@click.version_option(__version__)
def songnuan() -> None:
    """Songnuan (送暖) runs a care or response plan from its written text to its last receipt.

    The data folder is SONGNUAN_HOME (default: var), the database SQLite in it, or PostgreSQL when
    DATABASE_URL names one.
    """


roster.add_command(households)

for part in (
    init,
    demo,
    serve,
    worker,
    doctor,
    plan,
    instruction,
    papers,
    list_papers,
    roster,
    visits,
    pickups,
    funds,
    benefits,
    emergency,
    inspection,
    burden,
    audit,
    privacy,
    user,
    mail,
    keys,
):
    songnuan.add_command(part)
