"""Pages for the people who build LinkStar; only under DEBUG."""

from django.urls import path

from linkstar.dev import views

app_name = "dev"

urlpatterns = [
    path("components/", views.components, name="components"),
    path("mail/", views.mail_list, name="mail"),
    path("mail/<str:name>/", views.mail_show, name="mail-show"),
]
