"""Addresses of the working calendars: the workspace's, under Settings, and each person's."""

from django.urls import path

from linkstar.calendars.views import closures, market, people, years

app_name = "calendars"
urlpatterns = [
    path("settings/calendar/", closures.closure_list, name="closures"),
    path("settings/calendar/closures/<int:pk>/", closures.closure_edit, name="closure-edit"),
    path("settings/calendar/closures/<int:pk>/delete/", closures.closure_delete, name="closure-delete"),
    path("settings/calendar/years/", years.year_show, name="years"),
    path("settings/calendar/market/", market.market_list, name="market"),
    path("settings/calendar/market/add/", market.market_add, name="market-add"),
    path("settings/calendar/market/<slug:key>/<int:year>/<int:number>/", market.market_edit, name="market-edit"),
    path(
        "settings/calendar/market/<slug:key>/<int:year>/<int:number>/take-back/",
        market.market_take_back,
        name="market-take-back",
    ),
    path("settings/calendar/market/<slug:key>/<int:year>/<int:number>/hide/", market.market_hide, name="market-hide"),
    path("members/<int:pk>/time/", people.member_time, name="member-time"),
    path("members/<int:pk>/time/words/", people.member_hours_text, name="member-hours-text"),
    path("members/<int:pk>/hours/", people.member_hours, name="member-hours"),
    path("members/<int:pk>/leave/", people.leave_add, name="leave-add"),
    path("leaves/<int:pk>/delete/", people.leave_delete, name="leave-delete"),
]
