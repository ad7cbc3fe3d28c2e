//! The record of one task: its events, and what it has already done outside.
//!
//! A run is a deterministic program: rendering and workspace actions are pure, and everything that looks
//! or acts outside goes through [`Journal::recall`] and [`Journal::record`]. A task that is run again after
//! a kill therefore walks the same path; events it has already written are recognised by their key and not
//! written twice, and finished reads and effects are taken from here. Events are kept until the next
//! [`Journal::flush`] and written together; one that a kill took is made again. Every write is fenced: a worker
//! whose lease was lost cannot add a line. Which steps exist and what they mean is not known here.

mod event;
pub(crate) mod store;

pub use event::{EventBody, EventKind, FailureInfo, StepState, TaskEvent};
pub use store::{EntryKind, Journal, JournalError, topic};
pub(crate) use store::{NewEvent, insert_events};
