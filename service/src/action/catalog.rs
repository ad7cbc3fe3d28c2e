//! Actions of the `catalog` family.
