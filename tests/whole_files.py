"""Files as they are sent in the tests: small ones that can be opened to their end, and two that cannot."""

from io import BytesIO

from PIL import Image


def whole_pdf(words: str = "") -> bytes:
    """Return a PDF with an empty page that a reader opens; another one for other `words`."""
    content = b"%PDF-1.4\n% " + words.encode() + b"\n"
    places = []
    for number, thing in enumerate(
        (
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        ),
        1,
    ):
        places.append(len(content))
        content += b"%d 0 obj\n" % number + thing + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(content)
    return content + b"xref\n0 4\n0000000000 65535 f \n" + table + end


def cut_png() -> bytes:
    """Return the first 200 bytes of a picture: it was cut off on its way."""
    made = BytesIO()
    Image.effect_noise((60, 40), 90).save(made, "PNG")
    return made.getvalue()[:200]


BROKEN = [("发票.png", cut_png(), "image/png"), ("发票.pdf", b"%PDF-1.4\nhello", "application/pdf")]
