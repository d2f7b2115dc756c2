"""Whatever a channel's code says, people are told something that helps."""

import re
from pathlib import Path

from integrations import channels
from integrations.channels import errors
from integrations.problems import PROBLEMS


def test_every_code_has_words() -> None:
    root = Path(channels.__file__).parent
    found = {
        code
        for path in [*root.rglob("*.py"), *(root.parent / "actions").glob("*.py")]
        for code in re.findall(r'\bcode="([a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.ChannelError)]
    assert found | {kind.code for kind in kinds} <= set(PROBLEMS)
