//! Settings: one struct for each concern, one documented default file.
//!
//! The embedded `config.default.yaml` is laid down first, then a file, then `STAGECRAFT_…` variables; unknown
//! keys are refused with the nearest known one. This is the only module that reads the environment.

mod catalog;
mod forges;
mod humanitec;
mod layers;
mod references;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use layers::Layer;

use crate::secret::Secret;

pub use catalog::{Catalog, CatalogDelivery, RemovalLimit};
pub use forges::{CommitsBy, ForgeKind, GitHubForge, GitHubLimits};
pub use humanitec::Humanitec;

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
    /// The Backstage that steps call.
    pub backstage: Backstage,
    /// The orchestrator that deploys, where one is used.
    pub humanitec: Humanitec,
    /// Repositories that the catalog gets entities of.
    pub catalog: Catalog,
    /// Host → forge.
    pub forges: BTreeMap<String, ForgeKind>,
    /// Deliveries of GitHub.
    pub webhooks: Webhooks,
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
    /// Most event streams that are open at once.
    pub max_event_streams: usize,
    /// Largest request body, bytes.
    pub max_body_bytes: usize,
    /// Web origins whose pages may call the API.
    pub cors_origins: Vec<String>,
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
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Static tokens.
    pub tokens: Vec<StaticToken>,
    /// Plugins of Backstage whose tokens are accepted.
    pub backstage_plugins: Vec<String>,
    /// `iss` that tokens of Backstage's users must have; empty: any.
    pub backstage_issuer: String,
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
    /// Whether templates of Backstage's catalog are run that the sources do not have.
    pub from_catalog: bool,
    /// Seconds between reloads; 0 is off.
    pub reload_seconds: u64,
    /// How step values are made, unless a template says it itself.
    pub value_mode: ValueMode,
}

/// How expressions in step values become values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ValueMode {
    /// As Backstage does it now: one whole expression keeps its type, everything else is text.
    #[default]
    Current,
    /// As Backstage did it before: through JSON text.
    Legacy,
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

/// `backstage`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backstage {
    /// Address of the backend; empty: none.
    pub base_url: String,
    /// Token that Backstage knows as one of its external callers.
    pub token: Secret,
    /// Methods that `http:backstage:request` may use; empty: all.
    pub request_methods: Vec<String>,
    /// Plugins whose registered actions steps may name.
    pub action_plugins: Vec<String>,
    /// Seconds that the list of their actions is used before it is asked for again.
    pub action_list_seconds: u64,
    /// Whether dry runs may read from Backstage.
    pub dry_run_reads: bool,
    /// Seconds that catalog actions and beginning runs wait for a Backstage that is away.
    pub retry_seconds: u64,
    /// Whether Backstage's permission policy is asked what its users may do.
    pub permissions: bool,
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

/// `webhooks`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    /// Days until deliveries are forgotten; 0 is never.
    pub retention_days: u64,
    /// Seconds between looks at what GitHub could not deliver; 0 is never.
    pub redeliver_seconds: u64,
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
#[derive(Clone, Debug, Default, Deserialize)]
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

/// The documented defaults.
pub const DEFAULTS: &str = include_str!("../config.default.yaml");

impl Config {
    /// Defaults, then `file`, then `STAGECRAFT_…` variables, then checks.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let variables: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let Some(path) = file else { return Self::from_parts(None, &variables) };
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError(format!("the settings in `{name}` cannot be read: {error}")))?;
        Self::from_parts(Some((&name, &text)), &variables)
    }

    /// The same from given texts: for tests and for commands that bring their own settings.
    pub fn from_parts(
        file: Option<(&str, &str)>,
        environment: &[(String, String)],
    ) -> Result<Self, ConfigError> {
        let mut settings = Layer { name: "config.default.yaml", text: DEFAULTS }.parse()?;
        if let Some((name, text)) = file {
            let layer = Layer { name, text };
            layer.lay(&mut settings, layer.parse()?)?;
        }
        for (name, value) in layers::from_environment(environment)? {
            Layer { name: &name, text: "" }.lay(&mut settings, value)?;
        }
        references::resolve("", &mut settings, environment)?;
        let config: Self =
            serde_yaml::from_value(settings).map_err(|error| ConfigError(format!("settings: {error}")))?;
        config.check()?;
        Ok(config)
    }

    /// Refuses settings that fit together badly.
    pub fn check(&self) -> Result<(), ConfigError> {
        let anybody = self.auth.tokens.is_empty() && self.backstage.base_url.is_empty();
        if anybody && !self.server.listen.ip().is_loopback() {
            return Err(ConfigError(format!(
                "`server.listen` is {}, which others can reach, but `auth.tokens` is empty: add a token, set `backstage.base_url` \
                 to accept the tokens of a Backstage, or listen on 127.0.0.1",
                self.server.listen
            )));
        }
        if let Some(token) =
            self.auth.tokens.iter().find(|token| token.token.expose().chars().count() < SHORTEST_TOKEN)
        {
            return Err(ConfigError(format!(
                "the token of `{}` in `auth.tokens` is shorter than {SHORTEST_TOKEN} characters",
                token.subject
            )));
        }
        let url = self.database.url.expose();
        if !url.is_empty() && !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(ConfigError(
                "`database.url` is not the URL of a PostgreSQL database: write `postgres://user@host/name`, or leave it \
                 empty for SQLite in the data folder"
                    .to_owned(),
            ));
        }
        if self.worker.lease_seconds == 0 {
            return Err(ConfigError("`worker.lease_seconds` must be at least 1".to_owned()));
        }
        catalog::check(&self.catalog)?;
        humanitec::check(&self.humanitec)?;
        forges::check(self)
    }
}

const SHORTEST_TOKEN: usize = 8;

/// A secret that the command line names as `env:VARIABLE` or `file:path`; `None` for any other text.
pub fn secret_from(source: &str) -> Option<Result<Secret, ConfigError>> {
    let (kind, name) = source.split_once(':')?;
    let text = match kind {
        "env" => std::env::var(name).map_err(|_| ConfigError(format!("the variable `{name}` is not set"))),
        "file" => std::fs::read_to_string(name)
            .map_err(|error| ConfigError(format!("the file `{name}` cannot be read: {error}"))),
        _ => return None,
    };
    Some(text.map(|text| Secret::new(text.trim())))
}

/// The page `docs/configuration.md`, made from the default file.
pub fn markdown() -> String {
    format!(
        "<!-- Generated by `stagecraft settings --markdown` from service/config.default.yaml; do not edit. -->\n\
         # Configuration\n\n\
         `stagecraft settings > stagecraft.yaml` writes this file to start from; `--config stagecraft.yaml` (or \
         `STAGECRAFT_CONFIG`) names it.\n\n\
         ```yaml\n{DEFAULTS}```\n"
    )
}

/// How this program was called, for commands that people are shown: a path stays one, the rest is the name.
pub(crate) fn called_as() -> String {
    let called = std::env::args_os().next().unwrap_or_default();
    let called = called.to_string_lossy();
    if called.contains('/') { called.into_owned() } else { "stagecraft".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn fault(file: &str) -> String {
        Config::from_parts(Some(("site.yaml", file)), &[]).unwrap_err().to_string()
    }

    #[test]
    fn the_defaults_are_valid() {
        let config = Config::from_parts(None, &[]).unwrap();

        assert_eq!(config.server.listen.to_string(), "127.0.0.1:7008");
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = "server: { listen: 127.0.0.1:1 }\nworker: { concurrency: 3 }";
        let config = Config::from_parts(
            Some(("site.yaml", file)),
            &variables(&[("STAGECRAFT_SERVER__LISTEN", "127.0.0.1:2")]),
        )
        .unwrap();

        assert_eq!((config.server.listen.port(), config.worker.concurrency), (2, 3));
    }

    #[test]
    fn a_list_in_the_environment_is_yaml() {
        let config =
            Config::from_parts(None, &variables(&[("STAGECRAFT_TEMPLATES__SOURCES", "[\"a\", \"b\"]")]))
                .unwrap();

        assert_eq!(config.templates.sources, ["a", "b"]);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest_one() {
        let text = fault("server:\n  listn: 127.0.0.1:1\n");

        assert_eq!(text, "site.yaml:2: `server.listn` is not a setting; did you mean `listen`?");
    }

    #[test]
    fn a_secret_can_come_from_a_variable() {
        let file = "auth: { tokens: [{ token: { env: TOKEN }, subject: external:backstage }] }";
        let config =
            Config::from_parts(Some(("site.yaml", file)), &variables(&[("TOKEN", "0123456789")])).unwrap();

        assert_eq!(config.auth.tokens[0].token.expose(), "0123456789");
    }

    #[test]
    fn a_missing_variable_is_named() {
        assert!(fault("secrets: { key: { env: NOT_THERE } }").contains("`NOT_THERE`"));
    }

    #[test]
    fn an_open_address_needs_a_token() {
        assert!(fault("server: { listen: 0.0.0.0:7008 }").contains("auth.tokens"));
    }

    #[test]
    fn a_database_of_another_kind_is_refused_without_its_password() {
        let text = fault("database: { url: 'mysql://user:hunter2@host/name' }");

        assert!(text.contains("`database.url`") && !text.contains("hunter2"), "{text}");
    }

    #[test]
    fn hosts_can_be_added_to_the_forges() {
        let file = "forges: { ghe.acme.io: { kind: local } }";
        let config = Config::from_parts(Some(("site.yaml", file)), &[]).unwrap();

        assert_eq!(config.forges.keys().collect::<Vec<_>>(), ["ghe.acme.io", "github.com"]);
    }
}
