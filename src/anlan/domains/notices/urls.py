"""Addresses of notices: the desk below notices/desk/, what the public sees beside it, and the displays' own pages."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from anlan.domains.notices.pages import deciding, desk, displays, feeds, outlets, screen, templates


class Number(StringConverter):
    """A notice's number: 2026-0001."""

    regex = r"\d{4}-\d{4,8}"


register_converter(Number, "notice_number")

app_name = "notices"
urlpatterns = [
    path("notices/", outlets.public_notices, name="public_notices"),
    path("notice/<notice_number:number>/", outlets.public_notice, name="public_notice"),
    path("notices/rss.xml", outlets.feed, {"kind": "rss"}, name="rss"),
    path("notices/atom.xml", outlets.feed, {"kind": "atom"}, name="atom"),
    path("notices/cap/<notice_number:number>/alert.xml", outlets.cap, {"step": "alert"}, name="cap"),
    path("notices/cap/<notice_number:number>/cancel.xml", outlets.cap, {"step": "cancel"}, name="cap_cancel"),
    path("notices/advice/", outlets.public_advice, name="public_advice"),
    path("notices/advice/<slug:code>/", outlets.public_advice_one, name="public_advice_one"),
    path("display/keep.js", screen.keeper, name="keeper"),
    path("display/<str:token>/", screen.screen, name="screen"),
    path("display/<str:token>/heartbeat/", screen.heartbeat, name="heartbeat"),
    path("notices/desk/", desk.notices, name="notices"),
    path("notices/desk/new/", desk.add_notice, name="add"),
    path("notices/desk/preview.json", desk.preview_notice, name="preview"),
    path("notices/desk/<int:pk>/", desk.notice, name="notice"),
    path("notices/desk/<int:pk>/edit/", desk.edit_notice, name="edit"),
    path("notices/desk/<int:pk>/submit/", desk.submit_notice, name="submit"),
    path("notices/desk/<int:pk>/update/", desk.draft_update, name="update"),
    path("notices/desk/<int:pk>/sign/", deciding.sign_notice, name="sign"),
    path("notices/desk/<int:pk>/return/", deciding.return_notice, name="return"),
    path("notices/desk/<int:pk>/publish/", deciding.publish_notice, name="publish"),
    path("notices/desk/<int:pk>/lift/", deciding.lift_notice, name="lift"),
    path("notices/desk/<int:pk>/drop/", deciding.drop_notice, name="drop"),
    path("notices/desk/<int:pk>/hand-over/", deciding.hand_over, name="hand_over"),
    path("notices/desk/<int:pk>/12379.xml", deciding.export_12379, name="export_12379"),
    path("notices/desk/<int:pk>/draft.docx", deciding.export_docx, name="export_docx"),
    path("notices/desk/<int:pk>/print/", deciding.print_draft, name="print"),
    path("notices/desk/<int:pk>/cap.xml", deciding.preview_cap, name="preview_cap"),
    path("notices/desk/outlets/<int:pk>/again/", deciding.send_again, name="send_again"),
    path("notices/desk/outlets/<int:pk>/report/", deciding.report_published, name="report"),
    path("notices/desk/advice/", templates.templates, name="templates"),
    path("notices/desk/advice/new/", templates.add_template, name="template_add"),
    path("notices/desk/advice/<slug:code>/", templates.template, name="template"),
    path("notices/desk/advice/<slug:code>/edit/", templates.edit_template, name="template_edit"),
    path("notices/desk/advice/<slug:code>/withdraw/", templates.withdraw_template, name="template_withdraw"),
    path("notices/desk/displays/", displays.displays, name="displays"),
    path("notices/desk/displays/new/", displays.add_display, name="display_add"),
    path("notices/desk/displays/<int:pk>/", displays.display, name="display"),
    path("notices/desk/displays/<int:pk>/edit/", displays.edit_display, name="display_edit"),
    path("notices/desk/displays/<int:pk>/renew/", displays.renew_display, name="display_renew"),
    path("notices/desk/displays/<int:pk>/retire/", displays.retire_display, name="display_retire"),
    path("notices/desk/displays/<int:pk>/restore/", displays.restore_display, name="display_restore"),
    path("notices/desk/bulletins/", feeds.bulletins, name="bulletins"),
    path("notices/desk/bulletins/<int:pk>/", feeds.bulletin, name="bulletin"),
    path("notices/desk/bulletins/<int:pk>/draft/", feeds.draft_from_bulletin, name="bulletin_draft"),
    path("notices/desk/feeds/", feeds.feeds, name="feeds"),
    path("notices/desk/feeds/new/", feeds.add_feed, name="feed_add"),
    path("notices/desk/feeds/<int:pk>/", feeds.feed, name="feed"),
]
