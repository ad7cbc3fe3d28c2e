//! The names in scope of step values.
