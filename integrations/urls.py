from django.urls import path

from integrations.views import connecting, files, results, sales, sales_actions, shops

app_name = "integrations"

urlpatterns = [
    path("shops/", shops.shop_list, name="shop-list"),
    path("shops/add/", files.shop_add, name="shop-add"),
    path("shops/files/<slug:kind>.csv", files.template, name="file-template"),
    path("shops/<int:pk>/files/", files.upload, name="upload"),
    path("shops/<int:pk>/files/<slug:upload_id>/", files.upload_show, name="upload-show"),
    path("shops/<int:pk>/files/<slug:upload_id>/problems.csv", files.upload_problems, name="upload-problems"),
    path("shops/<int:pk>/files/<slug:upload_id>/confirm/", files.upload_confirm, name="upload-confirm"),
    path("shops/connect/", connecting.connect, name="connect"),
    path("shops/connect/<slug:channel>/", connecting.connect_channel, name="connect-channel"),
    path("shops/connect/<slug:channel>/finish/", connecting.connect_finish, name="connect-finish"),
    path("shops/connect/<slug:channel>/share/", connecting.connect_share, name="connect-share"),
    path("shops/<int:pk>/", shops.shop, name="shop"),
    path("shops/<int:pk>/standing/", shops.standing, name="shop-standing"),
    path("shops/<int:pk>/sync/", shops.shop_sync, name="shop-sync"),
    path("shops/<int:pk>/pause/", shops.shop_pause, name="shop-pause"),
    path("shops/<int:pk>/resume/", shops.shop_resume, name="shop-resume"),
    path("shops/<int:pk>/rename/", shops.shop_rename, name="shop-rename"),
    path("shops/<int:pk>/disconnect/", shops.shop_disconnect, name="shop-disconnect"),
    path("projects/<int:pk>/results/", results.project_results, name="project-results"),
    path("tasks/<int:pk>/action/", sales_actions.task_action, name="task-action"),
    path("tasks/<int:pk>/action/edit/", sales_actions.task_action_edit, name="task-action-edit"),
    path("tasks/<int:pk>/action/live/", sales_actions.task_action_live, name="task-action-live"),
    path("actions/add/", sales_actions.mark_add, name="mark-add"),
    path("actions/when/", sales_actions.live_preview, name="live-preview"),
    path("actions/<int:pk>/", sales_actions.action, name="action"),
    path("actions/<int:pk>/edit/", sales_actions.action_edit, name="action-edit"),
    path("actions/<int:pk>/remove/", sales_actions.action_remove, name="action-remove"),
    path("sales/", sales.sales, name="sales"),
    path("sales/skus/", sales.sales_skus, name="sales-skus"),
    path("sales/table.csv", sales.sales_csv, name="sales-csv"),
    path("projects/<int:pk>/sales/", sales.sales, name="project-sales"),
    path("projects/<int:pk>/sales/skus/", sales.sales_skus, name="project-sales-skus"),
    path("projects/<int:pk>/sales/table.csv", sales.sales_csv, name="project-sales-csv"),
    path("projects/<int:pk>/sales/panel/", sales.project_sales_panel, name="project-sales-panel"),
]
