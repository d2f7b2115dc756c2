"""One block a file of views/, in the order of the files' names; routes end with a slash."""

from django.urls import path

from projects.views import files, guests, ownership

app_name = "projects"

urlpatterns = [
    # files
    path("tasks/<int:pk>/files/", files.task_files, name="task-files"),
    path("tasks/<int:pk>/files/add/", files.task_file_add, name="task-file-add"),
    path("projects/<int:pk>/files/", files.project_files, name="files"),
    path("projects/<int:pk>/files/add/", files.project_file_add, name="project-file-add"),
    path("files/<int:pk>/", files.file_show, name="file"),
    path("files/<int:pk>/download/", files.file_download, name="file-download"),
    path("files/<int:pk>/download/<int:number>/", files.file_download, name="file-version"),
    path("files/<int:pk>/replace/", files.file_replace, name="file-replace"),
    path("files/<int:pk>/share/", files.file_share, name="file-share"),
    path("files/<int:pk>/delete/", files.file_delete, name="file-delete"),
    path("files/<int:pk>/restore/", files.file_restore, name="file-restore"),
    path("files/bytes/<str:token>/", files.file_bytes, name="file-bytes"),
    # guests
    path("projects/<int:pk>/guests/", guests.guests, name="guests"),
    path("projects/<int:pk>/guests/invite/", guests.guest_invite, name="guest-invite"),
    path("projects/<int:pk>/guests/<int:member>/remove/", guests.guest_remove, name="guest-remove"),
    path("projects/<int:pk>/guests/invitations/<int:invitation>/withdraw/", guests.guest_withdraw, name="guest-withdraw"),
    # ownership
    path("projects/<int:pk>/owner/", ownership.owner_offer, name="owner-offer"),
    path("offers/<int:pk>/", ownership.offer_answer, name="offer-answer"),
]
