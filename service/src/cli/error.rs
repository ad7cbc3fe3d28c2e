//! Why a command failed, and the exit code that says so.

use std::process::ExitCode;

use crate::config::ConfigError;

/// A failed command: what to print, and with which code to end.
#[derive(Debug)]
pub(super) struct CommandError {
    text: String,
    code: u8,
}

impl CommandError {
    /// The work itself failed.
    pub(super) fn failed(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 1 }
    }

    /// The command line, the values or the settings are wrong.
    pub(super) fn usage(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 2 }
    }

    /// Something needed cannot be reached.
    pub(super) fn unavailable(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 3 }
    }

    /// Somebody pressed Ctrl-C.
    pub(super) fn interrupted() -> Self {
        Self { text: "interrupted".to_owned(), code: 130 }
    }

    /// Prints it and gives the exit code.
    pub(super) fn report(&self) -> ExitCode {
        eprintln!("error: {}", self.text);
        ExitCode::from(self.code)
    }
}

impl From<ConfigError> for CommandError {
    fn from(error: ConfigError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<anyhow::Error> for CommandError {
    /// An error of the wiring: what it is made of could not be opened or reached.
    fn from(error: anyhow::Error) -> Self {
        let mut text = error.to_string();
        for cause in error.chain().skip(1).map(ToString::to_string) {
            if !text.contains(&cause) {
                text = format!("{text}: {cause}");
            }
        }
        Self::unavailable(text)
    }
}
