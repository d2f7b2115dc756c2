"""The channels by name, behind one interface (base.py)."""

from integrations.channels.base import Authoriser, Connector
from integrations.models import ChannelAccount


def connector_of(account: ChannelAccount) -> Connector:
    """Whoever takes it closes it."""
    match account.channel:
        case ChannelAccount.Channel.AMAZON:
            from integrations.channels.amazon.connector import AmazonConnector

            return AmazonConnector(account)
        case ChannelAccount.Channel.SHOPIFY:
            from integrations.channels.shopify.connector import ShopifyConnector

            return ShopifyConnector(account)
        case ChannelAccount.Channel.WALMART:
            from integrations.channels.walmart.connector import WalmartConnector

            return WalmartConnector(account)
        case _:
            from integrations.channels.tiktok.connector import TikTokConnector

            return TikTokConnector(account)


def authoriser_of(channel: str) -> Authoriser:
    match channel:
        case ChannelAccount.Channel.AMAZON:
            from integrations.channels.amazon.authorising import AmazonAuthoriser

            return AmazonAuthoriser()
        case ChannelAccount.Channel.SHOPIFY:
            from integrations.channels.shopify.authorising import ShopifyAuthoriser

            return ShopifyAuthoriser()
        case ChannelAccount.Channel.WALMART:
            from integrations.channels.walmart.connector import WalmartAuthoriser

            return WalmartAuthoriser()
        case _:
            from integrations.channels.tiktok.connector import TikTokAuthoriser

            return TikTokAuthoriser()
