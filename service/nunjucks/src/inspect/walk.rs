//! The walk through a template's syntax, with the names that are bound on the way.

use super::{Call, Inspection, Output, Reference, Segment, filter_named, outer_filters, test_named};
use crate::ast::{Args, Ast, Expr, ExprId, Macro, Node, Sym};
use crate::env::Environment;
use crate::inspect::GLOBALS;
use crate::methods;
use std::collections::HashSet;
use std::ops::Range;

/// A level of bound names: an index into the walk's scopes.
type ScopeId = usize;

/// What is still to be looked at.
enum Work<'a> {
    Expr { expr: ExprId, scope: ScopeId, guarded: bool },
    Nodes { nodes: &'a [Node], scope: ScopeId },
}

struct Scope {
    parent: Option<ScopeId>,
    names: Vec<Sym>,
    /// Whether it is, or lies in, a branch of a condition.
    branched: bool,
}

struct Walk<'a> {
    ast: &'a Ast,
    source: &'a str,
    env: &'a Environment,
    scopes: Vec<Scope>,
    /// Names that are set somewhere; where exactly they can be seen is left to the run.
    assigned: HashSet<Sym>,
    work: Vec<Work<'a>>,
    found: Inspection,
}

/// Everything the template refers to.
pub(super) fn walk(ast: &Ast, source: &str, env: &Environment) -> Inspection {
    let mut walk = Walk {
        ast,
        source,
        env,
        scopes: vec![Scope { parent: None, names: Vec::new(), branched: false }],
        assigned: HashSet::new(),
        work: vec![Work::Nodes { nodes: &ast.body, scope: 0 }],
        found: Inspection::default(),
    };
    while let Some(work) = walk.work.pop() {
        match work {
            Work::Nodes { nodes, scope } => nodes.iter().for_each(|node| walk.node(node, scope)),
            Work::Expr { expr, scope, guarded } => walk.expr(expr, scope, guarded),
        }
    }
    let Walk { mut found, assigned, .. } = walk;
    found
        .references
        .retain(|reference| ast.symbol(&reference.root).is_none_or(|root| !assigned.contains(&root)));
    found.calls.retain(|call| {
        call.method || call.known || ast.symbol(&call.name).is_none_or(|name| !assigned.contains(&name))
    });
    found.references.sort_by_key(|reference| (reference.range.start, std::cmp::Reverse(reference.range.end)));
    found.filters.sort_by_key(|named| named.range.start);
    found.tests.sort_by_key(|named| named.range.start);
    found.calls.sort_by_key(|call| call.range.start);
    found.outputs.sort_by_key(|output| output.start);
    found
}

impl<'a> Walk<'a> {
    fn node(&mut self, node: &'a Node, scope: ScopeId) {
        match node {
            Node::Text(_) => {}
            Node::Output(expr) => {
                self.output(*expr);
                self.push(*expr, scope, false);
            }
            Node::If { branches, otherwise, .. } => {
                let inside = self.branch(scope);
                for (condition, body) in branches {
                    self.push(*condition, scope, true);
                    self.nodes(body, inside);
                }
                self.nodes(otherwise, inside);
            }
            Node::For(each) => {
                self.push(each.iterated, scope, false);
                let mut names = each.targets.clone();
                names.extend(self.ast.symbol("loop"));
                let inside = self.scope(scope, names);
                self.nodes(&each.body, inside);
                self.nodes(&each.otherwise, scope);
            }
            Node::Set { targets, value } => {
                self.push(*value, scope, false);
                self.assigned.extend(targets);
            }
            Node::SetBlock { targets, body } => {
                self.nodes(body, scope);
                self.assigned.extend(targets);
            }
            Node::Macro(declared) => {
                self.assigned.insert(declared.name);
                self.macro_body(declared, scope);
            }
            Node::Call { callee, args, caller, .. } => {
                self.callee(*callee, scope);
                self.args(args, scope);
                self.macro_body(caller, scope);
            }
            Node::Block(body) => self.nodes(body, scope),
            Node::Switch { subject, cases, fallback, .. } => {
                self.push(*subject, scope, true);
                let inside = self.branch(scope);
                for (case, body) in cases {
                    self.push(*case, scope, false);
                    self.nodes(body, inside);
                }
                self.nodes(fallback, inside);
            }
        }
    }

    fn macro_body(&mut self, declared: &'a Macro, scope: ScopeId) {
        let mut names: Vec<Sym> = declared.params.iter().map(|(name, _)| *name).collect();
        names.extend(self.ast.symbol("caller"));
        let inside = self.scope(scope, names);
        for default in declared.params.iter().filter_map(|(_, default)| *default) {
            self.push(default, scope, false);
        }
        self.nodes(&declared.body, inside);
    }

    fn expr(&mut self, id: ExprId, scope: ScopeId, guarded: bool) {
        let ast = self.ast;
        let (expr, offset) = ast.expr(id);
        match expr {
            Expr::Null | Expr::Bool(_) | Expr::Number(_) | Expr::String(_) | Expr::Regex(_) => {}
            Expr::Symbol(_) | Expr::Field { .. } | Expr::Index { .. } => self.chain(id, scope, guarded),
            Expr::Array(items) | Expr::Group(items) => {
                items.iter().for_each(|item| self.push(*item, scope, guarded));
            }
            Expr::Dict(pairs) => pairs.iter().for_each(|(_, value)| self.push(*value, scope, false)),
            Expr::Slice { target, parts } => {
                self.push(*target, scope, guarded);
                parts.iter().flatten().for_each(|part| self.push(*part, scope, false));
            }
            Expr::InlineIf { condition, then, otherwise } => {
                self.push(*condition, scope, true);
                self.push(*then, scope, guarded);
                otherwise.iter().for_each(|expr| self.push(*expr, scope, guarded));
            }
            Expr::Or(left, right) | Expr::And(left, right) => {
                self.push(*left, scope, true);
                self.push(*right, scope, guarded);
            }
            Expr::Not(inner) => self.push(*inner, scope, true),
            Expr::Negate(inner) | Expr::Plus(inner) | Expr::Floor(inner) => self.push(*inner, scope, false),
            Expr::Binary { left, right, .. } => {
                self.push(*left, scope, false);
                self.push(*right, scope, false);
            }
            Expr::Compare { left, right, .. } => {
                self.push(*left, scope, guarded);
                self.push(*right, scope, guarded);
            }
            Expr::In { needle, haystack } => {
                self.push(*needle, scope, guarded);
                self.push(*haystack, scope, guarded);
            }
            Expr::Is { subject, test, args } => {
                self.found.tests.push(test_named(test, self.word(offset, test)));
                self.push(*subject, scope, true);
                args.iter().for_each(|args| self.args(args, scope));
            }
            Expr::Filter { name, input, args, .. } => {
                self.found.filters.push(filter_named(name, self.word(offset, name), self.env));
                let asks = matches!(name.as_str(), "default" | "d");
                self.push(*input, scope, guarded || asks);
                self.args(args, scope);
            }
            Expr::Call { callee, args } => {
                self.callee(*callee, scope);
                self.args(args, scope);
            }
            Expr::Capture(nodes) => self.nodes(nodes, scope),
        }
    }

    /// What is called: a method of a value, or a function.
    fn callee(&mut self, callee: ExprId, scope: ScopeId) {
        match self.ast.expr(callee) {
            (Expr::Field { target, name }, offset) => {
                let known = methods::names(self.env.syntax.jinja).any(|method| method == name.as_str());
                let range = self.word(offset, name.as_str());
                let name = name.as_str().to_owned();
                self.found.calls.push(Call { name, range, method: true, known });
                self.push(*target, scope, false);
            }
            (Expr::Symbol(sym), offset) => {
                let name = self.ast.name(*sym).as_str();
                if self.is_bound(*sym, scope) {
                    return;
                }
                let known = GLOBALS.contains(&name) || self.env.globals.contains_key(name);
                let range = self.word(offset, name);
                self.found.calls.push(Call { name: name.to_owned(), range, method: false, known });
            }
            _ => self.push(callee, scope, false),
        }
    }

    /// A name with the members that are read of it.
    fn chain(&mut self, id: ExprId, scope: ScopeId, guarded: bool) {
        let mut path = Vec::new();
        let mut expr = id;
        loop {
            match self.ast.expr(expr) {
                (Expr::Field { target, name }, offset) => {
                    let range = self.word(offset, name.as_str());
                    path.push(Segment { key: Some(name.as_str().to_owned()), range });
                    expr = *target;
                }
                (Expr::Index { target, key }, offset) => {
                    let number = match self.ast.expr(*key).0 {
                        Expr::Number(number) => Some(crate::number::to_string(*number)),
                        _ => None,
                    };
                    if number.is_none() {
                        self.push(*key, scope, false);
                    }
                    let range = self.subscript(offset);
                    path.push(Segment { key: number, range });
                    expr = *target;
                }
                (Expr::Symbol(sym), offset) => {
                    if !self.is_bound(*sym, scope) {
                        path.reverse();
                        self.reference((*sym, offset), path, guarded, scope);
                    }
                    return;
                }
                _ => return self.push(expr, scope, false),
            }
        }
    }

    fn reference(&mut self, (sym, start): (Sym, usize), path: Vec<Segment>, guarded: bool, scope: ScopeId) {
        let root = self.ast.name(sym).as_str().to_owned();
        let last = path.last().map_or(start + root.len(), |segment| segment.range.end);
        let rest = self.source.get(last..).unwrap_or_default();
        let subscripted = path.last().is_some_and(|segment| {
            segment.key.is_none()
                || self.source.get(segment.range.clone()).is_some_and(|text| !text.starts_with(is_word))
                || segment.key.as_deref().is_some_and(|key| key.starts_with(|c: char| c.is_ascii_digit()))
        });
        let end = if subscripted { last + rest.find(']').map_or(0, |at| at + 1) } else { last };
        let before = self.source.get(..start).unwrap_or_default();
        let tied = before.strip_suffix('-').is_some_and(|before| before.ends_with(is_word));
        let range = start..end;
        let dashed = if subscripted { None } else { self.dashed(end) };
        let branched = self.is_branched(scope);
        self.found.references.push(Reference { root, path, range, guarded, branched, dashed, tied });
    }

    /// The end of the words that dashes tie to what ends here.
    fn dashed(&self, end: usize) -> Option<usize> {
        let mut at = end;
        while let Some(rest) = self.source.get(at..).and_then(|rest| rest.strip_prefix('-')) {
            let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            if word == 0 {
                break;
            }
            at += 1 + word;
        }
        (at > end).then_some(at)
    }

    fn output(&mut self, expr: ExprId) {
        let (filters, inner) = outer_filters(self.ast, expr);
        let (inner, offset) = self.ast.expr(inner);
        let before = self.source.get(..offset).unwrap_or_default();
        // A filter block is written out too; it has no opening mark of its own.
        let start = before.rfind(self.env.syntax.open).unwrap_or(offset);
        let literal = matches!(inner, Expr::String(_) | Expr::Number(_) | Expr::Bool(_) | Expr::Null);
        if !matches!(inner, Expr::Capture(_)) {
            self.found.outputs.push(Output { start, filters, literal });
        }
    }

    /// A name or a quoted text that begins here.
    fn word(&self, start: usize, name: &str) -> Range<usize> {
        let rest = self.source.get(start..).unwrap_or_default();
        match rest.chars().next().filter(|quote| matches!(quote, '"' | '\'')) {
            None => start..start + name.len().min(rest.len()),
            Some(quote) => {
                let mut escaped = false;
                let end = rest.char_indices().skip(1).find(|(_, c)| {
                    let closes = *c == quote && !escaped;
                    escaped = *c == '\\' && !escaped;
                    closes
                });
                start..start + end.map_or(rest.len(), |(at, _)| at + 1)
            }
        }
    }

    /// What stands in brackets that begin before this place, up to the closing one.
    fn subscript(&self, start: usize) -> Range<usize> {
        let rest = self.source.get(start..).unwrap_or_default();
        let mut open = 0_usize;
        for (at, c) in rest.char_indices() {
            match c {
                '[' | '(' | '{' => open += 1,
                ']' if open == 0 => return start..start + at,
                ']' | ')' | '}' => open = open.saturating_sub(1),
                _ => {}
            }
        }
        start..start + rest.len()
    }

    fn args(&mut self, args: &'a Args, scope: ScopeId) {
        args.positional.iter().for_each(|arg| self.push(*arg, scope, false));
        args.keyword.iter().for_each(|(_, arg)| self.push(*arg, scope, false));
    }

    fn push(&mut self, expr: ExprId, scope: ScopeId, guarded: bool) {
        self.work.push(Work::Expr { expr, scope, guarded });
    }

    fn nodes(&mut self, nodes: &'a [Node], scope: ScopeId) {
        self.work.push(Work::Nodes { nodes, scope });
    }

    fn scope(&mut self, parent: ScopeId, names: Vec<Sym>) -> ScopeId {
        let branched = self.is_branched(parent);
        self.scopes.push(Scope { parent: Some(parent), names, branched });
        self.scopes.len() - 1
    }

    /// A scope of the branches of a condition.
    fn branch(&mut self, parent: ScopeId) -> ScopeId {
        if self.is_branched(parent) {
            return parent;
        }
        self.scopes.push(Scope { parent: Some(parent), names: Vec::new(), branched: true });
        self.scopes.len() - 1
    }

    fn is_branched(&self, scope: ScopeId) -> bool {
        self.scopes.get(scope).is_some_and(|scope| scope.branched)
    }

    fn is_bound(&self, sym: Sym, scope: ScopeId) -> bool {
        let mut scope = self.scopes.get(scope);
        while let Some(level) = scope {
            if level.names.contains(&sym) {
                return true;
            }
            scope = level.parent.and_then(|parent| self.scopes.get(parent));
        }
        false
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
