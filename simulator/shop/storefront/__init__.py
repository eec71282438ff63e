"""The shop's website: one more outside system, on an origin of its own, for customers to click."""
