"""The pilot: read by the team, run by admins; there is none to decide on."""

from tests.access.rows.base import ADMINS, EVERYBODY, INSIDERS, Row

ROWS = [
    Row("pilot:pilot", "", INSIDERS),
    Row("pilot:pilot-edit", "", ADMINS),
    Row("pilot:pilot-edit", "", ADMINS, post={}, ok=422),
    Row("pilot:pilot-decide", "", ADMINS, post={"decision": "no_go"}, ok=404),
    Row("members:guided", "", EVERYBODY, post={}),
]
