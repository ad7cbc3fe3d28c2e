//! Filters that keep some of the items.

use super::Call;
use super::sequence::{attribute, attribute_name, indexed, items, require_value};
use crate::error::{ErrorKind, Fault, Res, nearest};
use crate::runtime::V;
use crate::tests_builtin;

/// `selectattr` and `rejectattr`: only whether the attribute is truthy counts.
pub(super) fn by_attribute(call: &Call<'_>, keep: bool) -> Res<V> {
    let V::Array(array) = call.input else {
        return Err(Fault::type_error(format!("an array is needed, not {}", call.input.kind())));
    };
    let name = attribute_name(call.arg(0), call.meter)?;
    call.meter.work(array.len())?;
    let mut kept = Vec::new();
    for value in array.to_vec() {
        if attribute(&value, &name)?.truthy() == keep {
            kept.push(value);
        }
    }
    Ok(V::array(kept))
}

/// `select` and `reject`, by a named test.
pub(super) fn by_test(call: &Call<'_>, keep: bool) -> Res<V> {
    let name = match call.arg(0) {
        V::Undefined => "truthy".to_owned(),
        _ => call.arg_text(0)?.into_string(),
    };
    let Some((test, arity)) = tests_builtin::find(&name) else {
        // The name may have been computed; it is not repeated if it came from a secret.
        let name = if call.arg(0).mark().is_secret() { crate::text::MASK.to_owned() } else { name };
        let nearest = nearest(&name, tests_builtin::names());
        return Err(Fault::new(ErrorKind::UnknownTest { name, nearest }));
    };
    require_value(call)?;
    let values = match call.input {
        V::Record(record) => indexed(record, call.meter)?,
        // There safe text is a list of holes, which no test sees.
        V::Safe(_) if call.meter.is_legacy() => Vec::new(),
        other => match items(other, call.meter)? {
            Some(values) => values,
            None => return Ok(V::array(Vec::new())),
        },
    };
    let fits = call.args.len().max(1) - 1 == arity;
    if !fits && !call.meter.is_legacy() {
        return Err(Fault::type_error(format!("the test `{}` takes {arity} arguments", test.name())));
    }
    let mut kept = Vec::new();
    for value in values {
        if tests_builtin::apply(test, &value, call.arg(1), call.meter)?.truthy() == keep {
            kept.push(value);
        }
    }
    Ok(V::array(kept))
}
