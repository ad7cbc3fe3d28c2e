//! The durable queue: jobs are rows, a claim is a lease with a fencing number.
//!
//! Jobs are claimed oldest first, across processes. A lease that is not extended runs out and the job is
//! claimed again; after the last attempt it is *dead* and stays visible. What a job means is its owner's.

pub(crate) mod store;

pub use store::{JobCounts, Lease, Queue, topic};
