//! Operands: literals, names, what stands in brackets, and what follows an operand.

use super::{Parser, is_literal};
use crate::ast::{Args, Expr, ExprId};
use crate::error::{Fault, Res};
use crate::filters::Builtin;
use crate::lexer::{Op, Tok, read_string};
use crate::regex::JsRegex;
use crate::text::Text;
use std::sync::Arc;

impl Parser<'_> {
    /// The name and arguments of a filter, applied to this input.
    pub(super) fn filter_invocation(&mut self, input: ExprId) -> Res<ExprId> {
        let offset = self.peek().start;
        let mut name = self.expect_name()?.to_owned();
        while self.eat_op(b'.') {
            name.push('.');
            name.push_str(self.expect_name()?);
        }
        let args = if self.eat_op(b'(') { self.arguments()? } else { Args::default() };
        let builtin = Builtin::find(&name, self.jinja);
        self.add(Expr::Filter { name, builtin, input, args }, offset)
    }

    pub(super) fn signed(&mut self) -> Res<ExprId> {
        if self.is_op(b'-') || self.is_op(b'+') { self.sign() } else { self.operand() }
    }

    fn sign(&mut self) -> Res<ExprId> {
        let offset = self.peek().start;
        let minus = self.is_op(b'-');
        self.token += 1;
        self.enter(offset)?;
        let target = self.signed()?;
        self.depth -= 1;
        let repeated = match self.ast.expr(target).0 {
            Expr::Negate(_) => minus,
            Expr::Plus(_) => !minus,
            _ => false,
        };
        if repeated {
            return Err(Fault::syntax("a sign is written twice; put the number in parentheses", offset));
        }
        self.add(if minus { Expr::Negate(target) } else { Expr::Plus(target) }, offset)
    }

    /// A primary and what follows it: properties, subscripts, calls.
    fn operand(&mut self) -> Res<ExprId> {
        let mut expr = self.primary()?;
        loop {
            expr = match self.peek().tok {
                Tok::Op(Op::Char(b'.')) => self.field(expr)?,
                Tok::Op(Op::Char(b'[')) => self.subscript(expr)?,
                Tok::Op(Op::Char(b'(')) => self.call(expr)?,
                _ => return Ok(expr),
            };
        }
    }

    fn field(&mut self, target: ExprId) -> Res<ExprId> {
        self.token += 1;
        let offset = self.peek().start;
        let name = Text::plain(self.expect_name()?);
        self.add(Expr::Field { target, name }, offset)
    }

    fn call(&mut self, callee: ExprId) -> Res<ExprId> {
        self.token += 1;
        let offset = self.offset_of(callee);
        let is_test = offset == self.tested;
        let args = self.arguments()?;
        if self.legacy && !is_test && self.names_null(callee) {
            return Err(Fault::syntax("`null` cannot be called", offset));
        }
        self.add(Expr::Call { callee, args }, offset)
    }

    /// Whether `null` stands where the legacy language wants the name of what is called: it fails on that even where
    /// the call does not run.
    fn names_null(&self, callee: ExprId) -> bool {
        let mut expr = callee;
        loop {
            expr = match self.ast.expr(expr).0 {
                Expr::Null => return true,
                Expr::Field { target, .. } => *target,
                Expr::Index { key, .. } if matches!(self.ast.expr(*key).0, Expr::Null) => return true,
                Expr::Index { target, .. } => *target,
                Expr::Call { callee, .. } => *callee,
                _ => return false,
            };
        }
    }

    fn subscript(&mut self, target: ExprId) -> Res<ExprId> {
        self.token += 1;
        let offset = self.peek().start;
        let mut parts = [None; 3];
        let mut colons = 0;
        for part in &mut parts {
            if !self.is_op(b':') && !self.is_op(b']') {
                *part = Some(self.expression()?);
            }
            if colons == 2 || !self.eat_op(b':') {
                break;
            }
            colons += 1;
        }
        self.expect_op(b']')?;
        if colons > 0 && self.legacy && !self.jinja {
            return Err(Fault::syntax("the legacy language has no slices; use `.slice(…)`", offset));
        }
        if colons > 0 {
            return self.add(Expr::Slice { target, parts }, offset);
        }
        let [Some(key), ..] = parts else {
            return Err(Fault::syntax("the brackets are empty; write a position or a name", offset));
        };
        let key_offset = self.offset_of(key);
        if let Expr::String(name) = self.ast.expr(key).0 {
            let name = name.clone();
            self.check_name(name.as_str(), key_offset)?;
            return self.add(Expr::Field { target, name }, key_offset);
        }
        self.add(Expr::Index { target, key }, key_offset)
    }

    /// Arguments up to the closing parenthesis.
    fn arguments(&mut self) -> Res<Args> {
        let mut args = Args::default();
        if self.eat_op(b')') {
            return Ok(args);
        }
        loop {
            if self.at_keyword() {
                let name = self.expect_name()?;
                self.token += 1;
                let name = self.symbol(name);
                args.keyword.push((name, self.expression()?));
            } else {
                args.positional.push(self.expression()?);
            }
            if !self.eat_op(b',') {
                break;
            }
        }
        self.expect_op(b')')?;
        Ok(args)
    }

    fn primary(&mut self) -> Res<ExprId> {
        match self.peek().tok {
            Tok::Op(Op::Char(open @ (b'(' | b'['))) => self.sequence(open),
            Tok::Op(Op::Char(b'{')) => self.dictionary(),
            Tok::Op(_) | Tok::End => Err(self.unexpected("a value")),
            _ => self.atom(),
        }
    }

    /// Parentheses or an array.
    fn sequence(&mut self, open: u8) -> Res<ExprId> {
        let offset = self.peek().start;
        self.token += 1;
        let items = self.list(if open == b'(' { b')' } else { b']' })?;
        if open == b'(' && items.is_empty() {
            return Err(Fault::syntax("the parentheses are empty", offset));
        }
        self.add(if open == b'(' { Expr::Group(items) } else { Expr::Array(items) }, offset)
    }

    /// A literal or a name.
    fn atom(&mut self) -> Res<ExprId> {
        let token = self.peek();
        self.token += 1;
        let text = self.text(token);
        let expr = match token.tok {
            Tok::Number => Expr::Number(text.parse().unwrap_or(f64::NAN)),
            Tok::String => Expr::String(Text::plain(read_string(text))),
            Tok::Regex { pattern_end } => {
                let pattern = self.source.get(token.start + 2..pattern_end).unwrap_or_default();
                let flags = self.source.get(pattern_end + 1..token.end).unwrap_or_default();
                let regex = JsRegex::new(pattern, flags);
                Expr::Regex(Arc::new(regex.map_err(|message| Fault::syntax(message, token.start))?))
            }
            _ => match text {
                "true" => Expr::Bool(true),
                "false" => Expr::Bool(false),
                "null" | "none" => Expr::Null,
                name => {
                    self.check_name(name, token.start)?;
                    Expr::Symbol(self.symbol(name))
                }
            },
        };
        self.add(expr, token.start)
    }

    fn list(&mut self, close: u8) -> Res<Vec<ExprId>> {
        let mut items = Vec::new();
        if self.eat_op(close) {
            return Ok(items);
        }
        loop {
            items.push(self.expression()?);
            if !self.eat_op(b',') {
                break;
            }
        }
        self.expect_op(close)?;
        Ok(items)
    }

    fn dictionary(&mut self) -> Res<ExprId> {
        let offset = self.peek().start;
        self.token += 1;
        let mut pairs = Vec::new();
        if !self.eat_op(b'}') {
            loop {
                let key = self.dictionary_key()?;
                pairs.push((key, self.expression()?));
                if !self.eat_op(b',') {
                    break;
                }
            }
            self.expect_op(b'}')?;
        }
        self.add(Expr::Dict(pairs), offset)
    }

    fn dictionary_key(&mut self) -> Res<Text> {
        let token = self.peek();
        let key = match token.tok {
            Tok::Name if !is_literal(self.text(token)) => self.text(token).to_owned(),
            Tok::String => read_string(self.text(token)),
            _ => return Err(self.unexpected("a name or a string as key")),
        };
        self.token += 1;
        self.check_name(&key, token.start)?;
        self.expect_op(b':')?;
        Ok(Text::plain(key))
    }
}
