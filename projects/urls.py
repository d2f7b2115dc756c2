"""One block a file of views/, in the order of the files' names; routes end with a slash."""

app_name = "projects"

urlpatterns: list = []
