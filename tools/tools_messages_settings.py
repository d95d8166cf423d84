"""Settings for gathering msgids: the project's, with the catalogue folder that the caller names."""

import os
from pathlib import Path

from songnuan.config.settings import *  # noqa: F403

LOCALE_PATHS = [Path(os.environ["SONGNUAN_LOCALE"])]
