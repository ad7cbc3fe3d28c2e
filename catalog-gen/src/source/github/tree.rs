//! What is in a repository on GitHub: one call, or one for each folder where GitHub cuts the answer.

use serde_json::Value;

use super::{GitHub, GitHubError};
use crate::source::Limits;
use crate::{Listed, ListedKind, Listing, TreePath, is_foreign};

/// How many folders are asked for one by one where the whole is too much for one answer.
const MOST_FOLDERS: usize = 60;

/// What one answer holds.
struct Page {
    entries: Vec<Listed>,
    /// Folders in it with their names in git.
    folders: Vec<(TreePath, String)>,
    left_out: usize,
    cut: bool,
}

impl GitHub {
    /// Everything in a repository at a commit or branch.
    pub(super) async fn listing(&self, slug: &str, at: &str, limits: Limits) -> Result<Listing, GitHubError> {
        let whole = match self.page(slug, at, None, true).await {
            // What GitHub answers for a repository without a commit.
            Err(GitHubError::Refused { status: 409, .. }) => return Ok(Listing::default()),
            page => page?,
        };
        let (mut entries, mut left_out) = (whole.entries, whole.left_out);
        if whole.cut {
            (entries, left_out) = self.folder_by_folder(slug, at, limits).await?;
        }
        left_out += entries.len().saturating_sub(limits.entries);
        entries.truncate(limits.entries);
        Ok(Listing::new(entries, left_out))
    }

    async fn folder_by_folder(
        &self,
        slug: &str,
        at: &str,
        limits: Limits,
    ) -> Result<(Vec<Listed>, usize), GitHubError> {
        let root = self.page(slug, at, None, false).await?;
        let (mut entries, mut left_out, mut folders) = (root.entries, root.left_out, root.folders);
        folders.reverse();
        let mut asked = 0;
        while let Some((folder, id)) = folders.pop() {
            let foreign = folder.join("x").is_ok_and(|inside| is_foreign(&inside));
            if foreign || asked >= MOST_FOLDERS || entries.len() >= limits.entries {
                left_out += 1;
                continue;
            }
            asked += 1;
            let mut page = self.page(slug, &id, Some(&folder), true).await?;
            if page.cut {
                asked += 1;
                page = self.page(slug, &id, Some(&folder), false).await?;
                folders.extend(page.folders.into_iter().rev());
            }
            entries.extend(page.entries);
            left_out += page.left_out + usize::from(page.cut);
        }
        Ok((entries, left_out))
    }

    async fn page(
        &self,
        slug: &str,
        at: &str,
        folder: Option<&TreePath>,
        recursive: bool,
    ) -> Result<Page, GitHubError> {
        let at: String = url::form_urlencoded::byte_serialize(at.as_bytes()).collect();
        let all = if recursive { "?recursive=1" } else { "" };
        let told = self.get(&format!("repos/{slug}/git/trees/{at}{all}")).await?;
        let cut = told.get("truncated").and_then(Value::as_bool) == Some(true);
        let mut page = Page { entries: Vec::new(), folders: Vec::new(), left_out: 0, cut };
        for entry in told.get("tree").and_then(Value::as_array).into_iter().flatten() {
            page.take(entry, folder);
        }
        Ok(page)
    }
}

impl Page {
    fn take(&mut self, entry: &Value, folder: Option<&TreePath>) {
        let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
        let path = match folder {
            Some(folder) => folder.join(text("path")),
            None => TreePath::parse(text("path")),
        };
        let kind = match text("mode") {
            "100644" | "100664" => Some(ListedKind::File),
            "100755" => Some(ListedKind::Executable),
            "120000" => Some(ListedKind::Link),
            "160000" => Some(ListedKind::Submodule),
            _ => None,
        };
        match (kind, path) {
            (Some(kind), Ok(path)) => {
                let size = entry.get("size").and_then(Value::as_u64).unwrap_or(0);
                self.entries.push(Listed { path, kind, size, id: Some(text("sha").to_owned()) });
            }
            (None, Ok(path)) if text("type") == "tree" => self.folders.push((path, text("sha").to_owned())),
            (None, Err(_)) if text("type") == "tree" => {}
            _ => self.left_out += 1,
        }
    }
}
