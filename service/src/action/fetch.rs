//! Actions of the `fetch` family.
