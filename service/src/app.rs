//! Wiring: from settings to a running service.
