//! `for`.

use super::{Place, Run};
use crate::ast::{For, Sym};
use crate::error::{Fault, Res};
use crate::number::from_usize;
use crate::runtime::{ArrayCell, Record, TextBuffer, V, plain_number};
use crate::scope::Scope;
use crate::text::{Mark, Text};
use crate::utf16;
use crate::value::JsMap;
use std::rc::Rc;

/// What a loop goes over.
enum Items {
    Array(Rc<ArrayCell>),
    /// The code units of a string.
    Units {
        units: Vec<String>,
        mark: Mark,
    },
    /// The positions of an object that claims a length.
    Indexed {
        record: Rc<Record>,
        length: f64,
    },
    Pairs(Vec<(Text, V)>),
    Nothing,
}

impl Items {
    fn get(&self, index: usize) -> Option<V> {
        match self {
            Self::Array(array) => (index < array.len()).then(|| array.get(index)),
            Self::Units { units, mark } => {
                units.get(index).map(|unit| V::String(Text::marked(unit.as_str(), *mark)))
            }
            Self::Indexed { record, length } => {
                (from_usize(index) < *length).then(|| record.get(&index.to_string()))
            }
            Self::Pairs(pairs) => {
                pairs.get(index).map(|(key, value)| V::array(vec![V::String(key.clone()), value.clone()]))
            }
            Self::Nothing => None,
        }
    }
}

impl Run<'_> {
    pub(super) fn each(&self, each: &For, place: &Place, out: &mut TextBuffer) -> Res<()> {
        let value = self.expr(each.iterated, place)?;
        let (items, count) = self.items(&value, each.targets.len())?;
        // A loop over nothing keeps the length of the last time it ran, as the original does.
        if value.truthy() {
            self.set_length(each, place, count);
        }
        let length = self.length(each, place);
        let scope = Scope::open(place.scope.clone());
        let inner = Place { exports_macros: false, exports_sets: false, ..place.within(scope.clone()) };
        // Where a variable is named `loop`, nothing else is.
        let named_loop = self.loop_name.is_some_and(|name| {
            place.scope.sees_fixed(name) || (each.targets.len() > 1 && each.targets.contains(&name))
        });
        let mut index = 0;
        while let Some(item) = items.get(index) {
            self.meter.step()?;
            self.bind(&each.targets, item, &value, &scope)?;
            if each.uses_loop && !named_loop {
                self.bind_loop(&length, index, &scope)?;
            }
            self.nodes(&each.body, &inner, out)?;
            index += 1;
        }
        if !length.truthy() {
            // The variables are those of the loop all the same.
            for target in each.targets.iter().filter(|_| index == 0) {
                scope.fix(*target, V::Undefined);
            }
            self.nodes(&each.otherwise, &inner, out)?;
        }
        Ok(())
    }

    /// What to go over with so many variables, and its length.
    fn items(&self, value: &V, targets: usize) -> Res<(Items, V)> {
        let single = targets == 1;
        Ok(match value {
            V::Array(array) => (Items::Array(array.clone()), V::count(array.len())),
            V::Record(record) if single => {
                let count = record.get("length");
                let length = plain_number(&count, &self.meter)?;
                (Items::Indexed { record: record.clone(), length }, count)
            }
            V::Record(record) => {
                self.meter.work(record.len())?;
                (Items::Pairs(record.entries()), V::count(record.len()))
            }
            V::String(_) | V::Safe(_) => {
                let text = value.as_text().cloned().unwrap_or_default();
                let (units, mark) = self.units(&text)?;
                let count = V::Number(from_usize(units.len()), mark);
                let items = match value {
                    V::String(_) if !single => Items::Pairs(
                        units
                            .into_iter()
                            .enumerate()
                            .map(|(index, unit)| {
                                (Text::plain(index.to_string()), V::String(Text::marked(unit, mark)))
                            })
                            .collect(),
                    ),
                    _ => Items::Units { units, mark },
                };
                (items, count)
            }
            _ if single => (Items::Nothing, V::Undefined),
            _ => (Items::Nothing, V::count(0)),
        })
    }

    fn units(&self, text: &Text) -> Res<(Vec<String>, Mark)> {
        self.meter.work(utf16::len(text.as_str()))?;
        Ok((utf16::units(text.as_str()).collect(), text.mark()))
    }

    fn length(&self, each: &For, place: &Place) -> V {
        let lengths = place.lengths.borrow();
        let known = lengths.iter().find(|(number, _)| *number == each.number);
        known.map_or(V::Undefined, |(_, length)| length.clone())
    }

    fn set_length(&self, each: &For, place: &Place, length: V) {
        let mut lengths = place.lengths.borrow_mut();
        match lengths.iter_mut().find(|(number, _)| *number == each.number) {
            Some((_, known)) => *known = length,
            None => lengths.push((each.number, length)),
        }
    }

    fn bind_loop(&self, length: &V, index: usize, scope: &Scope) -> Res<()> {
        let Some(sym) = self.loop_name else { return Ok(()) };
        let place = from_usize(index);
        let count = plain_number(length, &self.meter)?;
        let mark = length.mark();
        let entries: [(&str, V); 7] = [
            ("index", V::number(place + 1.0)),
            ("index0", V::number(place)),
            ("revindex", V::Number(count - place, mark)),
            ("revindex0", V::Number(count - place - 1.0, mark)),
            ("first", V::bool(index == 0)),
            ("last", V::bool(place == count - 1.0)),
            ("length", length.clone()),
        ];
        let map: JsMap<V> = entries.into_iter().collect();
        scope.set(sym, V::Record(Rc::new(Record::made(map))));
        Ok(())
    }

    /// Gives the variables of a loop their values.
    fn bind(&self, targets: &[Sym], item: V, over: &V, scope: &Scope) -> Res<()> {
        if let [only] = targets {
            scope.set(*only, item);
            return Ok(());
        }
        let pairs = matches!(over, V::Record(_) | V::String(_));
        for (index, target) in targets.iter().enumerate() {
            let part = match &item {
                V::Undefined | V::Null => {
                    return Err(Fault::type_error("an item of the loop is nothing, so it has no parts"));
                }
                V::Array(array) => array.get(index),
                V::Record(record) => record.get(&index.to_string()),
                V::String(text) => match utf16::char_at(text.as_str(), index) {
                    Some(unit) => V::String(Text::marked(unit.as_ref(), text.mark())),
                    None => V::Undefined,
                },
                _ => V::Undefined,
            };
            if pairs && index < 2 && self.loop_name != Some(*target) {
                scope.set(*target, part);
            } else {
                scope.fix(*target, part);
            }
        }
        Ok(())
    }
}
