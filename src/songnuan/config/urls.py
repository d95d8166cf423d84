"""Addresses: the site's own, and the sign-in library's."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("allauth.urls")),
    path("", include("songnuan.web.urls")),
]
