"""A Weibo text by the rules of statuses/share: at most 140 signs with its link, no topic, the link on our own domain."""

from urllib.parse import urlsplit

from anlan.channels.texts import compose, one_line

MOST_SIGNS = 140


def draft(title: str, text: str, link: str) -> str:
    """The text to be published: title, as many sentences as fit, and the link of the permanent page."""
    plain = [one_line(part).replace("#", "＃") for part in (title, text)]  # a pair of # would make a topic
    return compose(plain[0], plain[1], link, MOST_SIGNS)


def faults(link: str, domain: str, said: str, last: str) -> list[str]:
    """What statuses/share would refuse, in words; empty where nothing."""
    found = []
    address = urlsplit(link) if link.isprintable() and " " not in link else urlsplit("")
    if address.scheme not in ("http", "https") or not address.hostname:
        found.append("缺少永久页面的链接：请先在网站发布")
    elif domain and not f".{address.hostname}".endswith(f".{domain.lower().lstrip('.')}"):
        found.append(f"链接不在微博应用绑定的域名（{domain}）下")
    if len(said) > MOST_SIGNS:
        found.append("链接过长，正文无处可放")
    if said == last:
        found.append("与上一条内容相同，微博会拒绝重复发布")
    return found
