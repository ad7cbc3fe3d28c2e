//! Actions of the `publish` family.
