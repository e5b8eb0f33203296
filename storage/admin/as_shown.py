"""A form that changes a row only as long as it is what the person who fills it in has seen.

Two people may have the same row open. Saving sends every field, so whoever is later would take back, unseen, what the
other did in between: switch on again what was switched off in an emergency. So the form carries a digest of the fields
as they were shown, made with the site's key. It is compared with the row once that is locked, and until the page's
database transaction ends nobody else changes it.
"""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.forms import CharField, HiddenInput, ModelForm, model_to_dict
from django.utils.crypto import constant_time_compare, salted_hmac
from unfold.widgets import UnfoldAdminTextInputWidget

from storage.admin.reasons import MAX_REASON_LENGTH

AS_SHOWN = "as_shown"
CHANGED_MEANWHILE = "Somebody changed this meanwhile. Nothing was saved: open the page again and look."


class _AsShown(CharField):
    """The digest. It is never what somebody changes on the page."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class AsShownForm(ModelForm):
    """Base of forms on staff pages that change rows. `StaffAdmin` writes the hidden field into the page."""

    as_shown = _AsShown(required=False, widget=HiddenInput)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._is_change = not self.instance._state.adding
        if self._is_change:
            self.fields[AS_SHOWN].initial = self._digest_of(self.instance)
        else:
            del self.fields[AS_SHOWN]

    def clean(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().clean() or self.cleaned_data
        if self._is_change:
            shown = fields.pop(AS_SHOWN, "")
            if not constant_time_compare(shown, self._digest_of(self.lock_row())):
                self.add_error(None, CHANGED_MEANWHILE)
        return fields

    def lock_row(self) -> Model:
        """The row as it is, locked; the page is in a database transaction."""
        rows = type(self.instance)._base_manager.select_for_update(no_key=True)
        row: Model = rows.get(pk=self.instance.pk)
        return row

    def _digest_of(self, row: Model) -> str:
        shown = model_to_dict(row, fields=[name for name in self.fields if name != AS_SHOWN])
        for field in row._meta.many_to_many:
            if field.name in shown:
                shown[field.name] = sorted(one.pk for one in shown[field.name])
        text = json.dumps([row._meta.label, row.pk, shown], sort_keys=True, cls=DjangoJSONEncoder)
        return salted_hmac(__name__, text, algorithm="sha256").hexdigest()


class ReasonedRowForm(AsShownForm):
    """The same with a reason, which every change needs."""

    reason = CharField(max_length=MAX_REASON_LENGTH, widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}))
