//! The entity that is proposed for a repository without a catalog file, with the reason for every value.
//!
//! One component: Backstage's wizard asks for one name and gives it to everything that it is offered. Which one, and what is
//! in it, is found by `catalog-gen`; here it is put into the words of Backstage's analysis. The invariant: what is only
//! guessed, or holds a place, is marked as a thing that somebody has to say.

use catalog_gen::{
    About, Described, Evidence, FieldClaim, FieldNote, FieldState, Listed, ListedKind, Listing, Material,
    Proposal, Site, TreePath, generate, propose,
};
use serde_json::Value;

use super::read::Place;

/// A place held in an entity by a word that means nothing would be taken for an answer by the wizard.
const OWNER: &str = "spec.owner";

/// The proposal for a place.
pub(super) fn proposal(place: &Place, site: &Site) -> Proposal {
    let plain = propose(&place.tree, place.folder.as_ref(), &place.remote);
    let listing = listing(place);
    let about = About { remote: Some(place.remote.clone()), ..About::default() };
    let catalogue = generate(&Material { listing: &listing, files: &place.tree, about: &about }, site);
    match nearest(&catalogue.entities, place.folder.as_ref()) {
        Some(described) => joined(described, plain),
        None => plain,
    }
}

fn listing(place: &Place) -> Listing {
    let files = place.tree.iter().filter_map(|(path, entry)| {
        let kind = match entry {
            catalog_gen::Entry::File(file) if file.executable => ListedKind::Executable,
            catalog_gen::Entry::File(_) => ListedKind::File,
            catalog_gen::Entry::Symlink { .. } => ListedKind::Link,
            catalog_gen::Entry::Dir => return None,
        };
        Some(Listed { path: path.clone(), kind, size: entry.size(), id: None })
    });
    Listing::new(files, 0)
}

/// The component of the folder that was asked about; of the whole repository also the first one in it.
fn nearest<'c>(entities: &'c [Described], folder: Option<&TreePath>) -> Option<&'c Described> {
    let wanted = folder.map(TreePath::as_str).unwrap_or_default();
    let mut components = entities.iter().filter(|described| described.entity.kind == "Component");
    components.clone().find(|described| described.folder == wanted).or_else(|| {
        let is_root = folder.is_none();
        components.find(|_| is_root)
    })
}

/// What was found, with what a few well-known files say plainly where nothing was.
fn joined(described: &Described, plain: Proposal) -> Proposal {
    let mut entity = described.entity.to_value();
    let mut fields: Vec<FieldNote> =
        described.fields.iter().map(|field| note(field, FieldState::Suggested)).collect();
    let of_plain = |name: &str| {
        let is_it = |note: &&FieldNote| note.field == name && note.state == FieldState::Suggested;
        plain.fields.iter().find(is_it).cloned()
    };
    for missing in &described.missing {
        let path = format!("/{}", missing.replace('.', "/"));
        let said = of_plain(missing);
        if let (Some(said), Some(slot)) = (&said, entity.pointer_mut(&path)) {
            *slot = Value::from(said.value.clone());
        } else if missing == OWNER
            && let Some(spec) = entity.get_mut("spec").and_then(Value::as_object_mut)
        {
            spec.shift_remove("owner");
        }
        let guess = described.suggestions.iter().find(|field| field.field == *missing);
        let guess = guess.map(|field| note(field, FieldState::NeedsInput));
        let nobody = || FieldNote {
            field: missing.clone(),
            state: FieldState::NeedsInput,
            value: None,
            description: "Nothing in the repository says it".to_owned(),
        };
        fields.push(said.or(guess).unwrap_or_else(nobody));
    }
    for field in described.suggestions.iter().filter(|field| !described.missing.contains(&field.field)) {
        fields.push(note(field, FieldState::NeedsInput));
    }
    let told: Vec<String> = fields.iter().map(|field| field.field.clone()).collect();
    let rest = plain.fields.into_iter().filter(|note| !told.contains(&note.field));
    for note in rest.filter(|note| note.state != FieldState::NeedsInput) {
        if put(&mut entity, &note) {
            fields.push(note);
        }
    }
    Proposal { entity, fields }
}

/// Writes a description that was not found otherwise; a thing that is not needed is only told.
fn put(entity: &mut Value, note: &FieldNote) -> bool {
    let Some(value) = &note.value else { return true };
    if note.field != "metadata.description" {
        return false;
    }
    let Some(metadata) = entity.get_mut("metadata").and_then(Value::as_object_mut) else { return false };
    metadata.insert("description".to_owned(), Value::String(value.clone()));
    true
}

fn note(field: &FieldClaim, state: FieldState) -> FieldNote {
    let value = match &field.claim.value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let why: Vec<String> = field.claim.evidence.iter().map(seen).collect();
    FieldNote { field: field.field.clone(), state, value: Some(value), description: why.join("; ") }
}

fn seen(evidence: &Evidence) -> String {
    match (&evidence.file, evidence.line) {
        (Some(file), Some(line)) => format!("{} (`{file}`, line {line})", evidence.seen),
        (Some(file), None) => format!("{} (`{file}`)", evidence.seen),
        (None, _) => evidence.seen.clone(),
    }
}
