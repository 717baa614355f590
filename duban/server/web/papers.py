"""Handing out papers (附加材料): by permission, always as a download, under the name they were uploaded with."""

from django.http import FileResponse

from duban.server import papers_store
from duban.server.permissions import NotVisible
from duban.server.queries.matter import paper_for
from duban.server.web.posts import PostedRequest


def download(request: PostedRequest, pk: int) -> FileResponse:
    """The file, never shown inside our pages: what someone uploaded must not run here."""
    attachment = paper_for(request.post, pk)
    try:
        file = papers_store.open_file(attachment)
    except FileNotFoundError:
        raise NotVisible from None
    answer = FileResponse(
        file, as_attachment=True, filename=attachment.name, content_type=attachment.media_type
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    return answer
