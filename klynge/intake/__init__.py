"""The door: how submitted files get into the raw zone."""
