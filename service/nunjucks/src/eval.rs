//! Runs a template.
//!
//! Every node costs one unit of work and one level of depth, so the budget bounds time and stack.
//! One rendering sees its own changes of arrays; the context stays as it was.

mod call;
mod expr;
mod loops;

pub(crate) use expr::own_property;

use crate::ast::{Ast, BranchMacro, ExprId, Node, Sym};
use crate::budget::Meter;
use crate::context::{Context, Entry};
use crate::env::Environment;
use crate::error::Res;
use crate::runtime::{Callable, MacroValue, TextBuffer, V, output_text, strict_equal};
use crate::scope::Scope;
use crate::text::Text;
use crate::value::Value;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// The branches under their conditions or cases, and the one that is left.
type Branches<'n> = (&'n [(ExprId, Vec<Node>)], &'n [Node]);

/// The text of a template.
pub(crate) fn render(ast: &Ast, source: &str, env: &Environment, context: &Context) -> Res<Text> {
    let run = Run::new(ast, source, env, context);
    let mut out = TextBuffer::with_capacity(source.len());
    run.nodes(&ast.body, &Place::root(&run), &mut out)?;
    Ok(out.finish())
}

/// The value of one expression of a template.
pub(crate) fn evaluate(ast: &Ast, source: &str, data: (&Environment, &Context), expr: ExprId) -> Res<Value> {
    let run = Run::new(ast, source, data.0, data.1);
    let value = run.expr(expr, &Place::root(&run))?;
    if let Some(text) = value.as_text() {
        run.meter.output(text.as_str().len())?;
    }
    value.to_value(&run.meter).map_err(|fault| fault.at(ast.expr(expr).1))
}

/// One rendering.
struct Run<'a> {
    ast: &'a Ast,
    source: &'a str,
    env: &'a Environment,
    context: &'a Context,
    meter: Meter,
    /// The names that macros see: what was set or declared at the top of the template.
    exports: Rc<Scope>,
    /// Arrays and objects of the context that were looked at, so that each is one thing.
    opened: RefCell<Vec<(Sym, V)>>,
    /// The symbols of `loop` and `caller`, if the template mentions them.
    loop_name: Option<Sym>,
    caller_name: Option<Sym>,
}

/// Where in the template, and how deep, something is evaluated.
#[derive(Clone)]
struct Place {
    scope: Rc<Scope>,
    /// The lengths of loops that ran in this call.
    lengths: Rc<RefCell<Vec<(u32, V)>>>,
    depth: usize,
    /// Whether a macro declared here can be seen by other macros.
    exports_macros: bool,
    /// Whether a variable set here can be seen by macros.
    exports_sets: bool,
}

impl Place {
    fn root(run: &Run<'_>) -> Self {
        Self {
            scope: Scope::walled(Some(run.exports.clone())),
            lengths: Rc::default(),
            depth: 0,
            exports_macros: true,
            exports_sets: true,
        }
    }

    /// The same place, one level deeper.
    fn deeper(&self) -> Self {
        Self { depth: self.depth + 1, ..self.clone() }
    }

    fn within(&self, scope: Rc<Scope>) -> Self {
        Self { scope, depth: self.depth + 1, ..self.clone() }
    }
}

impl<'a> Run<'a> {
    fn new(ast: &'a Ast, source: &'a str, env: &'a Environment, context: &'a Context) -> Self {
        Self {
            ast,
            source,
            env,
            context,
            meter: Meter::new(&env.budget, env.dialect),
            exports: Scope::walled(None),
            opened: RefCell::default(),
            loop_name: ast.symbol("loop"),
            caller_name: ast.symbol("caller"),
        }
    }

    fn nodes(&self, nodes: &[Node], place: &Place, out: &mut TextBuffer) -> Res<()> {
        for node in nodes {
            self.node(node, place, out)?;
        }
        Ok(())
    }

    fn node(&self, node: &Node, place: &Place, out: &mut TextBuffer) -> Res<()> {
        self.meter.step()?;
        match node {
            Node::Text(range) => self.text(range.clone(), out),
            Node::Output(expr) => self.output(*expr, place, out),
            Node::If { branches, otherwise, macros } => {
                self.branch((branches, otherwise), macros, place, out)
            }
            Node::For(each) => self.each(each, place, out).map_err(|fault| fault.at(each.offset)),
            Node::Set { targets, value } => {
                let value = self.expr(*value, place)?;
                self.assign(targets, &value, place);
                Ok(())
            }
            Node::SetBlock { targets, body } => {
                let value = V::String(self.capture(body, place)?);
                self.assign(targets, &value, place);
                Ok(())
            }
            Node::Macro(definition) => {
                let value = MacroValue { definition: definition.clone(), around: None };
                let value = V::callable(Callable::Macro(value));
                place.scope.fix(definition.name, value.clone());
                if place.exports_macros {
                    self.exports.set(definition.name, value);
                }
                Ok(())
            }
            Node::Call { callee, args, caller, offset } => {
                self.call_block((*callee, args), caller, place, out).map_err(|fault| fault.at(*offset))
            }
            Node::Block(body) => {
                let scope = Scope::walled(Some(place.scope.clone()));
                let place = Place {
                    exports_macros: true,
                    exports_sets: false,
                    lengths: Rc::default(),
                    ..place.within(scope)
                };
                self.nodes(body, &place, out)
            }
            Node::Switch { subject, cases, fallback, macros } => {
                let subject = self.expr(*subject, place)?;
                self.switch(&subject, (cases, fallback), (macros, place), out)
            }
        }
    }

    fn text(&self, range: std::ops::Range<usize>, out: &mut TextBuffer) -> Res<()> {
        let offset = range.start;
        let text = self.source.get(range).unwrap_or_default();
        self.meter.output(text.len()).map_err(|fault| fault.at(offset))?;
        out.push_str(text);
        Ok(())
    }

    fn output(&self, expr: ExprId, place: &Place, out: &mut TextBuffer) -> Res<()> {
        let value = self.expr(expr, place)?;
        self.write(&value, out).map_err(|fault| fault.at(self.ast.expr(expr).1))
    }

    fn write(&self, value: &V, out: &mut TextBuffer) -> Res<()> {
        let text = output_text(value, &self.meter)?;
        self.meter.output(text.as_str().len())?;
        out.push(&text);
        Ok(())
    }

    fn branch(
        &self,
        (branches, otherwise): Branches<'_>,
        macros: &[BranchMacro],
        place: &Place,
        out: &mut TextBuffer,
    ) -> Res<()> {
        for (index, (condition, body)) in branches.iter().enumerate() {
            if self.expr(*condition, place)?.truthy() {
                self.nodes(body, &place.deeper(), out)?;
                return self.pass(macros, |branch| branch > index, place);
            }
            self.pass(macros, |branch| branch == index, place)?;
        }
        self.nodes(otherwise, &place.deeper(), out)
    }

    /// The first case that is the subject; if it is empty, the next one that is not.
    fn switch(
        &self,
        subject: &V,
        (cases, fallback): Branches<'_>,
        (macros, place): (&[BranchMacro], &Place),
        out: &mut TextBuffer,
    ) -> Res<()> {
        let mut matched = None;
        for (index, (value, _)) in cases.iter().enumerate() {
            if strict_equal(subject, &self.expr(*value, place)?) {
                matched = Some(index);
                break;
            }
            self.pass(macros, |branch| branch == index, place)?;
        }
        let first = matched.unwrap_or(cases.len());
        let running = cases.iter().enumerate().skip(first).find(|(_, (_, body))| !body.is_empty());
        let (index, body) =
            running.map_or((cases.len(), fallback), |(index, (_, body))| (index, body.as_slice()));
        self.nodes(body, &place.deeper(), out)?;
        self.pass(macros, |branch| branch > index, place)
    }

    /// Passes by branches that do not run. The names of their macros are theirs all the same: they mean what they
    /// meant when the branch ran last, or nothing.
    fn pass(&self, macros: &[BranchMacro], passed: impl Fn(usize) -> bool, place: &Place) -> Res<()> {
        self.meter.work(macros.len())?;
        for BranchMacro { definition, .. } in macros.iter().filter(|declared| passed(declared.branch)) {
            let ran = matches!(
                place.scope.fixed(definition.name),
                Some(V::Callable(callable))
                    if matches!(&*callable, Callable::Macro(known) if Arc::ptr_eq(&known.definition, definition))
            );
            if !ran {
                place.scope.fix(definition.name, V::Undefined);
            }
        }
        Ok(())
    }

    fn assign(&self, targets: &[Sym], value: &V, place: &Place) {
        for target in targets {
            place.scope.assign(*target, value.clone());
            if place.exports_sets {
                self.exports.set(*target, value.clone());
            }
        }
    }

    /// What a body writes, as text.
    fn capture(&self, body: &[Node], place: &Place) -> Res<Text> {
        let mut out = TextBuffer::default();
        self.nodes(body, &place.deeper(), &mut out)?;
        self.meter.text(out.len())?;
        Ok(out.finish())
    }

    /// What a name stands for.
    fn lookup(&self, sym: Sym, place: &Place) -> V {
        if let Some(value) = place.scope.get(sym) {
            return value;
        }
        let name = self.ast.name(sym).as_str();
        if let Some(entry) = self.context.entry(name) {
            return self.entry(sym, entry);
        }
        if self.env.syntax.jinja {
            match name {
                "True" => return V::bool(true),
                "False" => return V::bool(false),
                "None" => return V::Null,
                _ => {}
            }
        }
        if let Some(entry) = self.env.globals.get(name) {
            return self.entry(sym, entry);
        }
        match name {
            "range" => V::callable(Callable::Range),
            "cycler" => V::callable(Callable::NewCycler),
            "joiner" => V::callable(Callable::NewJoiner),
            _ => V::Undefined,
        }
    }

    fn entry(&self, sym: Sym, entry: &Entry) -> V {
        match entry {
            Entry::Function(function) => V::callable(Callable::Function {
                name: self.ast.name(sym).clone(),
                function: Arc::clone(function),
            }),
            Entry::Value(value @ (Value::Array(_) | Value::Object(_))) => {
                let mut opened = self.opened.borrow_mut();
                if let Some((_, value)) = opened.iter().find(|(known, _)| *known == sym) {
                    return value.clone();
                }
                let value = V::from(value);
                opened.push((sym, value.clone()));
                value
            }
            Entry::Value(value) => V::from(value),
        }
    }
}
