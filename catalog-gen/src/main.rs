//! The program `catalog-gen`: what a repository is, from the command line.
//!
//! It only starts [`cli`] and hands its answer to the system. The invariant: it ends with 0 where all is well, with 1
//! where something was found, and with 2 where it could not do what it was asked.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
