"""The service; `python -m service` runs it."""
