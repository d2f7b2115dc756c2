"""What can be done to a shop's listings, in the words of the team: of actions, and of the trace they leave."""

from django.db import models
from django.utils.translation import pgettext_lazy


class SalesKind(models.TextChoices):
    PRICE = "price", pgettext_lazy("sales action", "Price")
    COUPON = "coupon", pgettext_lazy("sales action", "Coupon")
    DEAL = "deal", pgettext_lazy("sales action", "Deal")
    AD = "ad", pgettext_lazy("sales action", "Advertising")
    TITLE = "title", pgettext_lazy("sales action", "Title and bullets")
    IMAGES = "images", pgettext_lazy("sales action", "Images")
    A_PLUS = "a_plus", pgettext_lazy("sales action", "A+ content")
    VIDEO = "video", pgettext_lazy("sales action", "Video")
    STOCK = "stock", pgettext_lazy("sales action", "Stock")
    LISTING = "listing", pgettext_lazy("sales action", "Listing")
