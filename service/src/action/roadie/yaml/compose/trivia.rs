//! What stands between values: line breaks, comments, anchors, tags; and whom they belong to.

use super::super::model::{Content, Node};

/// A part of the text between values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Newline,
    Comment {
        column: usize,
        text: String,
    },
    Anchor {
        column: usize,
        name: String,
    },
    Tag {
        column: usize,
        text: String,
    },
    /// `-` or `:`, in front of a value.
    Mark,
}

/// What stands before a node.
#[derive(Debug, Default)]
pub(super) struct Props {
    pub(super) space_before: bool,
    pub(super) comment: Option<String>,
    pub(super) anchor: Option<String>,
    pub(super) tag: Option<String>,
}

impl Props {
    /// Reads tokens, of which the first stands at the start of a line or not.
    pub(super) fn of(tokens: &[Token], at_line_start: bool) -> Self {
        let mut props = Self::default();
        let mut at_start = at_line_start;
        let (mut comment, mut between, mut marked) = (String::new(), String::new(), false);
        for token in tokens {
            match token {
                Token::Comment { text, .. } => {
                    if !comment.is_empty() {
                        comment.push_str(&between);
                    }
                    comment.push_str(text);
                    between.clear();
                    at_start = false;
                }
                Token::Newline => {
                    match (at_start, comment.is_empty()) {
                        (true, false) => comment.push('\n'),
                        (true, true) => props.space_before |= !marked,
                        (false, _) => between.push('\n'),
                    }
                    at_start = true;
                }
                Token::Anchor { name, .. } => {
                    props.anchor = Some(name.clone());
                    at_start = false;
                }
                Token::Tag { text, .. } => {
                    props.tag = Some(text.clone());
                    at_start = false;
                }
                Token::Mark => {
                    // Behind the dash of a list no blank line counts; behind a name's colon one does.
                    marked = at_line_start;
                    at_start = at_line_start;
                }
            }
        }
        props.comment = Some(comment).filter(|comment| !comment.is_empty());
        props
    }

    pub(super) fn node(self, content: Content) -> Node {
        Node {
            anchor: self.anchor,
            tag: self.tag,
            space_before: self.space_before,
            comment_before: self.comment,
            ..Node::from(content)
        }
    }

    /// The node where nothing is written: its comments stand behind it.
    pub(super) fn nothing(self) -> Node {
        Node {
            anchor: self.anchor,
            tag: self.tag,
            space_before: self.space_before,
            comment: self.comment,
            ..Node::from(Content::Literal(String::new()))
        }
    }
}

/// What stands behind a value: its comment, and what belongs to what follows.
pub(super) struct After {
    pub(super) comment: Option<String>,
    pub(super) rest: Vec<Token>,
}

impl After {
    /// Behind a value in a line: the comment in that line, and comments below that are indented further than the
    /// collection.
    pub(super) fn value(tokens: Vec<Token>, indent: Option<usize>) -> Self {
        let mut taken = usize::from(matches!(tokens.first(), Some(Token::Comment { .. })));
        taken += usize::from(matches!(tokens.get(taken), Some(Token::Newline)));
        while let Some(indent) = indent {
            let breaks = tokens.iter().skip(taken).take_while(|token| **token == Token::Newline).count();
            match tokens.get(taken + breaks) {
                Some(Token::Comment { column, .. }) if *column > indent => {
                    taken += breaks + 1;
                    taken += usize::from(matches!(tokens.get(taken), Some(Token::Newline)));
                }
                _ => break,
            }
        }
        let (own, rest) = tokens.split_at_checked(taken).unwrap_or((&tokens, &[]));
        Self { comment: ending(own), rest: rest.to_vec() }
    }

    /// Behind a block, which ends with its line.
    pub(super) fn block(tokens: Vec<Token>) -> Self {
        Self { comment: None, rest: tokens }
    }
}

/// The comments among tokens behind something, with the breaks between them.
pub(super) fn ending(tokens: &[Token]) -> Option<String> {
    let (mut comment, mut between) = (String::new(), String::new());
    for token in tokens {
        match token {
            Token::Comment { text, .. } => {
                comment.push_str(&between);
                comment.push_str(text);
                between.clear();
            }
            Token::Newline if !comment.is_empty() => between.push('\n'),
            _ => {}
        }
    }
    Some(comment).filter(|comment| !comment.is_empty())
}

/// The comments before a document, and whether they stand apart from it.
pub(super) fn prelude(tokens: &[Token]) -> (Option<String>, bool) {
    let mut comment = String::new();
    let (mut at_comment, mut blank) = (false, false);
    for token in tokens {
        match token {
            Token::Comment { text, .. } => {
                if !comment.is_empty() {
                    comment.push_str(if blank { "\n\n" } else { "\n" });
                }
                comment.push_str(text);
                (at_comment, blank) = (true, false);
            }
            _ => {
                blank |= !at_comment;
                at_comment = false;
            }
        }
    }
    (Some(comment).filter(|comment| !comment.is_empty()), blank)
}

/// Puts comments that stand right before a document before its first item, or before itself.
pub(super) fn put_before(root: &mut Node, comment: String) {
    let node = match &mut root.content {
        Content::List { items, flow: false } => items.first_mut(),
        Content::Mapping { pairs, flow: false } => pairs.first_mut().map(|pair| &mut pair.key),
        _ => None,
    };
    let place = match node {
        Some(first) => &mut first.comment_before,
        None => &mut root.comment_before,
    };
    *place = Some(match place.take() {
        Some(below) => format!("{comment}\n{below}"),
        None => comment,
    });
}

/// Tokens behind the last item of a collection: they are its own comment, or, when none is indented as far as it
/// is, belong to what comes behind the collection.
pub(super) fn leave(rest: Vec<Token>, indent: usize) -> (Option<String>, Vec<Token>) {
    let outside = |token: &Token| !matches!(token, Token::Comment { column, .. } if *column >= indent);
    if indent == 0 || rest.iter().all(outside) {
        return (None, rest);
    }
    (Props::of(&rest, true).comment, Vec::new())
}

/// Of the tokens before a mapping, those in the line of its first key belong to the key.
pub(super) fn split_for_first_key(mut tokens: Vec<Token>) -> (Vec<Token>, Vec<Token>) {
    let at = tokens.iter().rposition(|token| matches!(token, Token::Newline | Token::Mark));
    let first = tokens.split_off(at.map_or(0, |at| at + 1));
    (tokens, first)
}

/// The column at which a line with these tokens begins, if they hold an anchor or a tag.
pub(super) fn column_of(tokens: &[Token]) -> Option<usize> {
    tokens.iter().find_map(|token| match token {
        Token::Anchor { column, .. } | Token::Tag { column, .. } => Some(*column),
        _ => None,
    })
}

/// Behind a name without a value: what stands below its line belongs to the next name.
pub(super) fn split_behind_nothing(sep: &mut Vec<Token>, indent: usize) -> Vec<Token> {
    let mut breaks: Vec<usize> = Vec::new();
    for (at, token) in sep.iter().enumerate() {
        match token {
            Token::Newline => breaks.push(at),
            Token::Comment { column, .. } if *column <= indent => {}
            _ => breaks.clear(),
        }
    }
    match breaks.get(1) {
        Some(at) => sep.split_off(*at),
        None => Vec::new(),
    }
}
