//! A template without some of its pages and steps.
//!
//! Which they are is decided elsewhere. The invariant: what is left reads as if the author had written no more,
//! and every step keeps its id.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Step, Template};
use crate::template::parameters::declared;

impl Template {
    /// The template with those pages and steps alone that these let through, and the names of the parameters that
    /// no page asks for any more; none if all of them are let through.
    pub(crate) fn restricted(
        &self,
        page: impl Fn(&Value) -> bool,
        step: impl Fn(&Step) -> bool,
    ) -> Option<(Self, Vec<String>)> {
        let (pages, unseen): (Vec<&Value>, Vec<&Value>) =
            self.spec.pages.iter().partition(|known| page(known));
        let steps: Vec<&Step> = self.spec.steps.iter().filter(|known| step(known)).collect();
        if unseen.is_empty() && steps.len() == self.spec.steps.len() {
            return None;
        }
        let asked: BTreeSet<&str> = pages.iter().copied().flat_map(declared).collect();
        let names = unseen.into_iter().flat_map(declared).filter(|name| !asked.contains(name));
        let names = names.map(str::to_owned).collect();
        let mut restricted = self.clone();
        restricted.spec.pages = pages.into_iter().cloned().collect();
        restricted.spec.steps = steps.into_iter().cloned().collect();
        // Places are found by position in the text, which does not fit what is left.
        restricted.written.text = "".into();
        Some((restricted, names))
    }
}
