from django.http import HttpResponse

from duban.server.permissions import NotVisible
from duban.server.web.posts import PostedRequest


def units(request: PostedRequest) -> HttpResponse:
    raise NotVisible


def unit(request: PostedRequest, key: str) -> HttpResponse:
    raise NotVisible


def edit(request: PostedRequest, key: str = "") -> HttpResponse:
    raise NotVisible
