//! The built-in filters.
//!
//! A filter that is given a marked string, number or boolean gives a marked result; what lies
//! inside of arrays and objects carries its own mark along.

mod edit;
mod html;
mod json;
mod select;
mod sequence;
mod sort;
mod words;

pub(crate) use sort::merge_sort;

use crate::budget::Meter;
use crate::error::{Fault, Res};
use crate::runtime::{V, plain_number, to_text};
use crate::text::{Mark, Text};
use std::ops::BitOr;

/// Declares the filters: the variant and its names.
macro_rules! builtins {
    ($($variant:ident: $($name:literal)+;)+) => {
        /// A built-in filter.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Builtin { $($variant),+ }

        const NAMES: &[(&str, Builtin)] = &[$($(($name, Builtin::$variant)),+),+];
    };
}

builtins! {
    Abs: "abs";
    Batch: "batch";
    Capitalize: "capitalize";
    Center: "center";
    Default: "default" "d";
    Dictsort: "dictsort";
    Dump: "dump" "jsonify";
    Escape: "escape" "e";
    First: "first";
    Float: "float";
    Forceescape: "forceescape";
    Groupby: "groupby";
    Indent: "indent";
    Int: "int";
    Join: "join";
    Last: "last";
    Length: "length";
    List: "list";
    Lower: "lower";
    Nl2br: "nl2br";
    Random: "random";
    Reject: "reject";
    Rejectattr: "rejectattr";
    Replace: "replace";
    Reverse: "reverse";
    Round: "round";
    Safe: "safe";
    Select: "select";
    Selectattr: "selectattr";
    Slice: "slice";
    Sort: "sort";
    String: "string";
    Striptags: "striptags";
    Sum: "sum";
    Title: "title";
    Trim: "trim";
    Truncate: "truncate";
    Upper: "upper";
    Urlencode: "urlencode";
    Urlize: "urlize";
    Wordcount: "wordcount";
}

impl Builtin {
    /// The names that templates of this syntax can use.
    pub(crate) fn names(jinja: bool) -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name).filter(move |name| jinja || *name != "jsonify")
    }

    pub(crate) fn find(name: &str, jinja: bool) -> Option<Self> {
        let (_, filter) = NAMES.iter().find(|(known, _)| *known == name)?;
        (jinja || name != "jsonify").then_some(*filter)
    }

    fn name(self) -> &'static str {
        NAMES.iter().find(|(_, filter)| *filter == self).map_or("", |(name, _)| name)
    }

    /// The names of the arguments, for the two filters that know them.
    pub(crate) fn parameters(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Int => Some(&["default", "base"]),
            Self::Sort => Some(&["reverse", "case_sensitive", "attribute"]),
            _ => None,
        }
    }
}

/// What a filter is given.
struct Call<'a> {
    input: &'a V,
    args: &'a [V],
    meter: &'a Meter,
}

impl<'a> Call<'a> {
    fn arg(&self, index: usize) -> &'a V {
        const NOTHING: &V = &V::Undefined;
        self.args.get(index).unwrap_or(NOTHING)
    }

    /// The argument, or the number if it is missing or falsy.
    fn number_or(&self, index: usize, default: f64) -> Res<f64> {
        let arg = self.arg(index);
        if arg.truthy() { plain_number(arg, self.meter) } else { Ok(default) }
    }

    fn arg_text(&self, index: usize) -> Res<Text> {
        to_text(self.arg(index), self.meter)
    }

    /// The input, which must be text.
    fn text(&self) -> Res<Text> {
        match self.input.as_text() {
            Some(text) => {
                self.meter.text(text.as_str().len())?;
                Ok(text.clone())
            }
            None => Err(Fault::type_error(format!("a string is needed, not {}", self.input.kind()))),
        }
    }

    /// The input, which must be text; undefined, null and false are the empty one.
    fn text_or_empty(&self) -> Res<Text> {
        match self.input {
            V::Undefined | V::Null | V::Bool(false, _) => Ok(Text::marked("", self.input.mark())),
            _ => self.text(),
        }
    }

    /// New text with the input's mark and safety.
    fn like_input(&self, chars: String) -> Res<V> {
        self.meter.text(chars.len())?;
        let text = Text::marked(chars, self.input.mark());
        Ok(if matches!(self.input, V::Safe(_)) { V::safe(text) } else { V::String(text) })
    }
}

/// Applies a filter.
pub(crate) fn apply(filter: Builtin, input: &V, args: Vec<V>, meter: &Meter) -> Res<V> {
    V::refuse_functions(std::slice::from_ref(input), meter)?;
    V::refuse_functions(&args, meter)?;
    let call = Call { input, args: &args, meter };
    let result = dispatch(filter, &call).map_err(|fault| fault.named(filter.name()))?;
    if filter == Builtin::Default {
        return Ok(result);
    }
    let mark = args.iter().map(V::mark).fold(input.mark(), Mark::bitor);
    Ok(result.and_mark(mark))
}

fn dispatch(filter: Builtin, call: &Call<'_>) -> Res<V> {
    match filter {
        Builtin::Abs => Ok(V::number(plain_number(call.input, call.meter)?.abs())),
        Builtin::Batch => sequence::batch(call),
        Builtin::Capitalize => words::capitalize(call),
        Builtin::Center => words::center(call),
        Builtin::Default => default(call),
        Builtin::Dictsort => sort::dictsort(call),
        Builtin::Dump => json::dump(call),
        Builtin::Escape => html::escape(call, false),
        Builtin::First => sequence::edge(call, false),
        Builtin::Float => float(call),
        Builtin::Forceescape => html::escape(call, true),
        Builtin::Groupby => sort::groupby(call),
        Builtin::Indent => words::indent(call),
        Builtin::Int => int(call),
        Builtin::Join => sequence::join(call),
        Builtin::Last => sequence::edge(call, true),
        Builtin::Length => sequence::length(call),
        Builtin::List => sequence::list(call),
        Builtin::Lower => words::recase(call, str::to_lowercase),
        Builtin::Nl2br => html::nl2br(call),
        Builtin::Random => sequence::random(call),
        Builtin::Reject => select::by_test(call, false),
        Builtin::Rejectattr => select::by_attribute(call, false),
        Builtin::Replace => edit::replace(call),
        Builtin::Reverse => sequence::reverse(call),
        Builtin::Round => round(call),
        Builtin::Safe => html::safe(call),
        Builtin::Select => select::by_test(call, true),
        Builtin::Selectattr => select::by_attribute(call, true),
        Builtin::Slice => sequence::slice(call),
        Builtin::Sort => sort::sort(call),
        Builtin::String => html::string(call),
        Builtin::Striptags => html::striptags(call),
        Builtin::Sum => sequence::sum(call),
        Builtin::Title => words::title(call),
        Builtin::Trim => words::trim(call),
        Builtin::Truncate => words::truncate(call),
        Builtin::Upper => words::recase(call, str::to_uppercase),
        Builtin::Urlencode => edit::urlencode(call),
        Builtin::Urlize => html::urlize(call),
        Builtin::Wordcount => words::wordcount(call),
    }
}

/// The argument in place of undefined, or with a second argument in place of anything falsy.
fn default(call: &Call<'_>) -> Res<V> {
    let missing = if call.arg(1).truthy() { !call.input.truthy() } else { call.input.is_undefined() };
    Ok(if missing { call.arg(0).clone() } else { call.input.clone() })
}

fn float(call: &Call<'_>) -> Res<V> {
    let text = to_text(call.input, call.meter)?;
    let number = crate::number::parse_float(text.as_str());
    Ok(if number.is_nan() { call.arg(0).clone() } else { V::Number(number, text.mark()) })
}

fn int(call: &Call<'_>) -> Res<V> {
    let base = match call.arg(1) {
        V::Undefined => 10.0,
        given => plain_number(given, call.meter)?.trunc(),
    };
    let text = to_text(call.input, call.meter)?;
    let number = crate::number::parse_int(text.as_str(), base);
    Ok(if number.is_nan() { call.arg(0).clone() } else { V::Number(number, text.mark()) })
}

fn round(call: &Call<'_>) -> Res<V> {
    let factor = 10_f64.powf(call.number_or(0, 0.0)?);
    let scaled = plain_number(call.input, call.meter)? * factor;
    let method = call.arg(1).as_text().map_or("", Text::as_str);
    let rounded = match method {
        "ceil" => scaled.ceil(),
        "floor" => scaled.floor(),
        _ => crate::number::round_half_up(scaled),
    };
    Ok(V::number(rounded / factor))
}
