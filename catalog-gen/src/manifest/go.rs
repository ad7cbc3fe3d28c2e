//! `go.mod` and `go.work`.

use super::{Dependency, Ecosystem, Package, Read, Scope, Source, folder_at, line_number};

pub(super) fn module(source: &Source<'_>) -> Read {
    let mut package = Package::new(Ecosystem::Go, source);
    let mut replaced = Vec::new();
    for (at, directive, words) in directives(source.text) {
        match (directive, words.as_slice()) {
            ("module", [name, ..]) => package.name = Some((*name).to_owned()),
            ("require", [name, ..]) => {
                let mut dependency = Dependency::new(*name, Scope::Run);
                dependency.line = line_number(at);
                package.dependencies.push(dependency);
            }
            ("replace", [name, .., "=>", path] | [name, .., "=>", path, _])
                if path.starts_with("./") || path.starts_with("../") =>
            {
                replaced.push(((*name).to_owned(), folder_at(source, path)));
            }
            _ => {}
        }
    }
    for (name, local) in replaced {
        if let Some(dependency) = package.dependencies.iter_mut().find(|one| one.name == name) {
            dependency.local = local;
        }
    }
    Ok(package.name.is_some().then_some(package))
}

pub(super) fn work(source: &Source<'_>) -> Read {
    let mut package = Package::new(Ecosystem::Go, source);
    let uses = directives(source.text).filter(|(_, directive, _)| *directive == "use");
    package.members = uses.filter_map(|(_, _, words)| words.first().map(|path| (*path).to_owned())).collect();
    Ok((!package.members.is_empty()).then_some(package))
}

/// Every directive with its words, those in brackets one by one. Indirect requirements are left out.
fn directives(text: &str) -> impl Iterator<Item = (usize, &str, Vec<&str>)> {
    let mut block: Option<&str> = None;
    text.lines().enumerate().filter_map(move |(at, line)| {
        let (line, comment) = line.split_once("//").unwrap_or((line, ""));
        let mut words: Vec<&str> = line.split_whitespace().map(|word| word.trim_matches('"')).collect();
        if words.last() == Some(&"(") {
            block = words.first().copied();
            return None;
        }
        if words.first() == Some(&")") {
            block = None;
            return None;
        }
        let directive = match block {
            Some(directive) => directive,
            None if words.is_empty() => return None,
            None => words.remove(0),
        };
        let shown = !words.is_empty() && comment.trim() != "indirect";
        shown.then_some((at, directive, words))
    })
}
