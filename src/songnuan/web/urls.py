"""Addresses of the site: each file of views names its own."""

from django.urls import URLPattern

from songnuan.web.views import (
    access_codes,
    accounts,
    corrections,
    duplicates,
    funds,
    home,
    issue,
    notices,
    office,
    own_view,
    people,
    plans,
    privacy,
    problems,
    purchases,
    roster_import,
    rosters,
    trail,
    units,
    visits,
)

urlpatterns: list[URLPattern] = [
    *home.urlpatterns,
    *plans.urlpatterns,
    *issue.urlpatterns,
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
