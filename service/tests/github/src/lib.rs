//! A GitHub for tests and demonstrations.
//!
//! It keeps its state in memory and its repositories as bare git folders, answers the part of GitHub's REST API
//! that Stagecraft uses, and holds every request and every answer against GitHub's own description of that API.
//! It knows nothing of the service that it is used to test. The invariant: what it answers, GitHub could answer.
//!
//! # Use
//!
//! ```
//! use github_double::{Fault, GitHub, Setup};
//!
//! let github = GitHub::start(Setup::default());
//! github.organisation("acme");
//! let app = github.app("stagecraft");
//! let installation = github.installation(app.id, "acme", &[("administration", "write"), ("contents", "write")]);
//! // Give `github.api_url()`, `github.git_url()`, `app.id` and `app.private_key` to whoever is to be tested; or, where
//! // it takes a token: `github.installation_token(installation)`, `github.token("jane", &["repo"])`.
//! github.fault(Fault::on("repos/create-in-org").nth(1).answer(502));
//! github.advance(std::time::Duration::from_secs(3600));
//! assert!(github.repository("acme", "shop").is_none());
//! assert_eq!(github.exchanges().of("repos/create-in-org").len(), 0);
//! assert_eq!(installation, github.read(|state| state.installations[0].id));
//! ```
//!
//! It runs on a thread of its own: tests may block, pause tokio's time, or start the service as a process. When the
//! value is dropped, the test fails if a request or an answer was not as GitHub describes it ([`GitHub::violations`]).
//!
//! # Layers
//!
//! Outermost first, in `layers.rs`: recorder, fault injector, authentication and permissions, rate governor, check of
//! the request, handler, check of the answer. What is not there *yet* ([`Lag`]) is hidden by the authentication.
//!
//! # Looking at what there is
//!
//! ```
//! # use github_double::{GitHub, Setup};
//! # let github = GitHub::start(Setup::default());
//! if let Some(shop) = github.repository("acme", "shop") {
//!     // Secrets are opened, names of variables and secrets are found in any case.
//!     assert_eq!(shop.wiring.secrets.value("TOKEN"), Some("s3cret"));
//!     assert_eq!(shop.wiring.variable("region"), Some("eu"));
//!     assert!(shop.wiring.environment("production").is_some_and(|one| one.reviewers.len() == 2));
//!     assert!(shop.wiring.ruleset("main").is_some() && shop.wiring.protection.contains_key("main"));
//!     assert_eq!(shop.tracker.pulls().count(), 1);
//! }
//! ```
//!
//! `wiring` also has hooks, keys, autolinks, pages, runs, dispatches, invitations and switches; `tracker` labels,
//! milestones, issues with their comments, and statuses of commits.
//!
//! # A new operation
//!
//! One function and one line in the `ROUTES` of its area in `handlers/`: method, path, GitHub's own operation id, the
//! permission it needs, the function. `Call` has the parameters and the body, `State` everything else, `errors`
//! GitHub's refusals, `shapes` the objects that several operations answer with.

#![expect(clippy::indexing_slicing, reason = "JSON is indexed by key, which gives null where there is none")]

pub mod auth;
mod call;
mod clock;
pub mod description;
mod errors;
mod fault;
mod git;
mod github;
mod handlers;
mod layers;
mod limits;
mod recorder;
mod router;
mod server;
mod setup;
mod shapes;
mod shared;
pub mod state;
mod webhooks;

pub use clock::Millis;
pub use fault::{Fault, Kind as FaultKind};
pub use github::{AppCredentials, Commit, GitHub};
pub use recorder::{Exchange, Exchanges};
pub use setup::{Lag, Limits, Setup, Variant};
pub use webhooks::{Delivery, Event};
