//! What the tests stand on: [`app::TestApp`] speaks of templates and tasks, [`bench::Bench`] of single actions,
//! [`preview::Stage`] of previews, [`backstage::BackstageDouble`] answers as a Backstage does,
//! [`github::GitHubSite`] has a GitHub beside the service,
//! [`git_server::Server`] serves git, [`humanitec::HumanitecDouble`] answers as Humanitec does, [`issuer::Issuer`] signs tokens, [`policy::Policy`] decides what users may do,
//! [`postgres`] brings the database server.

pub(crate) mod app;
pub(crate) mod backstage;
pub(crate) mod bench;
pub(crate) mod git_server;
pub(crate) mod github;
pub(crate) mod humanitec;
pub(crate) mod issuer;
pub(crate) mod policy;
pub(crate) mod postgres;
pub(crate) mod preview;
