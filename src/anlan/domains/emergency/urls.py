"""Addresses of emergency."""

from django.urls import path

from anlan.domains.emergency.pages import agencies, alarms, answers, judgement, links

app_name = "emergency"
urlpatterns = [
    path("alarms/", alarms.alarms, name="alarms"),
    path("alarms/new/", alarms.raise_alarm, name="alarm_raise"),
    path("alarms/file/", alarms.file_picked, name="alarms_file"),
    path("alarms/<int:pk>/", alarms.alarm, name="alarm"),
    path("alarms/<int:pk>/answer/", answers.answer, name="alarm_answer"),
    path("alarms/<int:pk>/on-behalf/", answers.answer_on_behalf, name="alarm_on_behalf"),
    path("alarms/<int:pk>/join/", answers.join_agency, name="alarm_join"),
    path("alarms/<int:pk>/check/", alarms.check_alarm, name="alarm_check"),
    path("alarms/<int:pk>/verify/", alarms.verify_alarm, name="alarm_verify"),
    path("alarms/<int:pk>/grade/", alarms.grade_alarm, name="alarm_grade"),
    path("alarms/<int:pk>/note/", alarms.note_alarm, name="alarm_note"),
    path("alarms/<int:pk>/ease/", alarms.ease_alarm, name="alarm_ease"),
    path("alarms/<int:pk>/judge/", judgement.judge_alarm, name="alarm_judge"),
    path("alarms/<int:pk>/lift/", alarms.lift_alarm, name="alarm_lift"),
    path("alarms/<int:pk>/reopen/", alarms.reopen_alarm, name="alarm_reopen"),
    path("alarms/<int:pk>/file/", alarms.file_alarm, name="alarm_file"),
    path("alarms/<int:pk>/record.json", answers.alarm_json, name="alarm_json"),
    path("alarms/<int:pk>/story.csv", answers.alarm_csv, name="alarm_csv"),
    path("agencies/", agencies.agencies, name="agencies"),
    path("agencies/new/", agencies.add_agency, name="agency_add"),
    path("agencies/<int:pk>/", agencies.agency, name="agency"),
    path("agencies/<int:pk>/change/", agencies.change_agency, name="agency_change"),
    path("agencies/<int:pk>/retire/", agencies.retire_agency, name="agency_retire"),
    path("agencies/<int:pk>/restore/", agencies.restore_agency, name="agency_restore"),
]

# What messages lead to, under an address as short as an SMS wants it.
short = [path("<str:token>/", links.answer_link, name="answer_link")]
