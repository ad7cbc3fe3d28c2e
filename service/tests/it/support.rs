//! What the tests stand on: [`app::TestApp`] speaks of templates and tasks, [`postgres`] brings the server.

pub(crate) mod app;
pub(crate) mod postgres;
