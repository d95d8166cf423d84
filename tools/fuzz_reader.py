"""Feeds broken files to the reader of tables: each must give rows or a refusal, in little time and memory.

`python tools/fuzz_reader.py 5000` takes the files of the tests and some made here, injures each copy
(bytes, members of the archive, XML, text), and reads it. What gives anything else is kept, with its
traceback, in a folder that is named; `--seed` and `--only` make one file again.
"""

import argparse
import io
import random
import resource
import sys
import tempfile
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
FILES = ROOT / "tests" / "documents" / "files"
SECONDS_MAX = 60
MEMORY_MAX_KB = 3_200_000

XML_NOISE = (
    b"<", b">", b"/>", b"<!--", b"]]>", b"<![CDATA[", b"&amp;", b"&nothing;", b"&#0;", b"&#x110000;", b"\0",
    b'<!DOCTYPE x [<!ENTITY a "aa">]>', b"</sheetData>", b"<sheetData>", b"</row>", b"<row>", b"\xff\xfe",
    b'<c r="XFD1048576">', b'<c t="s"><v>99999999999</v></c>', b'<c t="d"><v>0000-00-00</v></c>', b"NaN",
    b'<f t="array" ref="A1:XFD9">1</f>', b'<mergeCell ref="A1:XFD1048576"/>', b'<mergeCell ref="B2:A1"/>',
    b'table:number-rows-repeated="99999999"', b'table:number-columns-repeated="-1"', b"</table:table-row>",
    b"1e308", b"-9999999999",
)  # fmt: skip
TEXT_NOISE = (
    b'"', b'""', b"\0", b"\r", b"\n" * 50, b",", b";" * 400, b"\t", b"\xff", b"\x81", b"\xef\xbb\xbf", b'="',
    b"\xd8\x00", b"\x1a", b"\x84\x31\xa4\x37", b"<html>", b"sep=\n", "，".encode(), b"a" * 70_000,
    b"\xed\xa0\x80",
)  # fmt: skip


def seeds() -> dict[str, bytes]:
    """Return whole files, by their names."""
    import xlsxwriter

    made = {path.name: path.read_bytes() for path in [*FILES.glob("staff.*"), FILES / "protected.xls"]}
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    for name in ("一", "二"):
        page = book.add_worksheet(name)
        for row in range(200):
            page.write_row(row, 0, [row, f"赵{row}", f"{row:018d}", "=A1+1", 43922.5, True])
        page.merge_range(3, 1, 9, 1, "船闸")
        page.write_array_formula(20, 6, 22, 7, "{=A1:B3}")
    book.close()
    made["written.xlsx"] = file.getvalue()
    text = "".join(f'{row},赵{row},"沿江路{row}号,\n内",{row:018d}\n' for row in range(200))
    for encoding in ("utf-8", "utf-16", "utf-16-be", "gb18030"):
        made[f"{encoding}.csv"] = text.encode(encoding)
    return made


def injured_bytes(content: bytes, chance: random.Random, noise: tuple[bytes, ...] = ()) -> bytes:
    """Return bytes with some of them changed, left out, doubled, moved, or with noise among them."""
    body = bytearray(content)
    for _injury in range(chance.choice((1, 1, 2, 5, 30))):
        place, size = chance.randrange(len(body) + 1), chance.choice((1, 2, 8, 64, 700))
        how = chance.randrange(6 if noise else 5)
        if how == 0:
            body[place : place + size] = chance.randbytes(size)
        elif how == 1:
            del body[place : place + size]
        elif how == 2:
            body[place:place] = body[place : place + size]
        elif how == 3:
            body[place : place + size] = chance.choice((b"\0", b"\xff", b" ", b"9")) * size
        elif how == 4:
            body[place : place + 1] = bytes(
                byte ^ 1 << chance.randrange(8) for byte in body[place : place + 1]
            )
        else:
            body[place:place] = chance.choice(noise)
    return bytes(body)


def cut(content: bytes, chance: random.Random) -> bytes:
    """Return the beginning of a file."""
    return content[: chance.randrange(len(content))]


def joined(content: bytes, chance: random.Random) -> bytes:
    """Return a file with something before or behind it."""
    other = chance.choice((chance.randbytes(1000), content, b"\0" * 5000, b"PK\x05\x06" + bytes(18)))
    return content + other if chance.random() < 0.5 else other + content


def injured_members(content: bytes, chance: random.Random) -> bytes:
    """Return an archive with members injured, left out, renamed or doubled."""
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        members = [(part.filename, whole.read(part)) for part in whole.infolist()]
    for _injury in range(chance.choice((1, 1, 3))):
        place = chance.randrange(len(members))
        name, body = members[place]
        how = chance.random()
        if how < 0.8:
            members[place] = (name, injured_bytes(body, chance, XML_NOISE))
        elif how < 0.85 and len(members) > 1:
            del members[place]
        elif how < 0.9:
            members[place] = (
                chance.choice(("../" + name, name.upper(), "/", name[:-1] or "x", "x" * 5000)),
                body,
            )
        elif how < 0.95:
            members[place] = (name, chance.choice(members)[1])
        else:
            members[place] = (
                name,
                body.decode("utf-8", "replace").encode(chance.choice(("utf-16", "gb18030"))),
            )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as made:
        for name, body in members:
            made.writestr(name, body)
    return file.getvalue()


def injured(whole: dict[str, bytes], chance: random.Random) -> tuple[str, bytes]:
    """Return the name and the content of an injured copy of one of the files."""
    name = chance.choice(sorted(whole))
    content = whole[name]
    if content.startswith(b"PK") and chance.random() < 0.6:
        return name, injured_members(content, chance)
    if name.endswith(".csv"):
        return name, injured_bytes(content, chance, TEXT_NOISE)
    way: Callable[[bytes, random.Random], bytes] = chance.choice((injured_bytes, injured_bytes, cut, joined))
    return name, way(content, chance)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a file: why it was refused, `rows`, or what is wrong with the reader."""

    number: int
    name: str
    content: bytes
    outcome: str
    wrong: str
    seconds: float


def attempt(number: int, name: str, content: bytes) -> Result:
    """Read a file to its end."""
    from songnuan.documents.reading import as_file, read_frames
    from songnuan.kernel.refusal import Refusal

    begin = perf_counter()
    outcome, wrong = "rows", ""
    try:
        with as_file(content) as file:
            for frame in read_frames(file, name):
                frame.rows()
    except Refusal as refusal:
        outcome = str(refusal.facts.get("why", refusal.code))
    except Exception:  # noqa: BLE001 - to find them is what this is for
        outcome, wrong = "wrong", traceback.format_exc()
    seconds = perf_counter() - begin
    if seconds > SECONDS_MAX:
        outcome, wrong = "wrong", f"It took {seconds:.0f} seconds."
    return Result(number, name, content, outcome, wrong, seconds)


def attempts(numbers: range, seed: int, workers: int) -> Iterator[Result]:
    """Make and read the files with these numbers, some at a time."""
    whole = seeds()

    def one(number: int) -> Result:
        chance = random.Random(f"{seed}:{number}")  # noqa: S311 - so that the file can be made again
        return attempt(number, *injured(whole, chance))

    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(one, numbers)


def main() -> int:
    """Run as told on the command line; return 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, nargs="?", default=1000, help="how many files")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--only", type=int, help="the number of the one file to make and read")
    parser.add_argument("--workers", type=int, default=2)
    told = parser.parse_args()
    sys.path.insert(0, str(ROOT / "src"))
    from django.conf import settings

    settings.configure(USE_I18N=False)
    print(f"seed {told.seed}", flush=True)
    numbers = range(told.count) if told.only is None else range(told.only, told.only + 1)
    outcomes: Counter[str] = Counter()
    longest, bad = 0.0, 0
    for result in attempts(numbers, told.seed, told.workers):
        outcomes[result.outcome] += 1
        longest = max(longest, result.seconds)
        if result.wrong:
            bad += 1
            kept = Path(tempfile.mkdtemp(prefix="fuzz")) / result.name
            kept.write_bytes(result.content)
            print(f"number {result.number}, kept as {kept}\n{result.wrong}", flush=True)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(", ".join(f"{outcome} {times}" for outcome, times in outcomes.most_common()))
    print(f"{len(numbers)} files, {bad} wrong; longest {longest:.1f} s; most memory {memory // 1000} MB")
    return int(bad > 0 or memory > MEMORY_MAX_KB)


if __name__ == "__main__":
    raise SystemExit(main())
