//! Dry runs: the same runner, a journal in memory, effects left out.

use super::{DryRunError, DryRunRequest, DryRunResult};
use crate::task::Tasks;

impl Tasks {
    /// Runs a template without touching anything outside.
    pub async fn dry_run(&self, request: DryRunRequest) -> Result<DryRunResult, DryRunError> {
        unimplemented!()
    }
}
