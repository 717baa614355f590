"""In which post (任职) a signed-in person works now: chosen once, kept in the session."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from duban.server import clock
from duban.server.accounts import ADMINISTRATOR
from duban.server.models import Post, User
from duban.server.web.components import PageHead
from duban.server.world import pack_of

SESSION_KEY = "post"


class PostedRequest(HttpRequest):
    """A request of a signed-in person who holds a post."""

    user: User
    post: Post
    posts: list[Post]


def current_posts(request: HttpRequest) -> list[Post]:
    """The posts this person holds today, the chosen one first."""
    if not request.user.is_authenticated:
        return []
    held = Post.objects.filter(user=request.user).current(clock.today())
    posts = list(held.select_related("user", "office", "unit"))
    chosen = request.session.get(SESSION_KEY)
    return sorted(posts, key=lambda post: (post.pk != chosen, post.pk))


def post_of(request: HttpRequest) -> Post | None:
    """The post in which this request is made; none on account pages and for a person without one."""
    return getattr(request, "post", None)


class PostMiddleware:
    """Puts ``request.post`` and ``request.posts`` on every request; without a post only account pages open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        posts = current_posts(request)
        vars(request).update(posts=posts, post=posts[0] if posts else None)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        open_page = not getattr(view, "login_required", True) or request.path.startswith("/accounts/")
        if open_page or post_of(request) or not request.user.is_authenticated:
            return None
        return render(request, "duban/posts/none.html", status=403)


def posts(request: PostedRequest) -> HttpResponse:
    """Choose in which of one's posts to work."""
    if request.method == "POST":
        return _choose(request)
    context = {
        "page": PageHead(title="换个职务办理", width="narrow"),
        "choices": [(p.pk, title_of(p), p.office.name, p.pk == request.post.pk) for p in request.posts],
    }
    return render(request, "duban/posts/choose.html", context)


def _choose(request: PostedRequest) -> HttpResponse:
    wanted = request.POST.get("post", "")
    post = next((p for p in request.posts if str(p.pk) == wanted), None)
    if post is None:
        raise Http404("没有这个任职，或者已经结束。")
    request.session[SESSION_KEY] = post.pk
    messages.success(request, f"现在以“{title_of(post)}”的身份办理。")
    return redirect("desk")


def title_of(post: Post) -> str:
    """The post in words: 示例财政局联络员, 督查室主任."""
    role = "管理员" if post.role == ADMINISTRATOR else pack_of(post.office).title_of("roles", post.role)
    where = str(post.unit) if post.unit else ""
    return f"{where}{role}{'（代理）' if post.acting else ''}"


def is_administrator(post: Post) -> bool:
    return post.role == ADMINISTRATOR
