import time

import pytest

from integrations.channels.pace import Bucket


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are a fiftieth of what they were, here and for whoever finds a bucket closed, but never nothing."""
    sleep, close = time.sleep, Bucket.close
    monkeypatch.setattr(time, "sleep", lambda seconds: sleep(min(seconds / 50, 0.03)))
    monkeypatch.setattr(Bucket, "close", lambda self, seconds: close(self, min(seconds / 50, 0.03)))
