//! The pages: repositories, one repository, a folder in it, a fault.
//!
//! Each is a function of what was read; nothing is looked up here.

use axum::http::StatusCode;
use time::OffsetDateTime;

use super::address::{Name, address, place};
use super::html::Html;
use crate::forge::local::Facts;
use crate::forge::{Repository, Visibility};
use crate::git::{Commit, Content, Listed, ListedKind, Reference, Spot};

/// Lines of a list that are shown.
const MOST_LINES: usize = 1_000;
/// Branches and tags that are named beside the files.
const MOST_REFERENCES: usize = 30;
/// Digits of a commit's id that are shown.
const SHORT_ID: usize = 10;

/// A repository and where in it the page is.
pub(super) struct Shown<'a> {
    /// The repository.
    pub(super) repository: &'a Repository,
    /// What stands beside its files.
    pub(super) facts: &'a Facts,
    /// Its branches and tags.
    pub(super) references: &'a [Reference],
    /// The folder; `None` when there is no commit yet.
    pub(super) spot: Option<&'a Spot>,
    /// Name and text of the folder's own page.
    pub(super) readme: Option<(&'a str, &'a str)>,
}

/// A list of repositories: of one owner, or all.
pub(super) fn list(host: &str, owner: Option<&str>, repositories: &[(Repository, Facts)]) -> String {
    let mut html = Html::default();
    html.markup("<h1>").text(owner.unwrap_or("Repositories")).markup("</h1>\n");
    if repositories.is_empty() {
        html.markup(
            "<p class=\"quiet\">There is no repository yet. Run a template whose repository is on <code>",
        )
        .text(host)
        .markup("</code>, and it appears here.</p>");
        return html.into_page(host, "Local forge");
    }
    html.markup("<div class=\"box\"><table>\n");
    for (repository, facts) in repositories.iter().take(MOST_LINES) {
        let slug = &repository.slug;
        html.markup("<tr><td>")
            .link(&address(&[&slug.owner, &slug.name]), &format!("{}/{}", slug.owner, slug.name))
            .markup("<p>")
            .text(facts.description.as_deref().unwrap_or_default())
            .markup("</p></td><td>")
            .text(&repository.default_branch)
            .markup("</td></tr>\n");
    }
    more(&mut html, repositories.len());
    html.markup("</table></div>");
    html.into_page(host, owner.unwrap_or("Local forge"))
}

/// The page of a folder, which for the root is that of the repository.
pub(super) fn folder(shown: &Shown<'_>) -> String {
    let slug = &shown.repository.slug;
    let mut html = Html::default();
    heading(&mut html, shown);
    let is_root = shown.spot.is_none_or(|spot| spot.path.is_none());
    if is_root {
        introduction(&mut html, shown);
    }
    html.markup("<div class=\"columns\"><div>\n");
    match shown.spot {
        Some(spot) => files(&mut html, shown, spot),
        None => {
            html.markup("<p class=\"quiet\">The repository has no commit on <code>")
                .text(&shown.repository.default_branch)
                .markup("</code> yet.</p>");
        }
    }
    if let Some((name, text)) = shown.readme {
        html.markup("<div class=\"box\"><div class=\"bar\"><h2>").text(name).markup("</h2></div><pre>");
        html.text(text).markup("</pre></div>\n");
    }
    html.markup("</div>\n<aside>\n");
    aside(&mut html, shown);
    html.markup("</aside></div>");
    let path = shown.spot.and_then(|spot| spot.path.as_ref());
    let title = path.map_or_else(String::new, |path| format!("{path} · "));
    html.into_page(&slug.host, &format!("{title}{}/{}", slug.owner, slug.name))
}

/// What is said when there is nothing to show.
pub(super) fn fault(host: &str, status: StatusCode, message: &str) -> String {
    let mut html = Html::default();
    let heading = status.canonical_reason().unwrap_or("Fault");
    html.markup("<h1>").text(heading).markup("</h1>\n<p>").text(message).markup("</p>\n<p>");
    html.link(&address(&[]), "All repositories").markup("</p>");
    html.into_page(host, heading)
}

/// A commit's time as people read it.
fn when(seconds: i64) -> String {
    let Ok(at) = OffsetDateTime::from_unix_timestamp(seconds) else { return String::new() };
    let (date, time) = (at.date(), at.time());
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", time.hour(), time.minute())
}

fn name(shown: &Shown<'_>) -> Name {
    let slug = &shown.repository.slug;
    Name { owner: slug.owner.clone(), name: slug.name.clone() }
}

/// The revision that the page's links stay at.
fn revision<'a>(shown: &'a Shown<'_>) -> &'a str {
    let named = shown.spot.and_then(|spot| spot.revision.as_deref());
    named.unwrap_or(&shown.repository.default_branch)
}

fn heading(html: &mut Html, shown: &Shown<'_>) {
    let (slug, name) = (&shown.repository.slug, name(shown));
    html.markup("<h1>").link(&address(&[&slug.owner]), &slug.owner).markup(" / ");
    html.link(&address(&[&slug.owner, &slug.name]), &slug.name);
    let mut path = String::new();
    for segment in shown.spot.and_then(|spot| spot.path.as_ref()).iter().flat_map(|path| path.segments()) {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(segment);
        html.markup(" / ").link(&place(&name, "tree", revision(shown), Some(&path)), segment);
    }
    let visibility = match shown.facts.visibility {
        Visibility::Private => "private",
        Visibility::Public => "public",
        Visibility::Internal => "internal",
    };
    html.markup("<span class=\"tag\">").markup(visibility).markup("</span></h1>\n");
}

fn introduction(html: &mut Html, shown: &Shown<'_>) {
    if let Some(description) = &shown.facts.description {
        html.markup("<p>").text(description).markup("</p>\n");
    }
    for topic in &shown.facts.topics {
        html.markup("<span class=\"tag\">").text(topic).markup("</span>");
    }
    html.markup("<pre class=\"clone\">git clone ").text(&shown.repository.clone_url).markup("</pre>\n");
}

fn files(html: &mut Html, shown: &Shown<'_>, spot: &Spot) {
    html.markup("<div class=\"box\"><div class=\"bar\">");
    last_commit(html, &spot.commit);
    html.markup("</div><table>\n");
    let Content::Folder(entries) = &spot.content else { return };
    for entry in entries.iter().take(MOST_LINES) {
        line(html, shown, spot, entry);
    }
    more(html, entries.len());
    html.markup("</table></div>\n");
}

fn last_commit(html: &mut Html, commit: &Commit) {
    let short = commit.id.0.get(..SHORT_ID).unwrap_or(&commit.id.0);
    html.markup("<span>").text(&commit.summary).markup("</span><span class=\"quiet\">").text(&commit.author);
    html.markup("</span><span class=\"quiet mono\">").text(short).markup("</span><span class=\"quiet\">");
    html.text(&when(commit.seconds)).markup("</span>");
}

fn line(html: &mut Html, shown: &Shown<'_>, spot: &Spot, entry: &Listed) {
    let path = match &spot.path {
        Some(folder) => format!("{folder}/{}", entry.name),
        None => entry.name.clone(),
    };
    let (sign, kind, size) = match entry.kind {
        ListedKind::Folder => ("▸", Some("tree"), String::new()),
        ListedKind::Submodule => ("⊙", None, "another repository".to_owned()),
        ListedKind::Link => ("↪", Some("blob"), "link".to_owned()),
        ListedKind::File(size) => ("", Some("blob"), bytes(size)),
        ListedKind::Executable(size) => ("", Some("blob"), format!("can be run, {}", bytes(size))),
    };
    html.markup("<tr><td class=\"kind\">").markup(sign).markup("</td><td>");
    match kind {
        Some(kind) => html.link(&place(&name(shown), kind, revision(shown), Some(&path)), &entry.name),
        None => html.text(&entry.name),
    };
    html.markup("</td><td>").text(&size).markup("</td></tr>\n");
}

fn more(html: &mut Html, all: usize) {
    if all > MOST_LINES {
        let rest = format!("and {} more", all - MOST_LINES);
        html.markup("<tr><td></td><td>").text(&rest).markup("</td><td></td></tr>\n");
    }
}

fn aside(html: &mut Html, shown: &Shown<'_>) {
    let (facts, name) = (shown.facts, name(shown));
    let mut branches: Vec<&str> = shown.references.iter().filter_map(Reference::branch).collect();
    branches.sort_by_key(|branch| *branch != shown.repository.default_branch);
    let tags: Vec<&str> =
        shown.references.iter().filter_map(|reference| reference.name.strip_prefix("refs/tags/")).collect();
    for (title, names) in [("Branches", branches), ("Tags", tags)] {
        section(html, title, names.len(), |html, index| {
            let name_of = names.get(index).copied().unwrap_or_default();
            html.link(&place(&name, "tree", name_of, None), name_of);
            if name_of == shown.repository.default_branch && title == "Branches" {
                html.markup(" <span class=\"quiet\">default</span>");
            }
        });
    }
    for (title, names) in [
        ("Protected branches", &facts.protected_branches),
        ("Variables of Actions", &facts.variables),
        ("Secrets of Actions", &facts.secrets),
    ] {
        section(html, title, names.len(), |html, index| {
            let name_of = names.get(index).map_or("", String::as_str);
            html.markup("<span class=\"mono\">").text(name_of).markup("</span>");
        });
    }
}

/// A heading with a list below it; nothing when the list is empty.
fn section(html: &mut Html, title: &'static str, length: usize, item: impl Fn(&mut Html, usize)) {
    if length == 0 {
        return;
    }
    html.markup("<section><h2>").markup(title).markup("</h2><ul>\n");
    for index in 0..length.min(MOST_REFERENCES) {
        html.markup("<li>");
        item(html, index);
        html.markup("</li>\n");
    }
    if length > MOST_REFERENCES {
        html.markup("<li class=\"quiet\">")
            .text(&format!("and {} more", length - MOST_REFERENCES))
            .markup("</li>");
    }
    html.markup("</ul></section>\n");
}

/// A size as people read it.
fn bytes(size: u64) -> String {
    match size {
        1 => "1 byte".to_owned(),
        0..1024 => format!("{size} bytes"),
        1024..1_048_576 => format!("{} KiB", size.div_ceil(1024)),
        _ => format!("{} MiB", size.div_ceil(1_048_576)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_written_for_people() {
        assert_eq!(
            [0, 1, 1023, 1025, 3_000_000].map(bytes),
            ["0 bytes", "1 byte", "1023 bytes", "2 KiB", "3 MiB"]
        );
        assert_eq!(when(1_700_000_000), "2023-11-14 22:13 UTC");
        assert_eq!(when(i64::MAX), "");
    }
}
