//! What the tests stand on: [`app::TestApp`] speaks of templates and tasks, [`bench::Bench`] of single actions,
//! [`postgres`] brings the server.

pub(crate) mod app;
pub(crate) mod bench;
pub(crate) mod postgres;
