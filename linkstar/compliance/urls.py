from django.urls import path

from linkstar.compliance.views import papers, passports, products, tasks

app_name = "compliance"

urlpatterns = [
    path("passports/", passports.passport_list, name="passport-list"),
    path("passports/table.csv", passports.passport_csv, name="passport-csv"),
    path("passports/add/", products.product_add, name="product-add"),
    path("passports/<int:pk>/", passports.passport, name="passport"),
    path("passports/<int:pk>/product/", products.product_edit, name="product-edit"),
    path("passports/<int:pk>/remove/", products.product_remove, name="product-remove"),
    path("passports/<int:pk>/papers/<slug:key>/", papers.paper, name="paper"),
    path("passports/<int:pk>/papers/<slug:key>/decide/", papers.paper_decide, name="paper-decide"),
    path("passports/<int:pk>/papers/<slug:key>/waive/", papers.paper_waive, name="paper-waive"),
    path("passports/<int:pk>/papers/<slug:key>/ask-again/", papers.paper_ask_again, name="paper-ask-again"),
    path("tasks/<int:pk>/passport/", tasks.task_passport, name="task-passport"),
]
