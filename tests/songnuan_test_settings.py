"""The project's settings, on a data folder of their own that is gone after the run."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_HOME = Path(tempfile.mkdtemp(prefix="songnuan-test-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["SONGNUAN_HOME"] = str(_HOME)

from songnuan.kernel import keys  # noqa: E402 - the folder is named before anything reads it

keys.create(_HOME)
(_HOME / "static").mkdir()

from songnuan.config.settings import *  # noqa: E402, F403
from songnuan.config.settings import DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in use: threads and forked processes share it, an in-memory database they would not.
    DATABASES["default"]["TEST"] = {"NAME": str(_HOME / "test.sqlite3")}
    # A process that is killed loses nothing by this, only a machine that loses its power does.
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
