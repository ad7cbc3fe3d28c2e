//! Why an action failed, by what can be done about it.

use crate::backstage::BackstageError;
use crate::entities::EntityStoreError;
use crate::forge::ForgeError;
use crate::git::GitError;
use crate::humanitec::HumanitecError;
use crate::journal::JournalError;
use crate::render::RenderError;
use crate::template::FetchError;

/// The error of a step.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// The input is wrong; the template or the values must change.
    #[error("{0}")]
    Input(String),
    /// Something named in the input is not there.
    #[error("{0}")]
    NotFound(String),
    /// Something is in the way.
    #[error("{0}")]
    Conflict(String),
    /// It is not permitted.
    #[error("{0}")]
    NotAllowed(String),
    /// Trying again may help.
    #[error("{0}")]
    Unavailable(String),
    /// The task was cancelled.
    #[error("the task was cancelled")]
    Cancelled,
    /// The run must stop at once: another worker has the task, or the database is away.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl ActionError {
    /// Backstage's name for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Input(_) => "InputError",
            Self::NotFound(_) => "NotFoundError",
            Self::Conflict(_) => "ConflictError",
            Self::NotAllowed(_) => "NotAllowedError",
            Self::Unavailable(_) => "ServiceUnavailableError",
            Self::Cancelled | Self::Journal(_) => "Error",
        }
    }
}

impl From<FetchError> for ActionError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::NotFound(message) => Self::NotFound(message),
            FetchError::Git(error) => error.into(),
            other => Self::Input(with_causes(&other)),
        }
    }
}

impl From<ForgeError> for ActionError {
    fn from(error: ForgeError) -> Self {
        match error {
            ForgeError::NotFound(message) => Self::NotFound(message),
            ForgeError::Conflict(message) => Self::Conflict(message),
            ForgeError::NotAllowed(message) => Self::NotAllowed(message),
            ForgeError::Unavailable(message) => Self::Unavailable(message),
            ForgeError::Git(error) => error.into(),
            other => Self::Input(with_causes(&other)),
        }
    }
}

impl From<GitError> for ActionError {
    fn from(error: GitError) -> Self {
        match error {
            GitError::NotFound(message) => Self::NotFound(message),
            GitError::Conflict(message) => Self::Conflict(message),
            GitError::Refused(message) | GitError::TokenRefused(message) => Self::NotAllowed(message),
            GitError::PushRefused(refusal) => Self::NotAllowed(refusal.message),
            GitError::Unavailable(message) => Self::Unavailable(message),
            other => Self::Input(with_causes(&other)),
        }
    }
}

impl From<EntityStoreError> for ActionError {
    fn from(error: EntityStoreError) -> Self {
        match error {
            EntityStoreError::AlreadyRegistered(_) | EntityStoreError::Taken { .. } => {
                Self::Conflict(error.to_string())
            }
            other => Self::Unavailable(with_causes(&other)),
        }
    }
}

impl From<BackstageError> for ActionError {
    fn from(error: BackstageError) -> Self {
        let message = error.to_string();
        match error {
            BackstageError::Invalid(_) => Self::Input(message),
            BackstageError::NotAllowed(_) | BackstageError::Expired(_) => Self::NotAllowed(message),
            BackstageError::NotFound(_) => Self::NotFound(message),
            BackstageError::Conflict(_) => Self::Conflict(message),
            BackstageError::Unavailable(_) => Self::Unavailable(message),
        }
    }
}

impl From<HumanitecError> for ActionError {
    fn from(error: HumanitecError) -> Self {
        let message = error.to_string();
        match error {
            HumanitecError::Invalid(_) => Self::Input(message),
            HumanitecError::NotAllowed(_) => Self::NotAllowed(message),
            HumanitecError::Conflict(_) => Self::Conflict(message),
            HumanitecError::Unavailable(_) => Self::Unavailable(message),
        }
    }
}

impl From<RenderError> for ActionError {
    fn from(error: RenderError) -> Self {
        Self::Input(error.to_string())
    }
}

impl From<catalog_gen::TreeError> for ActionError {
    fn from(error: catalog_gen::TreeError) -> Self {
        Self::Input(error.to_string())
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
