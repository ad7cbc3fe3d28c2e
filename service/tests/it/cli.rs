//! The command line: the real program, in a folder of its own, with nothing of the environment.
//!
//! What it prints is compared after paths, ids, ports and times have been replaced, see
//! [`Ran::steady`](program::Ran::steady).

mod demo;
mod dev;
mod help;
mod new;
mod policy;
pub(crate) mod program;
mod render;
mod score;
mod serve;
mod terminal;
