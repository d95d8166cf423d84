"""Settings for gathering msgids: the project's, with the catalogue folder that the caller names."""

import os
from pathlib import Path

from django.core.management.commands import makemessages

from songnuan.config.settings import *  # noqa: F403

LOCALE_PATHS = [Path(os.environ["SONGNUAN_LOCALE"])]

# A guess at a translation is worse than none: it looks done.
makemessages.Command.msgmerge_options = ["-q", "--backup=none", "--update", "--no-fuzzy-matching"]
