"""The demo's own way of restocking: a built-in SOP copied, changed twice, and a project that uses the older version."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from linkstar.demo.plans import RESTOCK
from linkstar.members.models import Member
from projects.models import Project
from templates_sop.actions.drafts import add_steps, change_steps, edit_step, move_steps
from templates_sop.actions.templates import copy_built_in, publish
from templates_sop.library import get_template
from templates_sop.models import ProjectOrigin, WorkspaceTemplate
from templates_sop.parsing import parse
from templates_sop.shapes import Step, Text


def add_own_templates(projects: Mapping[str, Project], people: Mapping[str, Member], *, now: datetime) -> None:
    """Version 1 is the built-in one under our name, version 2 what the team has learnt; a third is being written."""
    by, began = people["owner"], now - timedelta(days=60)
    own = copy_built_in(
        get_template(RESTOCK.template), actor=by, now=began, name=Text("我们的 FBA 补货流程", "How we restock FBA")
    )
    first = publish(own, what_changed="", actor=by, now=began + timedelta(hours=1))
    project = projects[RESTOCK.name]
    project.sop_template, project.sop_version = own.key, first.number
    project.save(update_fields=["sop_template", "sop_version"])
    origin = ProjectOrigin.objects.get(project=project)
    origin.template, origin.version, origin.content = own.key, first.number, first.content
    origin.save(update_fields=["template", "version", "content"])
    learnt = now - timedelta(days=3)
    [key] = add_steps(
        own, [Text("确认备用货代报价", "Get a second forwarder's quote")], phase="plan", actor=by, now=learnt
    )
    change_steps(own, [key], role="logistics", shift_days=2, actor=by, now=learnt)
    move_steps(own, [key], phase="plan", before=None, actor=by, now=learnt)
    last = _step(own, "discrepancy")
    longer = replace(
        last,
        duration_days=last.duration_days + 1,
        checklist=(*last.checklist, Text("核对少收数量并开 case", "Count what is missing and open a case")),
    )
    edit_step(own, longer, base=last, actor=by, now=learnt)
    words = "上次旺季货代临时涨价，先拿好第二家报价；少收要在对账时一并申诉。"
    publish(own, what_changed=words, actor=by, now=learnt + timedelta(hours=1))
    add_steps(own, [Text("跟进清关", "")], phase="move", actor=people["ops"], now=now - timedelta(hours=5))


def _step(template: WorkspaceTemplate, key: str) -> Step:
    return next(step for step in parse(template.draft, is_draft=True).steps if step.key == key)
