from django.urls import path

from linkstar.pilot.views import pilots

app_name = "pilot"

urlpatterns = [
    path("pilot/", pilots.pilot, name="pilot"),
    path("pilot/edit/", pilots.pilot_edit, name="pilot-edit"),
    path("pilot/decide/", pilots.pilot_decide, name="pilot-decide"),
]
