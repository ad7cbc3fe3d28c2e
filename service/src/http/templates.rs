//! Templates: the form of one (`parameter-schema`), and our own list of all, broken ones included.

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use catalog_gen::EntityRef;
use serde::Serialize;
use serde_json::Value;

use super::error::ApiError;
use super::reply::{Answer, ok};
use crate::task::{Caller, Tasks};
use crate::template::{Listed, Template, TemplateError};

/// Title of a page that has none, in the words that Backstage's users know.
const UNTITLED_PAGE: &str = "Please enter the following information";

/// `TemplateParameterSchema`.
#[derive(Serialize)]
pub(super) struct FormShape<'a> {
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    presentation: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a Value>,
    #[serde(rename = "ui:options", skip_serializing_if = "Option::is_none")]
    ui_options: Option<&'a Value>,
    steps: Vec<PageShape<'a>>,
    #[serde(rename = "formDecorators", skip_serializing_if = "Option::is_none")]
    form_decorators: Option<&'a Value>,
}

/// One page of the form.
#[derive(Serialize)]
struct PageShape<'a> {
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a Value>,
    schema: &'a Value,
}

/// A template in our own list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListedShape<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    entity_ref: Option<&'a str>,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    place: &'a str,
    usable: bool,
    errors: Vec<FaultShape<'a>>,
}

#[derive(Serialize)]
struct FaultShape<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    message: &'a str,
}

#[derive(Serialize)]
struct ListShape<'a> {
    templates: Vec<ListedShape<'a>>,
}

impl<'a> FormShape<'a> {
    pub(super) fn new(template: &'a Template) -> Self {
        let metadata = template.entity.get("metadata");
        Self {
            title: template.title(),
            presentation: template.spec.presentation.as_ref(),
            description: metadata.and_then(|metadata| metadata.get("description")),
            ui_options: metadata.and_then(|metadata| metadata.get("ui:options")),
            steps: template.spec.pages.iter().map(PageShape::new).collect(),
            form_decorators: template.spec.form_decorators.as_ref(),
        }
    }
}

impl<'a> PageShape<'a> {
    fn new(page: &'a Value) -> Self {
        let title = page.get("title").and_then(Value::as_str).unwrap_or(UNTITLED_PAGE);
        Self { title, description: page.get("description"), schema: page }
    }
}

impl<'a> From<&'a Listed> for ListedShape<'a> {
    fn from(listed: &'a Listed) -> Self {
        Self {
            entity_ref: listed.entity_ref.as_deref(),
            title: &listed.title,
            description: listed.description.as_deref(),
            place: &listed.place,
            usable: listed.errors.is_empty(),
            errors: listed.errors.iter().map(FaultShape::from).collect(),
        }
    }
}

impl<'a> From<&'a TemplateError> for FaultShape<'a> {
    fn from(error: &'a TemplateError) -> Self {
        Self { file: &error.file, line: error.line, column: error.column, message: &error.message }
    }
}

/// `GET /v2/templates/{namespace}/{kind}/{name}/parameter-schema`
pub(super) async fn parameter_schema(
    State(tasks): State<Tasks>,
    Extension(caller): Extension<Caller>,
    path: Result<Path<(String, String, String)>, PathRejection>,
) -> Answer {
    let Path((namespace, kind, name)) =
        path.map_err(|_| ApiError::input("the template's name in the path is not text"))?;
    if !kind.eq_ignore_ascii_case("template") {
        return Err(ApiError::input("Invalid kind, only 'Template' kind is supported"));
    }
    let reference =
        EntityRef::new(&kind, &namespace, &name).map_err(|error| ApiError::input(error.to_string()))?;
    let template = tasks.form(&reference.to_string(), &caller).await?;
    ok(&FormShape::new(&template))
}

/// `GET /api/stagecraft/v1/templates`
pub(super) async fn list(State(tasks): State<Tasks>, Extension(caller): Extension<Caller>) -> Answer {
    let listed = tasks.templates(&caller).await?;
    ok(&ListShape { templates: listed.iter().map(ListedShape::from).collect() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_keeps_its_schema_untouched_and_lifts_title_and_description() {
        let page = json!({ "title": "About", "description": "Basic facts", "properties": { "name": { "ui:autofocus": true } } });

        let shape = serde_json::to_value(PageShape::new(&page)).unwrap();

        assert_eq!(shape, json!({ "title": "About", "description": "Basic facts", "schema": page }));
    }

    #[test]
    fn a_page_without_a_title_gets_one_beside_its_schema() {
        let page = json!({ "properties": {} });

        let shape = serde_json::to_value(PageShape::new(&page)).unwrap();

        assert_eq!(
            shape,
            json!({ "title": "Please enter the following information", "schema": { "properties": {} } })
        );
    }

    #[test]
    fn a_broken_template_is_listed_with_the_place_of_each_fault() {
        let error = TemplateError {
            file: "a/template.yaml".to_owned(),
            line: Some(3),
            column: None,
            message: "`spec.steps` is missing".to_owned(),
        };
        let listed = Listed {
            entity_ref: None,
            title: "a/template.yaml".to_owned(),
            description: None,
            place: "file:///srv/templates/a/template.yaml".to_owned(),
            errors: vec![error],
            warnings: Vec::new(),
        };

        assert_eq!(
            serde_json::to_value(ListedShape::from(&listed)).unwrap(),
            json!({
                "title": "a/template.yaml",
                "place": "file:///srv/templates/a/template.yaml",
                "usable": false,
                "errors": [{ "file": "a/template.yaml", "line": 3, "message": "`spec.steps` is missing" }],
            })
        );
    }
}
