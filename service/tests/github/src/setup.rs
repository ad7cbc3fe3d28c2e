//! What a double is started with.

use std::time::Duration;

/// Which GitHub it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// As api.github.com: the API at the root, limits on, long installation tokens.
    Cloud,
    /// As GitHub Enterprise Server: the API below `/api/v3`, no limits, short installation tokens.
    Server,
}

/// How much GitHub lets one installation or user do.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in an hour.
    pub per_hour: u64,
    /// Requests that make content in a minute.
    pub content_per_minute: u64,
    /// Requests that make content in an hour.
    pub content_per_hour: u64,
    /// Requests at once.
    pub concurrent: u64,
    /// Points in a minute: a read is 1, a write 5.
    pub points_per_minute: u64,
    /// So many times faster than the clock the hours and minutes of limits pass.
    pub compressed: u64,
    /// Whether a refusal for too much content says when to come again. GitHub's own often does not.
    pub says_when: bool,
}

impl Limits {
    /// GitHub's published limits.
    #[must_use]
    pub const fn github() -> Self {
        Self {
            per_hour: 5000,
            content_per_minute: 80,
            content_per_hour: 500,
            concurrent: 100,
            points_per_minute: 900,
            compressed: 1,
            says_when: true,
        }
    }

    /// GitHub's limits with hours and minutes that pass so many times faster.
    #[must_use]
    pub const fn compressed(by: u64) -> Self {
        Self { compressed: by, ..Self::github() }
    }

    /// None, as GitHub Enterprise Server.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            per_hour: u64::MAX,
            content_per_minute: u64::MAX,
            content_per_hour: u64::MAX,
            concurrent: u64::MAX,
            points_per_minute: u64::MAX,
            compressed: 1,
            says_when: true,
        }
    }
}

/// How long what is there is not yet seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lag {
    /// A new repository: 404 for everything but its making.
    pub create: Duration,
    /// A new installation token: 401.
    pub mint: Duration,
    /// The permissions of a new installation token, after [`Lag::mint`]: 403.
    pub permissions: Duration,
    /// The content of a repository made from a template: 409, empty.
    pub generate: Duration,
}

impl Lag {
    /// New repositories are not seen for so long.
    #[must_use]
    pub fn after_create(create: Duration) -> Self {
        Self { create, ..Self::default() }
    }

    /// New installation tokens are not known for so long.
    #[must_use]
    pub fn after_mint(mint: Duration) -> Self {
        Self { mint, ..Self::default() }
    }

    /// New installation tokens have no permission for so long.
    #[must_use]
    pub fn of_permissions(permissions: Duration) -> Self {
        Self { permissions, ..Self::default() }
    }

    /// What is made from a template is empty for so long.
    #[must_use]
    pub fn after_generate(generate: Duration) -> Self {
        Self { generate, ..Self::default() }
    }
}

/// What a double is started with. `Setup::default()` is github.com as it is today.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Which GitHub it is.
    pub variant: Variant,
    /// The version of the API where a request names none.
    pub version: &'static str,
    /// What it lets one do.
    pub limits: Limits,
    /// How late it is.
    pub lag: Lag,
    /// How long each answer takes, as a network would.
    pub latency: Duration,
    /// Whether installation tokens have the long form, of two dots and some 520 characters.
    pub long_tokens: bool,
    /// Where to listen.
    pub listen: String,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            variant: Variant::Cloud,
            version: "2022-11-28",
            limits: Limits::github(),
            lag: Lag::default(),
            latency: Duration::ZERO,
            long_tokens: true,
            listen: "127.0.0.1:0".to_owned(),
        }
    }
}

impl Setup {
    /// A GitHub Enterprise Server.
    #[must_use]
    pub fn server() -> Self {
        Self { variant: Variant::Server, limits: Limits::none(), long_tokens: false, ..Self::default() }
    }

    /// With these limits.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// With this lag.
    #[must_use]
    pub fn lag(self, lag: Lag) -> Self {
        Self { lag, ..self }
    }
}
