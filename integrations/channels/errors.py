"""What can go wrong between us and a channel, by what is to be done about it."""


class ChannelError(RuntimeError):
    """`code` is one of integrations/problems.py: what people are told. The text is for the log and holds no secret."""

    code = "unexpected"

    def __init__(self, text: str = "", *, code: str = "") -> None:
        super().__init__(text)
        self.code = code or self.code


class Transient(ChannelError):
    """It may go well the next time: 5xx, a timeout, a reset, an answer that does not parse. `wait`: seconds."""

    code = "unreachable"

    def __init__(self, text: str = "", *, code: str = "", wait: float | None = None) -> None:
        super().__init__(text, code=code)
        self.wait = wait


class Throttled(Transient):
    """429 and its like: too many calls."""

    code = "throttled"


class Unauthorised(ChannelError):
    """401, or 403: the access token is no longer good; refresh once, then Revoked."""

    code = "unauthorised"


class Revoked(ChannelError):
    """The seller took the permission back, or it ran out: nothing helps but connecting again."""

    code = "revoked"


class Refused(ChannelError):
    """The channel understood and says no (4xx); asking the same again is no use. `status` is that of HTTP.

    `word`: the channel's own code, as "invalid_grant" or "InvalidInput".
    """

    code = "refused"

    def __init__(self, text: str = "", *, code: str = "", status: int = 400, word: str = "") -> None:
        super().__init__(text, code=code)
        self.status, self.word = status, word


class TokenExpired(ChannelError):
    """The mark of the next page is no longer good: begin the window again."""

    code = "page_expired"


class Later(Exception):
    """Go on in `seconds`; all that was read so far is safe."""

    def __init__(self, seconds: float, *, code: str = "") -> None:
        super().__init__(f"{seconds:.1f} s")
        self.seconds, self.code = seconds, code
