//! The templates that are served, and how they stay current.
//!
//! Sources are folders, files and git URLs (`templates.sources`); `Location` entities in them lead on. At
//! load only files of entities are read; the files behind a template are fixed by [`Library::pin`]. Nothing
//! is rendered, and nobody is asked whether he may. The invariant: a source or a template that is broken is
//! listed with its faults and takes nothing else down.

mod again;
mod elsewhere;
mod load;
mod origin;
mod placeholders;
mod reach;
mod single;
mod watch;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Mutex;

use super::source::{Folder, Reach};
use super::{FetchError, Pin, Sources, Template, TemplateError};
use crate::words::nearest;
use load::{Loaded, Loader};
use origin::At;
use watch::Heads;

pub use again::{Look, Watched};
pub use elsewhere::template_of;
pub use single::{Local, Single, SingleError};

/// A template as a list shows it: usable, or broken with the reasons.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Comparable reference where it could be read.
    pub entity_ref: Option<String>,
    /// Title, or the file where it could not be read.
    pub title: String,
    /// Description, if any.
    pub description: Option<String>,
    /// `<source>/<path>`.
    pub place: String,
    /// Empty for a usable template.
    pub errors: Vec<TemplateError>,
    /// What hardly means what it says.
    pub warnings: Vec<TemplateError>,
}

/// What one entry of `templates.sources` gave.
#[derive(Clone, Debug)]
pub struct Part {
    /// The entry.
    pub source: String,
    /// Its usable templates.
    pub templates: Vec<Arc<Template>>,
    /// Comparable references of those that cannot be used now.
    pub broken: Vec<String>,
    /// Whether everything in it could be read well enough to say what is there.
    pub whole: bool,
}

/// Why a template was not given.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// No template has that reference.
    #[error("Template {entity_ref} not found{}", .nearest.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    NotFound {
        /// What was asked for, in comparable form.
        entity_ref: String,
        /// The nearest one there is.
        nearest: Option<String>,
    },
    /// It is there, but cannot be used.
    #[error("template {entity_ref} is broken: {}", .errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Broken {
        /// Its reference.
        entity_ref: String,
        /// Why.
        errors: Vec<TemplateError>,
    },
}

/// The templates of all configured sources.
#[derive(Debug)]
pub struct Library {
    sources: Sources,
    configured: Vec<String>,
    from_catalog: bool,
    shelf: RwLock<Arc<Shelf>>,
    /// What is known about each configured source; held while a refresh runs.
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    loaded: HashMap<String, Loaded>,
    heads: Heads,
}

/// One template, or one fault, with its place.
#[derive(Clone, Debug)]
struct Item {
    listed: Listed,
    template: Option<Arc<Template>>,
    at: Option<At>,
    /// Which of the configured sources it came from.
    source: usize,
}

#[derive(Debug, Default)]
struct Shelf {
    items: Vec<Item>,
}

impl Library {
    /// Loads every source once. A source that cannot be reached is listed with its error.
    pub async fn load(config: &crate::config::Templates, sources: Sources) -> Self {
        let library =
            Self { from_catalog: config.from_catalog, ..Self::empty(sources, config.sources.clone()) };
        library.refresh().await;
        library
    }

    fn empty(sources: Sources, configured: Vec<String>) -> Self {
        Self { sources, configured, from_catalog: false, shelf: RwLock::default(), memory: Mutex::default() }
    }

    /// Whether templates are run that only Backstage's catalog has.
    pub fn admits_catalog(&self) -> bool {
        self.from_catalog
    }

    /// Looks at the sources again and takes over what changed. Returns the number of changed templates.
    pub async fn refresh(&self) -> usize {
        let mut memory = self.memory.lock().await;
        let Memory { loaded, heads } = &mut *memory;
        let mut items = Vec::new();
        for (number, source) in self.configured.iter().enumerate() {
            let current = match loaded.get(source) {
                Some(known) => known.is_current(&self.sources, heads).await,
                None => false,
            };
            if !current {
                loaded.insert(source.clone(), Loader::load(&self.sources, heads, source).await);
            }
            let found = loaded.get(source).into_iter().flat_map(|known| known.items.iter().cloned());
            items.extend(found.map(|item| Item { source: number, ..item }));
        }
        let shelf = Shelf::new(items);
        for (folder, reaches) in shelf.folders() {
            folder.serve(reaches).await;
            folder.look().await;
        }
        self.replace(shelf)
    }

    /// Every template, usable or broken, by reference.
    pub fn list(&self) -> Vec<Listed> {
        self.shelf().items.iter().map(|item| item.listed.clone()).collect()
    }

    /// The same by source, in the order of the settings.
    pub fn parts(&self) -> Vec<Part> {
        let shelf = self.shelf();
        let part = |(number, source): (usize, &String)| {
            let items = || shelf.items.iter().filter(move |item| item.source == number);
            let broken = items().filter(|item| item.template.is_none());
            Part {
                source: source.clone(),
                templates: items().filter_map(|item| item.template.clone()).collect(),
                broken: broken.filter_map(|item| item.listed.entity_ref.clone()).collect(),
                whole: items().all(|item| item.listed.entity_ref.is_some()),
            }
        };
        self.configured.iter().enumerate().map(part).collect()
    }

    /// The template with that reference (comparable form).
    pub fn find(&self, entity_ref: &str) -> Result<Arc<Template>, FindError> {
        let entity_ref = entity_ref.to_lowercase();
        let shelf = self.shelf();
        let Some(item) = shelf.item(&entity_ref) else {
            let known = shelf.items.iter().filter_map(|item| item.listed.entity_ref.as_deref());
            let nearest = nearest_ref(&entity_ref, known).map(str::to_owned);
            return Err(FindError::NotFound { entity_ref, nearest });
        };
        item.template
            .clone()
            .ok_or_else(|| FindError::Broken { entity_ref, errors: item.listed.errors.clone() })
    }

    /// Fixes the files of the template; they can be read again by any process that has the source.
    ///
    /// A change of the template's own file is noticed at once, a change beside it by the next
    /// [`Library::refresh`].
    pub async fn pin(&self, template: &Template) -> Result<Pin, FetchError> {
        let shelf = self.shelf();
        let found = shelf.item(&template.entity_ref).and_then(|item| item.at.as_ref());
        let at = found.ok_or_else(|| {
            FetchError::NotFound(format!(
                "template {} is no longer in its source; start anew",
                template.entity_ref
            ))
        })?;
        at.pin(&self.sources, &reach::reach(template, &at.path), &shelf.folders_of_templates(at)).await
    }

    fn shelf(&self) -> Arc<Shelf> {
        Arc::clone(&self.shelf.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, shelf: Shelf) -> usize {
        let mut place = self.shelf.write().unwrap_or_else(PoisonError::into_inner);
        let changed = shelf.differences(&place);
        *place = Arc::new(shelf);
        changed
    }
}

/// The reference whose name is nearest: what all references begin with must not count as likeness.
fn nearest_ref<'r>(wanted: &str, known: impl Iterator<Item = &'r str>) -> Option<&'r str> {
    let name = |reference: &'r str| reference.rsplit_once('/').map_or(reference, |(_, name)| name);
    let wanted = wanted.rsplit_once('/').map_or(wanted, |(_, name)| name);
    let known: Vec<&str> = known.collect();
    let meant = nearest(wanted, known.iter().copied().map(name))?;
    known.into_iter().find(|reference| name(reference) == meant)
}

impl Shelf {
    /// Sorted by reference; of two with one reference the first counts.
    fn new(mut items: Vec<Item>) -> Self {
        let mut seen: HashMap<String, String> = HashMap::new();
        for item in &mut items {
            let Some(entity_ref) = item.listed.entity_ref.clone().filter(|_| item.template.is_some()) else {
                continue;
            };
            if let Some(first) = seen.get(&entity_ref) {
                let message =
                    format!("{entity_ref} is defined in `{first}` already; give one of the two another name");
                item.listed.errors.push(TemplateError::of_file(&item.listed.place, message));
                item.template = None;
            } else {
                seen.insert(entity_ref, item.listed.place.clone());
            }
        }
        items.sort_by(|a, b| {
            let key = |item: &Item| (item.listed.entity_ref.is_none(), item.listed.entity_ref.clone());
            (key(a), a.template.is_none(), &a.listed.place).cmp(&(
                key(b),
                b.template.is_none(),
                &b.listed.place,
            ))
        });
        Self { items }
    }

    fn item(&self, entity_ref: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.listed.entity_ref.as_deref() == Some(entity_ref))
    }

    /// The folders that are sources, each with what its templates can read, one by one.
    fn folders(&self) -> Vec<(Arc<Folder>, BTreeSet<Reach>)> {
        let mut folders: BTreeMap<String, (Arc<Folder>, BTreeSet<Reach>)> = BTreeMap::new();
        for item in &self.items {
            let (Some(template), Some(at)) = (&item.template, &item.at) else { continue };
            let Some(folder) = at.folder() else { continue };
            let entry = folders
                .entry(folder.url().to_owned())
                .or_insert_with(|| (Arc::clone(folder), BTreeSet::new()));
            entry.1.insert(reach::reach(template, &at.path));
        }
        folders.into_values().collect()
    }

    /// Folders of all templates that share a source with this place.
    fn folders_of_templates(&self, at: &At) -> Vec<String> {
        self.items
            .iter()
            .filter_map(|item| item.at.as_ref())
            .filter_map(|other| other.folder_beside(at))
            .collect()
    }

    /// How many templates came, went or changed.
    fn differences(&self, before: &Self) -> usize {
        let key = |item: &Item| (item.listed.place.clone(), item.listed.entity_ref.clone());
        let entity = |item: &Item| item.template.as_ref().map(|template| template.entity.clone());
        let mut old: HashMap<_, VecDeque<&Item>> = HashMap::new();
        for item in &before.items {
            old.entry(key(item)).or_default().push_back(item);
        }
        let new_or_changed =
            self.items.iter().filter(|item| match old.get_mut(&key(item)).and_then(VecDeque::pop_front) {
                Some(known) => known.listed != item.listed || entity(known) != entity(item),
                None => true,
            });
        new_or_changed.count() + old.values().map(VecDeque::len).sum::<usize>()
    }
}
