"""What a person sets about themselves, on the public site."""

from django.urls import path

from linkstar.members.views import profile

urlpatterns = [path("profile/", profile.profile_public, name="account-profile")]
