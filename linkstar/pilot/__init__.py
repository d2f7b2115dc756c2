"""A pilot: a few people and one or two projects try LinkStar before all do, and the figures say how it went."""
