from django.urls import path

from templates_sop.views import (
    anchor,
    anchored,
    draft_steps,
    drafts,
    from_project,
    library,
    newer,
    questionnaire,
    splitting,
    start,
    steps,
    template,
    versions,
)

app_name = "templates_sop"

urlpatterns = [
    path("templates/", library.template_list, name="template-list"),
    path("templates/ours/", drafts.draft_list, name="draft-list"),
    path("templates/ours/new/", drafts.draft_new, name="draft-new"),
    path("templates/ours/<slug:key>/", drafts.draft, name="draft"),
    path("templates/ours/<slug:key>/about/", draft_steps.draft_frame, name="draft-frame"),
    path("templates/ours/<slug:key>/steps/", drafts.draft_steps, name="draft-steps"),
    path("templates/ours/<slug:key>/steps/add/", drafts.step_add, name="step-add"),
    path("templates/ours/<slug:key>/steps/<slug:step>/", draft_steps.draft_step, name="draft-step"),
    path("templates/ours/<slug:key>/phases/", drafts.phase_add, name="phase-add"),
    path("templates/ours/<slug:key>/phases/<slug:phase>/", drafts.phase_edit, name="phase-edit"),
    path("templates/ours/<slug:key>/publish/", versions.draft_publish, name="draft-publish"),
    path("templates/ours/<slug:key>/versions/", versions.version_list, name="version-list"),
    path("templates/ours/<slug:key>/archive/", drafts.draft_archive, name="draft-archive"),
    path("templates/ours/<slug:key>/restore/", drafts.draft_restore, name="draft-restore"),
    path("templates/<slug:key>/copy/", drafts.template_copy, name="template-copy"),
    path("templates/<slug:key>/", template.template_show, name="template-show"),
    path("templates/<slug:key>/steps/<slug:step>/", steps.step, name="step"),
    path("settings/calendar/market/<slug:key>/<int:year>/projects/", anchored.anchored, name="anchored"),
    path("projects/<int:pk>/sop/", newer.project_sop, name="project-sop"),
    path("projects/<int:pk>/sop/news/", newer.project_sop_news, name="project-sop-news"),
    path("projects/<int:pk>/template/", from_project.project_template, name="project-template"),
    path("projects/<int:pk>/anchor/", anchor.project_anchor, name="project-anchor"),
    path("projects/<int:pk>/questionnaire/", questionnaire.questionnaire, name="questionnaire"),
    path("projects/<int:pk>/signs/", questionnaire.project_signs, name="project-signs"),
    path("tasks/<int:pk>/split/", splitting.task_split, name="task-split"),
    path("templates/<slug:key>/start/", start.template_start, name="template-start"),
]
