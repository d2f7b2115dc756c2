"""News to browsers that are shut, against a push service on this machine."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from linkstar.lib.vapid import private_key, public_key
from notifications.actions.notify import notify
from notifications.actions.push import MOST_DEVICES, UnknownService, add_device, is_push_service
from notifications.actions.pushing import push_notice
from notifications.models import Notification, PushDevice
from tests.factories import client_of, make_member

NOON_IN_NEW_YORK = datetime(2026, 11, 24, 17, tzinfo=UTC)
AUTH = b"0123456789abcdef"


def text_of(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Browser:
    """A device that can read what is sent to it."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.keys = {"p256dh": text_of(point), "auth": text_of(AUTH)}

    def read(self, body: bytes) -> dict[str, Any]:
        return dict(json.loads(http_ece.decrypt(body, private_key=self.key, auth_secret=AUTH, version="aes128gcm")))


class Service(BaseHTTPRequestHandler):
    """Answers with the number in its path and keeps what came."""

    came: list[tuple[str, dict[str, str], bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.came.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(int(self.path.strip("/").split("/")[0]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def service(settings: Any) -> Iterator[str]:
    settings.INTEGRATIONS_ALLOW_LOOPBACK = True
    Service.came.clear()
    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def reader(_inside_acme: None) -> Any:
    return make_member(language="en", time_zone="America/New_York")


def notice(reader: Any, kind: str = "mentioned") -> Notification:
    data = {"actor": "Lin", "task": "Shoot it", "project": "Launch", "excerpt": "Please look"}
    notify([reader], kind=kind, key=f"{kind}:1", data=data, url="/tasks/1/", now=NOON_IN_NEW_YORK)
    return Notification.objects.get(member=reader, kind=kind)


@pytest.mark.parametrize(
    ("endpoint", "is_known"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://wns2-par02p.notify.windows.com/w/?token=x", True),
        ("https://web.push.apple.com/x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://fcm.googleapis.com.evil.example/x", False),
        ("https://evilpush.apple.com.example/x", False),
        ("https://127.0.0.1/x", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("https://[::1/x", False),
        ("file:///etc/passwd", False),
    ],
)
def test_only_push_services_are_sent_to(endpoint: str, is_known: bool) -> None:
    assert is_push_service(endpoint) is is_known


def test_the_key_belongs_to_the_secret() -> None:
    assert public_key("a") == public_key("a") != public_key("b")
    assert len(base64.urlsafe_b64decode(public_key("a") + "=")) == 65
    assert private_key("a").private_numbers().private_value > 0


@pytest.mark.django_db
class TestSending:
    def test_a_device_reads_what_was_sent_and_by_whom(self, reader: Any, service: str, settings: Any) -> None:
        browser = Browser()
        device = add_device(reader, endpoint=f"{service}/201/a", name="Phone", **browser.keys)
        said = notice(reader)
        assert push_notice(said, now=NOON_IN_NEW_YORK) == 1
        [(_path, headers, body)] = Service.came
        assert browser.read(body) == {
            "title": "Lin mentioned you on “Shoot it”", "body": "Please look", "url": "/tasks/1/",
            "tag": f"notice-{said.pk}", "silent": False,
        }  # fmt: skip
        assert f"k={public_key(settings.VAPID_SECRET)}" in headers["authorization"]
        assert (headers["urgency"], headers["ttl"]) == ("high", "43200")
        device.refresh_from_db()
        assert device.told_at == NOON_IN_NEW_YORK

    @pytest.mark.parametrize(("hour", "silent"), [(2, True), (11, True), (12, False), (22, False)])
    def test_at_night_on_the_readers_clock_it_makes_no_sound(
        self, reader: Any, service: str, hour: int, silent: bool
    ) -> None:
        # New York is five hours behind: 21, 6, 7 and 17 o'clock there; 2 UTC is 21 of the day before.
        browser = Browser()
        add_device(reader, endpoint=f"{service}/201/a", name="Phone", **browser.keys)
        at = datetime(2026, 11, 24, hour + (1 if hour == 2 else 0), tzinfo=UTC)
        push_notice(notice(reader), now=at)
        assert browser.read(Service.came[0][2])["silent"] is silent

    def test_a_device_that_is_gone_is_forgotten_and_the_others_are_told(self, reader: Any, service: str) -> None:
        for path in ("410/gone", "404/none", "500/down", "201/here"):
            add_device(reader, endpoint=f"{service}/{path}", name=path, **Browser().keys)
        assert push_notice(notice(reader), now=NOON_IN_NEW_YORK) == 1
        assert sorted(reader.push_devices.values_list("name", flat=True)) == ["201/here", "500/down"]

    def test_a_service_that_cannot_be_reached_fails_nothing(self, reader: Any, settings: Any) -> None:
        settings.INTEGRATIONS_ALLOW_LOOPBACK = True
        add_device(reader, endpoint="http://127.0.0.1:9/201/a", name="Phone", **Browser().keys)
        assert push_notice(notice(reader), now=NOON_IN_NEW_YORK) == 0

    def test_what_is_read_or_whose_reader_has_left_is_not_sent(self, reader: Any, service: str) -> None:
        add_device(reader, endpoint=f"{service}/201/a", name="Phone", **Browser().keys)
        said = notice(reader)
        said.read_at = NOON_IN_NEW_YORK
        assert push_notice(said, now=NOON_IN_NEW_YORK) == 0
        said.read_at, said.member.is_active = None, False
        assert push_notice(said, now=NOON_IN_NEW_YORK) == 0
        assert Service.came == []


@pytest.mark.django_db
class TestEnqueuing:
    def test_only_instant_kinds_and_only_with_a_device(
        self, reader: Any, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from linkstar.celery import app

        sent: list[Any] = []
        monkeypatch.setattr(app, "send_task", lambda name, args=(), **_options: sent.append((name, args)))
        with django_capture_on_commit_callbacks(execute=True):
            notice(reader)
        add_device(reader, endpoint="https://fcm.googleapis.com/a", name="Phone", **Browser().keys)
        with django_capture_on_commit_callbacks(execute=True):
            notice(reader, "commented")
        pushed = [args for name, args in sent if name == "notifications.tasks.push_notices"]
        assert pushed == []
        Notification.objects.all().delete()
        with django_capture_on_commit_callbacks(execute=True):
            told = notice(reader)
        assert [args for name, args in sent if name == "notifications.tasks.push_notices"] == [[[told.pk]]]


@pytest.mark.django_db
class TestDevices:
    def test_a_device_is_added_taken_over_and_removed(self, reader: Any) -> None:
        given = {"endpoint": "https://fcm.googleapis.com/fcm/send/x", **Browser().keys}
        agent = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"
        assert client_of(reader).post("/push/", given, headers={"User-Agent": agent}).status_code == 200
        device = PushDevice.objects.get()
        assert (device.member, device.name) == (reader, "Chrome, Android")
        other = make_member()
        client_of(other).post("/push/", given, headers={"User-Agent": agent})
        assert PushDevice.objects.get().member == other
        assert client_of(reader).post(f"/push/{device.pk}/remove/").status_code == 404
        assert client_of(other).post(f"/push/{device.pk}/remove/").status_code == 302
        assert not PushDevice.objects.exists()

    def test_what_no_browser_says_is_refused(self, reader: Any) -> None:
        keys = Browser().keys
        wrong = {"endpoint": "https://intranet.example/x", **keys}
        assert client_of(reader).post("/push/", wrong).status_code == 422
        assert client_of(reader).post("/push/", {"endpoint": "https://fcm.googleapis.com/x"}).status_code == 400
        with pytest.raises(UnknownService):
            add_device(reader, endpoint="http://10.0.0.1/x", name="x", **keys)

    def test_the_oldest_gives_way(self, reader: Any) -> None:
        for number in range(MOST_DEVICES + 2):
            add_device(reader, endpoint=f"https://fcm.googleapis.com/{number}", name=str(number), **Browser().keys)
        names = list(reader.push_devices.order_by("pk").values_list("name", flat=True))
        assert names == [str(number) for number in range(2, MOST_DEVICES + 2)]
