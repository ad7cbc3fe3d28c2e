//! What GitHub says of a repository, and which ones an owner has.

use serde_json::{Value, json};

use super::{Found, GitHub, GitHubError};
use crate::About;
use crate::source::remote;

const FIELDS: &str = "nameWithOwner url description homepageUrl isArchived isTemplate isFork \
    repositoryTopics(first: 20) { nodes { topic { name } } } \
    releases(first: 1) { totalCount } \
    defaultBranchRef { name target { oid } }";

impl GitHub {
    /// A repository by its name.
    pub async fn repository(&self, slug: &str) -> Result<Found, GitHubError> {
        let missing = || GitHubError::NotFound(slug.to_owned());
        let (owner, name) = slug.split_once('/').ok_or_else(missing)?;
        if self.token.is_none() {
            let told = self.get(&format!("repos/{slug}")).await?;
            return by_rest(&told).ok_or_else(missing);
        }
        let query = format!(
            "query($owner: String!, $name: String!) {{ repository(owner: $owner, name: $name) {{ {FIELDS} }} }}"
        );
        let told = self.query(&query, json!({ "owner": owner, "name": name })).await?;
        by_graphql(told.get("repository").unwrap_or(&Value::Null)).ok_or_else(missing)
    }

    /// All repositories of an organisation or a user, in the order of their names; `page` is told how many there are
    /// so far.
    pub async fn repositories(&self, owner: &str, page: impl Fn(usize)) -> Result<Vec<Found>, GitHubError> {
        let mut all = if self.token.is_some() {
            self.by_pages_of_graphql(owner, page).await?
        } else {
            self.by_pages_of_rest(owner, page).await?
        };
        all.sort_by(|one, other| one.slug.cmp(&other.slug));
        all.dedup_by(|later, kept| later.slug == kept.slug);
        Ok(all)
    }

    async fn by_pages_of_graphql(
        &self,
        owner: &str,
        page: impl Fn(usize),
    ) -> Result<Vec<Found>, GitHubError> {
        let query = format!(
            "query($owner: String!, $after: String) {{ repositoryOwner(login: $owner) {{ \
             repositories(first: 100, after: $after, ownerAffiliations: OWNER) {{ \
             pageInfo {{ hasNextPage endCursor }} nodes {{ {FIELDS} }} }} }} }}"
        );
        let (mut all, mut after) = (Vec::new(), Value::Null);
        loop {
            let told = self.query(&query, json!({ "owner": owner, "after": after })).await?;
            let told = told.pointer("/repositoryOwner/repositories");
            let told = told.ok_or_else(|| GitHubError::NotFound(owner.to_owned()))?;
            all.extend(
                told.get("nodes").and_then(Value::as_array).into_iter().flatten().filter_map(by_graphql),
            );
            page(all.len());
            let more = told.pointer("/pageInfo/hasNextPage").and_then(Value::as_bool) == Some(true);
            match told.pointer("/pageInfo/endCursor") {
                Some(cursor) if more && *cursor != after => after = cursor.clone(),
                _ => return Ok(all),
            }
        }
    }

    async fn by_pages_of_rest(&self, owner: &str, page: impl Fn(usize)) -> Result<Vec<Found>, GitHubError> {
        let mut all = Vec::new();
        for number in 1..=1000 {
            let told =
                self.get(&format!("users/{owner}/repos?type=owner&per_page=100&page={number}")).await?;
            let told = told.as_array().map(Vec::as_slice).unwrap_or_default();
            all.extend(told.iter().filter_map(by_rest));
            page(all.len());
            if told.len() < 100 {
                break;
            }
        }
        Ok(all)
    }
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool) == Some(true)
}

fn by_graphql(told: &Value) -> Option<Found> {
    let branch = told.pointer("/defaultBranchRef").and_then(|branch| text(branch, "name"));
    let topics = told.pointer("/repositoryTopics/nodes").and_then(Value::as_array).into_iter().flatten();
    let releases = told.pointer("/releases/totalCount").and_then(Value::as_u64);
    let about = About {
        remote: remote(&text(told, "url")?, branch.as_deref().unwrap_or("HEAD")),
        description: text(told, "description"),
        homepage: text(told, "homepageUrl"),
        topics: topics.filter_map(|node| text(node.get("topic")?, "name")).collect(),
        archived: flag(told, "isArchived"),
        template: flag(told, "isTemplate"),
        released: releases.map(|releases| releases > 0),
        teams: Vec::new(),
    };
    Some(Found {
        slug: text(told, "nameWithOwner")?,
        branch,
        version: told.pointer("/defaultBranchRef/target").and_then(|target| text(target, "oid")),
        about,
        fork: flag(told, "isFork"),
    })
}

fn by_rest(told: &Value) -> Option<Found> {
    let branch = text(told, "default_branch");
    // A repository without a commit names a default branch, too; its size tells it.
    let branch = branch.filter(|_| told.get("size").and_then(Value::as_u64) != Some(0));
    let topics = told.get("topics").and_then(Value::as_array).into_iter().flatten();
    let about = About {
        remote: remote(&text(told, "html_url")?, branch.as_deref().unwrap_or("HEAD")),
        description: text(told, "description"),
        homepage: text(told, "homepage"),
        topics: topics.filter_map(|topic| topic.as_str().map(str::to_owned)).collect(),
        archived: flag(told, "archived"),
        template: flag(told, "is_template"),
        released: None,
        teams: Vec::new(),
    };
    let version = text(told, "pushed_at");
    Some(Found { slug: text(told, "full_name")?, branch, version, about, fork: flag(told, "fork") })
}
