"""Weibo: nothing is called. The text is prepared by the rules of statuses/share; a person publishes it and reports
back its address.
"""

from anlan.channels.calling import failed
from anlan.channels.sending import Answer, Kind, Means, Outcome, Outgoing, Setting
from anlan.channels.weibo.render import MOST_SIGNS, draft, faults


def send(settings: dict, outgoing: Outgoing, means: Means) -> Answer:
    """Prepare the text: it comes back in `said`. `accepted` says that it is ready, not that it stands on Weibo."""
    text = draft(outgoing.title, outgoing.text, outgoing.link)
    last = means.kept.get("last", "") if means.kept.get("last_key") != outgoing.key else ""
    if wrong := faults(outgoing.link, settings["domain"], text, last):
        return failed("；".join(wrong))
    means.kept.update(last=text, last_key=outgoing.key)
    return Answer(Outcome.ACCEPTED, said=text)


KIND = Kind(
    code="weibo",
    zh="微博（草稿）",
    en="Weibo (draft)",
    settings=(
        Setting("domain", "微博应用绑定的域名", "domain bound to the Weibo application", is_required=False),
    ),
    send=send,
    most_signs=MOST_SIGNS,
    is_draft=True,
)
