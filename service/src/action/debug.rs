//! Actions of the `debug` family.
