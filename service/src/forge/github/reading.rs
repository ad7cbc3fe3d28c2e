//! Looking into repositories of GitHub, with as few calls of the API as it takes.
//!
//! What is said of a repository is one call, free of charge while nothing has changed; the list of its files is
//! another. Heads and contents come by git's own protocol, which no limit of the API counts. The invariant: a
//! repository costs two calls when it is read, and one when it is only looked at.

use std::future::Future;

use async_trait::async_trait;
use bytes::Bytes;
use catalog_gen::{Listed, ListedKind, Listing, TreePath};
use serde::Deserialize;

use super::GitHub;
use super::answer::Failure;
use super::client::Ask;
use super::patience::patiently;
use super::repository::{self, Found, TOKEN_USER, called};
use super::route::Route;
use crate::forge::reading::{AboutRepository, Reading};
use crate::forge::{ForgeError, RepoSlug};
use crate::git::{CommitId, Credentials};

#[derive(Deserialize)]
struct Tree {
    tree: Vec<Item>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Deserialize)]
struct Item {
    path: String,
    mode: String,
    sha: String,
    #[serde(default)]
    size: u64,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    homepage: Option<String>,
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    is_template: bool,
    #[serde(default)]
    pushed_at: Option<String>,
}

impl GitHub {
    /// Does something by git's protocol in a repository, again while GitHub is away.
    async fn by_git<T, F, W>(&self, slug: &RepoSlug, work: W) -> Result<T, ForgeError>
    where
        T: Send,
        F: Future<Output = Result<T, crate::git::GitError>> + Send,
        W: Fn(String, Credentials) -> F + Send + Sync,
    {
        slug.check()?;
        let url = format!("{}.git", self.page(slug));
        patiently(self, slug, &called(slug), || async {
            let token =
                self.shared.access.token(self, &slug.owner).await.map_err(|why| why.about(&called(slug)))?;
            let credentials =
                Credentials { url: url.clone(), username: TOKEN_USER.to_owned(), token: token.secret };
            Ok::<_, ForgeError>(work(url.clone(), credentials).await?)
        })
        .await
    }

    fn told(&self, found: Found) -> Result<AboutRepository, Failure> {
        let said: Said = serde_json::from_value(found.body.clone())
            .map_err(|error| Failure::Unknown(format!("GitHub's answer is no repository: {error}")))?;
        let full = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let (description, homepage) = (full(said.description), full(said.homepage));
        let stamp = format!(
            "{} {} {} {} {description:?} {homepage:?} {}",
            said.pushed_at.unwrap_or_default(),
            found.default_branch,
            said.archived,
            said.is_template,
            said.topics.join(" ")
        );
        let (topics, archived, template) = (said.topics, said.archived, said.is_template);
        let repository = found.into_repository(self);
        Ok(AboutRepository { repository, description, homepage, topics, archived, template, stamp })
    }
}

#[async_trait]
impl Reading for GitHub {
    async fn about(&self, slug: &RepoSlug) -> Result<Option<AboutRepository>, ForgeError> {
        slug.check()?;
        patiently(self, slug, &called(slug), || async {
            let found = repository::look(self, slug).await?;
            found.map(|found| self.told(found)).transpose()
        })
        .await
    }

    async fn about_all(&self, owner: &str) -> Result<Vec<AboutRepository>, ForgeError> {
        let found = repository::all(self, owner).await?;
        let all = found.into_iter().map(|found| self.told(found));
        all.collect::<Result<_, _>>()
            .map_err(|failure| failure.about(&format!("the repositories of `{owner}`")))
    }

    async fn default_head(&self, slug: &RepoSlug) -> Result<Option<CommitId>, ForgeError> {
        let store = &self.shared.store;
        let head = self
            .by_git(slug, |url, credentials| async move { store.head_of(&url, Some(&credentials)).await })
            .await?;
        Ok(head.map(|head| head.commit))
    }

    async fn listing(&self, slug: &RepoSlug, commit: &CommitId) -> Result<Listing, ForgeError> {
        slug.check()?;
        let tree = patiently(self, slug, &called(slug), || async {
            let route = Route::repository(slug)?.then("git/trees").name(&commit.0)?.with("recursive", "1");
            self.ask(&slug.owner, Ask::get(route)).await?.read::<Tree>()
        })
        .await?;
        if !tree.truncated {
            return Ok(listing(tree));
        }
        // The API gives no more than some 100,000 entries; git gives all of them, without their sizes.
        let store = &self.shared.store;
        self.by_git(slug, |url, credentials| async move {
            store.listing_of(&url, commit, Some(&credentials)).await
        })
        .await
    }

    async fn contents(
        &self,
        slug: &RepoSlug,
        ids: Vec<String>,
        max_bytes: u64,
    ) -> Result<Vec<Bytes>, ForgeError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let store = &self.shared.store;
        self.by_git(slug, |url, credentials| {
            let ids = ids.clone();
            async move { store.contents_of(&url, ids, max_bytes, Some(&credentials)).await }
        })
        .await
    }
}

fn listing(tree: Tree) -> Listing {
    let mut left_out = 0;
    let mut entries = Vec::with_capacity(tree.tree.len());
    for item in tree.tree {
        let kind = match item.mode.as_str() {
            "040000" => continue,
            "100755" => ListedKind::Executable,
            "120000" => ListedKind::Link,
            "160000" => ListedKind::Submodule,
            _ => ListedKind::File,
        };
        match TreePath::parse(&item.path) {
            Ok(path) => entries.push(Listed { path, kind, size: item.size, id: Some(item.sha) }),
            Err(_) => left_out += 1,
        }
    }
    Listing::new(entries, left_out)
}
