"""Addresses that name no company."""

FREE_MAIL_DOMAINS = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com icloud.com me.com mac.com "
    "aol.com "
    "proton.me protonmail.com gmx.com gmx.net mail.com zoho.com yandex.com fastmail.com "
    "qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com aliyun.com 139.com 189.cn 21cn.com tom.com "
    "vip.qq.com vip.163.com vip.126.com vip.sina.com".split()
)


def is_free_mail(email: str) -> bool:
    """Whether the address belongs to a mail provider that anybody can join."""
    return email.rpartition("@")[2].strip().lower() in FREE_MAIL_DOMAINS
