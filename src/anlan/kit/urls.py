"""Addresses of the kit."""

from django.urls import path

from anlan.kit import pages

app_name = "kit"
urlpatterns = [
    path("jobs/", pages.jobs, name="jobs"),
    path("jobs/<int:pk>/", pages.job, name="job"),
    path("jobs/<int:pk>.json", pages.job_state, name="job_state"),
    path("jobs/<int:pk>/cancel/", pages.cancel_job, name="cancel_job"),
    path("changes/", pages.changes, name="changes"),
]
