"""Addresses of the site: each file of views names its own."""

from django.urls import URLPattern

from songnuan.web.views import (
    access_codes,
    accounts,
    corrections,
    duplicates,
    funds,
    home,
    notices,
    office,
    own_view,
    people,
    plans,
    privacy,
    problems,
    purchases,
    questions,
    roster_import,
    rosters,
    trail,
    units,
    visits,
)

urlpatterns: list[URLPattern] = [
    *home.urlpatterns,
    *plans.urlpatterns,
    *questions.urlpatterns,
    *visits.urlpatterns,
    *office.urlpatterns,
    *problems.urlpatterns,
    *funds.urlpatterns,
    *purchases.urlpatterns,
    *units.urlpatterns,
    *roster_import.urlpatterns,
    *rosters.urlpatterns,
    *duplicates.urlpatterns,
    *corrections.urlpatterns,
    *access_codes.urlpatterns,
    *people.urlpatterns,
    *own_view.urlpatterns,
    *privacy.urlpatterns,
    *trail.urlpatterns,
    *accounts.urlpatterns,
    *notices.urlpatterns,
]
