"""Addresses of hazards."""

from django.urls import path

from anlan.domains.hazards.pages import (
    board,
    case_files,
    case_results,
    case_withdrawals,
    cases,
    checklists,
    checks,
    criteria,
    filling,
    keeper_exercises,
    keeper_hazards,
    keeper_links,
    keepers,
    major,
    patterns,
    public,
    register,
    reports,
    statements,
    steps,
)

app_name = "hazards"
urlpatterns = [
    path("", register.hazards, name="hazards"),
    path("report/", register.report, name="report"),
    path("patterns/", patterns.patterns, name="patterns"),
    path("patterns/<int:pk>/", patterns.pattern, name="pattern"),
    path("patterns/<int:pk>/<slug:step>/", patterns.take_pattern_step, name="pattern_step"),
    path("rates/", patterns.rates, name="rates"),
    path("statements/", statements.statements, name="statements"),
    path("statements/draw/", statements.draw_statement, name="statement_draw"),
    path("statements/<int:pk>/", statements.statement, name="statement"),
    path("statements/<int:pk>/sign/", statements.sign_statement, name="statement_sign"),
    path("statements/<int:pk>/redraw/", statements.redraw_statement, name="statement_redraw"),
    path("statements/<int:pk>/correct/", statements.correct_statement, name="statement_correct"),
    path("public/", reports.reports, name="public"),
    path("public/<int:pk>/clear/", reports.clear, name="public_clear"),
    path("public/<int:pk>/contact/", reports.contact, name="public_contact"),
    path("public/<int:pk>/forget/", reports.forget, name="public_forget"),
    path("public/photos/<int:pk>/", reports.show_evidence, name="public_show"),
    path("cases/", cases.cases, name="cases"),
    path("cases/import/", case_files.imports, name="case_import"),
    path("cases/template.csv", case_files.template, name="case_template"),
    path("cases/withdraw/", case_withdrawals.withdraw_cases, name="cases_withdraw"),
    path("cases/results/", case_results.results, name="case_results"),
    path("cases/results/<int:pk>/push/", case_results.push, name="case_push"),
    path("cases/results/<int:pk>/receipt/", case_results.receipt, name="case_receipt"),
    path("cases/<int:pk>/", cases.case, name="case"),
    path("cases/<int:pk>/<slug:step>/", cases.take_step, name="case_step"),
    path("checklists/", checklists.checklists, name="checklists"),
    path("checklists/add/", checklists.add, name="checklist_add"),
    path("checklists/<slug:code>/", checklists.checklist, name="checklist"),
    path("checklists/<slug:code>/import/", checklists.add_version, name="checklist_import"),
    path("checklists/<slug:code>/v<int:number>/", checklists.version, name="checklist_version"),
    path("checklists/<slug:code>/v<int:number>/form.xlsx", checklists.workbook, name="checklist_workbook"),
    path(
        "checklists/<slug:code>/v<int:number>/<slug:deed>/", checklists.change_version, name="checklist_deed"
    ),
    path("checks/", checks.checks, name="checks"),
    path("checks/rates/", checks.rates, name="check_rates"),
    path("checks/<int:pk>/", checks.check, name="check"),
    path("checks/<int:pk>/photos/<int:photo_pk>/", checks.check_photo, name="check_photo"),
    path("links/", keeper_links.links, name="links"),
    path("links/issue/", keeper_links.issue, name="link_issue"),
    path("links/<int:pk>/", keeper_links.link, name="link"),
    path("links/<int:pk>/again/", keeper_links.reissue, name="link_again"),
    path("links/<int:pk>/revoke/", keeper_links.revoke, name="link_revoke"),
    path("keepers/", keepers.keepers, name="keepers"),
    path("keepers/<slug:kind>/<int:pk>/", keepers.home_by_account, name="keeper_home"),
    path("keepers/<slug:kind>/<int:pk>/begin/<int:version>/", filling.begin_by_account, name="keeper_begin"),
    path(
        "keepers/<slug:kind>/<int:pk>/checks/<int:check_pk>/", filling.check_by_account, name="keeper_check"
    ),
    path(
        "keepers/<slug:kind>/<int:pk>/checks/<int:check_pk>/photos/<int:photo_pk>/",
        filling.photo_by_account,
        name="keeper_photo",
    ),
    path(
        "keepers/<slug:kind>/<int:pk>/hazards/<int:hazard_pk>/",
        keeper_hazards.hazard_by_account,
        name="keeper_hazard",
    ),
    path(
        "keepers/<slug:kind>/<int:pk>/exercise/", keeper_exercises.exercise_by_account, name="keeper_exercise"
    ),
    path("keepers/<slug:kind>/<int:pk>/observe/", keepers.observe_by_account, name="keeper_observe"),
    path("keepers/<slug:kind>/<int:pk>/presses/", keepers.presses_by_account, name="keeper_presses"),
    path("board/", board.board, name="board"),
    path("stops/<int:pk>/<slug:step>/", major.take_stop_step, name="stop_step"),
    path("<int:pk>/tell/", major.tell, name="tell"),
    path("<int:pk>/stop/", major.add_stop, name="stop_add"),
    path("<int:pk>/publish/", major.publish, name="publish"),
    path("<int:pk>/classify/", criteria.classify, name="classify"),
    path("<int:pk>/", register.hazard, name="hazard"),
    path("<int:pk>/files/", steps.add_file, name="file_add"),
    path("<int:pk>/<slug:step>/", steps.take_step, name="step"),
]

# What the public opens without signing in, under an address short enough for a sign at a door.
open_to_all = [
    path("", public.report, name="report"),
    path("places.json", public.places, name="places"),
    path("find/", public.find, name="find"),
    path("<str:code>/", public.progress, name="progress"),
    path("<str:code>/photos/<int:pk>/", public.photo, name="photo"),
]

# What a responsible unit opens by its link, without signing in, under an address short enough for a QR code.
by_link = [
    path("", keepers.home_by_link, name="home"),
    path("begin/<int:version>/", filling.begin_by_link, name="begin"),
    path("checks/<int:check_pk>/", filling.check_by_link, name="check"),
    path("checks/<int:check_pk>/photos/<int:photo_pk>/", filling.photo_by_link, name="photo"),
    path("hazards/<int:hazard_pk>/", keeper_hazards.hazard_by_link, name="hazard"),
    path("exercise/", keeper_exercises.exercise_by_link, name="exercise"),
    path("observe/", keepers.observe_by_link, name="observe"),
    path("presses/", keepers.presses_by_link, name="presses"),
]
