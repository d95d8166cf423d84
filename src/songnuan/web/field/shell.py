"""The shell: every file that the app needs to open without a network, with its digest.

The list changes when one file does, and so does the service worker that holds it: a device fetches all of a
version, proves it, and only then goes over to it as a whole.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import orjson
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from songnuan.web.field.words import words

STATIC = Path(__file__).resolve().parents[1] / "static"
_VENDORED = ("vendor/idb.js", "vendor/qr/index.js", "vendor/qr/decode.js", "vendor/signature_pad.umd.min.js")
_SHARED = ("web/base.css",)
_WORKER = "web/field/worker.js"


@cache
def files() -> Mapping[str, bytes]:
    """Return all files of the shell by their addresses; they are the same for everybody."""
    own = sorted(path.relative_to(STATIC).as_posix() for path in (STATIC / "web/field").rglob("*.*"))
    names = [name for name in (*_SHARED, *_VENDORED, *own) if name != _WORKER]
    found = {f"{static_root()}{name}": (STATIC / name).read_bytes() for name in names}
    found |= {reverse("field_words", args=(code,)): words_file(code) for code, _name in settings.LANGUAGES}
    return found | {reverse("field"): page(), reverse("field_manifest"): manifest()}


def static_root() -> str:
    """Return the address below which the files stand; by their own names, as modules import each other."""
    return f"/{settings.STATIC_URL.strip('/')}/"


@cache
def page() -> bytes:
    """Return the one page of the app: it tells nothing of anybody, and no language is spoken in it yet."""
    return render_to_string("web/field/app.html", {"static_root": static_root()}).encode()


@cache
def words_file(language: str) -> bytes:
    """Return the words in a language."""
    return orjson.dumps(words(language), option=orjson.OPT_SORT_KEYS)


@cache
def manifest() -> bytes:
    """Return what a phone needs to install the app."""
    icons = [
        {"src": f"{static_root()}web/field/icon-{side}.png", "sizes": f"{side}x{side}", "type": "image/png"}
        for side in (192, 512)
    ]
    told = {
        "name": words("zh-hans")["app"],
        "short_name": words("zh-hans")["app"],
        "lang": "zh-Hans",
        "start_url": reverse("field"),
        "scope": reverse("field"),
        "display": "standalone",
        "background_color": "#fffdf8",
        "theme_color": "#fffdf8",
        "icons": [*icons, {**icons[-1], "purpose": "maskable"}],
    }
    return orjson.dumps(told)


@cache
def worker() -> bytes:
    """Return the service worker: the list of files, and what is done with it."""
    listed = {address: hashlib.sha256(content).hexdigest() for address, content in files().items()}
    listing = orjson.dumps(listed, option=orjson.OPT_SORT_KEYS)
    head = b"const FILES = " + listing + b";\n"
    version = hashlib.sha256(listing).hexdigest()[:16].encode()
    return b'const VERSION = "' + version + b'";\n' + head + (STATIC / _WORKER).read_bytes()
