//! Dockerfiles, as a list of instructions in the shape that conftest's policies know.
//!
//! `{Cmd, SubCmd, Flags, Value, JSON, Stage}`, with `StartLine` and `EndLine`. `Cmd` is in small letters; `Stage`
//! counts from 0; what a shell runs is one text; `ENV` and `LABEL` give name, value and `=` for each pair. Build
//! arguments are not filled in.

use serde_json::{Value, json};

use crate::marks::Marks;

/// Reads a file.
pub(super) fn read(text: &str) -> (Value, Marks) {
    let text = text.trim_start_matches('\u{feff}');
    let escape = escape(text);
    let mut lines = text.lines().enumerate().peekable();
    let (mut instructions, mut marks) = (Vec::new(), Vec::new());
    let mut stages = 0_usize;
    while let Some((at, line)) = lines.next() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let mut whole = line.trim_start().to_owned();
        let mut end = at;
        while let Some(continued) = whole.trim_end().strip_suffix(escape) {
            whole = continued.to_owned();
            let Some((next, line)) = lines.next() else { break };
            end = next;
            if line.trim().is_empty() || line.trim_start().starts_with('#') {
                whole.push(escape);
            } else {
                whole.push_str(line);
            }
        }
        for marker in heredocs(&whole) {
            for (next, line) in lines.by_ref() {
                end = next;
                if line.trim() == marker {
                    break;
                }
                whole.push('\n');
                whole.push_str(line);
            }
        }
        let (word, _) = split(&whole);
        stages += usize::from(word.eq_ignore_ascii_case("from"));
        instructions.push(instruction(&whole, stages.saturating_sub(1), (at + 1, end + 1)));
        marks.push(Marks::leaf(at + 1));
    }
    (Value::Array(instructions), Marks::items(1, marks))
}

fn instruction(whole: &str, stage: usize, (start, end): (usize, usize)) -> Value {
    let (word, rest) = split(whole);
    let cmd = word.to_ascii_lowercase();
    let (sub, rest) = match cmd.as_str() {
        "onbuild" | "healthcheck" => {
            let (flags, rest) = flags(rest);
            let (sub, rest) = split(rest);
            return shaped(&Shape { cmd, sub: sub.to_ascii_lowercase(), flags, rest, stage, start, end });
        }
        _ => (String::new(), rest),
    };
    let (flags, rest) = flags(rest);
    shaped(&Shape { cmd, sub, flags, rest, stage, start, end })
}

struct Shape<'l> {
    cmd: String,
    sub: String,
    flags: Vec<&'l str>,
    rest: &'l str,
    stage: usize,
    start: usize,
    end: usize,
}

fn shaped(shape: &Shape<'_>) -> Value {
    let rest = shape.rest.trim();
    let word = if shape.cmd == "onbuild" { &shape.sub } else { &shape.cmd };
    let list = || serde_json::from_str::<Vec<String>>(rest).ok().filter(|_| rest.starts_with('['));
    let takes_list = !matches!(word.as_str(), "env" | "label" | "arg" | "from" | "user" | "workdir");
    let (value, is_json) = match list().filter(|_| takes_list) {
        Some(list) => (list, true),
        None => (values(word, rest), false),
    };
    json!({
        "Cmd": shape.cmd,
        "SubCmd": shape.sub,
        "Flags": shape.flags,
        "Value": value,
        "JSON": is_json,
        "Stage": shape.stage,
        "StartLine": shape.start,
        "EndLine": shape.end,
    })
}

fn values(word: &str, rest: &str) -> Vec<String> {
    match word {
        _ if rest.is_empty() => Vec::new(),
        "run" | "cmd" | "entrypoint" | "shell" | "healthcheck" | "maintainer" | "user" | "workdir"
        | "stopsignal" => vec![rest.to_owned()],
        "env" | "label" => pairs(rest),
        _ => words(rest),
    }
}

/// `NAME=value …`, or the old `NAME value`.
fn pairs(rest: &str) -> Vec<String> {
    let found = words(rest);
    if found.first().is_some_and(|first| !first.contains('=')) {
        let (name, value) = split(rest);
        return vec![name.to_owned(), value.trim().to_owned(), String::new()];
    }
    let pair = |word: &String| {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        [name.to_owned(), value.to_owned(), "=".to_owned()]
    };
    found.iter().flat_map(pair).collect()
}

/// The words of a line; quotes keep together what is in them, and go.
fn words(rest: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut word, mut quote, mut any) = (String::new(), None, false);
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => (quote, any) = (Some(c), true),
            (None | Some('"'), '\\') => word.extend(chars.next()),
            (None, _) if c.is_whitespace() => {
                if any || !word.is_empty() {
                    found.push(std::mem::take(&mut word));
                }
                any = false;
            }
            _ => word.push(c),
        }
    }
    if any || !word.is_empty() {
        found.push(word);
    }
    found
}

fn flags(rest: &str) -> (Vec<&str>, &str) {
    let mut found = Vec::new();
    let mut rest = rest.trim_start();
    while rest.starts_with("--") {
        let (flag, behind) = split(rest);
        found.push(flag);
        rest = behind.trim_start();
    }
    (found, rest)
}

/// The first word and what follows.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

/// The mark of continued lines, which `# escape=` changes.
fn escape(text: &str) -> char {
    let directives = text.lines().map_while(|line| line.trim().strip_prefix('#'));
    let set =
        directives.filter_map(|line| line.trim().split_once('=')).find(|(name, _)| name.trim() == "escape");
    if set.is_some_and(|(_, value)| value.trim() == "`") { '`' } else { '\\' }
}

/// What ends the heredocs that an instruction opens, in their order.
fn heredocs(line: &str) -> Vec<String> {
    let takes = ["run", "copy", "add"].iter().any(|word| split(line).0.eq_ignore_ascii_case(word));
    let marker = |part: &str| {
        let name: String = part
            .trim_start_matches(['-', '"', '\''])
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_').then_some(name)
    };
    if takes { line.split("<<").skip(1).filter_map(marker).collect() } else { Vec::new() }
}

#[cfg(test)]
mod tests;
