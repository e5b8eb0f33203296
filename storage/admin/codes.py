"""An entry for a code that works once."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

MAX_CODE_LENGTH = 40


class _CodeWidget(UnfoldAdminTextInputWidget):
    """Comes back empty: what was sent once is of no more use, and need not be on a screen."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class CodeField(forms.CharField):
    """Of a second factor: six digits, or a recovery code with the spaces that people type."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=MAX_CODE_LENGTH,
            widget=_CodeWidget(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
            **options,
        )
