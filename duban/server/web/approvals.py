from django.http import HttpResponse

from duban.server.permissions import NotVisible
from duban.server.web.posts import PostedRequest


def approvals(request: PostedRequest) -> HttpResponse:
    raise NotVisible


def approval(request: PostedRequest, stream: str, petition: str) -> HttpResponse:
    raise NotVisible
