"""The process that keeps open pages company: `python -m linkstar.live` (docs/decisions/0008-live.md)."""
