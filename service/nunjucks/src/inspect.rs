//! What a template refers to, without running it.
//!
//! For tools that judge templates before anybody runs them. It tells which names a template takes from
//! outside (names that the template binds itself are left out), and which filters, tests and calls it
//! makes, each with its place in the source. It evaluates nothing and judges nothing: whether a name is
//! there at run time is for the caller to know. The invariant: it takes time in proportion to the
//! template's syntax, and no more stack for a deep template than for a flat one.

mod walk;

use crate::ast::{Ast, Expr, ExprId, Node};
use crate::env::Environment;
use crate::error::nearest;
use crate::filters::Builtin;
use crate::methods;
use crate::tests_builtin;
use std::ops::Range;

/// Functions that every template can call.
pub(crate) const GLOBALS: [&str; 3] = ["range", "cycler", "joiner"];

/// What a template is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Shape {
    /// No expression and no statement.
    #[default]
    Text,
    /// One expression and nothing else: it keeps its type.
    Expression,
    /// Expressions or statements among text: it becomes text.
    Mixed,
}

/// What a template refers to. All places are byte ranges of the source, all lists in their order.
#[derive(Clone, Debug, Default)]
pub struct Inspection {
    /// What the template is made of.
    pub shape: Shape,
    /// Names that are taken from outside, with the members that are read of them.
    pub references: Vec<Reference>,
    /// The filters that are applied.
    pub filters: Vec<Named>,
    /// The tests after `is`.
    pub tests: Vec<Named>,
    /// Functions and methods that are called.
    pub calls: Vec<Call>,
    /// What is written out.
    pub outputs: Vec<Output>,
}

/// A name from outside with the members that are read of it: `parameters.owner.name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The name itself.
    pub root: String,
    /// The members, from the outside in.
    pub path: Vec<Segment>,
    /// The whole of it in the source.
    pub range: Range<usize>,
    /// Whether the template only asks if it is there: in a condition, before `default`, before `is`.
    pub guarded: bool,
    /// Whether it stands in a branch of `if` or `switch`, so that it is read only sometimes.
    pub branched: bool,
    /// Where the words end that a dash ties to it without a space, which the language reads as subtraction:
    /// `my-id.output` behind `steps.`.
    pub dashed: Option<usize>,
    /// Whether a dash ties it to the word before it.
    pub tied: bool,
}

/// One member on the way down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The name; none where it is computed.
    pub key: Option<String>,
    /// The name in the source, with its quotes.
    pub range: Range<usize>,
}

/// A filter or test, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// As written.
    pub name: String,
    /// The name in the source.
    pub range: Range<usize>,
    /// Whether there is one of this name.
    pub known: bool,
    /// The nearest that there is, if it is not known.
    pub nearest: Option<String>,
}

/// A call of a function, or of a method of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// As written, without what stands before the dot.
    pub name: String,
    /// The name in the source.
    pub range: Range<usize>,
    /// Whether it is called on a value.
    pub method: bool,
    /// Whether some value has a method of this name, or every template can call such a function.
    pub known: bool,
}

/// An expression whose value is written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The opening mark in the source.
    pub start: usize,
    /// The filters that are applied to the whole, from the first to the last.
    pub filters: Vec<String>,
    /// Whether it is a text or number written in place.
    pub literal: bool,
}

impl Inspection {
    pub(crate) fn of(ast: &Ast, source: &str, env: &Environment) -> Self {
        let mut found = walk::walk(ast, source, env);
        found.shape = match ast.body.as_slice() {
            [Node::Output(_)] => Shape::Expression,
            body if body.iter().all(|node| matches!(node, Node::Text(_))) => Shape::Text,
            _ => Shape::Mixed,
        };
        found
    }

    /// Whether the outcome is the same whatever it is given: nothing is referred to and nothing called.
    pub fn is_constant(&self) -> bool {
        self.references.is_empty() && self.calls.is_empty() && self.filters.iter().all(|f| f.name != "random")
    }
}

/// The methods and functions that there are, for suggestions.
pub fn callable_names(method: bool, env: &Environment) -> Vec<&str> {
    if method {
        return methods::names(env.syntax.jinja).collect();
    }
    GLOBALS.into_iter().chain(env.globals.keys().map(AsRef::as_ref)).collect()
}

fn filter_named(name: &str, range: Range<usize>, env: &Environment) -> Named {
    let jinja = env.syntax.jinja;
    let known = env.filters.contains_key(name) || Builtin::find(name, jinja).is_some();
    let near = || {
        let mut names: Vec<&str> = Builtin::names(jinja).collect();
        names.extend(env.filter_names());
        nearest(name, names.into_iter())
    };
    Named { name: name.to_owned(), range, known, nearest: if known { None } else { near() } }
}

fn test_named(name: &str, range: Range<usize>) -> Named {
    let known = tests_builtin::names().any(|test| test == name);
    let near = || nearest(name, tests_builtin::names());
    Named { name: name.to_owned(), range, known, nearest: if known { None } else { near() } }
}

/// The filters around an expression, from the first to the last, and what they are applied to.
fn outer_filters(ast: &Ast, mut expr: ExprId) -> (Vec<String>, ExprId) {
    let mut names = Vec::new();
    loop {
        match ast.expr(expr).0 {
            Expr::Filter { name, input, .. } => {
                names.push(name.clone());
                expr = *input;
            }
            Expr::Group(items) if items.len() == 1 => match items.first() {
                Some(only) => expr = *only,
                None => break,
            },
            _ => break,
        }
    }
    names.reverse();
    (names, expr)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Syntax;

    fn inspect(source: &str) -> Inspection {
        let env = Environment::builder(Syntax::backstage()).build();
        env.parse(source).unwrap().inspect(&env)
    }

    fn references(source: &str) -> Vec<String> {
        let found = inspect(source).references;
        found.iter().map(|reference| source[reference.range.clone()].to_owned()).collect()
    }

    #[test]
    fn a_reference_is_told_with_its_members_and_its_place() {
        let source = "a ${{ parameters.owner['first name'].x | upper }} ${{ list[0].y[i].z }}";
        let found = inspect(source).references;

        assert_eq!(references(source), ["parameters.owner['first name'].x", "list[0].y[i].z", "i"]);
        let keys: Vec<_> = found[0].path.iter().map(|segment| segment.key.as_deref()).collect();
        assert_eq!(keys, [Some("owner"), Some("first name"), Some("x")]);
        assert_eq!(source[found[0].path[1].range.clone()], *"'first name'");
        let keys: Vec<_> = found[1].path.iter().map(|segment| segment.key.as_deref()).collect();
        assert_eq!(keys, [Some("0"), Some("y"), None, Some("z")]);
    }

    #[test]
    fn names_that_the_template_binds_are_left_out() {
        let source = "{% for k, v in values.all %}${{ k }}${{ v.x }}${{ loop.index }}{% endfor %}${{ k }}\
                      {% set s = 1 %}${{ s }}{% macro m(p, q=d) %}${{ p }}${{ q }}{% endmacro %}${{ m(1) }}${{ p }}";

        assert_eq!(references(source), ["values.all", "k", "d", "p"]);
    }

    #[test]
    fn what_is_only_asked_for_is_guarded() {
        let source =
            "${{ a | default(b) }}{% if c %}${{ d is defined }}{% endif %}${{ e or f }}${{ g if h else i }}";
        let guarded: Vec<_> =
            inspect(source).references.into_iter().filter(|r| r.guarded).map(|r| r.root).collect();

        assert_eq!(guarded, ["a", "c", "d", "e", "h"]);
    }

    #[test]
    fn what_stands_in_a_branch_is_told() {
        let source = "${{ a }}{% if b %}${{ c }}{% for d in e %}${{ f }}{% endfor %}{% else %}${{ g }}{% endif %}${{ h }}";
        let branched: Vec<_> =
            inspect(source).references.into_iter().filter(|r| r.branched).map(|r| r.root).collect();

        assert_eq!(branched, ["c", "e", "f", "g"]);
    }

    #[test]
    fn filters_tests_and_calls_are_known_or_not() {
        let found = inspect(
            "${{ a | uper | lower }}${{ a is defned }}${{ a.trim() }}${{ a.padStart(3) }}${{ rnge(3) }}",
        );

        let filters: Vec<_> =
            found.filters.iter().map(|f| (f.name.as_str(), f.known, f.nearest.as_deref())).collect();
        assert_eq!(filters, [("uper", false, Some("upper")), ("lower", true, None)]);
        assert_eq!(found.tests[0].nearest.as_deref(), Some("defined"));
        let calls: Vec<_> = found.calls.iter().map(|c| (c.name.as_str(), c.method, c.known)).collect();
        assert_eq!(calls, [("trim", true, true), ("padStart", true, false), ("rnge", false, false)]);
    }

    #[test]
    fn a_dash_without_spaces_is_told() {
        let source = "${{ steps.my-step-id.output.x }}";
        let found = inspect(source).references;

        assert_eq!(found[0].dashed.map(|end| &source[found[0].range.start..end]), Some("steps.my-step-id"));
        assert_eq!(found.iter().map(|r| r.tied).collect::<Vec<_>>(), [false, true, true]);
        assert_eq!(inspect("${{ a.b - c }}${{ a -}}").references[0].dashed, None);
    }

    #[test]
    fn outputs_tell_their_filters() {
        let outputs = inspect("x ${{ (a | lower) | dump }}${{ 'lit' }}").outputs;

        assert_eq!(
            outputs[0],
            Output { start: 2, filters: vec!["lower".into(), "dump".into()], literal: false }
        );
        assert!(outputs[1].literal);
    }

    #[test]
    fn the_shape_is_told() {
        let shapes =
            ["a", "${{ a }}", "a ${{ a }}", "{% if a %}{% endif %}"].map(|source| inspect(source).shape);

        assert_eq!(shapes, [Shape::Text, Shape::Expression, Shape::Mixed, Shape::Mixed]);
    }

    #[test]
    fn a_long_chain_is_no_burden() {
        let source = format!("${{{{ a{} }}}}", " + a".repeat(100_000));

        assert_eq!(inspect(&source).references.len(), 100_001);
    }
}
