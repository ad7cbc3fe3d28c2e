//! The command line of `catalog-gen`.
fn main() {}
