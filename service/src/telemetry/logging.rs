//! Sets up the log: `tracing` events as lines for people or as JSON for machines, on standard error.
//!
//! It decides form and filter only; what is logged, and what never is, belongs to the callers.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::{Log, LogFormat};

/// Why the log could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter cannot be read.
    #[error(
        "`log.filter` is `{filter}`, which cannot be read: {reason}; write a level such as `info`, or `info,stagecraft=debug`"
    )]
    Filter {
        /// What was written.
        filter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Something else in this process has set a log up already.
    #[error("the log is set up already")]
    AlreadySet,
}

/// Sets the log up for the whole process. Call it once, before anything is logged.
pub fn init(log: &Log) -> Result<(), TelemetryError> {
    let filter = filter(&log.filter)?;
    let lines = fmt::Subscriber::builder().with_env_filter(filter).with_writer(std::io::stderr);
    let set = match log.format {
        LogFormat::Text => lines.with_target(false).with_ansi(std::io::stderr().is_terminal()).try_init(),
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
        }
    };
    set.map_err(|_| TelemetryError::AlreadySet)
}

fn filter(text: &str) -> Result<EnvFilter, TelemetryError> {
    EnvFilter::builder()
        .parse(text)
        .map_err(|error| TelemetryError::Filter { filter: text.to_owned(), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_and_directives_are_filters() {
        assert!(filter("info").is_ok());
        assert!(filter("info,stagecraft=debug").is_ok());
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_quoted() {
        let message = filter("stagecraft=loudly").unwrap_err().to_string();

        assert!(message.contains("`stagecraft=loudly`"), "{message}");
    }
}
