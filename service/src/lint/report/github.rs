//! Findings as commands to a workflow of GitHub Actions.

use super::remark;
use crate::lint::run::Report;

/// One line for each finding.
pub fn github(report: &Report) -> String {
    crate::report::github(&report.findings.iter().map(remark).collect::<Vec<_>>())
}
