//! From a repository to what is offered of it.
//!
//! The list of its files, then those that say something, in one go; what they mean is `catalog-gen`'s, and what people
//! declare themselves is theirs. Nothing is stored and nobody is told. The invariant: the same commit and the same words
//! of the host give the same entities, byte for byte.

use catalog_gen::{Catalogue, Described, FileTree, Listing, MORE_FILE, Material, Site, TreePath, generate};
use serde_json::{Value, json};

use super::people::{self, Declared};
use crate::entities::{MadeEntity, RepositoryState};
use crate::forge::{AboutRepository, Forge, ForgeError, Survey};
use crate::git::CommitId;

/// The file that a catalog would read, where there is none.
const FILE: &str = "catalog-info.yaml";
/// Keys under which a file stands for a text.
const PLACEHOLDERS: [&str; 5] = ["$text", "$openapi", "$asyncapi", "$json", "$yaml"];

/// What was made of a repository.
#[derive(Clone, Debug)]
pub(super) struct Made {
    /// What is offered.
    pub(super) entities: Vec<MadeEntity>,
    /// How the repository stands with that.
    pub(super) state: RepositoryState,
    /// That in a sentence.
    pub(super) note: String,
    /// What is worth telling.
    pub(super) details: Value,
    /// What is not offered, each with the reason.
    pub(super) left_out: Vec<(String, String)>,
    /// Everything that was found.
    pub(super) catalogue: Catalogue,
    /// Whether people declare something themselves.
    pub(super) has_files: bool,
    /// Whether people have a file where one of ours would stand.
    pub(super) is_taken: bool,
}

/// Reads a repository at a commit.
pub(super) async fn make(
    forge: &dyn Forge,
    about: &AboutRepository,
    commit: &CommitId,
    site: &Site,
) -> Result<Made, ForgeError> {
    let mut survey = Survey::begin(forge, &about.repository.slug, commit).await?;
    let own = people::files(&survey.listing);
    let mut paths = own.clone();
    paths.extend(survey.worth_reading());
    survey.read(paths).await?;
    let mut declaring = FileTree::new();
    copy(&survey.files, own, &mut declaring);
    let further = people::led_to(&declaring, &survey.listing);
    if !further.is_empty() {
        survey.read(further.clone()).await?;
        copy(&survey.files, further, &mut declaring);
    }
    let seen = Seen {
        unread: survey.unread,
        about: about.clone(),
        declared: Declared::read(&declaring),
        site: site.clone(),
        listing: survey.listing,
        files: survey.files,
    };
    tokio::task::spawn_blocking(move || seen.made())
        .await
        .map_err(|_| ForgeError::Unavailable("the service is stopping; try again later".to_owned()))
}

fn copy(from: &FileTree, paths: Vec<TreePath>, to: &mut FileTree) {
    for path in paths {
        if let Some(entry) = from.get(&path) {
            // It fits: it is a part of a tree that has the same budget.
            let _ = to.insert(path, entry.clone());
        }
    }
}

/// A repository that was read.
struct Seen {
    about: AboutRepository,
    listing: Listing,
    files: FileTree,
    declared: Declared,
    site: Site,
    unread: usize,
}

impl Seen {
    fn made(self) -> Made {
        let Self { about, listing, files, declared, site, unread } = self;
        let said = about.for_catalog();
        let contents_url = about.repository.contents_url;
        let catalogue = generate(&Material { listing: &listing, files: &files, about: &said }, &site);
        let is_taken = TreePath::parse(MORE_FILE).is_ok_and(|path| listing.get(&path).is_some());
        let mut sorting = Sorting::new(&declared, &files, format!("url:{contents_url}/{FILE}"));
        for described in &catalogue.entities {
            sorting.take(described);
        }
        Made { is_taken, ..sorting.end(catalogue, unread) }
    }
}

/// Entities on their way: which are offered, which are left to people, which cannot be.
struct Sorting<'s> {
    declared: &'s Declared,
    files: &'s FileTree,
    location: String,
    offered: Vec<MadeEntity>,
    /// What is left to people: from which reference to which of theirs.
    yielded: Vec<(String, String, Option<String>)>,
    left_out: Vec<(String, String)>,
}

impl<'s> Sorting<'s> {
    fn new(declared: &'s Declared, files: &'s FileTree, location: String) -> Self {
        let (offered, yielded, left_out) = (Vec::new(), Vec::new(), Vec::new());
        Self { declared, files, location, offered, yielded, left_out }
    }

    fn take(&mut self, described: &Described) {
        let Ok(reference) = described.entity.entity_ref() else { return };
        let entity_ref = reference.to_string();
        if let Some(why) = self.declared.claims(&entity_ref, &described.folder) {
            let theirs = self.declared.component_of(&described.folder).map(str::to_owned);
            self.yielded.push((entity_ref, why, theirs));
            return;
        }
        let mut entity = described.entity.to_value();
        match inlined(&mut entity, self.files) {
            Ok(()) => {
                let location = self.location.clone();
                self.offered.push(MadeEntity { entity_ref, entity, location });
            }
            Err(why) => self.left_out.push((entity_ref, why)),
        }
    }

    fn end(mut self, catalogue: Catalogue, unread: usize) -> Made {
        for (ours, _, theirs) in &self.yielded {
            if let Some(theirs) = theirs.as_ref().filter(|theirs| *theirs != ours) {
                self.offered.iter_mut().for_each(|made| point(&mut made.entity, ours, theirs));
            }
        }
        let (state, note) = self.stands();
        let pairs = |list: &[(String, String)], key: &str| -> Vec<Value> {
            list.iter().map(|(what, why)| json!({ key: what, "why": why })).collect()
        };
        let yielded: Vec<(String, String)> =
            self.yielded.iter().map(|(what, why, _)| (what.clone(), why.clone())).collect();
        let details = json!({
            "yielded": pairs(&yielded, "entityRef"),
            "leftOut": pairs(&self.left_out, "entityRef"),
            "brokenFiles": pairs(&self.declared.broken, "file"),
            "unreadFiles": unread,
        });
        let has_files = !self.declared.is_nothing();
        let left_out = yielded.into_iter().chain(self.left_out).collect();
        let is_taken = false;
        Made { entities: self.offered, state, note, details, left_out, catalogue, has_files, is_taken }
    }

    fn stands(&self) -> (RepositoryState, String) {
        let broken =
            self.declared.broken.first().map(|(file, why)| {
                format!("its catalog file `{file}` cannot be used: {why}; correct it there")
            });
        if !self.offered.is_empty() {
            return (RepositoryState::Offered, broken.unwrap_or_default());
        }
        if !self.yielded.is_empty() || !self.declared.is_nothing() {
            let all = "its own catalog files say everything".to_owned();
            return (RepositoryState::Yielded, broken.unwrap_or(all));
        }
        (RepositoryState::Empty, "nothing was found in it that an entity could be made of".to_owned())
    }
}

/// Puts the text of a file where the entity names it: a feed has no place beside which a file could lie.
fn inlined(entity: &mut Value, files: &FileTree) -> Result<(), String> {
    let Some(definition) = entity.pointer_mut("/spec/definition") else { return Ok(()) };
    let Some(map) = definition.as_object() else { return Ok(()) };
    let named = PLACEHOLDERS.iter().find_map(|key| map.get(*key).and_then(Value::as_str));
    let path = named.and_then(|named| TreePath::resolve(None, named).ok().flatten());
    let text = path.as_ref().and_then(|path| files.file(path)).and_then(|file| file.text());
    match text {
        Some(text) => {
            *definition = Value::String(text.to_owned());
            Ok(())
        }
        None => Err(format!(
            "its definition `{}` was not read; it is too large, or not UTF-8 text",
            named.unwrap_or_default()
        )),
    }
}

/// Lets references to `from` lead to `to`.
fn point(entity: &mut Value, from: &str, to: &str) {
    let Some(spec) = entity.get_mut("spec").and_then(Value::as_object_mut) else { return };
    let fields = ["dependsOn", "dependencyOf", "subcomponentOf"];
    for (_, value) in spec.iter_mut().filter(|(field, _)| fields.contains(&field.as_str())) {
        let texts = match value {
            Value::Array(all) => all.iter_mut().collect(),
            one => vec![one],
        };
        for text in texts {
            if text.as_str().is_some_and(|text| text.eq_ignore_ascii_case(from)) {
                *text = Value::String(to.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use catalog_gen::Entry;

    use super::*;

    fn tree(path: &str, text: &str) -> FileTree {
        let mut tree = FileTree::new();
        tree.insert(TreePath::parse(path).unwrap(), Entry::file(text.to_owned())).unwrap();
        tree
    }

    #[test]
    fn a_definition_that_names_a_file_becomes_its_text() {
        let files = tree("docs/openapi.yaml", "openapi: 3.0.0\n");
        let mut entity = json!({ "spec": { "definition": { "$text": "./docs/openapi.yaml" } } });
        let mut gone = json!({ "spec": { "definition": { "$text": "./gone.yaml" } } });
        let mut plain = json!({ "spec": { "definition": "text" } });

        assert_eq!(inlined(&mut entity, &files), Ok(()));
        assert_eq!(entity["spec"]["definition"], json!("openapi: 3.0.0\n"));
        assert!(inlined(&mut gone, &files).unwrap_err().contains("`./gone.yaml`"));
        assert_eq!(inlined(&mut plain, &files), Ok(()));
    }

    #[test]
    fn references_to_what_people_declare_under_another_name_lead_to_theirs() {
        let mut entity = json!({ "spec": { "dependencyOf": ["component:default/a", "component:default/b"], "owner": "a" } });

        point(&mut entity, "component:default/a", "component:default/shop");

        assert_eq!(
            entity["spec"],
            json!({ "dependencyOf": ["component:default/shop", "component:default/b"], "owner": "a" })
        );
    }
}
