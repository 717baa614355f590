"""A form sent when the login had expired: what was typed waits in the session and is offered again afterwards."""

import json
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from duban.server.web.components import Notice, PageHead

SESSION_KEY = "unsent"
LONGEST = 256 * 1024
"""Characters of the longest form that is kept: nobody need be signed in to leave one here."""
LEFT_OUT = frozenset({"csrfmiddlewaretoken"})
KEPT = "登录已过期，刚才的内容还没有提交，已经暂存：登录以后可以接着提交。"
TOO_LONG = "登录已过期，刚才的内容没有提交，也太长，没有暂存。请用浏览器的“后退”回到表单，复制后再登录。"


class UnsentMiddleware:
    """Keeps the fields of a form that was answered with the login page; shows them when its page is opened.

    Files are not kept: the page asks for them anew, so that nothing is recorded without its papers unnoticed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        open_page = request.path.startswith("/accounts/")
        if request.method == "POST" and not request.user.is_authenticated and not open_page:
            _keep(request)
        return answer

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        if request.method != "GET" or not request.user.is_authenticated:
            return None
        unsent = request.session.get(SESSION_KEY)
        if not unsent or unsent["path"] != request.get_full_path():
            return None
        del request.session[SESSION_KEY]
        context = {
            "page": PageHead(title="接着提交", width="narrow"),
            "notice": Notice(kind="info", title="登录以前填写的内容还在，尚未提交。"),
            "path": unsent["path"],
            "fields": [(name, value) for name, values in unsent["fields"] for value in values],
            "files": unsent["files"],
        }
        return render(request, "duban/unsent.html", context)


def _keep(request: HttpRequest) -> None:
    fields = [(name, values) for name, values in request.POST.lists() if name not in LEFT_OUT]
    if len(json.dumps(fields)) > LONGEST:
        messages.warning(request, TOO_LONG)
        return
    request.session[SESSION_KEY] = {
        "path": request.get_full_path(),
        "fields": fields,
        "files": any(name == "papers" for name in request.FILES),
    }
    messages.warning(request, KEPT)
