//! Forms: which parameters there are, and whether their schemas make sense.

mod declared;

pub(super) use declared::Declared;
