//! Settings: one struct for each concern, one documented default file.
//!
//! The embedded `config.default.yaml` is laid down first, then a file, then `STAGECRAFT_…` variables; unknown
//! keys are refused with the nearest known one. This is the only module that reads the environment.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

use crate::secret::Secret;

/// All settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Folder for everything Stagecraft keeps.
    pub data_dir: PathBuf,
    /// The HTTP server.
    pub server: Server,
    /// The database.
    pub database: Database,
    /// Who may call.
    pub auth: Auth,
    /// Sealing.
    pub secrets: Secrets,
    /// Template sources.
    pub templates: Templates,
    /// Reading over git.
    pub git: Git,
    /// Host → forge.
    pub forges: BTreeMap<String, ForgeKind>,
    /// Running tasks.
    pub worker: Worker,
    /// What tasks may do and how long they are kept.
    pub tasks: Tasks,
    /// Defaults of first commits.
    pub commits: Commits,
    /// Logging.
    pub log: Log,
}

/// `server`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port.
    pub listen: SocketAddr,
    /// Seconds between keep-alive comments on event streams.
    pub keep_alive_seconds: u64,
    /// Largest request body, bytes.
    pub max_body_bytes: usize,
}

/// `database`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// PostgreSQL URL, or empty for SQLite. Holds a password, hence a secret.
    pub url: Secret,
    /// Pool size on PostgreSQL.
    pub max_connections: u32,
}

/// `auth`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Static tokens.
    pub tokens: Vec<StaticToken>,
}

/// One static token.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaticToken {
    /// The token, at least eight characters.
    pub token: Secret,
    /// Who presents it: `external:<name>` or a user reference.
    pub subject: String,
}

/// `secrets`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// 64 hexadecimal digits, or empty.
    pub key: Secret,
}

/// `templates`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Templates {
    /// Folders, files, git URLs.
    pub sources: Vec<String>,
    /// Seconds between reloads; 0 is off.
    pub reload_seconds: u64,
}

/// `git`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Git {
    /// Prefix rewrites, first match wins.
    pub rewrites: Vec<Rewrite>,
    /// Read credentials.
    pub credentials: Vec<GitCredential>,
    /// Seconds without progress until a transfer is given up.
    pub timeout_seconds: u64,
}

/// One URL rewrite.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rewrite {
    /// Prefix to replace.
    pub prefix: String,
    /// What stands in its place.
    pub replacement: String,
}

/// A token for one scheme, host and port.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GitCredential {
    /// `https://host[:port]`.
    pub url: String,
    /// User name.
    pub username: String,
    /// Token.
    pub token: Secret,
}

/// One entry of `forges`.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum ForgeKind {
    /// Bare repositories under the data folder.
    Local {},
}

/// `worker`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worker {
    /// Tasks at once.
    pub concurrency: usize,
    /// Lease length in seconds.
    pub lease_seconds: u64,
    /// Starts before a task fails for good.
    pub max_attempts: u32,
}

/// `tasks`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tasks {
    /// Days until ended tasks are removed; 0 is never.
    pub retention_days: u64,
    /// What a failing expression does.
    pub expression_errors: ExpressionErrors,
    /// Whether pushed commits carry a lock file.
    pub write_lock_file: bool,
    /// Workspace budget, bytes.
    pub max_workspace_bytes: u64,
    /// Workspace budget, entries.
    pub max_workspace_files: usize,
    /// `environment` in templates.
    pub environment: Environment,
}

/// What a failing expression in a step value does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExpressionErrors {
    /// Its text stays, with a warning event.
    Keep,
    /// The step fails.
    Fail,
}

/// `tasks.environment`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// `environment.parameters`.
    pub parameters: BTreeMap<String, String>,
    /// `environment.secrets`.
    pub secrets: BTreeMap<String, Secret>,
}

/// `commits`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commits {
    /// Author's name.
    pub author_name: String,
    /// Author's address.
    pub author_email: String,
    /// Message.
    pub message: String,
}

/// `log`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// `tracing` directives.
    pub filter: String,
    /// Form of a line.
    pub format: LogFormat,
}

/// Form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

impl Config {
    /// Defaults, then `file`, then `STAGECRAFT_…` variables, then checks.
    pub fn load(file: Option<&std::path::Path>) -> Result<Self, ConfigError> {
        unimplemented!()
    }

    /// The same from given texts: for tests and for commands that bring their own settings.
    pub fn from_parts(file: Option<(&str, &str)>, environment: &[(String, String)]) -> Result<Self, ConfigError> {
        unimplemented!()
    }
}
