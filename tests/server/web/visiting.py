"""Opening pages in tests: a signed-in client for a post."""

from django.test import Client

from duban.server.models import Post


def visiting(post: Post) -> Client:
    """A browser in which this post's person has signed in."""
    client = Client()
    client.force_login(post.user)
    return client
