"""Opening pages in tests: a signed-in client for a post."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duban.server.models import Post


def visiting(post: Post) -> Client:
    """A browser in which this post's person has signed in."""
    client = Client()
    client.force_login(post.user)
    return client


class Counting:
    """How many queries the block made: ``with Counting() as few: ...`` then ``few.count``."""

    def __enter__(self) -> "Counting":
        self._captured = CaptureQueriesContext(connection)
        self._captured.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.count = len(self._captured)
        self._captured.__exit__(None, None, None)
