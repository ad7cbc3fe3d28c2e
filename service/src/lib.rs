//! Stagecraft: runs Backstage's software templates.
//!
//! The crate is one library and one binary. Its modules stand in rows; a module may use the rows below
//! its own, and siblings never know each other (`docs/architecture.md` has the table, and
//! `tests/it/architecture.rs` holds the sources to it).

// Row 0: what everything stands on.
pub mod config;
pub(crate) mod crypto;
pub mod db;
pub mod diff;
pub mod git;
pub mod ids;
pub(crate) mod outbound;
pub mod queue;
pub(crate) mod report;
pub mod secret;
pub mod telemetry;
pub mod words;

// Row 1: capabilities.
pub mod backstage;
pub mod entities;
pub mod forge;
pub mod humanitec;
pub mod journal;
pub mod render;
pub mod template;

// Row 2: units.
pub mod action;

// Row 3: use cases.
pub mod catalog;
pub mod lint;
pub mod task;

// Row 4: what is done around tasks.
pub mod cases;
pub mod doctor;
pub mod preview;
pub mod webhook;

// Row 5: edges.
pub mod http;
pub mod worker;

// Row 6: wiring.
pub mod app;
pub mod cli;
