"""Addresses: the site's own, and the sign-in library's."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from songnuan.web.accounts import closed

urlpatterns: list[URLPattern | URLResolver] = [
    # Accounts are opened, and forgotten passwords replaced, by an administrator.
    re_path(r"^account/(?:signup|email|confirm-email|password/(?:set|reset))/", closed),
    path("account/", include("allauth.urls")),
    path("", include("songnuan.web.urls")),
]

handler400 = "songnuan.web.errors.bad_request"
handler403 = "songnuan.web.errors.forbidden"
handler404 = "songnuan.web.errors.not_found"
handler500 = "songnuan.web.errors.server_error"
