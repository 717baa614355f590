from django.http import HttpResponse

from duban.server.permissions import NotVisible
from duban.server.web.posts import PostedRequest


def desk(request: PostedRequest) -> HttpResponse:
    raise NotVisible
