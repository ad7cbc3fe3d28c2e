//! Expressions.

use super::{Place, Run};
use crate::ast::{Arithmetic, Comparison, Expr, ExprId};
use crate::error::{Fault, Res};
use crate::number::from_usize;
use crate::runtime::{
    Callable, Cycler, Record, RegexCell, V, add, concat, loose_equal, order, plain_number, strict_equal,
    to_number, to_text,
};
use crate::text::{Mark, Text};
use crate::utf16;
use crate::value::{JsMap, map::array_index};
use std::cell::Cell;
use std::cmp::Ordering;
use std::rc::Rc;

impl Run<'_> {
    pub(super) fn expr(&self, id: ExprId, place: &Place) -> Res<V> {
        let (expr, offset) = self.ast.expr(id);
        let checked = self.meter.step().and_then(|()| self.meter.depth(place.depth));
        checked.and_then(|()| self.expr_kind(expr, place)).map_err(|fault| fault.at(offset))
    }

    fn expr_kind(&self, expr: &Expr, place: &Place) -> Res<V> {
        match expr {
            Expr::Null => Ok(V::Null),
            Expr::Bool(bool) => Ok(V::bool(*bool)),
            Expr::Number(number) => Ok(V::number(*number)),
            Expr::String(text) => Ok(V::String(text.clone())),
            Expr::Regex(regex) => {
                Ok(V::Regex(Rc::new(RegexCell { regex: regex.clone(), last: Cell::new(0) })))
            }
            Expr::Symbol(sym) => Ok(self.lookup(*sym, place)),
            Expr::Capture(body) => self.capture_filtered(body, place),
            _ => self.compound(expr, &place.deeper()),
        }
    }

    fn capture_filtered(&self, body: &[crate::ast::Node], place: &Place) -> Res<V> {
        let scope = crate::scope::Scope::open(place.scope.clone());
        self.capture(body, &place.within(scope)).map(V::String)
    }

    fn compound(&self, expr: &Expr, place: &Place) -> Res<V> {
        match expr {
            Expr::Array(items) => self.exprs(items, place).map(V::array),
            Expr::Group(items) => self.last_of(items, place),
            Expr::Dict(pairs) => self.dictionary(pairs, place),
            Expr::Field { target, name } => {
                let target = self.expr(*target, place)?;
                self.member(&target, name)
            }
            Expr::Index { target, key } => self.index((*target, *key), place),
            Expr::Slice { target, parts } => self.slice(*target, parts, place),
            Expr::InlineIf { condition, then, otherwise } => {
                if self.expr(*condition, place)?.truthy() {
                    return self.expr(*then, place);
                }
                otherwise.map_or_else(|| Ok(V::string("")), |otherwise| self.expr(otherwise, place))
            }
            Expr::Or(left, right) => self.choose((*left, *right), true, place),
            Expr::And(left, right) => self.choose((*left, *right), false, place),
            Expr::Not(_) | Expr::Negate(_) | Expr::Plus(_) | Expr::Floor(_) => self.unary(expr, place),
            Expr::Binary { op, left, right } => self.binary(*op, (*left, *right), place),
            Expr::Compare { op, left, right } => self.compare(*op, (*left, *right), place),
            Expr::In { needle, haystack } => self.contains((*needle, *haystack), place),
            Expr::Is { subject, test, args } => self.test(*subject, test, args.as_ref(), place),
            Expr::Filter { .. } => self.filter(expr, place),
            Expr::Call { callee, args } => self.call(*callee, args, place),
            simple => self.expr_kind(simple, place),
        }
    }

    pub(super) fn exprs(&self, ids: &[ExprId], place: &Place) -> Res<Vec<V>> {
        ids.iter().map(|id| self.expr(*id, place)).collect()
    }

    fn last_of(&self, items: &[ExprId], place: &Place) -> Res<V> {
        let mut last = V::Undefined;
        for (index, item) in items.iter().enumerate() {
            last = self.expr(*item, place)?;
            if index + 1 < items.len() {
                V::refuse_functions(std::slice::from_ref(&last), &self.meter)?;
            }
        }
        Ok(last)
    }

    fn choose(&self, (left, right): (ExprId, ExprId), truthy: bool, place: &Place) -> Res<V> {
        let left = self.expr(left, place)?;
        if left.truthy() == truthy { Ok(left) } else { self.expr(right, place) }
    }

    fn dictionary(&self, pairs: &[(Text, ExprId)], place: &Place) -> Res<V> {
        let mut map = JsMap::with_capacity(pairs.len());
        for (key, value) in pairs {
            map.insert(key.clone(), self.expr(*value, place)?);
        }
        Ok(V::Record(Rc::new(Record::made(map))))
    }

    fn unary(&self, expr: &Expr, place: &Place) -> Res<V> {
        match expr {
            Expr::Not(target) => {
                let value = self.expr(*target, place)?;
                Ok(V::Bool(!value.truthy(), value.mark()))
            }
            Expr::Negate(target) | Expr::Plus(target) | Expr::Floor(target) => {
                let value = self.expr(*target, place)?;
                let (number, mark) = to_number(&value, &self.meter)?;
                let number = match expr {
                    Expr::Negate(_) => -number,
                    Expr::Floor(_) => number.floor(),
                    _ => number,
                };
                Ok(V::Number(number, mark))
            }
            _ => Ok(V::Undefined),
        }
    }

    fn binary(&self, op: Arithmetic, (left, right): (ExprId, ExprId), place: &Place) -> Res<V> {
        let left = self.expr(left, place)?;
        let right = self.expr(right, place)?;
        match op {
            Arithmetic::Add => return add(&left, &right, &self.meter),
            Arithmetic::Concat => return concat(&left, &right, &self.meter),
            _ => {}
        }
        let (left, left_mark) = to_number(&left, &self.meter)?;
        let (right, right_mark) = to_number(&right, &self.meter)?;
        let number = match op {
            Arithmetic::Sub => left - right,
            Arithmetic::Mul => left * right,
            Arithmetic::Div => left / right,
            Arithmetic::Mod => left % right,
            _ => power(left, right),
        };
        Ok(V::Number(number, left_mark | right_mark))
    }

    fn compare(&self, op: Comparison, (left, right): (ExprId, ExprId), place: &Place) -> Res<V> {
        let left = self.expr(left, place)?;
        let right = self.expr(right, place)?;
        let mark = left.mark() | right.mark();
        if let (Some(left), Some(_)) = (left.as_text(), right.as_text()) {
            self.meter.read(left.as_str())?;
        }
        let (answer, mark) = match op {
            Comparison::Strict => (strict_equal(&left, &right), mark),
            Comparison::NotStrict => (!strict_equal(&left, &right), mark),
            Comparison::Loose => loose_equal(&left, &right, &self.meter)?,
            Comparison::NotLoose => {
                let (equal, mark) = loose_equal(&left, &right, &self.meter)?;
                (!equal, mark)
            }
            _ => {
                let (order, mark) = order(&left, &right, &self.meter)?;
                let answer = order.is_some_and(|order| match op {
                    Comparison::Less => order == Ordering::Less,
                    Comparison::LessEqual => order != Ordering::Greater,
                    Comparison::Greater => order == Ordering::Greater,
                    _ => order != Ordering::Less,
                });
                (answer, mark)
            }
        };
        Ok(V::Bool(answer, mark))
    }

    fn contains(&self, (needle, haystack): (ExprId, ExprId), place: &Place) -> Res<V> {
        let needle = self.expr(needle, place)?;
        let haystack = self.expr(haystack, place)?;
        let mark = needle.mark() | haystack.mark();
        let (answer, mark) = match &haystack {
            V::String(text) => {
                let needle = to_text(&needle, &self.meter)?;
                self.meter.read(text.as_str())?;
                (text.as_str().contains(needle.as_str()), mark | needle.mark())
            }
            V::Safe(_) => {
                let key = to_text(&needle, &self.meter)?;
                (matches!(key.as_str(), "length" | "val"), mark)
            }
            V::Array(array) => {
                self.meter.touch(array.len())?;
                if let Some(text) = needle.as_text() {
                    self.meter.work(text.as_str().len().saturating_mul(array.len()) / 1024)?;
                }
                let found =
                    array.look(|items| items.iter().find(|item| strict_equal(item, &needle)).map(V::mark));
                (found.is_some(), mark | found.unwrap_or(Mark::PLAIN))
            }
            V::Record(record) => {
                let key = to_text(&needle, &self.meter)?;
                self.meter.read(key.as_str())?;
                (record.has(key.as_str()), mark)
            }
            other => {
                let message = format!("`in` needs an array, an object or a string, not {}", other.kind());
                return Err(Fault::type_error(message));
            }
        };
        Ok(V::Bool(answer, mark))
    }

    fn index(&self, (target, key): (ExprId, ExprId), place: &Place) -> Res<V> {
        let target = self.expr(target, place)?;
        let key = self.expr(key, place)?;
        let name = to_text(&key, &self.meter)?;
        self.meter.read(name.as_str())?;
        let value = self.member(&target, &name)?;
        // What a secret picks out of an array or object tells the secret; scalars carry that on.
        let scalar = matches!(value, V::Bool(..) | V::Number(..) | V::String(_) | V::Safe(_));
        Ok(if scalar { value.and_mark(name.mark()) } else { value })
    }

    /// A property of a value: its own, or one of the methods that templates may call.
    pub(super) fn member(&self, target: &V, name: &Text) -> Res<V> {
        if let Some(own) = self.own_member(target, name) {
            return own;
        }
        Ok(match target {
            V::Callable(callable) => callable_member(callable, name.as_str()),
            _ => match self.method(target, name.as_str()) {
                Some(method) => V::callable(Callable::Method { receiver: target.clone(), method }),
                None => V::Undefined,
            },
        })
    }

    /// A property that belongs to the value itself; a text is looked through for it.
    pub(super) fn own_member(&self, target: &V, name: &Text) -> Option<Res<V>> {
        if let Some(text) = target.as_text()
            && let Err(fault) = self.meter.read(text.as_str())
        {
            return Some(Err(fault));
        }
        // The former engine's methods of dictionaries come before what the dictionary holds.
        if self.meter.is_legacy()
            && matches!(target, V::Record(_))
            && self.method(target, name.as_str()).is_some()
        {
            return None;
        }
        // Its safe text has no characters, only the members of an object.
        let safe = self.meter.is_legacy() && matches!(target, V::Safe(_));
        if safe && index_of(name.as_str()).is_some() {
            return None;
        }
        own_property(target, name.as_str()).map(Ok)
    }

    /// `target[start:stop:step]`, as an array of items or code units.
    fn slice(&self, target: ExprId, parts: &[Option<ExprId>; 3], place: &Place) -> Res<V> {
        let input = self.expr(target, place)?;
        if matches!(input, V::Callable(_)) {
            return Err(Fault::type_error("a function cannot be sliced"));
        }
        let target = if input.truthy() { input } else { V::array(Vec::new()) };
        let length = own_property(&target, "length").unwrap_or(V::Undefined);
        let mut values = [V::Null, V::Null, V::number(1.0)];
        for (value, part) in values.iter_mut().zip(parts) {
            if let Some(part) = part {
                *value = self.expr(*part, place)?;
            }
        }
        let [start, stop, step] = values;
        let step_size = plain_number(&step, &self.meter)?;
        let count = plain_number(&length, &self.meter)?;
        let goes_on = if self.meter.is_legacy() { !step_size.is_nan() } else { step_size.is_finite() };
        let stands = !goes_on || step_size == 0.0;
        if stands && !self.meter.is_legacy() {
            return Err(Fault::type_error("the step of a slice must be a number other than 0"));
        }
        let down = step_size < 0.0;
        let is_negative = |value: &V| Ok(plain_number(value, &self.meter)? < 0.0);
        let start = match start {
            V::Null if down => V::number(count - 1.0),
            V::Null => V::number(0.0),
            given if is_negative(&given)? => add(&given, &length, &self.meter)?,
            given => given,
        };
        if stands {
            let place = plain_number(&start, &self.meter)?;
            if place < 0.0 || place > count {
                return Ok(V::array(Vec::new()));
            }
            // Here the original goes on for ever.
            self.meter.work(usize::MAX)?;
        }
        let stop = match stop {
            V::Null if down => V::number(-1.0),
            V::Null => length.clone(),
            given if is_negative(&given)? => add(&given, &length, &self.meter)?,
            given => given,
        };
        self.slice_items(&target, (start, stop, step), count)
    }

    fn slice_items(&self, target: &V, (start, stop, step): (V, V, V), count: f64) -> Res<V> {
        let down = plain_number(&step, &self.meter)? < 0.0;
        let stop = plain_number(&stop, &self.meter)?;
        let mark = start.mark() | step.mark();
        let mut items = Vec::new();
        let mut index = start;
        loop {
            let place = plain_number(&index, &self.meter)?;
            let past = if down { place <= stop } else { place >= stop };
            // What is no number passes every comparison: the original goes on until it must stop.
            if place.is_nan() || (!down && count.is_nan() && stop.is_nan()) {
                self.meter.work(usize::MAX)?;
            }
            if place < 0.0 || place > count || past {
                break;
            }
            self.meter.work(1)?;
            let key = to_text(&index, &self.meter)?;
            let item = self.own_member(target, &key).unwrap_or(Ok(V::Undefined))?;
            V::refuse_functions(std::slice::from_ref(&item), &self.meter)?;
            items.push(item.and_mark(mark));
            index = add(&index, &step, &self.meter)?;
        }
        Ok(V::array(items))
    }
}

/// `left ** right`: unlike the plain power, one and NaN make NaN, and so do ±1 and infinity.
fn power(left: f64, right: f64) -> f64 {
    if right.is_nan() || (left.abs() == 1.0 && right.is_infinite()) {
        return f64::NAN;
    }
    left.powf(right)
}

/// A property that belongs to the value itself.
pub(crate) fn own_property(target: &V, name: &str) -> Option<V> {
    match target {
        V::Record(record) => record.has(name).then(|| record.get(name)),
        V::Array(array) if name == "length" => Some(V::count(array.len())),
        V::Array(array) => {
            let index = index_of(name)?;
            (index < array.len()).then(|| array.get(index))
        }
        V::Safe(text) if name == "val" => Some(V::String(Text::clone(text))),
        V::String(_) | V::Safe(_) => text_property(target.as_text()?, name),
        _ => None,
    }
}

fn text_property(text: &Text, name: &str) -> Option<V> {
    if name == "length" {
        return Some(V::Number(from_usize(utf16::len(text.as_str())), text.mark()));
    }
    let unit = utf16::char_at(text.as_str(), index_of(name)?)?;
    Some(V::String(Text::marked(unit.as_ref(), text.mark())))
}

fn index_of(name: &str) -> Option<usize> {
    array_index(name).and_then(|index| usize::try_from(index).ok())
}

fn callable_member(callable: &Callable, name: &str) -> V {
    let Callable::Cycler(cycler) = callable else { return V::Undefined };
    match name {
        "current" => cycler.place.get().map_or(V::Null, |place| cycler.at(place)),
        "next" => V::callable(Callable::CyclerNext(cycler.clone())),
        "reset" => V::callable(Callable::CyclerReset(cycler.clone())),
        _ => V::Undefined,
    }
}

impl Cycler {
    pub(super) fn at(&self, place: usize) -> V {
        self.values.get(place).cloned().unwrap_or(V::Undefined)
    }

    pub(super) fn next(&self) -> V {
        let next = self.place.get().map_or(0, |place| place + 1);
        let next = next.checked_rem(self.values.len()).unwrap_or(0);
        self.place.set(Some(next));
        self.at(next)
    }
}
