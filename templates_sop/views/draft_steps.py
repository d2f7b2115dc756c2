"""One step of a draft, and what the template says of itself: forms in a sheet, safe when two people write."""

import json
from dataclasses import fields, replace
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linkstar.lib.forms import set_choices
from linkstar.lib.zones import MARKET_ZONES, zone_choices
from linkstar.workspaces.access import managers_only, members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects.views.sheet import trigger
from templates_sop import access
from templates_sop.actions.drafts import Changed, Frame, StepGone, edit_frame, edit_step
from templates_sop.checking import findings
from templates_sop.differences import FRAME_FIELDS, STEP_FIELDS, value_text
from templates_sop.models import WorkspaceTemplate
from templates_sop.parsing import TemplateInvalid, parse
from templates_sop.shapes import LANGUAGES, Anchor, SopTemplate, Step, Text
from templates_sop.views.library import language_of_reader
from templates_sop.views.step_form import LINE, PROSE, StepForm
from templates_sop.wording import GOALS, PLATFORMS, offset_text
from templates_sop.writing import dump

STEP_PAGE, FRAME_PAGE = "templates_sop/draft_step.html", "templates_sop/draft_frame.html"
_LABELS = {
    **STEP_FIELDS,
    **FRAME_FIELDS,
    "offset_mode": STEP_FIELDS["offset_days"],
    "offset_hours": STEP_FIELDS["offset_days"],
}
_FRAME_TEXTS = ("name", "project_name", "purpose", "anchor")


class FrameForm(forms.Form):
    """What a template says of itself; `base` is that as it was when the form was sent out."""

    base = forms.CharField(widget=forms.HiddenInput)
    category = forms.ChoiceField(label=gettext_lazy("Goal"), choices=list(GOALS.items()))
    platform = forms.ChoiceField(label=gettext_lazy("Channel"), choices=list(PLATFORMS.items()))
    market_zone = forms.ChoiceField(label=gettext_lazy("Clock of the market"))
    gate = forms.ChoiceField(label=gettext_lazy("Gate: nothing goes on before this step is done"), required=False)
    languages = forms.ChoiceField(
        label=gettext_lazy("Written in"),
        choices=[
            ("zh,en", gettext_lazy("Chinese and English")),
            ("zh", gettext_lazy("Only Chinese")),
            ("en", gettext_lazy("Only English")),
        ],
    )

    def __init__(self, data: Any = None, *, draft: SopTemplate, language: str) -> None:
        frame = Frame.of(draft)
        texts = {**{name: getattr(frame, name) for name in _FRAME_TEXTS[:3]}, "anchor": frame.anchor.label}
        initial = {
            "base": json.dumps(_as_json(draft), ensure_ascii=False),
            "category": frame.category,
            "platform": frame.platform,
            "market_zone": frame.market_zone,
            "gate": frame.gate_step,
            "languages": ",".join(frame.languages),
        }
        for name, text in texts.items():
            initial |= {f"{name}_zh": text.zh, f"{name}_en": text.en}
        super().__init__(data, initial=initial)
        self.draft = draft
        labels = {
            "name": _("Name"),
            "project_name": _("Name of the projects made from it"),
            "purpose": _("Purpose"),
            "anchor": _("The day that everything counts from"),
        }
        words = {"zh": _("Chinese"), "en": _("English")}
        for name, label in labels.items():
            for code in LANGUAGES:
                widget: Any = forms.TextInput(attrs={"class": "input", "autocomplete": "off"})
                if name == "purpose":
                    widget = forms.Textarea(attrs={"class": "textarea", "rows": 3})
                widget.attrs |= {"aria-label": f"{label} – {words[code]}", "placeholder": words[code]}
                most = PROSE if name == "purpose" else LINE
                text_field = forms.CharField(label=label, required=False, max_length=most, widget=widget)
                self.fields[f"{name}_{code}"] = text_field
        steps = [(step.key, step.title.get(language) or "…") for step in draft.steps]
        set_choices(self, "gate", [("", _("None")), *steps])
        zones = dict.fromkeys((draft.market_zone, *MARKET_ZONES))
        set_choices(self, "market_zone", zone_choices(language, tuple(zones))[0][1])
        for field in self.fields.values():
            if isinstance(field.widget, forms.Select):
                field.widget.attrs["class"] = "select"

    def pairs(self) -> list[tuple[Any, forms.BoundField, forms.BoundField]]:
        return [(self[f"{name}_zh"].label, self[f"{name}_zh"], self[f"{name}_en"]) for name in _FRAME_TEXTS]

    def clean(self) -> None:
        for name, message in (("name", _("Give the template a name.")), ("anchor", _("Name the day."))):
            if not self.errors and self._text(name).is_empty:
                self.add_error(f"{name}_zh", message)

    def _text(self, name: str) -> Text:
        return Text(*(self.cleaned_data.get(f"{name}_{code}", "").strip() for code in LANGUAGES))

    def base_frame(self) -> Frame:
        try:
            raw = json.loads(self.data.get("base", ""))
            return Frame.of(parse({**dump(self.draft), **raw, "steps": []}, is_draft=True))
        except (ValueError, TypeError, TemplateInvalid):
            return Frame.of(self.draft)

    def frame(self) -> Frame:
        """Only of a valid form."""
        given, base = self.cleaned_data, self.base_frame()
        zone = given["market_zone"]
        label = self._text("anchor")
        return replace(
            base,
            name=self._text("name"),
            project_name=self._text("project_name") if not self._text("project_name").is_empty else self._text("name"),
            purpose=self._text("purpose"),
            category=given["category"],
            platform=given["platform"],
            anchor=Anchor(
                base.anchor.key,
                label,
                zone if base.anchor.zone == base.market_zone else base.anchor.zone,
                base.anchor.kind,
            ),
            market_zone=zone,
            gate_step=given["gate"],
            languages=tuple(given["languages"].split(",")),
        )


def _as_json(draft: SopTemplate) -> dict[str, Any]:
    content = dump(draft)
    names = ("name", "project_name", "purpose", "category", "platform", "anchor", "market_tz", "gate_step", "languages")
    return {name: content[name] for name in names}


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def draft_step(request: WorkspaceRequest, key: str, step: str) -> HttpResponse:
    """409: what somebody else has made of the same fields beside what was typed; sending it again takes that."""
    to = "edit" if request.method == "POST" else "read"
    template = access.get_draft(request.member, key, to=to)
    draft, language = parse(template.draft, is_draft=True), language_of_reader()
    found = next((each for each in draft.steps if each.key == step), None)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _step_page(request, template, draft, found, StepForm(draft=draft, current=found, language=language))
    form = StepForm(request.POST, draft=draft, current=found, language=language)
    if not form.is_valid():
        return _step_page(request, template, draft, found, form, status=422)
    try:
        edit_step(template, form.step(), base=form.base_step(), actor=request.member, now=timezone.now())
    except Changed as error:
        draft = parse(WorkspaceTemplate.objects.get(pk=template.pk).draft, is_draft=True)
        again = StepForm(draft=draft, current=error.merged, language=language)
        again.initial["base"] = StepForm(draft=draft, current=error.theirs, language=language).initial["base"]
        return _step_page(
            request, template, draft, error.merged, again, clash=_clash(error, draft, language), status=409
        )
    except StepGone as error:
        raise Http404 from error
    return _saved(request, template)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def draft_frame(request: WorkspaceRequest, key: str) -> HttpResponse:
    """409 as in draft_step."""
    template = access.get_draft(request.member, key, to="edit")
    draft, language = parse(template.draft, is_draft=True), language_of_reader()
    if request.method != "POST":
        return _frame_page(request, template, FrameForm(draft=draft, language=language))
    form = FrameForm(request.POST, draft=draft, language=language)
    if not form.is_valid():
        return _frame_page(request, template, form, status=422)
    try:
        edit_frame(template, form.frame(), base=form.base_frame(), actor=request.member, now=timezone.now())
    except Changed as error:
        mine = replace(draft, **{each.name: getattr(error.merged, each.name) for each in fields(Frame)})
        again = FrameForm(draft=mine, language=language)
        again.initial["base"] = FrameForm(draft=draft, language=language).initial["base"]
        return _frame_page(request, template, again, clash=_clash(error, draft, language), status=409)
    return _saved(request, template)


def _step_page(
    request: WorkspaceRequest,
    template: WorkspaceTemplate,
    draft: SopTemplate,
    step: Step,
    form: StepForm,
    *,
    clash: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    language = language_of_reader()
    said: dict[str, list[Any]] = {}
    for finding in findings(draft, language):
        if finding.step == step.key:
            said.setdefault(finding.field, []).append(finding)
    order = [each.key for each in draft.steps]
    at = order.index(step.key)
    context = {
        "template": template,
        "name": draft.name.get(language),
        "anchor": draft.anchor.label.get(language),
        "draft": draft,
        "step": step,
        "title": step.title.get(language),
        "form": form,
        "said": said,
        "pairs": [(*pair, said.get(pair[3], [])) for pair in form.pairs()],
        "lists": [(*pair, said.get(pair[3], [])) for pair in form.lists()],
        "clash": clash,
        "above": order[at - 1] if at else "",
        "below": order[at + 1] if at + 1 < len(order) else "",
        "may_edit": access.may_edit_templates(request.member) and not template.is_archived,
    }
    return render(request, f"{STEP_PAGE}#sheet" if request.htmx else STEP_PAGE, context, status=status)


def _frame_page(
    request: WorkspaceRequest,
    template: WorkspaceTemplate,
    form: FrameForm,
    *,
    clash: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"template": template, "form": form, "clash": clash}
    return render(request, f"{FRAME_PAGE}#sheet" if request.htmx else FRAME_PAGE, context, status=status)


def _clash(error: Changed, draft: SopTemplate, language: str) -> dict[str, Any]:
    """Who has written, and field by field what stands there now and what was typed."""
    rows = {
        _LABELS[name]: tuple(_in_words(side, name, draft, language) for side in (error.theirs, error.merged))
        for name in error.names
    }
    return {"by": error.by.display_name, "rows": [(label, *both) for label, both in rows.items()]}


def _in_words(side: Any, name: str, draft: SopTemplate, language: str) -> str:
    if name in ("offset_mode", "offset_days", "offset_hours"):
        return offset_text(side.offset_days, side.offset_hours, language)
    value = getattr(side, name)
    both = [words for words in (value.zh, value.en) if words] if isinstance(value, Text) else []
    return "\n".join(both) if both else value_text(value, name, draft, language)


def _saved(request: WorkspaceRequest, template: WorkspaceTemplate) -> HttpResponse:
    if not request.htmx:
        return redirect(template)
    response = HttpResponse(status=204)
    for event in ("sheet:close", "draft:changed"):
        trigger(response, event, {})
    return response
