//! Builds the syntax of a template out of its pieces.
//!
//! Statements are in [`statement`], operators in [`expr`], what they join in [`operand`]. Recursion is counted, so no source can use up
//! the stack; every node is counted too.

mod expr;
mod operand;
pub(crate) mod statement;

use crate::ast::{Ast, Expr, ExprId, Macro, Node, Sym};
use crate::budget::{Budget, Limit, to_u64};
use crate::env::Environment;
use crate::error::{ErrorKind, Fault, Res};
use crate::lexer::{Lexer, Op, Piece, Tok, Token};
use crate::text::Text;
use std::collections::HashMap;
use std::sync::Arc;

/// Names that would reach into JavaScript's own objects.
pub(crate) fn is_reserved(name: &str) -> bool {
    matches!(name, "constructor" | "prototype" | "__proto__")
}

/// Names that stand for a fixed value.
pub(crate) fn is_literal(name: &str) -> bool {
    matches!(name, "true" | "false" | "null" | "none")
}

/// Reads a whole template.
pub(crate) fn parse(env: &Environment, source: &str) -> Res<Ast> {
    if to_u64(source.len()) > env.budget.source_bytes || u32::try_from(source.len()).is_err() {
        return Err(Limit::SourceBytes.fault(env.budget.source_bytes));
    }
    let mut parser = Parser {
        source,
        lexer: Lexer::new(source, env),
        budget: &env.budget,
        jinja: env.syntax.jinja,
        legacy: env.is_legacy(),
        ast: Ast::default(),
        symbols: HashMap::new(),
        token: 0,
        depth: 0,
        nodes: 0,
        loops: 0,
        macros: 0,
        loop_uses: 0,
        declared: Vec::new(),
        tested: usize::MAX,
        blocks: Vec::new(),
    };
    let (body, _) = parser.body(&[])?;
    parser.ast.body = body;
    Ok(parser.ast)
}

struct Parser<'s> {
    source: &'s str,
    lexer: Lexer<'s>,
    budget: &'s Budget,
    jinja: bool,
    legacy: bool,
    ast: Ast,
    symbols: HashMap<&'s str, Sym>,
    /// The current token of the current tag.
    token: usize,
    depth: usize,
    nodes: u64,
    loops: u32,
    /// How many macros were declared, and how often `loop` was mentioned, so far.
    macros: usize,
    loop_uses: usize,
    /// The macros declared in the current loop, macro, block or template so far.
    declared: Vec<Arc<Macro>>,
    /// Where the name of the last test stands.
    tested: usize,
    blocks: Vec<&'s str>,
}

/// The tag that ended a body.
#[derive(Clone, Copy)]
struct Stop<'s> {
    name: &'s str,
    offset: usize,
}

impl<'s> Parser<'s> {
    /// Reads nodes until one of these tags, whose tokens are then current; nothing at the end of
    /// the source.
    fn body(&mut self, stops: &[&str]) -> Res<(Vec<Node>, Option<Stop<'s>>)> {
        self.enter(0)?;
        let mut nodes = Vec::new();
        while let Some(piece) = self.lexer.next()? {
            self.token = 0;
            let Piece::Tag(offset) = piece else {
                nodes.push(self.leaf(piece)?);
                continue;
            };
            self.count(offset)?;
            let name = self.tag_name(offset)?;
            if stops.contains(&name) {
                self.depth -= 1;
                return Ok((nodes, Some(Stop { name, offset })));
            }
            nodes.push(self.statement(name, offset)?);
        }
        self.depth -= 1;
        Ok((nodes, None))
    }

    /// A text or an output.
    fn leaf(&mut self, piece: Piece) -> Res<Node> {
        match piece {
            Piece::Text(range) => {
                self.count(range.start)?;
                Ok(Node::Text(range))
            }
            Piece::Output(offset) | Piece::Tag(offset) => {
                self.count(offset)?;
                self.whole_expression().map(Node::Output)
            }
        }
    }

    /// A body that must end with one of these tags.
    fn closed_body(&mut self, opener: Stop<'s>, stops: &[&str]) -> Res<(Vec<Node>, Stop<'s>)> {
        let (nodes, stop) = self.body(stops)?;
        let Some(stop) = stop else {
            let end = stops.last().copied().unwrap_or_default();
            let message = format!("`{}` is not closed; add `{{% {end} %}}`", opener.name);
            return Err(Fault::syntax(message, opener.offset));
        };
        Ok((nodes, stop))
    }

    /// A body that keeps the names of its macros to itself.
    fn region(&mut self, opener: Stop<'s>, stops: &[&str]) -> Res<(Vec<Node>, Stop<'s>)> {
        let outside = std::mem::take(&mut self.declared);
        let body = self.closed_body(opener, stops)?;
        self.declared = outside;
        Ok(body)
    }

    fn tag_name(&mut self, offset: usize) -> Res<&'s str> {
        let token = self.peek();
        if token.tok != Tok::Name {
            return Err(Fault::syntax("a statement begins with the name of a tag, such as `if`", offset));
        }
        self.token += 1;
        Ok(self.text(token))
    }

    fn peek(&self) -> Token {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> Token {
        let tokens = &self.lexer.tokens;
        let token = tokens.get(self.token + ahead).or_else(|| tokens.last());
        token.copied().unwrap_or(Token { tok: Tok::End, start: 0, end: 0 })
    }

    fn text(&self, token: Token) -> &'s str {
        self.source.get(token.start..token.end).unwrap_or_default()
    }

    fn is_op(&self, op: u8) -> bool {
        self.peek().tok == Tok::Op(Op::Char(op))
    }

    fn eat_op(&mut self, op: u8) -> bool {
        let found = self.is_op(op);
        self.token += usize::from(found);
        found
    }

    fn is_word(&self, word: &str) -> bool {
        let token = self.peek();
        token.tok == Tok::Name && self.text(token) == word
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.token += usize::from(found);
        found
    }

    fn expect_op(&mut self, op: u8) -> Res<()> {
        if self.eat_op(op) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{}`", char::from(op))))
    }

    /// A name that may be bound or looked up.
    fn expect_name(&mut self) -> Res<&'s str> {
        let token = self.peek();
        if token.tok != Tok::Name {
            return Err(self.unexpected("a name"));
        }
        self.token += 1;
        let name = self.text(token);
        self.check_name(name, token.start)?;
        Ok(name)
    }

    fn check_name(&self, name: &str, offset: usize) -> Res<()> {
        if is_reserved(name) {
            return Err(Fault::syntax(format!("the name `{name}` is reserved"), offset));
        }
        Ok(())
    }

    fn expect_end(&mut self) -> Res<()> {
        if self.peek().tok == Tok::End { Ok(()) } else { Err(self.unexpected("the end of the tag")) }
    }

    fn unexpected(&self, wanted: &str) -> Fault {
        let token = self.peek();
        let message = match self.text(token) {
            "" => format!("the tag ends too early; {wanted} is missing"),
            text => {
                let text: String = text.chars().take(40).collect();
                format!("`{text}` is not expected here; {wanted} is")
            }
        };
        Fault::syntax(message, token.start)
    }

    fn symbol(&mut self, name: &'s str) -> Sym {
        if name == "loop" {
            self.loop_uses += 1;
        }
        if let Some(sym) = self.symbols.get(name) {
            return *sym;
        }
        let sym = Sym(u32::try_from(self.ast.names.len()).unwrap_or(u32::MAX));
        self.ast.names.push(Text::plain(name));
        self.symbols.insert(name, sym);
        sym
    }

    fn add(&mut self, expr: Expr, offset: usize) -> Res<ExprId> {
        self.count(offset)?;
        let id = ExprId(u32::try_from(self.ast.exprs.len()).unwrap_or(u32::MAX));
        self.ast.exprs.push((expr, u32::try_from(offset).unwrap_or(u32::MAX)));
        Ok(id)
    }

    fn offset_of(&self, id: ExprId) -> usize {
        self.ast.expr(id).1
    }

    /// One more node of syntax.
    fn count(&mut self, offset: usize) -> Res<()> {
        self.nodes += 1;
        if self.nodes > self.budget.syntax_nodes {
            return Err(Limit::SyntaxNodes.fault(self.budget.syntax_nodes).at(offset));
        }
        Ok(())
    }

    /// One more level; the caller takes it back by hand when it succeeds.
    fn enter(&mut self, offset: usize) -> Res<()> {
        self.depth += 1;
        if to_u64(self.depth) > self.budget.depth {
            return Err(Limit::Depth.fault(self.budget.depth).at(offset));
        }
        Ok(())
    }

    fn unsupported(name: &str, offset: usize) -> Fault {
        Fault::new(ErrorKind::UnsupportedTag { tag: name.to_owned() }).at(offset)
    }
}
