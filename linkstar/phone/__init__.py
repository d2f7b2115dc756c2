"""LinkStar as an app on a phone: its manifest, the worker that keeps pages, and the page without a network."""
