//! A string-keyed map in the order of a JavaScript object.
//!
//! Keys that are array indices come first, ascending; all others follow in the order of their
//! first insertion. Nothing is ever removed.

use crate::text::Text;
use indexmap::IndexMap;

/// An ordered map from property names to `T`.
#[derive(Clone, Debug, PartialEq)]
pub struct JsMap<T> {
    entries: IndexMap<Text, T>,
    /// How many leading entries have an array index as their key.
    indices: usize,
}

impl<T> Default for JsMap<T> {
    fn default() -> Self {
        Self { entries: IndexMap::new(), indices: 0 }
    }
}

impl<T> JsMap<T> {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty map with room for so many entries.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { entries: IndexMap::with_capacity(capacity), indices: 0 }
    }

    /// Sets a property; the place of an existing one is kept.
    pub fn insert(&mut self, key: impl Into<Text>, value: T) {
        let key = key.into();
        let Some(index) = array_index(key.as_str()) else {
            self.entries.insert(key, value);
            return;
        };
        if let Some(slot) = self.entries.get_mut(key.as_str()) {
            *slot = value;
            return;
        }
        let place = self
            .entries
            .keys()
            .take(self.indices)
            .take_while(|other| array_index(other.as_str()).is_some_and(|other| other < index))
            .count();
        self.entries.shift_insert(place, key, value);
        self.indices += 1;
    }

    /// The value of a property.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.entries.get(key)
    }

    /// Whether there is such a property.
    pub fn contains_key(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// The place of a property in the order, and its value.
    pub(crate) fn get_full(&self, key: &str) -> Option<(usize, &T)> {
        self.entries.get_full(key).map(|(place, _, value)| (place, value))
    }

    /// How many properties there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All properties, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Text, &T)> {
        self.entries.iter()
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Text> {
        self.entries.keys()
    }

    /// The values, in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &T> {
        self.entries.values()
    }

    pub(crate) fn drain_values(&mut self) -> impl Iterator<Item = T> + '_ {
        self.indices = 0;
        self.entries.drain(..).map(|(_, value)| value)
    }
}

impl<T, K: Into<Text>> FromIterator<(K, T)> for JsMap<T> {
    fn from_iter<I: IntoIterator<Item = (K, T)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter();
        let mut map = Self::with_capacity(pairs.size_hint().0);
        for (key, value) in pairs {
            map.insert(key, value);
        }
        map
    }
}

/// The array index that a key spells canonically, if it does.
pub(crate) fn array_index(key: &str) -> Option<u32> {
    let first = key.bytes().next()?;
    if !first.is_ascii_digit() || (first == b'0' && key.len() > 1) || key.len() > 10 {
        return None;
    }
    if !key.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    key.parse::<u32>().ok().filter(|index| *index != u32::MAX)
}
