//! GitHub, by its API.
