"""The addresses of the public site."""

from django.urls import path

from linkstar.public import views

app_name = "public"

urlpatterns = [
    path("", views.home, name="home"),
    path("plans/", views.plans, name="plans"),
    path("help/", views.help_index, name="help"),
    path("help/<slug:article>/", views.help_article, name="help-article"),
]
