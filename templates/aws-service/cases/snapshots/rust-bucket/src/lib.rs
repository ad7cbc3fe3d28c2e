//! The service without its process: `main.rs` reads the configuration, starts the logs and calls
//! in here, and so can a test.

pub mod app;
pub mod config;
pub mod files;
pub mod problem;
pub mod server;
