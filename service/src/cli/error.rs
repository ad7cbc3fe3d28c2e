//! Why a command failed, and the exit code that says so.

use std::path::Path;
use std::process::ExitCode;

use crate::config::ConfigError;
use crate::template::{SingleError, TemplateError};

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

    /// An error of reading the template in the file `given`; its faults name the file as it was given.
    pub(super) fn reading(error: anyhow::Error, given: &Path) -> Self {
        match error.downcast_ref::<SingleError>() {
            Some(SingleError::Broken(faults)) => {
                let placed = |fault: &TemplateError| {
                    TemplateError { file: as_given(&fault.file, given), ..fault.clone() }.to_string()
                };
                Self::failed(faults.iter().map(placed).collect::<Vec<_>>().join("\n"))
            }
            Some(error) => Self::usage(error.to_string()),
            None => error.into(),
        }
    }

    /// The exit code.
    pub(super) fn code(&self) -> u8 {
        self.code
    }

    /// Prints it and gives the exit code.
    pub(super) fn report(&self) -> ExitCode {
        eprintln!("error: {}", self.text);
        ExitCode::from(self.code)
    }
}

/// A file of a template's source as the command line named it, where the two are one file.
pub(super) fn as_given(file: &str, given: &Path) -> String {
    let inside = given.join(file);
    if given.ends_with(file) {
        given.display().to_string()
    } else if inside.is_file() {
        inside.display().to_string()
    } else {
        file.to_owned()
    }
}

impl From<ConfigError> for CommandError {
    fn from(error: ConfigError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<anyhow::Error> for CommandError {
    /// An error of the wiring: what it is made of could not be opened or reached, or is set up wrongly.
    fn from(error: anyhow::Error) -> Self {
        if let Some(wrong) = error.downcast_ref::<ConfigError>() {
            return Self::usage(wrong.to_string());
        }
        let mut text = error.to_string();
        for cause in error.chain().skip(1).map(ToString::to_string) {
            if !text.contains(&cause) {
                text = format!("{text}: {cause}");
            }
        }
        Self::unavailable(text)
    }
}
