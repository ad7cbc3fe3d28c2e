//! The double tested from outside, as a client of GitHub sees it.

mod apps;
mod client;
mod repositories;
