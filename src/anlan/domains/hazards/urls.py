"""Addresses of hazards."""

from django.urls import path

from anlan.domains.hazards.pages import register, statements, steps

app_name = "hazards"
urlpatterns = [
    path("", register.hazards, name="hazards"),
    path("report/", register.report, name="report"),
    path("statements/", statements.statements, name="statements"),
    path("statements/draw/", statements.draw_statement, name="statement_draw"),
    path("statements/<int:pk>/", statements.statement, name="statement"),
    path("statements/<int:pk>/sign/", statements.sign_statement, name="statement_sign"),
    path("statements/<int:pk>/redraw/", statements.redraw_statement, name="statement_redraw"),
    path("statements/<int:pk>/correct/", statements.correct_statement, name="statement_correct"),
    path("<int:pk>/", register.hazard, name="hazard"),
    path("<int:pk>/files/", steps.add_file, name="file_add"),
    path("<int:pk>/<slug:step>/", steps.take_step, name="step"),
]
