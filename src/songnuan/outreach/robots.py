"""Robots of groups behind one interface, by Apprise: it knows how each service wants to be spoken to.

Apprise takes any answer with HTTP 200 for a success. These services say with 200 as well that they refuse: a
wrong key, a word that the group's robot demands, too many messages. So what they answer is read here.
"""

import json
import logging
import re
from contextvars import ContextVar
from importlib import import_module
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal
from songnuan.outreach.robot_models import Service

_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,200}")
_HOSTS = {
    Service.WECOM: "qyapi.weixin.qq.com",
    Service.DINGTALK: "oapi.dingtalk.com",
    Service.FEISHU: "open.feishu.cn",
}
_PLUGINS = {
    "wecombot": ("wecombot", "NotifyWeComBot"),
    "dingtalk": ("dingtalk", "NotifyDingTalk"),
    "feishu": ("feishu", "NotifyFeishu"),
    "jsons": ("custom_json", "NotifyJSON"),
}
"""By the scheme of an address: the file of Apprise's plugin, and its class."""
_REASON_LONGEST = 200
_HINT = 4
_heard: ContextVar[list[Any] | None] = ContextVar("heard", default=None)


class RobotFailed(Exception):  # noqa: N818 - an answer of the service, which may be tried again
    """The service did not take the message; `str` says why, without the address."""


def read_address(service: str, text: str, secret: str = "") -> tuple[str, str]:
    """Return a robot's address as Apprise takes it, and the end of it by which its owner knows it.

    Args:
        service: A value of `Service`.
        text: The address that the service shows for its robot, beginning with https://.
        secret: What DingTalk's robot signs with; empty for none.

    Raises:
        Refusal: `robot_service`, `robot_address`, `robot_secret`.

    """
    if service not in Service.values:
        raise Refusal("robot_service", _("Choose the kind of robot."), field="service")
    kind, token, parts = Service(service), "", urlsplit(text.strip())
    if secret and (kind is not Service.DINGTALK or not re.fullmatch(r"[A-Za-z0-9]{8,200}", secret)):
        sentence = _("Only DingTalk's robot has a secret to sign with: letters and figures, as it shows it.")
        raise Refusal("robot_secret", sentence, field="secret")
    if parts.scheme == "https" and parts.hostname and not parts.username:
        if kind is Service.GATEWAY:
            return f"jsons://{parts.netloc}{parts.path}", parts.netloc[-_HINT:]
        if parts.hostname == _HOSTS[kind]:
            query = parse_qs(parts.query)
            wanted = {Service.WECOM: "key", Service.DINGTALK: "access_token"}.get(kind)
            token = query.get(wanted, [""])[0] if wanted else parts.path.rstrip("/").rpartition("/")[2]
    if not _TOKEN.fullmatch(token):
        sentence = _("Paste the whole address that the service shows for the robot; it begins with https://.")
        raise Refusal("robot_address", sentence, field="address")
    address = {
        Service.WECOM: f"wecombot://{token}/",
        Service.DINGTALK: f"dingtalk://{quote(secret)}@{token}/" if secret else f"dingtalk://{token}/",
        Service.FEISHU: f"feishu://{token}/",
    }[kind]
    return address, token[-_HINT:]


def send(address: str, title: str, body: str) -> None:
    """Send a text to a robot.

    Raises:
        RobotFailed: When the service refuses it, or cannot be reached; it may be tried again.

    """
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # its log would tell addresses
    plugin = _plugin(address)
    heard: list[Any] = []
    token = _heard.set(heard)
    try:
        is_sent = plugin.notify(body=body, title=title)
    finally:
        _heard.reset(token)
    for answer in heard:
        _check(answer, address)
    if not is_sent or not heard:
        raise RobotFailed(_("The service was not reached."))


def _check(answer: Any, address: str) -> None:  # noqa: ANN401 - an answer of requests
    """Let pass an answer that says that the message was taken.

    Raises:
        RobotFailed: With what the service said.

    """
    if answer.status_code >= 400:
        raise RobotFailed(f"HTTP {answer.status_code}")
    try:
        told = json.loads(answer.content or b"{}")
    except ValueError:
        return
    if not isinstance(told, dict):
        return
    code = next((told[name] for name in ("errcode", "code", "StatusCode") if name in told), 0)
    if str(code) not in {"0", "200"}:
        words = str(told.get("errmsg") or told.get("msg") or told.get("message") or "")
        for part in re.findall(r"[A-Za-z0-9_-]{8,}", address.partition("://")[2]):
            words = words.replace(part, "…")  # whatever the service says again of its address
        raise RobotFailed(f"{code} {words}".strip()[:_REASON_LONGEST])


class _Listening:
    """Stands for `requests` in a plugin of Apprise, and keeps what was answered for who sends."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever requests has
        return getattr(self._module, name)

    def post(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as requests
        """Post, and keep the answer."""
        return self._kept(self._module.post(*args, **kwargs))

    def request(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as requests
        """Ask, and keep the answer."""
        return self._kept(self._module.request(*args, **kwargs))

    @staticmethod
    def _kept(answer: Any) -> Any:  # noqa: ANN401 - as requests
        heard = _heard.get()
        if heard is not None:
            heard.append(answer)
        return answer


def _plugin(address: str) -> Any:  # noqa: ANN401 - a plugin of Apprise
    """Return what speaks to an address; the other hundred plugins of Apprise are not loaded.

    Raises:
        RobotFailed: When it is no address that can be sent to.

    """
    name, kind = _PLUGINS[address.partition(":")[0]]
    found = vars(import_module(f"apprise.plugins.{name}"))  # loaded where something is sent, and not before
    if not isinstance(found["requests"], _Listening):
        found["requests"] = _Listening(found["requests"])
    told = found[kind].parse_url(address)
    if not told:
        raise RobotFailed(_("The address is not one that can be sent to."))
    return found[kind](**told)
