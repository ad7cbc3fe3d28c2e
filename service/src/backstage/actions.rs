//! The actions that Backstage's plugins register: what there is, and invoking one.
//!
//! The form is that of Backstage's own client of it. What an action does with its input, who may invoke it and
//! what it puts out, Backstage says.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::path::encoded;
use super::{ApiPath, Backstage, BackstageError, Credentials, PluginId, Request};

const LIST_TIMEOUT: Duration = Duration::from_secs(10);
/// Some actions do a lot of work; Backstage itself sets no limit.
const INVOKE_TIMEOUT: Duration = Duration::from_secs(300);
/// Actions of one plugin that are taken.
const MAX_ACTIONS: usize = 500;

/// An action of a plugin, as the plugin describes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "Wire")]
pub struct RemoteAction {
    /// `<plugin>:<name>`.
    pub id: String,
    /// What it does; its title where it has no description.
    pub description: String,
    /// It changes nothing.
    pub read_only: bool,
    /// It may take away what is there.
    pub destructive: bool,
    /// Invoking it twice does what invoking it once does.
    pub idempotent: bool,
    /// Draft-07 schema of the input.
    pub input: Value,
    /// Draft-07 schema of the output.
    pub output: Option<Value>,
    /// It asks for secrets beside its input, which a step cannot give.
    pub needs_secrets: bool,
}

#[derive(Deserialize)]
struct Listed {
    actions: Vec<Value>,
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    attributes: WireAttributes,
    #[serde(default)]
    schema: WireSchema,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAttributes {
    destructive: Option<bool>,
    idempotent: Option<bool>,
    read_only: Option<bool>,
}

#[derive(Default, Deserialize)]
struct WireSchema {
    input: Option<Value>,
    output: Option<Value>,
    secrets: Option<Value>,
}

impl From<Wire> for RemoteAction {
    fn from(wire: Wire) -> Self {
        let read_only = wire.attributes.read_only.unwrap_or(false);
        let texts = [wire.description.trim(), wire.title.trim(), &wire.id];
        let description = texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default().to_owned();
        Self {
            description,
            read_only,
            destructive: wire.attributes.destructive.unwrap_or(!read_only),
            idempotent: wire.attributes.idempotent.unwrap_or(false),
            input: wire.schema.input.unwrap_or_else(|| serde_json::json!({ "type": "object" })),
            output: wire.schema.output,
            needs_secrets: wire.schema.secrets.is_some(),
            id: wire.id,
        }
    }
}

impl Backstage {
    /// The actions of a plugin that this token may see. One that cannot be read is left out, with a line in the log.
    pub async fn actions(&self, plugin: &PluginId) -> Result<Vec<RemoteAction>, BackstageError> {
        let shown = format!("the list of actions of `{plugin}`");
        let path = ApiPath::parse(&format!("{plugin}/.backstage/actions/v1/actions"))?;
        let request = Request { timeout: LIST_TIMEOUT, ..plain("GET", path, shown) };
        let answer = self.send(&request).await?;
        if !answer.is_ok() {
            return Err(answer.refusal(&request.shown));
        }
        let listed: Listed = serde_json::from_slice(&answer.body).map_err(|_| {
            BackstageError::Invalid(format!(
                "Backstage answered {} with something else; does `backstage.base_url` name the backend?",
                request.shown
            ))
        })?;
        Ok(listed.actions.into_iter().take(MAX_ACTIONS).filter_map(|action| read(plugin, action)).collect())
    }

    /// Invokes an action of a plugin as `credentials` say; gives its output.
    pub async fn invoke(
        &self,
        plugin: &PluginId,
        id: &str,
        input: &Value,
        credentials: Credentials,
    ) -> Result<Value, BackstageError> {
        let path = format!("{plugin}/.backstage/actions/v1/actions/{}/invoke", encoded(id));
        let body = serde_json::to_vec(input)
            .map_err(|_| BackstageError::Invalid(format!("the input of `{id}` cannot be written as JSON")))?;
        let request = Request {
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: Some(body),
            credentials,
            ..plain("POST", ApiPath::parse(&path)?, format!("the call of `{id}`"))
        };
        let answer = self.send(&request).await?;
        if !answer.is_ok() {
            return Err(answer.refusal(&request.shown));
        }
        match answer.content()? {
            Value::Object(mut members) => Ok(members.remove("output").unwrap_or_default()),
            _ => Ok(Value::Null),
        }
    }
}

fn plain(method: &str, path: ApiPath, shown: String) -> Request {
    Request {
        method: method.to_owned(),
        path,
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        credentials: Credentials::Service,
        timeout: INVOKE_TIMEOUT,
        shown,
    }
}

fn read(plugin: &PluginId, action: Value) -> Option<RemoteAction> {
    let name = action.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let belongs =
        name.strip_prefix(plugin.as_str()).is_some_and(|rest| rest.len() > 1 && rest.starts_with(':'));
    let plain =
        name.len() <= 200 && name.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '`' | '\\' | '%'));
    if belongs
        && plain
        && let Ok(action) = serde_json::from_value(action)
    {
        return Some(action);
    }
    tracing::warn!(
        plugin.id = %plugin,
        action.id = %name.escape_debug(),
        "an action of a Backstage plugin is left out: its id or its description cannot be read"
    );
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn catalog() -> PluginId {
        PluginId::parse("catalog").unwrap()
    }

    #[test]
    fn what_is_not_said_is_taken_for_the_worse() {
        let action = read(&catalog(), json!({ "id": "catalog:x", "title": "X" })).unwrap();

        assert_eq!(
            action,
            RemoteAction {
                id: "catalog:x".to_owned(),
                description: "X".to_owned(),
                read_only: false,
                destructive: true,
                idempotent: false,
                input: json!({ "type": "object" }),
                output: None,
                needs_secrets: false,
            }
        );
        let reading =
            json!({ "id": "catalog:x", "attributes": { "readOnly": true }, "schema": { "secrets": {} } });
        let action = read(&catalog(), reading).unwrap();
        assert!(action.read_only && !action.destructive && action.needs_secrets);
    }

    #[test]
    fn an_action_of_another_plugin_is_left_out() {
        for id in
            ["scaffolder:x", "catalog", "catalog:", "catalogue:x", "", "catalog:a b", "catalog:\u{1b}[31m"]
        {
            assert_eq!(read(&catalog(), json!({ "id": id })), None, "{id}");
        }
        assert_eq!(read(&catalog(), json!("catalog:x")), None);
        assert_eq!(read(&catalog(), json!({ "id": "catalog:x", "attributes": 1 })), None);
    }
}
