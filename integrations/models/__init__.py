from integrations.models.accounts import ChannelAccount
from integrations.models.sales import DailySales, Listing, SalesLine
from integrations.models.sales_actions import SalesAction

__all__ = ["ChannelAccount", "DailySales", "Listing", "SalesAction", "SalesLine"]
