//! Methods of objects, which only the syntax of Cookiecutter has.

use super::Call;
use crate::error::Res;
use crate::runtime::{Record, V};
use crate::text::Text;

pub(super) fn call(record: &Record, name: &str, call: &Call<'_>) -> Res<V> {
    let list = |pick: fn((Text, V)) -> V| -> Res<V> {
        call.meter.entries(record.len())?;
        Ok(V::array(record.entries().into_iter().map(pick).collect()))
    };
    match name {
        "get" => {
            let key = call.text(0)?;
            Ok(if record.has(&key) { record.get(&key) } else { call.arg(1).clone() })
        }
        "has_key" => Ok(V::bool(record.has(&call.text(0)?))),
        "keys" => list(|(key, _)| V::String(key)),
        "values" => list(|(_, value)| value),
        "items" => list(|(key, value)| V::array(vec![V::String(key), value])),
        _ => Ok(V::Undefined),
    }
}
