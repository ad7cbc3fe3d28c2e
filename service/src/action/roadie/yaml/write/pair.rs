//! A name and its value.

use super::super::model::{Content, Node, Pair};
use super::super::options::Style;
use super::super::scalar::Written;
use super::{Place, Result, as_comment, behind, indented, node};
use crate::action::ActionError;

/// The longest name that stands in front of `:` in its line.
const LONGEST_NAME: usize = 1_024;

/// A pair of a mapping.
pub(super) fn pair(pair: &Pair, place: &Place<'_>) -> Result<Written> {
    let simple = place.settings.simple_keys;
    let mut key_comment = pair.key.comment.as_deref();
    if simple {
        check_simple(&pair.key)?;
    }
    let explicit = !simple && is_explicit(pair, place);
    let step = " ".repeat(place.settings.step);
    let mut inner = Place {
        no_values: false,
        key: !explicit && (simple || !place.no_values),
        indent: format!("{}{step}", place.indent),
        ..place.clone()
    };
    let written = node(&pair.key, &mut inner)?;
    let mut text = written.text;
    let mut explicit = explicit;
    if !explicit && !place.in_flow && text.encode_utf16().count() > LONGEST_NAME {
        if simple {
            return Err(ActionError::Input(format!(
                "with `simpleKeys` a name has at most {LONGEST_NAME} characters; shorten it"
            )));
        }
        explicit = true;
    }
    let no_value = pair.value.is_none();
    if place.in_flow {
        if place.no_values || no_value {
            let text = match (text.is_empty(), explicit) {
                (true, _) => "?".to_owned(),
                (false, true) => format!("? {text}"),
                (false, false) => text,
            };
            return Ok(Written { text, comment_done: written.comment_done, keeps_breaks: false });
        }
    } else if (place.no_values && !simple) || (no_value && explicit) {
        text = format!("? {text}");
        let keeps_breaks = written.keeps_breaks && (key_comment.is_none() || written.comment_done);
        if let Some(comment) = key_comment.filter(|_| !written.comment_done) {
            text.push_str(&behind(&text, &inner.indent, &as_comment(comment)));
        }
        return Ok(Written { text, keeps_breaks, comment_done: false });
    }
    if written.comment_done {
        key_comment = None;
    }
    let comment = key_comment.map(as_comment);
    text = if explicit { format!("? {text}") } else { format!("{text}:") };
    if let Some(comment) = &comment {
        text.push_str(&behind(&text, &inner.indent, comment));
    }
    if explicit {
        text.push_str(&format!("\n{}:", place.indent));
    }
    inner.key = false;
    value(pair.value.as_ref(), text, Head { explicit, commented: comment.is_some() }, place, inner)
}

/// How the name was written.
#[derive(Clone, Copy)]
struct Head {
    explicit: bool,
    commented: bool,
}

fn value(
    value: Option<&Node>,
    mut text: String,
    head: Head,
    place: &Place<'_>,
    mut inner: Place<'_>,
) -> Result<Written> {
    let null = Node::from(Content::Null);
    let value = value.unwrap_or(&null);
    if !head.explicit && !head.commented && value.is_scalar() {
        inner.starts_at = Some(text.encode_utf16().count() + 1);
    }
    if hangs(value, head, place) {
        inner.indent = inner.indent.chars().skip(2).collect();
    }
    let written = node(value, &mut inner)?;
    text.push_str(&between(value, &written.text, head, &inner));
    text.push_str(&written.text);
    if place.in_flow {
        return Ok(Written { text, comment_done: written.comment_done, keeps_breaks: false });
    }
    let mut keeps_breaks = written.keeps_breaks;
    if let Some(comment) = value.comment.as_ref().filter(|_| !written.comment_done) {
        text.push_str(&behind(&text, &inner.indent, &as_comment(comment)));
        keeps_breaks = false;
    }
    Ok(Written { text, comment_done: false, keeps_breaks })
}

/// A list whose dashes stand under the name.
fn hangs(value: &Node, head: Head, place: &Place<'_>) -> bool {
    let bare_list = matches!(value.content, Content::List { flow: false, .. })
        && value.tag.is_none()
        && value.anchor.is_none();
    let settings = place.settings;
    bare_list && !settings.indent_lists && settings.step >= 2 && !place.in_flow && !head.explicit
}

/// What stands between the name and the value.
fn between(value: &Node, text: &str, head: Head, inner: &Place<'_>) -> String {
    if head.commented || value.space_before || value.comment_before.is_some() {
        let mut between = if value.space_before { "\n".to_owned() } else { String::new() };
        if let Some(comment) = &value.comment_before {
            between.push_str(&format!("\n{}", indented(&as_comment(comment), &inner.indent)));
        }
        if text.is_empty() && !inner.in_flow {
            if between == "\n" && value.comment.is_some() {
                between = "\n\n".to_owned();
            }
        } else {
            between.push_str(&format!("\n{}", inner.indent));
        }
        return between;
    }
    if !head.explicit && value.is_collection() {
        let over_lines = text.contains('\n');
        let in_brackets = inner.in_flow || (inner.settings.flow.is_none() && value.in_brackets());
        if (over_lines || !in_brackets) && !props_have_a_line(text) {
            return format!("\n{}", inner.indent);
        }
        return " ".to_owned();
    }
    if text.is_empty() || text.starts_with('\n') { String::new() } else { " ".to_owned() }
}

/// Whether anchor and tag stand alone in the first line.
fn props_have_a_line(text: &str) -> bool {
    let Some((first, _)) = text.split_once('\n') else { return false };
    match first.chars().next() {
        Some('&') => match first.split_once(' ') {
            None => true,
            Some((_, tag)) => tag.starts_with('!') && !tag.contains(' '),
        },
        Some('!') => !first.contains(' '),
        _ => false,
    }
}

/// Whether a name needs `?` in front.
fn is_explicit(pair: &Pair, place: &Place<'_>) -> bool {
    let block = matches!(pair.key.content, Content::Text(_, Some(Style::BlockFolded | Style::BlockLiteral)));
    (pair.key.comment.is_some() && pair.value.is_none() && !place.in_flow) || !pair.key.is_scalar() || block
}

fn check_simple(key: &Node) -> Result<()> {
    if key.comment.is_some() {
        return Err(ActionError::Input(
            "with `simpleKeys` a name has no comment; remove the comment or the option".to_owned(),
        ));
    }
    if key.is_collection() {
        return Err(ActionError::Input(
            "with `simpleKeys` a name is a text; a list or mapping is none".to_owned(),
        ));
    }
    Ok(())
}
