//! The starter set of policies, held against its examples and against a second engine.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod oracle;
mod starter;
