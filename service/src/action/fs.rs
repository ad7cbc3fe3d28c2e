//! Actions of the `fs` family.
