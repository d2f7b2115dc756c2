"""SOP templates: the built-in library, the dates it plans, and the projects started from it."""
