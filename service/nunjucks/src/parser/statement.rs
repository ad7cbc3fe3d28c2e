//! The tags of the language.

use super::{Parser, Stop, is_literal};
use crate::ast::{Args, BranchMacro, Expr, ExprId, For, Macro, Node, Sym};
use crate::error::{Fault, Res, nearest};
use crate::lexer::{Op, Tok};
use std::sync::Arc;

/// Tags that only occur inside of others, with what they belong to.
const INNER: [(&str, &str); 14] = [
    ("else", "if"),
    ("elif", "if"),
    ("elseif", "if"),
    ("endif", "if"),
    ("endfor", "for"),
    ("endset", "set"),
    ("endmacro", "macro"),
    ("endcall", "call"),
    ("endfilter", "filter"),
    ("endblock", "block"),
    ("case", "switch"),
    ("default", "switch"),
    ("endswitch", "switch"),
    ("endraw", "raw"),
];
pub(crate) const TAGS: [&str; 10] =
    ["if", "for", "set", "macro", "call", "filter", "block", "switch", "raw", "verbatim"];
/// Tags of Nunjucks and Jinja that load other templates, wait, or are left out.
const UNSUPPORTED: [&str; 12] = [
    "include",
    "import",
    "from",
    "extends",
    "super",
    "asyncEach",
    "asyncAll",
    "ifAsync",
    "autoescape",
    "with",
    "do",
    "trans",
];

impl<'s> Parser<'s> {
    pub(super) fn statement(&mut self, name: &'s str, offset: usize) -> Res<Node> {
        let tag = Stop { name, offset };
        match name {
            "if" => self.if_tag(tag),
            "for" => self.for_tag(tag),
            "set" => self.set_tag(tag),
            "macro" => self.macro_tag(tag),
            "call" => self.call_tag(tag),
            "filter" => self.filter_tag(tag),
            "block" => self.block_tag(tag),
            "switch" => self.switch_tag(tag),
            _ if UNSUPPORTED.contains(&name) => Err(Self::unsupported(name, offset)),
            _ => Err(unknown_tag(name, offset)),
        }
    }

    fn if_tag(&mut self, tag: Stop<'s>) -> Res<Node> {
        let mut branches = Vec::new();
        let mut macros = Vec::new();
        loop {
            let condition = self.whole_expression()?;
            let declared = self.declared.len();
            let (body, stop) = self.closed_body(tag, &["elif", "elseif", "else", "endif"])?;
            self.note_macros(declared, branches.len(), &mut macros)?;
            branches.push((condition, body));
            match stop.name {
                "elif" | "elseif" => {}
                "else" => {
                    self.expect_end()?;
                    let declared = self.declared.len();
                    let (otherwise, _) = self.closed_body(tag, &["endif"])?;
                    self.note_macros(declared, branches.len(), &mut macros)?;
                    self.expect_end()?;
                    return Ok(Node::If { branches, otherwise, macros });
                }
                _ => {
                    self.expect_end()?;
                    return Ok(Node::If { branches, otherwise: Vec::new(), macros });
                }
            }
        }
    }

    /// Notes the macros that a branch declared, those in its own branches too.
    fn note_macros(&mut self, from: usize, branch: usize, macros: &mut Vec<BranchMacro>) -> Res<()> {
        for index in from..self.declared.len() {
            self.count(self.peek().start)?;
            let declared = self.declared.get(index).cloned();
            macros.extend(declared.map(|definition| BranchMacro { branch, definition }));
        }
        Ok(())
    }

    /// Names separated by commas, as targets of an assignment.
    fn targets(&mut self) -> Res<Vec<Sym>> {
        let mut targets = Vec::new();
        loop {
            let token = self.peek();
            let name = self.expect_name()?;
            if is_literal(name) {
                return Err(Fault::syntax(format!("`{name}` cannot be assigned to"), token.start));
            }
            targets.push(self.symbol(name));
            if !self.eat_op(b',') {
                return Ok(targets);
            }
        }
    }

    fn for_tag(&mut self, tag: Stop<'s>) -> Res<Node> {
        let mut each = self.for_head(tag)?;
        let mentioned = self.loop_uses;
        let (body, stop) = self.region(tag, &["else", "endfor"])?;
        each.body = body;
        self.expect_end()?;
        if stop.name == "else" {
            each.otherwise = self.region(tag, &["endfor"])?.0;
            self.expect_end()?;
        }
        each.uses_loop = self.loop_uses > mentioned;
        Ok(Node::For(each))
    }

    /// The variables of a loop and what it goes over; the bodies are still to come.
    fn for_head(&mut self, tag: Stop<'s>) -> Res<Box<For>> {
        let targets = self.targets()?;
        if let [only] = targets.as_slice()
            && self.ast.name(*only) == "loop"
        {
            return Err(Fault::syntax("the variable of a loop cannot be named `loop`", tag.offset));
        }
        let word = self.peek();
        let next = self.source.as_bytes().get(word.end);
        let spaced = self.legacy || next.is_none_or(|byte| !byte.is_ascii_punctuation());
        if !(spaced && self.eat_word("in")) {
            return Err(self.unexpected("`in` and what to loop over"));
        }
        let iterated = self.whole_expression()?;
        self.loops += 1;
        Ok(Box::new(For {
            number: self.loops,
            targets,
            iterated,
            body: Vec::new(),
            otherwise: Vec::new(),
            uses_loop: false,
            offset: tag.offset,
        }))
    }

    fn set_tag(&mut self, tag: Stop<'s>) -> Res<Node> {
        let targets = self.targets()?;
        if self.eat_op(b'=') {
            let value = self.whole_expression()?;
            return Ok(Node::Set { targets, value });
        }
        self.expect_end()?;
        let body = self.capture(tag, "endset")?;
        Ok(Node::SetBlock { targets, body })
    }

    /// A body whose text is kept; it may not declare macros.
    fn capture(&mut self, tag: Stop<'s>, end: &str) -> Res<Vec<Node>> {
        let declared = self.macros;
        let (body, _) = self.region(tag, &[end])?;
        self.expect_end()?;
        if self.macros > declared && !self.legacy {
            let message = format!("a macro cannot be declared inside of `{}`; move it out", tag.name);
            return Err(Fault::syntax(message, tag.offset));
        }
        Ok(body)
    }

    fn macro_tag(&mut self, tag: Stop<'s>) -> Res<Node> {
        let name = self.expect_name()?;
        if is_literal(name) {
            return Err(Fault::syntax(format!("`{name}` cannot be the name of a macro"), tag.offset));
        }
        let name = self.symbol(name);
        self.expect_op(b'(')?;
        let params = self.params()?;
        self.expect_end()?;
        self.macros += 1;
        let (body, _) = self.region(tag, &["endmacro"])?;
        self.expect_end()?;
        let definition = Arc::new(Macro { name, params, body });
        self.declared.push(definition.clone());
        Ok(Node::Macro(definition))
    }

    /// Parameters up to the closing parenthesis: those without default first.
    fn params(&mut self) -> Res<Vec<(Sym, Option<ExprId>)>> {
        let mut params = Vec::new();
        let mut defaulted = Vec::new();
        if self.eat_op(b')') {
            return Ok(params);
        }
        loop {
            let name = self.expect_name()?;
            let sym = self.symbol(name);
            if self.eat_op(b'=') {
                defaulted.push((sym, Some(self.expression()?)));
            } else {
                params.push((sym, None));
            }
            if !self.eat_op(b',') {
                break;
            }
        }
        self.expect_op(b')')?;
        params.append(&mut defaulted);
        Ok(params)
    }

    fn call_tag(&mut self, tag: Stop<'s>) -> Res<Node> {
        let params = if self.eat_op(b'(') { self.params()? } else { Vec::new() };
        let call = self.whole_expression()?;
        let offset = self.offset_of(call);
        let Some((callee, args)) = self.take_call(call) else {
            return Err(Fault::syntax("a call block needs a call of a macro, such as `card()`", offset));
        };
        if !self.is_static(callee) {
            return Err(Fault::syntax("a call block can only call a macro by its name", offset));
        }
        let (body, _) = self.region(tag, &["endcall"])?;
        self.expect_end()?;
        let name = self.symbol("caller");
        let caller = Arc::new(Macro { name, params, body });
        Ok(Node::Call { callee, args, caller, offset })
    }

    fn take_call(&mut self, call: ExprId) -> Option<(ExprId, Args)> {
        let (expr, _) = self.ast.exprs.get_mut(usize::try_from(call.0).ok()?)?;
        match expr {
            Expr::Call { callee, args } => Some((*callee, std::mem::take(args))),
            _ => None,
        }
    }

    /// Whether an expression is a name, or a constant property of one.
    fn is_static(&self, expr: ExprId) -> bool {
        let mut expr = expr;
        loop {
            expr = match self.ast.expr(expr).0 {
                Expr::Symbol(_) => return true,
                Expr::Field { target, .. } => *target,
                Expr::Index { target, key } if self.is_constant(*key) => *target,
                _ => return false,
            };
        }
    }

    fn is_constant(&self, expr: ExprId) -> bool {
        matches!(self.ast.expr(expr).0, Expr::Number(_) | Expr::String(_) | Expr::Bool(_) | Expr::Null)
    }

    fn filter_tag(&mut self, tag: Stop<'s>) -> Res<Node> {
        let at = self.peek().start;
        // The filter is read before the body, for which a place is held.
        let input = self.add(Expr::Null, at)?;
        let filter = self.filter_invocation(input)?;
        self.expect_end()?;
        let body = self.capture(tag, "endfilter")?;
        let slot = usize::try_from(input.0).ok().and_then(|index| self.ast.exprs.get_mut(index));
        if let Some((expr, _)) = slot {
            *expr = Expr::Capture(body);
        }
        Ok(Node::Output(filter))
    }

    fn block_tag(&mut self, tag: Stop<'s>) -> Res<Node> {
        let name = self.expect_name()?;
        self.expect_end()?;
        if self.blocks.contains(&name) {
            return Err(Fault::syntax(format!("the block `{name}` is declared twice"), tag.offset));
        }
        self.blocks.push(name);
        let (body, stop) = self.region(tag, &["endblock"])?;
        if self.peek().tok != Tok::End && self.expect_name()? != name {
            let message = format!("this `endblock` should close the block `{name}`");
            return Err(Fault::syntax(message, stop.offset));
        }
        self.expect_end()?;
        Ok(Node::Block(body))
    }

    fn switch_tag(&mut self, tag: Stop<'s>) -> Res<Node> {
        const STOPS: [&str; 3] = ["case", "default", "endswitch"];
        let subject = self.whole_expression()?;
        let (before, mut stop) = self.closed_body(tag, &STOPS)?;
        if !before.is_empty() && !self.legacy {
            return Err(Fault::syntax("between `switch` and its first `case` stands text", tag.offset));
        }
        let mut cases = Vec::new();
        let mut macros = Vec::new();
        // The legacy dialect takes the first tag for a case, whatever its name.
        let first_counts = self.legacy;
        while stop.name == "case" || (first_counts && cases.is_empty()) {
            if stop.name != "case" {
                self.token -= 1;
            }
            let value = self.whole_expression()?;
            let declared = self.declared.len();
            let (body, next) = self.closed_body(tag, &STOPS)?;
            self.note_macros(declared, cases.len(), &mut macros)?;
            cases.push((value, body));
            stop = next;
        }
        self.expect_end()?;
        let mut fallback = Vec::new();
        if stop.name == "default" {
            let declared = self.declared.len();
            fallback = self.closed_body(tag, &["endswitch"])?.0;
            self.note_macros(declared, cases.len(), &mut macros)?;
            self.expect_end()?;
        } else if cases.is_empty() {
            return Err(Fault::syntax("`switch` needs a `case` or a `default`", tag.offset));
        }
        Ok(Node::Switch { subject, cases, fallback, macros })
    }

    /// Whether two tokens on stand a name and an equals sign: a keyword argument.
    pub(super) fn at_keyword(&self) -> bool {
        self.peek().tok == Tok::Name && self.peek_at(1).tok == Tok::Op(Op::Char(b'='))
    }
}

fn unknown_tag(name: &str, offset: usize) -> Fault {
    if let Some((_, opener)) = INNER.iter().find(|(inner, _)| *inner == name) {
        return Fault::syntax(format!("`{name}` stands here without a matching `{opener}`"), offset);
    }
    let mut message = format!("there is no tag `{name}`");
    if let Some(nearest) = nearest(name, TAGS.into_iter()) {
        message = format!("{message}; did you mean `{nearest}`?");
    }
    Fault::syntax(message, offset)
}
