//! The integration tests, one binary.
//!
//! How to write a test here: ask [`support::app::TestApp`] for a service on its own data folder and database,
//! write a template with [`TestApp::template`](support::app::TestApp::template), create tasks, call `drain()`
//! to run what is waiting, and look at events, repositories and entities. Nothing sleeps and nothing needs an
//! order; a test that waits, waits for a state with a time limit. A name states a fact; a test has one reason
//! to fail. Stories that must hold on both databases take the engine and stand in two tests.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected is to stop there"
)]

mod action_examples;
mod actions;
mod analyze;
mod architecture;
mod backstage;
mod bad_input;
mod cases;
mod catalog_generate;
mod catalog_repositories;
mod cli;
mod doctor;
mod event_streams;
mod feed;
mod forge_pages;
mod generated;
mod git_http;
mod git_push;
mod github;
mod github_actions;
mod github_canaries;
mod github_collaboration;
mod github_commits;
mod github_faults;
mod github_limits;
mod github_load;
mod github_reading;
mod github_steps;
mod guide;
mod http;
mod humanitec;
mod leftovers;
mod lint;
mod parity_files;
mod permissions;
mod preview;
mod preview_doors;
mod public_shapes;
mod queue;
mod recovery;
mod roadie;
mod support;
mod task_keys;
mod tasks;
mod templates;
mod templates_placeholders;
mod templates_sources;
mod templates_support;
mod trust;
mod value_mode;
mod webhook_load;
mod webhooks;
