from django.http import HttpResponse

from duban.server.permissions import NotVisible
from duban.server.web.posts import PostedRequest


def why(request: PostedRequest, stream: str, obligation: str) -> HttpResponse:
    raise NotVisible
