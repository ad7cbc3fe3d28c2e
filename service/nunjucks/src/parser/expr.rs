//! Operators.
//!
//! From loose to tight: inline `if`, `or`, `and`, `not`, `in`, `is`, equality, order, sum,
//! product, power, filter, sign, and what follows an operand. All operators of two operands bind
//! to the left, the power too.

use super::Parser;
use crate::ast::{Args, Arithmetic, Comparison, Expr, ExprId};
use crate::error::Res;
use crate::lexer::{Op, Tok};

/// How tightly an operator binds.
type Level = u8;
const OR: Level = 1;
const AND: Level = 2;
const NOT: Level = 3;
const IN: Level = 4;
const IS: Level = 5;
const EQUALITY: Level = 6;
const ORDER: Level = 7;
const SUM: Level = 8;
const PRODUCT: Level = 9;

/// An operator of two operands below the product.
#[derive(Clone, Copy)]
enum Infix {
    Or,
    And,
    In,
    NotIn,
    Is,
    Compare(Comparison),
    Sum(Arithmetic),
}

impl<'s> Parser<'s> {
    /// An expression that fills the rest of the tag.
    pub(super) fn whole_expression(&mut self) -> Res<ExprId> {
        let expr = self.expression()?;
        self.expect_end()?;
        Ok(expr)
    }

    /// `a if b else c`, or just `a`.
    pub(super) fn expression(&mut self) -> Res<ExprId> {
        let then = self.operators(OR)?;
        if self.eat_word("if") { self.inline_if(then) } else { Ok(then) }
    }

    fn inline_if(&mut self, then: ExprId) -> Res<ExprId> {
        let condition = self.operators(OR)?;
        let otherwise = if self.eat_word("else") { Some(self.operators(OR)?) } else { None };
        let offset = self.offset_of(then);
        self.add(Expr::InlineIf { condition, then, otherwise }, offset)
    }

    /// Operands joined by operators that bind at least as tightly as this level.
    fn operators(&mut self, lowest: Level) -> Res<ExprId> {
        self.enter(self.peek().start)?;
        let denied = lowest <= NOT && self.is_word("not");
        let mut left = if denied {
            self.not_operand()?
        } else if lowest < PRODUCT {
            self.product()?
        } else {
            return Err(self.unexpected("an operand"));
        };
        // What was denied is complete; only `and` and `or` can follow it.
        let mut highest = if denied { AND } else { PRODUCT };
        while let Some((infix, level, length)) = self.infix() {
            if level < lowest || level > highest {
                break;
            }
            self.token += length;
            left = self.infix_operand(infix, level, left)?;
            // What stands left of `is` cannot be tested twice.
            highest = if level == IS { IN } else { level };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn not_operand(&mut self) -> Res<ExprId> {
        let offset = self.peek().start;
        self.token += 1;
        let target = self.operators(NOT)?;
        self.negate(target, offset)
    }

    /// `not a + b` and `not a == b` deny `a` alone, as they always did in this language.
    fn negate(&mut self, target: ExprId, offset: usize) -> Res<ExprId> {
        let mut parent = None;
        let mut operand = target;
        while let Expr::Binary { left, op, .. } = self.ast.expr(operand).0
            && *op != Arithmetic::Pow
        {
            (parent, operand) = (Some(operand), *left);
        }
        while let Expr::Compare { left, .. } = self.ast.expr(operand).0 {
            (parent, operand) = (Some(operand), *left);
            while let Expr::Binary { left, op, .. } = self.ast.expr(operand).0
                && *op != Arithmetic::Pow
            {
                (parent, operand) = (Some(operand), *left);
            }
        }
        let denied = self.add(Expr::Not(operand), offset)?;
        let Some(parent) = parent else { return Ok(denied) };
        let slot = usize::try_from(parent.0).ok().and_then(|index| self.ast.exprs.get_mut(index));
        if let Some((Expr::Binary { left, .. } | Expr::Compare { left, .. }, _)) = slot {
            *left = denied;
        }
        Ok(target)
    }

    /// The operator that stands here, its level and its count of tokens.
    fn infix(&self) -> Option<(Infix, Level, usize)> {
        let token = self.peek();
        let compare = |comparison, level| Some((Infix::Compare(comparison), level, 1));
        match token.tok {
            Tok::Name => match self.text(token) {
                "or" => Some((Infix::Or, OR, 1)),
                "and" => Some((Infix::And, AND, 1)),
                "in" => Some((Infix::In, IN, 1)),
                "is" => Some((Infix::Is, IS, 1)),
                "not" if self.text(self.peek_at(1)) == "in" => Some((Infix::NotIn, IN, 2)),
                _ => None,
            },
            Tok::Op(op) => match op {
                Op::Equal => compare(Comparison::Loose, EQUALITY),
                Op::Unequal => compare(Comparison::NotLoose, EQUALITY),
                Op::StrictEqual => compare(Comparison::Strict, EQUALITY),
                Op::StrictUnequal => compare(Comparison::NotStrict, EQUALITY),
                Op::LessEqual => compare(Comparison::LessEqual, ORDER),
                Op::GreaterEqual => compare(Comparison::GreaterEqual, ORDER),
                Op::Char(b'<') => compare(Comparison::Less, ORDER),
                Op::Char(b'>') => compare(Comparison::Greater, ORDER),
                Op::Char(b'+') => Some((Infix::Sum(Arithmetic::Add), SUM, 1)),
                Op::Char(b'-') => Some((Infix::Sum(Arithmetic::Sub), SUM, 1)),
                Op::Char(b'~') => Some((Infix::Sum(Arithmetic::Concat), SUM, 1)),
                _ => None,
            },
            _ => None,
        }
    }

    fn infix_operand(&mut self, infix: Infix, level: Level, left: ExprId) -> Res<ExprId> {
        if matches!(infix, Infix::Is) {
            return self.test(left);
        }
        let right = if level == SUM { self.product()? } else { self.operators(level + 1)? };
        self.infix_node(infix, left, right)
    }

    fn infix_node(&mut self, infix: Infix, left: ExprId, right: ExprId) -> Res<ExprId> {
        let offset = self.offset_of(left);
        let expr = match infix {
            Infix::Or => Expr::Or(left, right),
            Infix::And => Expr::And(left, right),
            Infix::In | Infix::Is => Expr::In { needle: left, haystack: right },
            Infix::NotIn => {
                let inside = self.add(Expr::In { needle: left, haystack: right }, offset)?;
                Expr::Not(inside)
            }
            Infix::Compare(op) => Expr::Compare { op, left, right },
            Infix::Sum(op) => Expr::Binary { op, left, right },
        };
        self.add(expr, offset)
    }

    /// What follows `is`: a name, perhaps with arguments, perhaps denied.
    fn test(&mut self, subject: ExprId) -> Res<ExprId> {
        let denied = self.eat_word("not");
        self.tested = self.peek().start;
        let right = self.operators(EQUALITY)?;
        let offset = self.offset_of(right);
        let (name, args) = self.test_name(right);
        let test = self.add(Expr::Is { subject, test: name, args }, offset)?;
        if denied { self.add(Expr::Not(test), self.offset_of(subject)) } else { Ok(test) }
    }

    fn test_name(&mut self, right: ExprId) -> (String, Option<Args>) {
        let slot = usize::try_from(right.0).ok().and_then(|index| self.ast.exprs.get_mut(index));
        match slot {
            Some((Expr::Call { callee, args }, _)) => {
                let (callee, args) = (*callee, std::mem::take(args));
                (self.word(callee), Some(args))
            }
            Some((Expr::Filter { name, input, args, .. }, _)) => {
                let mut args = std::mem::take(args);
                args.positional.insert(0, *input);
                (name.clone(), Some(args))
            }
            _ => (self.word(right), None),
        }
    }

    fn word(&self, expr: ExprId) -> String {
        match self.ast.expr(expr).0 {
            Expr::Symbol(sym) => self.ast.name(*sym).as_str().to_owned(),
            Expr::Null => "null".to_owned(),
            Expr::Bool(bool) => bool.to_string(),
            Expr::Number(number) => crate::number::to_string(*number),
            Expr::String(text) => text.as_str().to_owned(),
            _ => "undefined".to_owned(),
        }
    }

    /// Factors. `*`, `/` and `%` are taken in the order written; `//` takes only the run of `%`
    /// on either side of it.
    fn product(&mut self) -> Res<ExprId> {
        let first = self.power()?;
        match self.peek().tok {
            Tok::Op(Op::Char(b'%' | b'*' | b'/') | Op::FloorDivide) => self.factors(first),
            _ => Ok(first),
        }
    }

    fn factors(&mut self, first: ExprId) -> Res<ExprId> {
        let mut first = first;
        let mut rest: Vec<(Arithmetic, ExprId)> = Vec::new();
        // How many factors lie before the run that a `//` would take.
        let mut before = 0;
        loop {
            let op = match self.peek().tok {
                Tok::Op(Op::Char(b'%')) => Arithmetic::Mod,
                Tok::Op(Op::Char(b'*')) => Arithmetic::Mul,
                Tok::Op(Op::Char(b'/') | Op::FloorDivide) => Arithmetic::Div,
                _ => break,
            };
            let floor = self.peek().tok == Tok::Op(Op::FloorDivide);
            self.token += 1;
            rest.push((op, self.power()?));
            if floor {
                while self.eat_op(b'%') {
                    rest.push((Arithmetic::Mod, self.power()?));
                }
                let run = rest.split_off(before);
                first = self.floor_run(first, &mut rest, run)?;
            } else if op != Arithmetic::Mod {
                before = rest.len();
            }
        }
        self.fold(first, rest)
    }

    /// Divides the run, rounds it down, and puts it in place of the run's first factor.
    fn floor_run(
        &mut self,
        first: ExprId,
        before: &mut [(Arithmetic, ExprId)],
        run: Vec<(Arithmetic, ExprId)>,
    ) -> Res<ExprId> {
        let base = before.last().map_or(first, |(_, factor)| *factor);
        let quotient = self.fold(base, run)?;
        let floored = self.add(Expr::Floor(quotient), self.offset_of(base))?;
        match before.last_mut() {
            Some((_, factor)) => {
                *factor = floored;
                Ok(first)
            }
            None => Ok(floored),
        }
    }

    fn fold(&mut self, first: ExprId, rest: Vec<(Arithmetic, ExprId)>) -> Res<ExprId> {
        let mut left = first;
        for (op, right) in rest {
            left = self.add(Expr::Binary { op, left, right }, self.offset_of(left))?;
        }
        Ok(left)
    }

    fn power(&mut self) -> Res<ExprId> {
        let mut left = self.filtered()?;
        while self.peek().tok == Tok::Op(Op::Power) {
            self.token += 1;
            let right = self.filtered()?;
            left = self.power_node(left, right)?;
        }
        Ok(left)
    }

    fn power_node(&mut self, left: ExprId, right: ExprId) -> Res<ExprId> {
        self.add(Expr::Binary { op: Arithmetic::Pow, left, right }, self.offset_of(left))
    }

    fn filtered(&mut self) -> Res<ExprId> {
        let mut expr = self.signed()?;
        while self.eat_op(b'|') {
            expr = self.filter_invocation(expr)?;
        }
        Ok(expr)
    }
}
