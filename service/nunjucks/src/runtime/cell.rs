//! Arrays and objects while a template runs.
//!
//! What comes from the context is kept as it came until somebody looks inside; then its children
//! are opened once, so that two looks see the same array. Dropping a deep structure does not
//! recurse.

use super::V;
use crate::text::Text;
use crate::value::{JsMap, Object, Value};
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// An array.
pub(crate) struct ArrayCell {
    source: Option<Arc<[Value]>>,
    /// Whether a function lay inside when the template made it.
    functions: bool,
    items: OnceCell<RefCell<Vec<V>>>,
    changed: Cell<bool>,
}

impl ArrayCell {
    pub(crate) fn new(items: Vec<V>) -> Self {
        let functions = items.iter().any(V::holds_functions);
        Self { source: None, functions, items: OnceCell::from(RefCell::new(items)), changed: Cell::new(true) }
    }

    pub(crate) fn of(source: Arc<[Value]>) -> Self {
        Self { source: Some(source), functions: false, items: OnceCell::new(), changed: Cell::new(false) }
    }

    fn items(&self) -> &RefCell<Vec<V>> {
        self.items.get_or_init(|| {
            let source = self.source.as_deref().unwrap_or_default();
            RefCell::new(source.iter().map(V::from).collect())
        })
    }

    pub(crate) fn len(&self) -> usize {
        match (self.items.get(), &self.source) {
            (None, Some(source)) => source.len(),
            _ => self.items().borrow().len(),
        }
    }

    pub(crate) fn get(&self, index: usize) -> V {
        self.items().borrow().get(index).cloned().unwrap_or(V::Undefined)
    }

    /// The items as they are now.
    pub(crate) fn to_vec(&self) -> Vec<V> {
        self.items().borrow().clone()
    }

    /// Looks at the items, which cannot be changed meanwhile.
    pub(crate) fn look<T>(&self, at: impl FnOnce(&[V]) -> T) -> T {
        at(&self.items().borrow())
    }

    /// Adds items at the end.
    pub(crate) fn push(&self, added: &[V]) {
        self.changed.set(true);
        self.items().borrow_mut().extend_from_slice(added);
    }

    /// Takes the last item.
    pub(crate) fn pop(&self) -> V {
        self.changed.set(true);
        self.items().borrow_mut().pop().unwrap_or(V::Undefined)
    }

    /// Puts other items in.
    pub(crate) fn replace(&self, items: Vec<V>) {
        self.changed.set(true);
        let _old = self.items().replace(items);
    }

    pub(crate) fn holds_functions(&self) -> bool {
        self.functions
    }

    /// The data this came from, if nothing inside was changed.
    pub(crate) fn unchanged(&self, depth: usize) -> Option<Arc<[Value]>> {
        if self.changed.get() {
            return None;
        }
        if let Some(items) = self.items.get()
            && !items.borrow().iter().all(|item| is_unchanged(item, depth))
        {
            return None;
        }
        self.source.clone()
    }
}

impl Drop for ArrayCell {
    fn drop(&mut self) {
        if let Some(items) = self.items.get_mut() {
            drop_flat(std::mem::take(items.get_mut()));
        }
    }
}

/// An object.
pub(crate) enum Record {
    /// Data, with the children that were looked at so far.
    Data { source: Arc<Object>, opened: RefCell<Vec<(usize, V)>> },
    Made {
        map: JsMap<V>,
        /// Whether a function lies inside.
        functions: bool,
    },
}

impl Record {
    pub(crate) fn of(source: Arc<Object>) -> Self {
        Self::Data { source, opened: RefCell::new(Vec::new()) }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Data { source, .. } => source.len(),
            Self::Made { map, .. } => map.len(),
        }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        !crate::parser::is_reserved(key)
            && match self {
                Self::Data { source, .. } => source.contains_key(key),
                Self::Made { map, .. } => map.contains_key(key),
            }
    }

    pub(crate) fn get(&self, key: &str) -> V {
        if crate::parser::is_reserved(key) {
            return V::Undefined;
        }
        match self {
            Self::Data { source, opened } => match source.get_full(key) {
                Some((place, value)) => open(opened, place, value),
                None => V::Undefined,
            },
            Self::Made { map, .. } => map.get(key).cloned().unwrap_or(V::Undefined),
        }
    }

    /// All properties, in order.
    pub(crate) fn entries(&self) -> Vec<(Text, V)> {
        match self {
            Self::Data { source, opened } => source
                .iter()
                .enumerate()
                .map(|(place, (key, value))| (key.clone(), open(opened, place, value)))
                .collect(),
            Self::Made { map, .. } => map.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        }
    }

    /// An object that the template makes.
    pub(crate) fn made(map: JsMap<V>) -> Self {
        let functions = map.iter().any(|(_, value)| value.holds_functions());
        Self::Made { map, functions }
    }

    pub(crate) fn holds_functions(&self) -> bool {
        matches!(self, Self::Made { functions: true, .. })
    }

    /// The data this came from, if nothing inside was changed.
    pub(crate) fn unchanged(&self, depth: usize) -> Option<Arc<Object>> {
        match self {
            Self::Data { source, opened } => {
                let same = opened.borrow().iter().all(|(_, child)| is_unchanged(child, depth));
                same.then(|| source.clone())
            }
            Self::Made { .. } => None,
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        match self {
            Self::Data { opened, .. } => {
                drop_flat(opened.get_mut().drain(..).map(|(_, child)| child).collect());
            }
            Self::Made { map, .. } => drop_flat(map.drain_values().collect()),
        }
    }
}

/// Scalars are converted each time; arrays and objects are opened once, to keep who they are.
fn open(opened: &RefCell<Vec<(usize, V)>>, place: usize, value: &Value) -> V {
    if !matches!(value, Value::Array(_) | Value::Object(_)) {
        return V::from(value);
    }
    let mut opened = opened.borrow_mut();
    match opened.binary_search_by_key(&place, |(place, _)| *place) {
        Ok(found) => opened.get(found).map_or(V::Undefined, |(_, child)| child.clone()),
        Err(gap) => {
            let child = V::from(value);
            opened.insert(gap, (place, child.clone()));
            child
        }
    }
}

fn is_unchanged(value: &V, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match value {
        V::Array(array) => array.unchanged(depth).is_some(),
        V::Record(record) => record.unchanged(depth).is_some(),
        _ => true,
    }
}

/// Drops values without following them recursively.
fn drop_flat(values: Vec<V>) {
    let mut pending = values;
    while let Some(value) = pending.pop() {
        match value {
            V::Array(array) => {
                if let Some(mut cell) = Rc::into_inner(array)
                    && let Some(items) = cell.items.get_mut()
                {
                    pending.append(items.get_mut());
                }
            }
            V::Record(record) => {
                if let Some(mut record) = Rc::into_inner(record) {
                    match &mut record {
                        Record::Data { opened, .. } => {
                            pending.extend(opened.get_mut().drain(..).map(|(_, child)| child));
                        }
                        Record::Made { map, .. } => pending.extend(map.drain_values()),
                    }
                }
            }
            _ => {}
        }
    }
}
