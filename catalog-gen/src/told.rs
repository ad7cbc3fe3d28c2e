//! What a person says of a repository before anything is written.
//!
//! Their word wins over whatever was found, and is as certain as a value can be. It is said of all entities at once; who
//! wants to say it of one writes it into its file.

use serde_json::Value;

use crate::{Catalogue, Claim, Confidence, Described, EntityRef, Evidence, FieldClaim};

const OWNER: &str = "spec.owner";
const SYSTEM: &str = "spec.system";
const LIFECYCLE: &str = "spec.lifecycle";

/// A person's word; none of a field leaves it as it was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Who owns all of it.
    pub owner: Option<EntityRef>,
    /// The system that components, APIs and resources are parts of. No other system is described then.
    pub system: Option<EntityRef>,
    /// How far along components and APIs are, such as `production`.
    pub lifecycle: Option<String>,
}

impl Catalogue {
    /// The same with a person's word in it.
    #[must_use]
    pub fn as_told(mut self, told: &Told) -> Self {
        if told.system.is_some() {
            self.entities.retain(|described| described.entity.kind != "System");
        }
        for described in &mut self.entities {
            let fields = told.fields(&described.entity.kind);
            for (field, value) in fields {
                described.put(field, value);
            }
        }
        self
    }
}

impl Told {
    /// The fields of a kind that are said.
    fn fields(&self, kind: &str) -> Vec<(&'static str, String)> {
        let is_code = matches!(kind, "Component" | "API");
        let is_part = is_code || kind == "Resource";
        let reference = |reference: &Option<EntityRef>| reference.as_ref().map(ToString::to_string);
        let owner = reference(&self.owner).filter(|_| is_part || kind == "System");
        let system = reference(&self.system).filter(|_| is_part);
        let lifecycle = self.lifecycle.clone().filter(|_| is_code);
        let all = [(OWNER, owner), (SYSTEM, system), (LIFECYCLE, lifecycle)];
        all.into_iter().filter_map(|(field, value)| Some((field, value?))).collect()
    }
}

impl Described {
    fn put(&mut self, field: &str, value: String) {
        let Some(key) = field.strip_prefix("spec.") else { return };
        let spec = self.entity.spec.get_or_insert_default();
        spec.insert(key.to_owned(), Value::String(value.clone()));
        let evidence = Evidence::of_repository("told", "a person said so");
        let claim =
            FieldClaim { field: field.to_owned(), claim: Claim::new(value, Confidence::Certain, evidence) };
        let found = self.fields.iter_mut().find(|found| found.field == field);
        match found {
            Some(found) => self.outvoted.push(std::mem::replace(found, claim)),
            None => self.fields.push(claim),
        }
        self.suggestions.retain(|suggestion| suggestion.field != field);
        self.missing.retain(|missing| missing != field);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{About, FileTree, Listed, ListedKind, Listing, Material, Site, TreePath, generate};

    fn catalogue() -> Catalogue {
        let mut files = FileTree::new();
        let text =
            "{\"name\":\"shop\",\"dependencies\":{\"express\":\"5\"},\"scripts\":{\"start\":\"node .\"}}";
        files.insert(TreePath::parse("package.json").unwrap(), crate::Entry::file(text)).unwrap();
        let listed = files.iter().map(|(path, _)| Listed {
            path: path.clone(),
            kind: ListedKind::File,
            size: text.len() as u64,
            id: None,
        });
        let (listing, about) = (Listing::new(listed, 0), About::default());
        generate(&Material { listing: &listing, files: &files, about: &about }, &Site::default())
    }

    #[test]
    fn a_persons_word_wins_and_what_was_missing_is_not_missing_any_more() {
        let told = Told {
            owner: EntityRef::parse("group:default/shop").ok(),
            system: EntityRef::parse("system:default/sales").ok(),
            lifecycle: Some("experimental".to_owned()),
        };
        let before = catalogue();
        assert!(before.entities.iter().any(|one| one.missing.iter().any(|field| field == OWNER)));

        let after = before.as_told(&told);

        let component = after.entities.iter().find(|one| one.entity.kind == "Component").unwrap();
        let spec = json!(component.entity.spec);
        assert_eq!(spec["owner"], "group:default/shop");
        assert_eq!(spec["system"], "system:default/sales");
        assert_eq!(spec["lifecycle"], "experimental");
        assert_eq!(component.missing, [""; 0]);
        let claim = component.fields.iter().find(|field| field.field == OWNER).unwrap();
        assert_eq!(claim.claim.confidence, Confidence::Certain);
        assert!(after.entities.iter().all(|one| one.entity.kind != "System"));
    }

    #[test]
    fn nothing_said_changes_nothing() {
        assert_eq!(catalogue().as_told(&Told::default()), catalogue());
    }
}
