from django.http import HttpResponse

from duban.server.permissions import NotVisible
from duban.server.web.posts import PostedRequest


def download(request: PostedRequest, pk: int) -> HttpResponse:
    raise NotVisible
