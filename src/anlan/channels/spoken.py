"""What channels say themselves (not their services) is kept in Chinese and can be shown in English."""

import re

from anlan.channels.table import KINDS

PHRASES = {
    "手机号码不正确": "this is no mobile number",
    "没有短信模板：请在渠道设置或消息中给出模板编号": "no SMS template: name one in the channel's settings or the message",
    "未查到该短信": "no such message is known",
    "无法查询：缺少号码或回执编号": "cannot be asked for: number or receipt number is missing",
    "查询未成：": "could not be asked: ",
    "：查询未成": ": could not be asked",
    "：服务要求转到别处，未跟随，请检查渠道地址": ": the service sends us elsewhere; not followed, check the channel's address",
    "回应无法识别：": "an answer that cannot be read: ",
    "渠道地址或密钥含有不能使用的字符，请检查设置": "the channel's address or key holds signs that cannot be used: check the settings",
    "邮件服务器地址、端口、登录名或密码含有不能使用的内容": "the mail server's address or port, user name or password cannot be used",
    "连接不上：请检查地址、网络和证书": "no connection: check address, network and certificate",
    "已发出请求，在时限内没有回应": "the request went out, no answer came in time",
    "已发出请求，连接中断（": "the request went out, the connection broke (",
    "回应过长或过慢，没有读完": "the answer was too long or too slow to be read",
    "回应中没有结果代码：": "no verdict in the answer: ",
    "回应中没有 media_id：": "no media_id in the answer: ",
    "：回应中没有 call_id": ": no call_id in the answer",
    "网关没有这次呼叫": "the gateway knows no such call",
    "邮件地址不正确": "this is no e-mail address",
    "加密方式应为 starttls、ssl 或 none": "encryption must be starttls, ssl or none",
    "；收件人被拒 ": "; refused recipients ",
    "收件人被拒 ": "refused recipients ",
    "邮件服务器不支持所设的加密或登录方式": "the mail server does not offer this encryption or login",
    "邮件服务器不支持所设的登录方式（": "the mail server does not offer this login (",
    "连接不上邮件服务器：请检查地址、端口、加密方式和证书（": "no connection to the mail server: check address, port, encryption and certificate (",
    "登录被拒": "the login was refused",
    "正文已交出，没有回应（": "the text was handed over, no answer came (",
    "渠道缺少设置：": "the channel lacks settings: ",
    "不是有效的 http(s) 地址：": "no http(s) address: ",
    "应为整数：": "must be a whole number: ",
    "没有收件地址（": "no recipient's address (",
    "渠道程序出错（": "the channel's program failed (",
    "签名密钥应为 whsec_ 加 Base64：请检查设置": "a signing secret is whsec_ and Base64: check the settings",
    "取令牌：": "asking for a token: ",
    "已存入公众号草稿箱，待人工发布": "lies in the account's draft box, to be published by a person",
    "：未送达 ": ": not reached ",
    "：成员不在应用可见范围或不存在": ": the member does not exist or may not see the application",
    "缺少永久页面的链接：请先在网站发布": "the permanent page's link is missing: publish on the website first",
    "链接过长，正文无处可放": "the link leaves no room for the text",
    "与上一条内容相同，微博会拒绝重复发布": "the same text as before, which Weibo refuses",
    "链接不在微博应用绑定的域名（": "the link is not on the domain bound to the Weibo application (",
    "）下": ")",
}
LABELS = {
    setting.zh: setting.en for kind in KINDS.values() for setting in kind.settings if setting.zh != setting.en
} | {kind.to_zh: kind.to_en for kind in KINDS.values() if kind.to_zh}
# After these stand labels of settings or of addresses.
_NAMING = ("渠道缺少设置：", "不是有效的 http(s) 地址：", "应为整数：", "没有收件地址（")
_KNOWN = re.compile("|".join(re.escape(phrase) for phrase in sorted(PHRASES, key=len, reverse=True)))
_LABEL = re.compile("|".join(re.escape(label) for label in sorted(LABELS, key=len, reverse=True)))


def in_english(said: str) -> str:
    """What was said, our own phrases in English; a service's own words stand as they are."""
    if not _KNOWN.search(said):
        return said
    told = _LABEL.sub(lambda found: LABELS[found[0]], said) if said.startswith(_NAMING) else said
    told = _KNOWN.sub(lambda found: PHRASES[found[0]], told)
    return told.replace("、", ", ").replace("）", ")").replace("；", "; ")
