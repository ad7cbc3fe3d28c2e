//! `go.mod` and `go.work`.

use crate::detect::text::line_of;
use crate::{Ecosystem, Package, Said, TreePath, Workspace};

pub(super) fn module(path: &TreePath, text: &str) -> Package {
    let mut package = Package::new(Ecosystem::Go, path.clone());
    for (directive, rest) in directives(text) {
        let mut words = rest.split_whitespace();
        match directive {
            "module" => {
                package.name =
                    words.next().map(|name| Said::new(name.trim_matches('"'), line_of(text, "module")));
            }
            "require" if !rest.contains("// indirect") => {
                package.depend(words.next().unwrap_or_default(), false);
            }
            "replace" => {
                let from = words.next().unwrap_or_default();
                let to = rest.split("=>").nth(1).map(str::trim).unwrap_or_default();
                if to.starts_with('.') {
                    package.depend_at(from, false, Some(to.to_owned()));
                }
            }
            _ => {}
        }
    }
    package
}

pub(super) fn work(path: &TreePath, text: &str) -> Workspace {
    let members = directives(text).filter(|(directive, _)| *directive == "use");
    let members = members.map(|(_, folder)| folder.trim_matches('"').to_owned()).collect();
    Workspace { file: path.clone(), ecosystem: Ecosystem::Go, members }
}

/// Every line with the directive it belongs to, in a block or alone.
fn directives(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut block: Option<&str> = None;
    text.lines().filter_map(move |line| {
        let line = line.trim();
        if line.is_empty() || line.starts_with("//") {
            return None;
        }
        if let Some(directive) = block {
            if line == ")" {
                block = None;
                return None;
            }
            return Some((directive, line));
        }
        let (directive, rest) = line.split_once(char::is_whitespace)?;
        if rest.trim_start().starts_with('(') {
            block = Some(directive);
            return None;
        }
        Some((directive, rest.trim()))
    })
}
