//! The SQL of the catalog's own tables, one file for each.

pub(crate) mod changes;
