"""The project's settings with the addresses of `bench_reports_site`."""

import os

from songnuan.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench_reports_site"
if os.environ.get("BENCH_BARE"):
    MIDDLEWARE = []
    INSTALLED_APPS = []
