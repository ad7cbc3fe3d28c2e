//! A template as the parser understood it.
//!
//! Expressions lie in one flat table and refer to each other by number, so a long chain of
//! operators is neither dropped nor moved recursively. Statements nest as bodies, whose depth the
//! parser limits. Texts are ranges of the source.

use crate::filters::Builtin;
use crate::regex::JsRegex;
use crate::text::Text;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// The number of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExprId(pub(crate) u32);

/// The number of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sym(pub(crate) u32);

/// A whole template.
#[derive(Debug, Default)]
pub(crate) struct Ast {
    pub(crate) exprs: Vec<(Expr, u32)>,
    pub(crate) names: Vec<Text>,
    pub(crate) body: Vec<Node>,
}

impl Ast {
    pub(crate) fn name(&self, sym: Sym) -> &Text {
        static NONE: LazyLock<Text> = LazyLock::new(Text::default);
        usize::try_from(sym.0).ok().and_then(|index| self.names.get(index)).unwrap_or(&NONE)
    }

    /// The number of a name that the template mentions.
    pub(crate) fn symbol(&self, name: &str) -> Option<Sym> {
        let index = self.names.iter().position(|known| known == name)?;
        u32::try_from(index).ok().map(Sym)
    }

    pub(crate) fn expr(&self, id: ExprId) -> (&Expr, usize) {
        const NOTHING: &Expr = &Expr::Null;
        usize::try_from(id.0)
            .ok()
            .and_then(|index| self.exprs.get(index))
            .map_or((NOTHING, 0), |(expr, offset)| (expr, usize::try_from(*offset).unwrap_or(0)))
    }
}

/// A statement, text or output.
#[derive(Debug)]
pub(crate) enum Node {
    Text(Range<usize>),
    Output(ExprId),
    If { branches: Vec<(ExprId, Vec<Node>)>, otherwise: Vec<Node>, macros: Vec<BranchMacro> },
    For(Box<For>),
    Set { targets: Vec<Sym>, value: ExprId },
    SetBlock { targets: Vec<Sym>, body: Vec<Node> },
    Macro(Arc<Macro>),
    Call { callee: ExprId, args: Args, caller: Arc<Macro>, offset: usize },
    Block(Vec<Node>),
    Switch { subject: ExprId, cases: Vec<(ExprId, Vec<Node>)>, fallback: Vec<Node>, macros: Vec<BranchMacro> },
}

/// A macro that is declared in a branch of an `if` or a `switch`: from there on its name means this macro, even if the
/// branch does not run.
#[derive(Debug)]
pub(crate) struct BranchMacro {
    /// The place of the branch; the last one is that of `else` or `default`.
    pub(crate) branch: usize,
    pub(crate) definition: Arc<Macro>,
}

#[derive(Debug)]
pub(crate) struct For {
    /// Tells this loop from the others of the template.
    pub(crate) number: u32,
    pub(crate) targets: Vec<Sym>,
    pub(crate) iterated: ExprId,
    pub(crate) body: Vec<Node>,
    pub(crate) otherwise: Vec<Node>,
    /// Whether the body mentions `loop` at all.
    pub(crate) uses_loop: bool,
    pub(crate) offset: usize,
}

/// A macro, or the body of a call block.
#[derive(Debug)]
pub(crate) struct Macro {
    pub(crate) name: Sym,
    /// In the order written; a parameter with a default can precede one without.
    pub(crate) params: Vec<(Sym, Option<ExprId>)>,
    pub(crate) body: Vec<Node>,
}

/// Arguments by position, then by name.
#[derive(Debug, Default)]
pub(crate) struct Args {
    pub(crate) positional: Vec<ExprId>,
    pub(crate) keyword: Vec<(Sym, ExprId)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Concat,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Loose,
    NotLoose,
    Strict,
    NotStrict,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

#[derive(Debug)]
pub(crate) enum Expr {
    Null,
    Bool(bool),
    Number(f64),
    String(Text),
    Regex(Arc<JsRegex>),
    Symbol(Sym),
    Array(Vec<ExprId>),
    /// Parentheses: all are evaluated, the last one counts.
    Group(Vec<ExprId>),
    Dict(Vec<(Text, ExprId)>),
    Field {
        target: ExprId,
        name: Text,
    },
    Index {
        target: ExprId,
        key: ExprId,
    },
    Slice {
        target: ExprId,
        parts: [Option<ExprId>; 3],
    },
    InlineIf {
        condition: ExprId,
        then: ExprId,
        otherwise: Option<ExprId>,
    },
    Or(ExprId, ExprId),
    And(ExprId, ExprId),
    Not(ExprId),
    Negate(ExprId),
    Plus(ExprId),
    Floor(ExprId),
    Binary {
        op: Arithmetic,
        left: ExprId,
        right: ExprId,
    },
    Compare {
        op: Comparison,
        left: ExprId,
        right: ExprId,
    },
    In {
        needle: ExprId,
        haystack: ExprId,
    },
    Is {
        subject: ExprId,
        test: String,
        args: Option<Args>,
    },
    Filter {
        name: String,
        builtin: Option<Builtin>,
        input: ExprId,
        args: Args,
    },
    Call {
        callee: ExprId,
        args: Args,
    },
    /// The body of a filter block, as text.
    Capture(Vec<Node>),
}
