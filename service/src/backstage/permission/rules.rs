//! The rules that policies can name, with what each is given.
//!
//! Only their form is read here; the task use case holds them to tasks, templates and actions. The invariant: a
//! rule is read if its parameters are what its description (`http/permissions.json`) says, and else not at all.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};

/// About tasks.
#[derive(Clone, Debug, PartialEq)]
pub enum TaskRule {
    /// `IS_TASK_OWNER`: one of these users has created it.
    IsOwner(Vec<String>),
}

/// About pages and steps of templates.
#[derive(Clone, Debug, PartialEq)]
pub enum TemplatePartRule {
    /// `HAS_TAG`: it carries this tag.
    HasTag(String),
}

/// About a step that is about to run.
#[derive(Clone, Debug, PartialEq)]
pub enum ActionRule {
    /// `HAS_ACTION_ID`: it runs this action.
    HasId(String),
    /// `HAS_STRING_PROPERTY`, `HAS_NUMBER_PROPERTY`, `HAS_BOOLEAN_PROPERTY`: its input has this.
    Has {
        /// Name or path of the input.
        key: String,
        /// What is there.
        property: Property,
    },
}

/// A type that an input may have, and the value that it must have, if one is given.
#[derive(Clone, Debug, PartialEq)]
pub enum Property {
    /// A text.
    Text(Option<String>),
    /// A number.
    Number(Option<Number>),
    /// A boolean.
    Boolean(Option<bool>),
}

/// About templates as a whole.
#[derive(Clone, Debug, PartialEq)]
pub enum TemplateRule {
    /// `HAS_TEMPLATE_REF`: it is one of these.
    IsOneOf(Vec<String>),
    /// `HAS_TAG`: this is one of its tags.
    HasTag(String),
    /// `HAS_TYPE`: it is of this type.
    HasType(String),
    /// `IS_OWNED_BY`: one of these owns it.
    IsOwnedBy(Vec<String>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreatedBy {
    created_by: Vec<String>,
}

#[derive(Deserialize)]
struct Tag {
    tag: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActionId {
    action_id: String,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct Keyed<T> {
    key: String,
    // A value that is there and of another type, `null` among them, must not be taken for none.
    #[serde(default = "Option::default", deserialize_with = "some")]
    value: Option<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TemplateRefs {
    template_refs: Vec<String>,
}

#[derive(Deserialize)]
struct Type {
    r#type: String,
}

#[derive(Deserialize)]
struct Owners {
    owners: Vec<String>,
}

fn some<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

impl TaskRule {
    /// Reads a rule of that name.
    pub fn read(name: &str, params: &Value) -> Option<Self> {
        match name {
            "IS_TASK_OWNER" => of(params).map(|CreatedBy { created_by }| Self::IsOwner(created_by)),
            _ => None,
        }
    }
}

impl TemplatePartRule {
    /// Reads a rule of that name.
    pub fn read(name: &str, params: &Value) -> Option<Self> {
        match name {
            "HAS_TAG" => of(params).map(|Tag { tag }| Self::HasTag(tag)),
            _ => None,
        }
    }
}

impl ActionRule {
    /// Reads a rule of that name.
    pub fn read(name: &str, params: &Value) -> Option<Self> {
        let (key, property) = match name {
            "HAS_ACTION_ID" => return of(params).map(|ActionId { action_id }| Self::HasId(action_id)),
            "HAS_STRING_PROPERTY" => of(params).map(|Keyed { key, value }| (key, Property::Text(value)))?,
            "HAS_NUMBER_PROPERTY" => of(params).map(|Keyed { key, value }| (key, Property::Number(value)))?,
            "HAS_BOOLEAN_PROPERTY" => {
                of(params).map(|Keyed { key, value }| (key, Property::Boolean(value)))?
            }
            _ => return None,
        };
        Some(Self::Has { key, property })
    }
}

impl TemplateRule {
    /// Reads a rule of that name.
    pub fn read(name: &str, params: &Value) -> Option<Self> {
        match name {
            "HAS_TEMPLATE_REF" => {
                of(params).map(|TemplateRefs { template_refs }| Self::IsOneOf(template_refs))
            }
            "HAS_TAG" => of(params).map(|Tag { tag }| Self::HasTag(tag)),
            "HAS_TYPE" => of(params).map(|Type { r#type }| Self::HasType(r#type)),
            "IS_OWNED_BY" => of(params).map(|Owners { owners }| Self::IsOwnedBy(owners)),
            _ => None,
        }
    }
}

/// Parameters that a rule does not have are looked over, as Backstage does.
fn of<T: DeserializeOwned>(params: &Value) -> Option<T> {
    T::deserialize(params).ok()
}
