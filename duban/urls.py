"""Addresses. Of allauth's pages only those for one's own login and password; there is no sign-up and no mail."""

from allauth.account import views as account
from django.urls import include, path

urlpatterns = [
    path("", include("duban.server.web.urls")),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
]
