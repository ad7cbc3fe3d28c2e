//! Backstage's own filters: `parseRepoUrl`, `projectSlug`, `parseEntityRef`, `pick`; and a repeatable `random`.
//!
//! They are registered with the language; results are those of the stock backend (see `docs/templates.md`).
//! An environment is made once for a set of hosts and shared. The one filter that differs on purpose is
//! `random`: its choice follows from what it chooses from, so that a repeated run renders the same text. The
//! invariant: every filter is a function of its input and arguments, and what it makes of a secret is marked.

use std::sync::Arc;

use catalog_gen::EntityRef;
use nunjucks::{EnvironmentBuilder, FilterCall, Value};
use percent_encoding::percent_decode_str;

/// Adds Backstage's filters; `parseRepoUrl` accepts the given hosts.
pub(super) fn register(builder: EnvironmentBuilder, hosts: &[String]) -> EnvironmentBuilder {
    let hosts: Arc<[String]> = hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
    let slug_hosts = hosts.clone();
    builder
        .add_filter("parseRepoUrl", move |call| parse_repo_url(call.input, &hosts).map(RepoUrl::into_value))
        .add_filter("projectSlug", move |call| {
            parse_repo_url(call.input, &slug_hosts).map(|url| url.project_slug())
        })
        .add_filter("parseEntityRef", parse_entity_ref)
        .add_filter("pick", pick)
        .add_filter("random", random)
}

/// A `host?owner=…&repo=…` text, taken apart. Absent keys are undefined.
struct RepoUrl {
    host: String,
    parts: Vec<(&'static str, String)>,
    secret: bool,
}

impl RepoUrl {
    /// A part that is there; an empty one counts as absent where a part is needed.
    fn part(&self, name: &str) -> Option<&str> {
        self.parts.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str) -> bool {
        self.part(name).is_some_and(|value| !value.is_empty())
    }

    fn into_value(self) -> Value {
        let mut members = vec![("host", Value::from(self.host))];
        members.extend(self.parts.into_iter().map(|(name, value)| (name, Value::from(value))));
        marked(Value::object(members), self.secret)
    }

    fn project_slug(&self) -> Value {
        let part = |name| self.part(name).unwrap_or("undefined");
        marked(Value::from(format!("{}/{}", part("owner"), part("repo"))), self.secret)
    }
}

/// In the order in which the result has them.
const REPO_URL_PARTS: &[&str] = &["owner", "repo", "organization", "workspace", "project"];

fn parse_repo_url(input: &Value, hosts: &[String]) -> Result<RepoUrl, String> {
    let text = input.as_text().ok_or("it needs a text such as `github.com?owner=acme&repo=demo`")?;
    let (host, query) = text.as_str().split_once('?').unwrap_or((text.as_str(), ""));
    let host = host.trim_end_matches('/').to_ascii_lowercase();
    let host = host.strip_suffix(":443").unwrap_or(&host).to_owned();
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || "/@#\\".contains(c)) {
        return Err("the repository URL is not of the form `host?owner=…&repo=…`".to_owned());
    }
    if !hosts.contains(&host) {
        let (host, known) = (shown(text, &host), hosts.join(", "));
        return Err(format!("no forge is configured for the host `{host}`; the hosts are {known}"));
    }
    let query = query.split('#').next().unwrap_or_default();
    let pairs: Vec<(String, String)> = query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (percent_decode(key), percent_decode(value)))
        .collect();
    let first =
        |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim_matches('/'));
    let parts = REPO_URL_PARTS.iter().filter_map(|name| Some((*name, first(name)?.to_owned()))).collect();
    let url = RepoUrl { host, parts, secret: text.is_secret() };
    let missing: Vec<&str> = required_parts(&url).iter().copied().filter(|name| !url.has(name)).collect();
    if missing.is_empty() {
        Ok(url)
    } else {
        Err(format!("the repository URL lacks {}", missing.join(" and ")))
    }
}

/// What a host's repositories are named by. Only what is told by the host's name: a self-hosted server is taken
/// for GitHub Enterprise.
fn required_parts(url: &RepoUrl) -> &'static [&'static str] {
    match url.host.as_str() {
        "bitbucket.org" => &["workspace", "project", "repo"],
        "dev.azure.com" => &["project", "repo"],
        "gitlab.com" if url.has("project") => &[],
        "gitea.com" => &["repo"],
        _ => &["owner", "repo"],
    }
}

fn shown<'a>(text: &nunjucks::Text, part: &'a str) -> &'a str {
    if text.is_secret() { nunjucks::MASK } else { part }
}

fn marked(value: Value, secret: bool) -> Value {
    if secret { value.mark_secret() } else { value }
}

/// Decodes `%XX` and `+` of a query; what does not decode stays.
fn percent_decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

fn parse_entity_ref(call: FilterCall<'_>) -> Result<Value, String> {
    let context = call.arg(0);
    let default_kind = context.get("defaultKind").as_str();
    let default_namespace = context.get("defaultNamespace").as_str();
    let parsed = match (call.input.as_text(), call.input.as_object()) {
        (Some(text), _) => {
            EntityRef::parse_with(text.as_str(), default_kind, default_namespace).map_err(|error| {
                if text.is_secret() {
                    "the entity reference cannot be read".to_owned()
                } else {
                    error.to_string()
                }
            })?
        }
        (None, Some(_)) => {
            let part = |name: &str| call.input.get(name).as_str();
            let kind = part("kind").or(default_kind).ok_or("the entity reference has no kind")?;
            let namespace = part("namespace").or(default_namespace).unwrap_or("default");
            let name = part("name").ok_or("the entity reference has no name")?;
            EntityRef::new(kind, namespace, name).map_err(|error| error.to_string())?
        }
        (None, None) => return Err("parseEntityRef needs a text or an object".to_owned()),
    };
    let members = [("kind", parsed.kind()), ("namespace", parsed.namespace()), ("name", parsed.name())];
    let value = Value::object(members.map(|(name, part)| (name, Value::from(part))));
    Ok(marked(value, call.input.contains_secret()))
}

/// Follows a path such as `a.b[0]`; whatever is not there is the second argument, or undefined.
fn pick(call: FilterCall<'_>) -> Result<Value, String> {
    let missing = call.arg(1);
    let path = match call.arg(0) {
        Value::String(path) => path.as_str().to_owned(),
        Value::Number(index) => index.to_string(),
        _ => return Ok(missing.clone()),
    };
    let mut value = call.input;
    if !value.get(&path).is_undefined() {
        return Ok(value.get(&path).clone());
    }
    for key in path.split(['.', '[', ']']).filter(|key| !key.is_empty()) {
        value = value.get(key.trim_matches(|c| c == '"' || c == '\''));
    }
    Ok(if value.is_undefined() { missing.clone() } else { value.clone() })
}

/// One item of a list or one character of a text, always the same of the same.
fn random(call: FilterCall<'_>) -> Result<Value, String> {
    match call.input {
        Value::Undefined | Value::Null => Err("it needs a list or a text".to_owned()),
        Value::Array(items) => {
            let place = choice(call.input, items.len());
            Ok(items.get(place).cloned().unwrap_or(Value::Undefined))
        }
        Value::String(text) => {
            let chars: Vec<char> = text.as_str().chars().collect();
            let char = chars.get(choice(call.input, chars.len()));
            Ok(char.map_or(Value::Undefined, |char| marked(Value::from(char.to_string()), text.is_secret())))
        }
        _ => Ok(Value::Undefined),
    }
}

/// A place below `length` that follows from the value alone: FNV-1a over its JSON, the same on every machine.
fn choice(value: &Value, length: usize) -> usize {
    let text = value.to_json().map(|json| json.to_string()).unwrap_or_default();
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let length = u64::try_from(length).unwrap_or(u64::MAX).max(1);
    usize::try_from((hash ^ (hash >> 32)) % length).unwrap_or(0)
}

#[cfg(test)]
mod tests;
