"""The door: how printed and submitted data get into the raw zone."""
