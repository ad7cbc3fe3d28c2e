//! What a `.gitmodules` may say: the rules by which git's own check refuses one.
//!
//! It reads the file as git reads a configuration, and knows four keys. The invariant: no name leads out of the
//! place where git keeps submodules, and no value is taken for an option or a command by the git of who clones.

/// The first thing that is wrong, as the rest of a sentence about the file.
pub(super) fn check(text: &[u8]) -> Result<(), String> {
    let Ok(text) = std::str::from_utf8(text) else { return Err("is not UTF-8".to_owned()) };
    let mut section = None;
    for line in logical_lines(text) {
        let mut rest = line.trim_start();
        if let Some(head) = rest.strip_prefix('[') {
            let (name, after) = section_head(head).ok_or_else(|| unreadable(&line))?;
            section = name;
            rest = after.trim_start();
        }
        if rest.is_empty() || rest.starts_with(['#', ';']) {
            continue;
        }
        let (key, value) = rest.split_once('=').unwrap_or((rest, ""));
        let value = value_of(value).ok_or_else(|| unreadable(&line))?;
        if let Some(name) = &section {
            check_name(name)?;
            check_value(&key.trim().to_ascii_lowercase(), &value)?;
        }
    }
    Ok(())
}

fn unreadable(line: &str) -> String {
    format!("has a line that git cannot read, `{}`", shown(line))
}

/// Lines, where a backslash at the end goes on in the next.
fn logical_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.trim_start_matches('\u{feff}').split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let slashes = line.len() - line.trim_end_matches('\\').len();
        let ends_open = slashes % 2 == 1;
        let kept = if ends_open { line.get(..line.len() - 1).unwrap_or_default() } else { line };
        match lines.last_mut() {
            Some(last) if goes_on => last.push_str(kept),
            _ => lines.push(kept.to_owned()),
        }
        goes_on = ends_open;
    }
    lines
}

/// The submodule of a section, if it is one, and what stands behind the bracket.
fn section_head(head: &str) -> Option<(Option<String>, &str)> {
    let Some((kind, quoted)) = head.split_once('"').filter(|(kind, _)| !kind.contains(']')) else {
        return head.split_once(']').map(|(name, after)| {
            let old_form = name.trim().to_ascii_lowercase();
            (old_form.strip_prefix("submodule.").map(str::to_owned), after)
        });
    };
    let (mut name, mut escaped) = (String::new(), false);
    for (at, c) in quoted.char_indices() {
        match c {
            _ if escaped => {
                name.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => {
                let after = quoted.get(at + 1..)?.trim_start().strip_prefix(']')?;
                return Some((kind.trim().eq_ignore_ascii_case("submodule").then_some(name), after));
            }
            c => name.push(c),
        }
    }
    None
}

/// A value without quotes, escapes and the comment behind it.
fn value_of(text: &str) -> Option<String> {
    let (mut value, mut quoted, mut escaped) = (String::new(), false, false);
    for c in text.trim().chars() {
        match c {
            _ if escaped => {
                value.push(match c {
                    'n' => '\n',
                    't' => '\t',
                    'b' => '\u{8}',
                    '\\' | '"' => c,
                    _ => return None,
                });
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '#' | ';' if !quoted => break,
            c => value.push(c),
        }
    }
    (!quoted && !escaped).then(|| value.trim().to_owned())
}

fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name.split(['/', '\\']).any(|part| part == "..") {
        return Err(format!("has a submodule whose name `{}` leads elsewhere", shown(name)));
    }
    Ok(())
}

fn check_value(key: &str, value: &str) -> Result<(), String> {
    let fault = match key {
        "url" if value.starts_with('-') => "is taken for an option",
        "url" if holds_line_break(value) => "holds a line break",
        "url" if value.to_ascii_lowercase().starts_with("ext::") => "runs a command",
        "path" if value.starts_with('-') => "is taken for an option",
        "path" if value.split(['/', '\\']).any(|part| part == "..") => "leads elsewhere",
        "update" if value.starts_with('!') => "is a command",
        _ => return Ok(()),
    };
    Err(format!("has a submodule whose {key} `{}` {fault}", shown(value)))
}

/// Written plainly, or as an address writes it.
fn holds_line_break(url: &str) -> bool {
    let url = url.to_ascii_lowercase();
    url.contains(['\n', '\r']) || url.contains("%0a") || url.contains("%0d")
}

fn shown(text: &str) -> String {
    text.chars().take(80).flat_map(char::escape_debug).collect()
}
