from django.http import HttpResponse

from duban.server.permissions import NotVisible
from duban.server.web.posts import PostedRequest


def matter(request: PostedRequest, stream: str) -> HttpResponse:
    raise NotVisible
