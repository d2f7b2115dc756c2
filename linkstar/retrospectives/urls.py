from django.urls import path

from linkstar.retrospectives.views import changes, exports, learning, notes, retrospectives

app_name = "retrospectives"

urlpatterns = [
    path("projects/<int:pk>/retrospective/", retrospectives.retrospective, name="retrospective"),
    path("projects/<int:pk>/retrospective/panel/", retrospectives.panel, name="panel"),
    path("projects/<int:pk>/retrospective/close/", retrospectives.close, name="close"),
    path("projects/<int:pk>/retrospective/waive/", retrospectives.waive, name="waive"),
    path("projects/<int:pk>/retrospective/reopen/", retrospectives.reopen, name="reopen"),
    path("projects/<int:pk>/retrospective/notes/add/", notes.note_add, name="note-add"),
    path("projects/<int:pk>/retrospective/pdf/", exports.pdf, name="pdf"),
    path("projects/<int:pk>/retrospective/markdown/", exports.markdown, name="markdown"),
    path("projects/<int:pk>/lessons/", learning.project_lessons, name="project-lessons"),
    path("retrospective-notes/<int:pk>/edit/", notes.note_edit, name="note-edit"),
    path("retrospective-notes/<int:pk>/delete/", notes.note_delete, name="note-delete"),
    path("templates/<slug:key>/learning/", learning.learning, name="learning"),
    path("templates/<slug:key>/lessons/", learning.start_lessons, name="start-lessons"),
    path("templates/<slug:key>/propose/", changes.propose, name="propose"),
    path(
        "templates/<slug:key>/steps/<slug:step>/propose-duration/", learning.duration_propose, name="duration-propose"
    ),
    path("sop-changes/<int:pk>/accept/", changes.accept, name="change-accept"),
    path("sop-changes/<int:pk>/reject/", changes.reject, name="change-reject"),
]
