"""Addresses of the staff's pages, in the order of the navigation."""

from django.urls import path
from django.views.decorators.http import require_POST

from duban.server.web import (
    acts,
    approvals,
    desk,
    directives,
    ledger,
    matter,
    papers,
    posts,
    regulation,
    reviews,
    settings,
    units,
    urgings,
    why,
)

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("posts/", posts.posts, name="posts"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("directives/", directives.directives, name="directives"),
    path("directives/new/", directives.register, name="register"),
    path("directives/<str:stream>/", directives.directive, name="directive"),
    path("directives/<str:stream>/join/", require_POST(directives.join), name="join_directive"),
    path("directives/<str:stream>/matters/", directives.add_matters, name="add_matters"),
    path("directives/<str:stream>/why/<path:obligation>/", why.why, name="directive_why"),
    path("m/<str:stream>/", matter.matter, name="matter"),
    path("m/<str:stream>/edit/", directives.edit, name="edit"),
    path("m/<str:stream>/do/<slug:word>/", acts.act, name="act"),
    path("m/<str:stream>/why/<path:obligation>/", why.why, name="why"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/<str:stream>/<path:petition>/", approvals.approval, name="approval"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("urgings/", urgings.urgings, name="urgings"),
    path("units/", units.units, name="units"),
    path("units/new/", units.edit, name="new_unit"),
    path("units/names/", units.names, name="unit_names"),
    path("units/<str:key>/", units.unit, name="unit"),
    path("units/<str:key>/edit/", units.edit, name="edit_unit"),
    path("regulation/", regulation.regulation, name="regulation"),
    path("settings/", settings.settings, name="settings"),
    path("settings/people/new/", settings.new_person, name="new_person"),
    path("settings/people/<int:pk>/", settings.person, name="person"),
    path("papers/<int:pk>/", papers.download, name="paper"),
]
