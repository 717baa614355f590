from django.http import HttpResponse

from duban.server.permissions import NotVisible
from duban.server.web.posts import PostedRequest


def directives(request: PostedRequest) -> HttpResponse:
    raise NotVisible


def register(request: PostedRequest) -> HttpResponse:
    raise NotVisible


def directive(request: PostedRequest, stream: str) -> HttpResponse:
    raise NotVisible


def add_matters(request: PostedRequest, stream: str) -> HttpResponse:
    raise NotVisible


def edit(request: PostedRequest, stream: str) -> HttpResponse:
    raise NotVisible
