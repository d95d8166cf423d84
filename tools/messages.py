"""Keeps the translations: `make` gathers msgids, `check` proves completeness, `compile` writes the .mo files.

English stands in the code. Simplified Chinese is written by people in
locale/zh_Hans/LC_MESSAGES/django.po; Traditional Chinese is drafted from it by OpenCC where an entry is
still empty, and may then be mended by hand.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "locale"
LANGUAGES = ("zh_Hans", "zh_Hant")
# Terms of bookkeeping that OpenCC, which goes character by character, gets wrong.
TERMS = {"衝正": "沖正"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def _catalogue(folder: Path, language: str) -> Path:
    return folder / language / "LC_MESSAGES" / "django.po"


def gather(folder: Path) -> None:
    """Run Django's makemessages over the sources into `folder`."""
    arguments = [flag for language in LANGUAGES for flag in ("--locale", language)]
    arguments += ["--no-obsolete", "--no-wrap", "--add-location", "file", "--extension", "html,py,txt"]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tools_messages_settings",
        "PYTHONPATH": str(ROOT / "tools"),
    }
    environment["SONGNUAN_LOCALE"] = str(folder)
    subprocess.run(  # noqa: S603 - our own words only
        [sys.executable, "-m", "django", "makemessages", *arguments],
        cwd=ROOT / "src",
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    for language in LANGUAGES:
        catalogue = polib.pofile(str(_catalogue(folder, language)), wrapwidth=0)
        # The date of the run is no fact about the words; without it equal words make equal files.
        catalogue.metadata.pop("POT-Creation-Date", None)
        catalogue.save()


def make() -> None:
    """Gather msgids and draft the Traditional Chinese ones from the Simplified."""
    from opencc import OpenCC

    gather(LOCALE)
    opencc = OpenCC("s2tw").convert

    def convert(text: str) -> str:
        return _with_terms(opencc(text))

    simplified = polib.pofile(str(_catalogue(LOCALE, "zh_Hans")), wrapwidth=0)
    traditional = polib.pofile(str(_catalogue(LOCALE, "zh_Hant")), wrapwidth=0)
    for entry in traditional:
        entry.msgstr = _with_terms(entry.msgstr)
        source = simplified.find(entry.msgid, msgctxt=entry.msgctxt or False)
        if source is None or not source.translated() or entry.translated():
            continue
        entry.msgstr = convert(source.msgstr)
        entry.msgstr_plural = {index: convert(text) for index, text in source.msgstr_plural.items()}
    traditional.save()
    for language in LANGUAGES:
        missing = len(_unfinished(polib.pofile(str(_catalogue(LOCALE, language)))))
        print(f"{language}: {missing} to translate")


def _with_terms(text: str) -> str:
    for wrong, right in TERMS.items():
        text = text.replace(wrong, right)
    return text


def _unfinished(catalogue: polib.POFile) -> list[polib.POEntry]:
    return [entry for entry in catalogue if not entry.obsolete and (entry.fuzzy or not entry.translated())]


def _placeholders(entry: polib.POEntry) -> bool:
    texts = [entry.msgstr, *entry.msgstr_plural.values()]
    wanted = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural or ""))
    return all(set(PLACEHOLDER.findall(text)) <= wanted for text in texts) and (
        bool(entry.msgid_plural) or set(PLACEHOLDER.findall(entry.msgstr)) == wanted
    )


def check() -> int:
    """Print every msgid of the sources that a catalogue lacks, leaves empty or gives other placeholders."""
    faults = 0
    with tempfile.TemporaryDirectory() as name:
        fresh = Path(name) / "locale"
        shutil.copytree(LOCALE, fresh)
        gather(fresh)
        for language in LANGUAGES:
            committed = {(e.msgctxt, e.msgid) for e in polib.pofile(str(_catalogue(LOCALE, language)))}
            for entry in polib.pofile(str(_catalogue(fresh, language))):
                where = entry.occurrences[0][0] if entry.occurrences else "?"
                if (entry.msgctxt, entry.msgid) not in committed:
                    fault = "not gathered (run make messages)"
                elif entry.fuzzy or not entry.translated():
                    fault = "not translated"
                elif not _placeholders(entry):
                    fault = "other placeholders"
                else:
                    continue
                faults += 1
                print(f"{language}: {fault}: {entry.msgid!r} ({where})")
    print(f"translations: {faults} faults")
    return 1 if faults else 0


def compile_catalogues() -> None:
    """Write each .mo beside its .po."""
    for language in LANGUAGES:
        path = _catalogue(LOCALE, language)
        if path.exists():
            polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=["make", "check", "compile"])
    verb = parser.parse_args().verb
    if verb == "check":
        sys.exit(check())
    make() if verb == "make" else compile_catalogues()
