//! Calls: macros, functions, methods, filters and tests.

use super::{Place, Run};
use crate::ast::Sym;
use crate::ast::{Args, Expr, ExprId, Macro};
use crate::env::{Filter, FilterCall};
use crate::error::{ErrorKind, Fault, Res, nearest};
use crate::filters::{self, Builtin};
use crate::methods::{self, Method};
use crate::runtime::{Callable, Cycler, MacroValue, Record, TextBuffer, V, add, order, plain_number};
use crate::scope::Scope;
use crate::tests_builtin;
use crate::text::{Mark, Text};
use crate::value::{JsMap, Value};
use std::cell::Cell;
use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::Arc;

type Keywords = Vec<(Sym, V)>;

impl Run<'_> {
    pub(super) fn call(&self, callee: ExprId, args: &Args, place: &Place) -> Res<V> {
        if let (Expr::Field { target, name }, offset) = self.ast.expr(callee) {
            let receiver = self.expr(*target, place)?;
            let own = self.own_member(&receiver, name).transpose()?;
            if own.is_none()
                && let Some(method) = self.method(&receiver, name.as_str())
            {
                return self.call_method(&receiver, method, args, place).map_err(|fault| fault.at(offset));
            }
            let target = match own {
                Some(own) => own,
                None => self.member(&receiver, name)?,
            };
            return self.call_value(&target, callee, args, place).map_err(|fault| fault.at(offset));
        }
        let target = self.expr(callee, place)?;
        self.call_value(&target, callee, args, place)
    }

    fn call_value(&self, target: &V, callee: ExprId, args: &Args, place: &Place) -> Res<V> {
        let V::Callable(callable) = target else { return Err(self.not_callable(target, callee)) };
        match &**callable {
            Callable::Macro(definition) => {
                let (positional, keywords) = self.arguments(args, place)?;
                self.call_macro(definition, positional, keywords, place).map(V::safe)
            }
            Callable::Function { name, function } => {
                let positional = self.positional(args, name.as_str(), (0, usize::MAX), place)?;
                let values = self.values(&positional)?;
                self.meter.call()?;
                let result = function(&values).map_err(|message| host_fault(name.as_str(), message, &values));
                Ok(host_result(result?, &values))
            }
            Callable::Method { receiver, method } => self.call_method(receiver, *method, args, place),
            _ => self.call_global(callable, callee, args, place),
        }
    }

    fn call_global(&self, callable: &Callable, callee: ExprId, args: &Args, place: &Place) -> Res<V> {
        let name = self.path(callee).unwrap_or_default();
        let most = match callable {
            Callable::Range => 3,
            Callable::NewCycler => usize::MAX,
            Callable::NewJoiner => 1,
            Callable::Cycler(_) => return Err(self.not_callable(&V::Undefined, callee)),
            _ => 0,
        };
        let args = self.positional(args, &name, (0, most), place)?;
        V::refuse_functions(&args, &self.meter)?;
        let mut args = args.into_iter();
        Ok(match callable {
            Callable::Range => return self.range([args.next(), args.next(), args.next()]),
            Callable::NewCycler => {
                let cycler = Cycler { values: args.collect(), place: Cell::new(None) };
                V::callable(Callable::Cycler(Rc::new(cycler)))
            }
            Callable::NewJoiner => {
                let separator = args.next().filter(V::truthy).unwrap_or_else(|| V::string(","));
                V::callable(Callable::Joiner { separator, used: Cell::new(false) })
            }
            Callable::CyclerNext(cycler) => cycler.next(),
            Callable::CyclerReset(cycler) => {
                cycler.place.set(None);
                V::Undefined
            }
            Callable::Joiner { separator, used } => {
                if used.replace(true) {
                    separator.clone()
                } else {
                    V::string("")
                }
            }
            _ => V::Undefined,
        })
    }

    fn not_callable(&self, target: &V, callee: ExprId) -> Fault {
        let name = self.path(callee).unwrap_or_else(|| "this expression".to_owned());
        Fault::new(match target {
            V::Undefined => ErrorKind::UndefinedCall { name },
            other => ErrorKind::NotCallable { name, found: other.kind() },
        })
    }

    /// A callee as it was written, if it is a name or a property of one.
    fn path(&self, callee: ExprId) -> Option<String> {
        let mut parts = Vec::new();
        let mut expr = callee;
        loop {
            match self.ast.expr(expr).0 {
                Expr::Symbol(sym) => {
                    parts.push(self.ast.name(*sym).as_str());
                    parts.reverse();
                    return Some(parts.join("."));
                }
                Expr::Field { target, name } => {
                    parts.push(name.as_str());
                    expr = *target;
                }
                _ => return None,
            }
        }
    }

    fn arguments(&self, args: &Args, place: &Place) -> Res<(Vec<V>, Keywords)> {
        let positional = self.exprs(&args.positional, place)?;
        let keywords = args.keyword.iter().map(|(name, value)| Ok((*name, self.expr(*value, place)?)));
        Ok((positional, keywords.collect::<Res<_>>()?))
    }

    /// Arguments of something that knows no keywords and takes so many; checked before they are
    /// evaluated.
    fn positional(
        &self,
        args: &Args,
        name: &str,
        (least, most): (usize, usize),
        place: &Place,
    ) -> Res<Vec<V>> {
        if self.meter.is_legacy() {
            return self
                .arguments(args, place)
                .map(|(values, keywords)| self.with_keywords(values, keywords));
        }
        if !args.keyword.is_empty() {
            return Err(Fault::type_error(format!("`{name}` takes no arguments by name")));
        }
        let count = args.positional.len();
        if count < least || count > most {
            let wanted = if least == most { least.to_string() } else { format!("{least} to {most}") };
            return Err(Fault::type_error(format!("`{name}` takes {wanted} arguments, not {count}")));
        }
        self.exprs(&args.positional, place)
    }

    fn range(&self, args: [Option<V>; 3]) -> Res<V> {
        let [first, second, third] = args.map(|value| value.unwrap_or(V::Undefined));
        let (start, stop, step) = match second {
            V::Undefined => (V::number(0.0), first, V::number(1.0)),
            stop => (first, stop, if third.truthy() { third } else { V::number(1.0) }),
        };
        let mark = start.mark() | stop.mark() | step.mark();
        let up = plain_number(&step, &self.meter)? > 0.0;
        let mut items = Vec::new();
        let mut value = start;
        loop {
            // Two strings are compared as such.
            let wanted = if up { Ordering::Less } else { Ordering::Greater };
            if order(&value, &stop, &self.meter)?.0 != Some(wanted) {
                break;
            }
            items.push(value.clone().and_mark(mark));
            self.meter.step()?;
            if items.len() > crate::budget::MAX_ENTRIES {
                self.meter.entries(items.len())?;
            }
            value = add(&value, &step, &self.meter)?;
        }
        Ok(V::array(items))
    }

    /// A method that templates may call on this value.
    pub(super) fn method(&self, receiver: &V, name: &str) -> Option<Method> {
        methods::find(receiver, name, self.env)
    }

    fn call_method(&self, receiver: &V, method: Method, args: &Args, place: &Place) -> Res<V> {
        let arity = method.arity(receiver, self.env.syntax.jinja);
        let args = self.positional(args, method.name(), arity, place)?;
        methods::call(receiver, method, args, (self.env.syntax.jinja, &self.meter))
    }

    /// Runs a macro and gives its text.
    fn call_macro(
        &self,
        called: &MacroValue,
        positional: Vec<V>,
        mut keywords: Keywords,
        place: &Place,
    ) -> Res<Text> {
        self.meter.depth(place.depth)?;
        let parent = called.around.clone().unwrap_or_else(|| self.exports.clone());
        let scope = Scope::walled(Some(parent));
        let inner = Place {
            scope: scope.clone(),
            lengths: Rc::default(),
            depth: place.depth + 1,
            exports_macros: called.around.is_none(),
            exports_sets: false,
        };
        let definition = &called.definition;
        let mut positional = positional.into_iter();
        let take = |name: Sym, keywords: &mut Keywords| {
            let index = keywords.iter().rposition(|(known, _)| *known == name)?;
            Some(keywords.remove(index).1)
        };
        if called.around.is_some() && self.meter.is_legacy() {
            self.see_callers_loop(&scope, place);
        }
        let plain = definition.params.iter().take_while(|(_, default)| default.is_none()).count();
        for (name, _) in definition.params.iter().take(plain) {
            let value = positional.next().or_else(|| take(*name, &mut keywords));
            scope.set(*name, value.unwrap_or(V::Undefined));
        }
        // What is left over counts as given by name.
        let defaulted = definition.params.iter().skip(plain);
        keywords.extend(defaulted.clone().map(|(name, _)| *name).zip(positional));
        for (name, default) in defaulted {
            let given = keywords.iter().rfind(|(known, _)| known == name);
            let value = match given {
                Some((_, value)) => value.clone(),
                None => default.map_or(Ok(V::Undefined), |default| self.expr(default, &inner))?,
            };
            scope.set(*name, value);
        }
        if let Some(caller) = self.caller_name
            && !definition.params.iter().any(|(name, _)| *name == caller)
            && let Some(value) = take(caller, &mut keywords)
        {
            scope.set(caller, value);
        }
        self.capture(&definition.body, &inner)
    }

    /// In the legacy dialect the body of a call block sees the `loop` of the place where it is called.
    fn see_callers_loop(&self, scope: &Scope, place: &Place) {
        if let Some(name) = self.loop_name {
            scope.set(name, place.scope.get(name).unwrap_or(V::Undefined));
        }
    }

    pub(super) fn call_block(
        &self,
        (callee, args): (ExprId, &Args),
        caller: &Arc<Macro>,
        place: &Place,
        out: &mut TextBuffer,
    ) -> Res<()> {
        let target = self.expr(callee, place)?;
        let definition = match &target {
            V::Callable(callable) => match &**callable {
                Callable::Macro(definition) if definition.around.is_none() => definition,
                _ if self.meter.is_legacy() => {
                    let value = self.call_value(&target, callee, args, place)?;
                    return self.write(&value, out);
                }
                _ => return Err(Fault::type_error("a call block can only call a macro")),
            },
            other => return Err(self.not_callable(other, callee)),
        };
        let (positional, mut keywords) = self.arguments(args, place)?;
        let around = Some(place.scope.clone());
        let value = MacroValue { definition: caller.clone(), around };
        keywords.push((caller.name, V::callable(Callable::Macro(value))));
        let text = self.call_macro(definition, positional, keywords, &place.deeper())?;
        self.meter.output(text.as_str().len())?;
        out.push(&text);
        Ok(())
    }

    pub(super) fn filter(&self, expr: &Expr, place: &Place) -> Res<V> {
        let Expr::Filter { name, builtin, input, args } = expr else { return Ok(V::Undefined) };
        let host = self.env.filters.get(name.as_str());
        if host.is_none() && builtin.is_none() {
            return Err(self.unknown_filter(name));
        }
        if host.is_some() && !args.keyword.is_empty() {
            return Err(Fault::type_error(format!("`{name}` takes no arguments by name")));
        }
        let input = self.expr(*input, place)?;
        let arguments = self.arguments(args, place)?;
        match (host, builtin) {
            (Some(filter), _) => self.host_filter(name, &**filter, input, arguments.0),
            (None, Some(builtin)) => {
                let args = self.lower(*builtin, arguments)?;
                filters::apply(*builtin, &input, args, &self.meter)
            }
            (None, None) => Ok(V::Undefined),
        }
    }

    fn host_filter(&self, name: &str, filter: &Filter, input: V, args: Vec<V>) -> Res<V> {
        let mut all = vec![input];
        all.extend(args);
        let values = self.values(&all)?;
        self.meter.call()?;
        let Some((input, args)) = values.split_first() else { return Ok(V::Undefined) };
        let result = filter(FilterCall { input, args });
        Ok(host_result(result.map_err(|message| host_fault(name, message, &values))?, &values))
    }

    fn unknown_filter(&self, name: &str) -> Fault {
        let mut known: Vec<&str> = Builtin::names(self.env.syntax.jinja).collect();
        known.extend(self.env.filter_names());
        let nearest = nearest(name, known.into_iter());
        Fault::new(ErrorKind::UnknownFilter { name: name.to_owned(), nearest })
    }

    /// Built-in filters take their arguments by position. Two know the names of theirs; the others
    /// get all named ones as one object at the end, as in the original.
    fn lower(&self, builtin: Builtin, (mut positional, mut keywords): (Vec<V>, Keywords)) -> Res<Vec<V>> {
        if keywords.is_empty() {
            return Ok(positional);
        }
        if let Some(names) = builtin.parameters() {
            for name in names.iter().skip(positional.len()) {
                let known = keywords.iter().position(|(sym, _)| self.ast.name(*sym) == name);
                positional.push(known.map_or(V::Undefined, |index| keywords.swap_remove(index).1));
            }
            for (_, unknown) in &keywords {
                V::refuse_functions(std::slice::from_ref(unknown), &self.meter)?;
            }
            return Ok(positional);
        }
        Ok(self.with_keywords(positional, keywords))
    }

    /// The arguments, with the named ones as one object behind the others.
    fn with_keywords(&self, mut positional: Vec<V>, keywords: Keywords) -> Vec<V> {
        if !keywords.is_empty() {
            let pairs = keywords.into_iter().map(|(sym, value)| (self.ast.name(sym).clone(), value));
            let mut map: JsMap<V> = pairs.collect();
            map.insert("__keywords", V::bool(true));
            positional.push(V::Record(Rc::new(Record::made(map))));
        }
        positional
    }

    pub(super) fn test(&self, subject: ExprId, test: &str, args: Option<&Args>, place: &Place) -> Res<V> {
        let Some((test, arity)) = tests_builtin::find(test) else {
            let nearest = nearest(test, tests_builtin::names());
            return Err(Fault::new(ErrorKind::UnknownTest { name: test.to_owned(), nearest }));
        };
        let empty = Args::default();
        let args = args.unwrap_or(&empty);
        let count = args.positional.len() + args.keyword.len();
        let fits = count == arity && args.keyword.is_empty();
        if !(fits || self.meter.is_legacy() && count < 2) {
            let name = test.name();
            return Err(Fault::type_error(format!(
                "the test `{name}` takes {arity} arguments in parentheses"
            )));
        }
        let subject = self.expr(subject, place)?;
        let args = self.exprs(&args.positional, place)?;
        let argument = args.into_iter().next().unwrap_or(V::Undefined);
        tests_builtin::apply(test, &subject, &argument, &self.meter)
    }

    fn values(&self, args: &[V]) -> Res<Vec<Value>> {
        args.iter().map(|value| value.to_value(&self.meter)).collect()
    }
}

/// What the outside gave back. If it was given a secret, all of it counts as derived from that.
fn host_result(result: Value, args: &[Value]) -> V {
    let secret = args.iter().any(Value::contains_secret);
    let result = V::from(&result);
    if secret { result.and_mark(Mark::SECRET) } else { result }
}

fn host_fault(name: &str, message: String, args: &[Value]) -> Fault {
    let secret = args.iter().any(Value::contains_secret);
    let message = (!secret).then_some(message);
    Fault::new(ErrorKind::Function { name: name.to_owned(), message })
}
