//! Actions of the `notification` family.

mod send;

pub(crate) use send::Send;
