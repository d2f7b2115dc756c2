from django.urls import path

from integrations.views import shops

app_name = "integrations"

urlpatterns = [
    path("shops/", shops.shop_list, name="shop-list"),
    path("shops/<int:pk>/", shops.shop, name="shop"),
    path("shops/<int:pk>/standing/", shops.standing, name="shop-standing"),
    path("shops/<int:pk>/sync/", shops.shop_sync, name="shop-sync"),
    path("shops/<int:pk>/pause/", shops.shop_pause, name="shop-pause"),
    path("shops/<int:pk>/resume/", shops.shop_resume, name="shop-resume"),
    path("shops/<int:pk>/rename/", shops.shop_rename, name="shop-rename"),
    path("shops/<int:pk>/disconnect/", shops.shop_disconnect, name="shop-disconnect"),
]
