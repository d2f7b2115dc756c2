"""Addresses of the people of a workspace."""

from django.urls import path

from linkstar.members.views import invitations, people, profile

app_name = "members"
urlpatterns = [
    path("members/", people.member_list, name="member-list"),
    path("members/invite/", invitations.member_invite, name="member-invite"),
    path("members/<int:pk>/", people.member_show, name="member-show"),
    path("members/<int:pk>/name/", people.member_name, name="member-name"),
    path("members/<int:pk>/role/", people.member_role, name="member-role"),
    path("members/<int:pk>/edit/", people.member_edit, name="member-edit"),
    path("members/<int:pk>/deactivate/", people.member_deactivate, name="member-deactivate"),
    path("members/<int:pk>/reactivate/", people.member_reactivate, name="member-reactivate"),
    path("invitations/<int:pk>/renew/", invitations.invitation_renew, name="invitation-renew"),
    path("invitations/<int:pk>/withdraw/", invitations.invitation_withdraw, name="invitation-withdraw"),
    path("join/<str:token>/", invitations.join, name="join"),
    path("leave/", people.leave, name="leave"),
    path("profile/", profile.profile, name="profile"),
    path("profile/look/", profile.look_set, name="look-set"),
    path("profile/zone/", profile.zone_take, name="zone-take"),
    path("profile/guided/", profile.guided, name="guided"),
]
