"""Addresses of hazards."""

from django.urls import path

from anlan.domains.hazards.pages import register, steps

app_name = "hazards"
urlpatterns = [
    path("", register.hazards, name="hazards"),
    path("report/", register.report, name="report"),
    path("<int:pk>/", register.hazard, name="hazard"),
    path("<int:pk>/files/", steps.add_file, name="file_add"),
    path("<int:pk>/<slug:step>/", steps.take_step, name="step"),
]
