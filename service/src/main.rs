//! The `stagecraft` command.

fn main() {}
