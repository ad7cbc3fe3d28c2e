//! Which generated entity stands for which that people wrote.

use catalog_gen::{Described, TreePath};

use crate::facts::{Adjudications, Fact};
use crate::words::{folded, shared};

/// What people wrote, and what was generated for it.
pub(crate) type Pair<'a> = (&'a Fact, &'a Described);

/// Entities of one kind, matched.
pub(crate) struct Matched<'a> {
    pub pairs: Vec<Pair<'a>>,
    pub missed: Vec<&'a Fact>,
    pub extra: Vec<&'a Described>,
}

/// Matches by folded name, then by folder, then by type; at last what is alone on both sides.
pub(crate) fn matched<'a>(
    facts: Vec<&'a Fact>,
    generated: Vec<&'a Described>,
    rulings: &Adjudications,
) -> Matched<'a> {
    let mut all = Matched { pairs: Vec::new(), missed: facts, extra: generated };
    all.take(|fact, described| folded(&fact.name) == folded(&described.entity.metadata.name), false);
    all.take(|fact, described| folder(fact).as_deref() == Some(described.folder.as_str()), true);
    let many = all.missed.first().is_some_and(|fact| fact.kind != "Component");
    all.take(|fact, described| same_type(fact, described, rulings), !many);
    if !many {
        all.take(|_, _| true, true);
    }
    all
}

impl Matched<'_> {
    /// Pairs what fits. `alone`: only where neither of the two fits anything else.
    fn take(&mut self, fits: impl Fn(&Fact, &Described) -> bool, alone: bool) {
        let facts = std::mem::take(&mut self.missed);
        for (at, fact) in facts.iter().enumerate() {
            let candidates = self.extra.iter().enumerate().filter(|(_, one)| fits(fact, one));
            let near = |one: &Described| shared(&fact.name, &one.entity.metadata.name);
            let best = candidates.clone().max_by_key(|(place, one)| (near(one), std::cmp::Reverse(*place)));
            let only = |one: &Described| {
                let before = self.missed.iter().filter(|other| fits(other, one)).count();
                let after = facts.iter().skip(at).filter(|other| fits(other, one)).count();
                candidates.clone().count() == 1 && before + after == 1
            };
            match best {
                Some((place, one)) if !alone || only(one) => {
                    let one = self.extra.remove(place);
                    self.pairs.push((*fact, one));
                }
                _ => self.missed.push(*fact),
            }
        }
    }
}

/// The folder that an entity is of: that of its file, unless it is one for such files.
fn folder(fact: &Fact) -> Option<String> {
    const FOR_FILES: [&str; 5] = [".backstage", "backstage", "docs", ".github", "catalog"];
    let path = TreePath::parse(fact.file.as_deref()?).ok()?;
    let Some(parent) = path.parent() else { return Some(String::new()) };
    let kept: Vec<&str> = parent.segments().take_while(|name| !FOR_FILES.contains(name)).collect();
    Some(kept.join("/"))
}

fn same_type(fact: &Fact, described: &Described, rulings: &Adjudications) -> bool {
    let generated = described.entity.spec.as_ref().and_then(|spec| spec.get("type")?.as_str());
    match (&fact.type_, generated) {
        (Some(human), Some(generated)) => folded_type(human, rulings) == folded_type(generated, rulings),
        _ => false,
    }
}

/// A type in our words.
pub(crate) fn folded_type(type_: &str, rulings: &Adjudications) -> String {
    let small = folded(type_);
    rulings.types.get(&small).cloned().unwrap_or(small)
}
