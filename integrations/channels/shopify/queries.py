"""All that is asked of Shopify (GraphQL Admin, settings.SHOPIFY_API_VERSION). No field says who bought something.

A test holds each of them against the published schema.
"""

import json

SHOP = """
query Shop {
  shop { name ianaTimezone currencyCode myshopifyDomain }
}
"""

SCOPES = """
query Scopes {
  currentAppInstallation { accessScopes { handle } }
}
"""

_LINE = """
  id sku quantity
  originalTotalSet { shopMoney { amount currencyCode } }
  discountAllocations { allocatedAmountSet { shopMoney { amount currencyCode } } }
"""

_LINES = f"""
nodes {{ {_LINE} }}
pageInfo {{ hasNextPage endCursor }}
"""

_REFUND_LINES = """
nodes {
  id quantity
  subtotalSet { shopMoney { amount currencyCode } }
  lineItem { id sku }
}
pageInfo { hasNextPage endCursor }
"""

ORDERS = f"""
query Orders(
  $first: Int!, $after: String, $query: String!, $sort: OrderSortKeys!, $lines: Int!, $refunds: Int!
) {{
  orders(first: $first, after: $after, query: $query, sortKey: $sort) {{
    nodes {{
      id processedAt updatedAt cancelledAt test
      lineItems(first: $lines) {{ {_LINES} }}
      refunds(first: $refunds) {{ id processedAt refundLineItems(first: $lines) {{ {_REFUND_LINES} }} }}
    }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}
"""

ORDER_LINES = f"""
query OrderLines($id: ID!, $first: Int!, $after: String) {{
  order(id: $id) {{ lineItems(first: $first, after: $after) {{ {_LINES} }} }}
}}
"""

# Without a number a list comes whole.
ORDER_REFUNDS = """
query OrderRefunds($id: ID!) {
  order(id: $id) { refunds { id processedAt } }
}
"""

REFUND_LINES = f"""
query RefundLines($id: ID!, $first: Int!, $after: String) {{
  refund(id: $id) {{ refundLineItems(first: $first, after: $after) {{ {_REFUND_LINES} }} }}
}}
"""

ORDERS_COUNT = """
query OrdersCount($query: String!, $limit: Int!) {
  ordersCount(query: $query, limit: $limit) { count }
}
"""

# Grouped, each order is followed by its own lines.
BULK_BEGIN = """
mutation BulkBegin($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: true) {
    bulkOperation { id }
    userErrors { code }
  }
}
"""

BULK_STATE = """
query BulkState($id: ID!) {
  bulkOperation(id: $id) { status errorCode objectCount url }
}
"""


def bulk_orders(search: str) -> str:
    """What a bulk operation makes a file of: it takes no variables, and no connection inside a list."""
    return f"""
{{
  orders(query: {json.dumps(search)}, sortKey: PROCESSED_AT) {{
    edges {{ node {{
      id processedAt updatedAt cancelledAt test
      refunds {{ id processedAt }}
      lineItems {{ edges {{ node {{ {_LINE} }} }} }}
    }} }}
  }}
}}
"""


VARIANTS = """
query Variants($first: Int!, $after: String) {
  productVariants(first: $first, after: $after, sortKey: ID) {
    nodes {
      id sku title price inventoryQuantity
      media(first: 1) { nodes { preview { image { url } } } }
      product { id title status tracksInventory featuredMedia { preview { image { url } } } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""

SUBSCRIPTIONS = """
query Subscriptions($uri: String!) {
  webhookSubscriptions(first: 50, uri: $uri) { nodes { topic } }
}
"""

SUBSCRIBE = """
mutation Subscribe($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: {uri: $uri, format: JSON}) {
    webhookSubscription { id }
    userErrors { field message }
  }
}
"""
