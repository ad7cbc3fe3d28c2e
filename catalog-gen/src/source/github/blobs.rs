//! The files worth reading: as many as possible in one query.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{GitHub, GitHubError};
use crate::detect::Wanted;
use crate::source::Content;
use crate::{Listing, TreePath, WantedFile};

/// How many files one query asks for, and how many bytes of them.
const FILES_IN_QUERY: usize = 250;
const BYTES_IN_QUERY: u64 = 6 * 1024 * 1024;
/// GraphQL gives a longer file only in part.
const WHOLE_IN_QUERY: u64 = 500 * 1024;
/// How many queries bring what is wanted for its name.
const MOST_QUERIES: usize = 4;
/// How many long files are asked for one by one, each a call.
const LONG_FILES: usize = 8;
/// How many files are read where there is no token, each a call.
const WITHOUT_TOKEN: usize = 40;

/// A file and its name in git.
type Named = (TreePath, String);

/// What is asked for how.
#[derive(Default)]
struct Plan {
    queries: Vec<Vec<Named>>,
    one_by_one: Vec<Named>,
    left: Vec<TreePath>,
}

impl GitHub {
    /// The content of files of a listing. What is wanted for its name comes first; what may only hold something
    /// fills the first query.
    pub(super) async fn blobs(
        &self,
        slug: &str,
        listing: &Listing,
        wanted: Vec<WantedFile>,
    ) -> Result<Vec<(TreePath, Content)>, GitHubError> {
        let plan = Plan::of(listing, wanted, self.token.is_some());
        let mut all: Vec<(TreePath, Content)> =
            plan.left.into_iter().map(|path| (path, Content::Nothing)).collect();
        let mut one_by_one = plan.one_by_one;
        for query in plan.queries {
            for (file, content) in self.ask(slug, query).await? {
                match content {
                    Some(content) => all.push((file.0, content)),
                    None => one_by_one.push(file),
                }
            }
        }
        for (path, id) in one_by_one {
            let told = self.get(&format!("repos/{slug}/git/blobs/{id}")).await;
            let content = match told {
                Ok(told) => decoded(&told),
                Err(GitHubError::NotFound(_)) => Content::Nothing,
                Err(error) => return Err(error),
            };
            all.push((path, content));
        }
        Ok(all)
    }

    /// One query; a file that it gives only in part comes back without content.
    async fn ask(&self, slug: &str, files: Vec<Named>) -> Result<Vec<(Named, Option<Content>)>, GitHubError> {
        let (owner, name) = slug.split_once('/').unwrap_or_default();
        let mut query =
            "query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) {".to_owned();
        for (at, (_, id)) in files.iter().enumerate() {
            // Names in git are hexadecimal digits.
            let id: String = id.chars().filter(char::is_ascii_hexdigit).collect();
            query.push_str(&format!(
                " f{at}: object(oid: \"{id}\") {{ ... on Blob {{ text isBinary isTruncated }} }}"
            ));
        }
        query.push_str(" } }");
        let told = self.query(&query, json!({ "owner": owner, "name": name })).await?;
        let told = told.get("repository").unwrap_or(&Value::Null);
        let given = files.into_iter().enumerate().map(|(at, file)| {
            let blob = told.get(format!("f{at}")).unwrap_or(&Value::Null);
            let is = |key: &str| blob.get(key).and_then(Value::as_bool) == Some(true);
            let content = match blob.get("text").and_then(Value::as_str) {
                _ if is("isTruncated") => None,
                Some(text) if !is("isBinary") => Some(Content::Bytes(text.as_bytes().to_vec())),
                _ => Some(Content::Nothing),
            };
            (file, content)
        });
        Ok(given.collect())
    }
}

impl Plan {
    fn of(listing: &Listing, mut wanted: Vec<WantedFile>, queries: bool) -> Self {
        wanted.sort_by_key(|file| std::cmp::Reverse(file.wanted));
        let mut plan = Self::default();
        let mut room = 0;
        for file in wanted {
            let Some(listed) = listing.get(&file.path) else { continue };
            let named = (file.path, listed.id.clone().unwrap_or_default());
            let needed = file.wanted == Wanted::Yes;
            if !queries || listed.size > WHOLE_IN_QUERY {
                let most = if queries { LONG_FILES } else { WITHOUT_TOKEN };
                match needed && plan.one_by_one.len() < most {
                    true => plan.one_by_one.push(named),
                    false if needed => plan.left.push(named.0),
                    false => {}
                }
                continue;
            }
            let fits =
                plan.queries.last().is_some_and(|query| query.len() < FILES_IN_QUERY) && listed.size <= room;
            if !fits && plan.queries.len() < if needed { MOST_QUERIES } else { 1 } {
                plan.queries.push(Vec::new());
                room = BYTES_IN_QUERY;
            } else if !fits {
                if needed {
                    plan.left.push(named.0);
                }
                continue;
            }
            if let Some(query) = plan.queries.last_mut() {
                room = room.saturating_sub(listed.size);
                query.push(named);
            }
        }
        plan
    }
}

fn decoded(blob: &Value) -> Content {
    let text = blob.get("content").and_then(Value::as_str).unwrap_or_default();
    let bare: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    STANDARD.decode(bare).map_or(Content::Nothing, Content::Bytes)
}
