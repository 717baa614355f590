"""What is not to be seen looks as if it were not there (无权查看与不存在同样回答); what no page can be asked."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed

from duban.server.handle import UnknownStream
from duban.server.permissions import NotVisible

METHODS = ("GET", "HEAD", "POST")
"""Everything that our pages can be asked; the forms of browsers know no other."""


class NotVisibleMiddleware:
    """Turns ``NotVisible`` and ``UnknownStream`` of any view into the one page for "not found".

    An address with a NUL names nothing, and PostgreSQL would not even be asked for it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if "\0" in request.path_info:
            raise Http404
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        if isinstance(error, NotVisible | UnknownStream):
            raise Http404(str(error)) from error
