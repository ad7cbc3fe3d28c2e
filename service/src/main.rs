//! The `stagecraft` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    stagecraft::cli::run()
}
