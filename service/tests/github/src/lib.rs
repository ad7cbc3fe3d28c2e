//! A GitHub for tests and demonstrations.
//!
//! It keeps its state in memory and its repositories as bare git folders, answers the part of GitHub's REST API
//! that Stagecraft uses, and holds every request and every answer against GitHub's own description of that API.
//! It knows nothing of the service that it is used to test. The invariant: what it answers, GitHub could answer.

pub mod description;
