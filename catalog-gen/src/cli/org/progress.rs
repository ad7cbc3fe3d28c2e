//! How far a run is, on one line of a terminal; where there is no terminal, nothing.

use std::cell::Cell;
use std::io::{IsTerminal, Write};

const WIDTH: usize = 30;

/// A bar on standard error.
pub(super) struct Progress {
    all: usize,
    done: Cell<usize>,
    shown: bool,
}

impl Progress {
    /// A bar for so many.
    pub(super) fn new(all: usize) -> Self {
        Self { all, done: Cell::new(0), shown: std::io::stderr().is_terminal() }
    }

    /// One more is done.
    pub(super) fn one(&self, name: &str) {
        self.done.set(self.done.get() + 1);
        if self.shown {
            let line = line(self.done.get(), self.all, name);
            // A bar that cannot be drawn is no reason to stop.
            let _ = write!(std::io::stderr(), "\r\x1b[2K{line}");
            let _ = std::io::stderr().flush();
        }
    }

    /// All are done: the line goes.
    pub(super) fn end(&self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r\x1b[2K");
            let _ = std::io::stderr().flush();
        }
    }
}

fn line(done: usize, all: usize, name: &str) -> String {
    let full = done * WIDTH / all.max(1);
    let name: String = name.chars().filter(|character| !character.is_control()).take(40).collect();
    format!("[{}{}] {done} of {all}  {name}", "#".repeat(full), " ".repeat(WIDTH.saturating_sub(full)))
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn the_bar_is_as_long_as_the_part_that_is_done() {
        assert_eq!(
            line(5, 10, "acme/shop"),
            format!("[{}{}] 5 of 10  acme/shop", "#".repeat(15), " ".repeat(15))
        );
        assert!(line(0, 0, "\u{1b}[31m").starts_with("[ "));
    }
}
