from django.urls import path

from templates_sop.views import anchor, anchored, library, splitting, start, steps

app_name = "templates_sop"

urlpatterns = [
    path("templates/", library.template_list, name="template-list"),
    path("templates/<slug:key>/", library.template_show, name="template-show"),
    path("templates/<slug:key>/steps/<slug:step>/", steps.step, name="step"),
    path("settings/calendar/market/<slug:key>/<int:year>/projects/", anchored.anchored, name="anchored"),
    path("projects/<int:pk>/anchor/", anchor.project_anchor, name="project-anchor"),
    path("tasks/<int:pk>/split/", splitting.task_split, name="task-split"),
    path("templates/<slug:key>/start/", start.template_start, name="template-start"),
]
