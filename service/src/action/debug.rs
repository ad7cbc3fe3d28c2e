//! Actions of the `debug` family: for watching a template at work.

mod log;
mod wait;

pub(crate) use log::Log;
pub(crate) use wait::Wait;
