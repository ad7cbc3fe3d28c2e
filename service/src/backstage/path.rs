//! Paths of a plugin's API: `catalog/entities/by-name/component/default/shop`.
//!
//! It reads what authors write and puts it below the server's address; it asks nobody. The invariant: the address
//! that comes out has the server's scheme, host and port, and lies below `/api/<plugin>` whoever decodes it how
//! often.

use std::fmt;

use reqwest::Url;

use super::BackstageError;

/// How often a path is decoded in search of one that leads out.
const MAX_DECODINGS: usize = 8;
/// Longest path that is taken, query included.
const MAX_LENGTH: usize = 16 * 1024;

/// The id of a plugin of Backstage, such as `catalog`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PluginId(String);

impl PluginId {
    /// Takes letters, digits, `-` and `_`.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        (!text.is_empty() && text.len() <= 100 && text.chars().all(plain)).then(|| Self(text.to_owned()))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PluginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place in the API of one plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiPath {
    plugin: PluginId,
    /// What follows the plugin's id, without the slash between them.
    rest: String,
    query: Option<String>,
}

impl ApiPath {
    /// Reads `<plugin>/<path>[?query]`. The error does not repeat the text, which may hold a secret.
    pub fn parse(text: &str) -> Result<Self, BackstageError> {
        if text.len() > MAX_LENGTH {
            return Err(invalid(&format!("is longer than {MAX_LENGTH} bytes")));
        }
        // What a fragment says never leaves a client.
        let text = text.split('#').next().unwrap_or_default();
        let (path, query) = match text.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned()).filter(|query| !query.is_empty())),
            None => (text, None),
        };
        let path = path.strip_prefix('/').unwrap_or(path);
        let (plugin, rest) = path.split_once('/').unwrap_or((path, ""));
        let plugin =
            PluginId::parse(plugin).ok_or_else(|| invalid("does not begin with the id of a plugin"))?;
        check(rest)?;
        Ok(Self { plugin, rest: rest.to_owned(), query })
    }

    /// The plugin.
    pub fn plugin(&self) -> &PluginId {
        &self.plugin
    }

    /// The address below the server's own; pairs are added to the query.
    pub(super) fn url(&self, base: &Url, pairs: &[(String, String)]) -> Result<Url, BackstageError> {
        let api = format!("{}/api/{}", base.path().trim_end_matches('/'), self.plugin);
        let mut url = base.clone();
        if self.rest.is_empty() {
            url.set_path(&api);
        } else {
            url.set_path(&format!("{api}/{}", self.rest));
        }
        url.set_query(self.query.as_deref());
        if !pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(pairs);
        }
        // `check` has refused whatever could move it; this is the lock behind the door.
        let below =
            url.path().strip_prefix(&api).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if below && url.origin() == base.origin() { Ok(url) } else { Err(leads_out()) }
    }
}

/// Refuses what could lead out of the plugin's API once somebody has decoded it.
fn check(rest: &str) -> Result<(), BackstageError> {
    let mut text = rest.to_owned();
    for _ in 0..MAX_DECODINGS {
        if text.chars().any(char::is_control) {
            return Err(invalid("holds a control character"));
        }
        if text.contains('\\') {
            return Err(invalid("holds a backslash"));
        }
        if text.split('/').any(|segment| segment == "..") {
            return Err(leads_out());
        }
        let decoded = decoded(&text)?;
        if decoded == text {
            return Ok(());
        }
        text = decoded;
    }
    Err(invalid(&format!("is encoded more than {MAX_DECODINGS} times")))
}

/// The text with each `%2f` in it as what it stands for. A percent sign alone stands for itself.
fn decoded(text: &str) -> Result<String, BackstageError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let hex = code.filter(|code| code.chars().all(|c| c.is_ascii_hexdigit()));
        match hex.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(decoded) if byte == b'%' => {
                bytes.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map_err(|_| invalid("is not UTF-8 once it is decoded"))
}

/// `text` as one segment of a path, as JavaScript's `encodeURIComponent` writes it.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn invalid(what: &str) -> BackstageError {
    BackstageError::Invalid(format!(
        "the path of the request {what}; write the plugin's id and what follows it below `/api`, \
         for example `catalog/entities`"
    ))
}

fn leads_out() -> BackstageError {
    BackstageError::NotAllowed(
        "the path of the request leads out of the plugin's API; write it without `..`".to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(base: &str, path: &str, pairs: &[(&str, &str)]) -> Result<String, BackstageError> {
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Ok(ApiPath::parse(path)?.url(&Url::parse(base).unwrap(), &pairs)?.to_string())
    }

    #[test]
    fn a_path_lies_below_the_api_of_its_plugin() {
        for (base, path, expected) in [
            ("https://b.io", "catalog/entities", "https://b.io/api/catalog/entities"),
            ("https://b.io/", "/catalog/entities", "https://b.io/api/catalog/entities"),
            ("https://b.io/portal/", "catalog", "https://b.io/portal/api/catalog"),
            ("http://b:7007", "proxy/x/a b/%2Fc?d=e f#g", "http://b:7007/api/proxy/x/a%20b/%2Fc?d=e%20f"),
            ("https://b.io", "catalog/", "https://b.io/api/catalog"),
            (
                "https://b.io",
                "catalog/entities/by-name/ü",
                "https://b.io/api/catalog/entities/by-name/%C3%BC",
            ),
        ] {
            assert_eq!(url(base, path, &[]).unwrap(), expected, "{path}");
        }
    }

    #[test]
    fn parameters_join_the_query_of_the_path() {
        let pairs = [("filter", "kind=component,metadata.name=a b"), ("limit", "1")];

        assert_eq!(
            url("https://b.io", "catalog/entities?order=asc", &pairs).unwrap(),
            "https://b.io/api/catalog/entities?order=asc&filter=kind%3Dcomponent%2Cmetadata.name%3Da+b&limit=1"
        );
    }

    #[test]
    fn nothing_leads_out_of_the_plugin() {
        for path in [
            "catalog/../auth/x",
            "catalog/..",
            "catalog/a/%2e%2e/%2E./auth",
            "catalog/a%2f..%2f..%2fauth",
            "catalog/%252e%252e/auth",
            "catalog/%25252525252e%25252525252e/auth",
            "catalog/.%09./auth",
            "catalog/..\t/auth",
            "catalog/..\\auth",
            "catalog/%5c..%5cauth",
        ] {
            assert!(url("https://b.io", path, &[]).is_err(), "{path}");
        }
    }

    #[test]
    fn nothing_leads_to_another_server() {
        for path in
            ["https://evil.io/x", "//evil.io/x", "/", "", "@evil.io/x", "catalog:80/x", "%63atalog/x", "?a"]
        {
            let error = url("https://b.io", path, &[]).unwrap_err();

            assert!(
                matches!(&error, BackstageError::Invalid(text) if text.contains("id of a plugin")),
                "{path}"
            );
        }
        assert_eq!(
            url("https://b.io", "catalog//evil.io", &[]).unwrap(),
            "https://b.io/api/catalog//evil.io"
        );
    }

    #[test]
    fn a_refused_path_is_not_repeated() {
        let error = ApiPath::parse("hunter2/../x y/").unwrap_err().to_string();

        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn a_segment_is_encoded_as_browsers_do() {
        assert_eq!(encoded("scaffolder:list a/ü"), "scaffolder%3Alist%20a%2F%C3%BC");
        assert_eq!(encoded("a-_.!~*'()Z9"), "a-_.!~*'()Z9");
    }
}
