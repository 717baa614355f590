"""What is not to be seen looks as if it were not there (无权查看与不存在同样回答)."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from duban.server.handle import UnknownStream
from duban.server.permissions import NotVisible


class NotVisibleMiddleware:
    """Turns ``NotVisible`` and ``UnknownStream`` of any view into the one page for "not found"."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        if isinstance(error, NotVisible | UnknownStream):
            raise Http404(str(error)) from error
