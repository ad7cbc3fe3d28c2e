//! Lists and mappings in brackets.

use saphyr_parser::Event;

use super::super::model::{Content, Node, Pair};
use super::trivia::{Props, Token, ending};
use super::{Composer, Result, rare};

const ENDS: &str = ",[]{}";

impl Composer<'_> {
    /// The collection whose bracket is at hand.
    pub(super) fn flow(&mut self, list: bool) -> Result<Content> {
        self.depth += 1;
        if self.depth > super::DEEPEST {
            return Err(rare("too many levels"));
        }
        let (open, close) = if list { ('[', ']') } else { ('{', '}') };
        if !self.cursor.take(open) {
            return Err(rare("a bracket that is not found"));
        }
        let (mut items, mut pairs) = (Vec::new(), Vec::new());
        loop {
            let start = self.cursor.start(Some(ENDS));
            if matches!(self.peek(), Some(Event::SequenceEnd | Event::MappingEnd)) {
                self.next()?;
                if !self.cursor.take(close)
                    || start.iter().any(|token| matches!(token, Token::Comment { .. }))
                {
                    return Err(rare("a comment at the end of brackets"));
                }
                break;
            }
            if list {
                items.push(self.flow_node(start)?);
            } else {
                pairs.push(self.flow_pair(start)?);
            }
            let mut behind = self.cursor.trivia();
            self.cursor.take(',');
            if let Some(comment) = self.cursor.comment_in_line() {
                behind.push(comment);
            }
            if let Some(comment) = ending(&behind) {
                let node = match pairs.last_mut() {
                    Some(Pair { value: Some(value), .. }) => Some(value),
                    Some(Pair { key, value: None }) => Some(key),
                    None => items.last_mut(),
                };
                if let Some(node) = node {
                    node.comment = Some(comment);
                }
            }
        }
        self.depth -= 1;
        Ok(if list { Content::List { items, flow: true } } else { Content::Mapping { pairs, flow: true } })
    }

    fn flow_pair(&mut self, start: Vec<Token>) -> Result<Pair> {
        let key = self.flow_node(start)?;
        let mut sep = self.cursor.trivia();
        let marked = self.cursor.take(':');
        sep.extend(self.cursor.start(Some(ENDS)));
        if self.nothing_here() {
            self.next()?;
            let value = marked.then(|| Props::of(&sep, false).nothing());
            return Ok(Pair { key, value });
        }
        Ok(Pair { key, value: Some(self.flow_node(sep)?) })
    }

    fn flow_node(&mut self, start: Vec<Token>) -> Result<Node> {
        let props = Props::of(&start, false);
        match self.next()? {
            Event::Scalar(text, style, _, _) => {
                let (content, _) = self.cursor.scalar(&text, style, &props, None)?;
                Ok(props.node(content))
            }
            Event::Alias(_) => {
                let name = self.cursor.alias().ok_or_else(|| rare("an alias that is not found"))?;
                Ok(props.node(Content::Alias(name)))
            }
            Event::SequenceStart(..) => Ok(props.node(self.flow(true)?)),
            Event::MappingStart(..) => Ok(props.node(self.flow(false)?)),
            _ => Err(rare("brackets that are written in an unusual way")),
        }
    }
}
