"""What a password must be, in words that are translated: Django's own catalog lacks this sentence."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    min_length: int

    def get_error_message(self) -> str:
        return ngettext(
            "Type at least %(count)d character.", "Type at least %(count)d characters.", self.min_length
        ) % {"count": self.min_length}
