"""Small generated papers of the demonstration: a text and a one-page PDF, saved like any upload."""

from django.core.files.uploadedfile import SimpleUploadedFile

from duban.core.entries import Paper
from duban.server import papers_store
from duban.server.models import Post


def text_paper(post: Post, kind: str, name: str, text: str) -> Paper:
    """A .txt with this text, kept for the post until an entry names it."""
    return _saved(post, kind, f"{name}.txt", f"{text}\n（演示材料）\n".encode())


def pdf_paper(post: Post, kind: str, name: str, line: str) -> Paper:
    """A one-page PDF with one line of Latin letters: a PDF without fonts of its own shows no Chinese."""
    return _saved(post, kind, f"{name}.pdf", one_page_pdf(line))


def _saved(post: Post, kind: str, name: str, content: bytes) -> Paper:
    return papers_store.paper_of(papers_store.save(post, SimpleUploadedFile(name, content), kind))


def one_page_pdf(line: str) -> bytes:
    """The smallest A4 page that shows one line."""
    stream = f"BT /F1 18 Tf 72 760 Td ({line}) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>"
        % b"/Resources << /Font << /F1 5 0 R >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + head + table + tail
