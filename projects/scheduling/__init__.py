"""Dates that follow from dates: what a plan comes to, and what moves when something in it does."""
