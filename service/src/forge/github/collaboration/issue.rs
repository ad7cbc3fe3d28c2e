//! Issues.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{mark, name};
use crate::forge::github::GitHub;
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::github::patience::patiently;
use crate::forge::github::route::Route;
use crate::forge::{ForgeError, Issue, NewIssue, RepoSlug};

/// How many issues that changed since the task began are looked through, in hundreds.
const MAX_PAGES: usize = 10;
const PER_PAGE: usize = 100;

#[derive(Deserialize)]
struct Found {
    number: u64,
    html_url: String,
    body: Option<String>,
    pull_request: Option<Value>,
}

#[derive(Deserialize)]
struct Milestone {
    number: u64,
    title: String,
}

/// Makes it, or gives back the one that this step has made.
pub(super) async fn open(github: &GitHub, slug: &RepoSlug, wanted: &NewIssue) -> Result<Issue, ForgeError> {
    let base = Route::repository(slug)?;
    let what = format!("an issue of `{}`", name(slug));
    let milestone = milestone(github, slug, &base, wanted.milestone.as_ref()).await?;
    let mut body = json!({
        "title": wanted.title,
        "body": mark::marked(wanted.body.as_deref().unwrap_or_default(), &wanted.origin),
        "assignees": wanted.assignees,
        "labels": wanted.labels,
    });
    if let (Some(milestone), Some(map)) = (milestone, body.as_object_mut()) {
        map.insert("milestone".to_owned(), milestone.into());
    }
    let (base, body) = (&base, &body);
    patiently(github, slug, &what, || async move {
        if let Some(made) = find(github, slug, base, wanted).await? {
            return Ok::<_, Failure>(made);
        }
        let ask = Ask::post(base.clone().then("issues"), body.clone());
        let made: Found = github.ask(&slug.owner, ask).await?.read()?;
        Ok(Issue { number: made.number, url: made.html_url })
    })
    .await
}

async fn find(
    github: &GitHub,
    slug: &RepoSlug,
    base: &Route,
    wanted: &NewIssue,
) -> Result<Option<Issue>, Failure> {
    let (mark, since) = (mark::of(&wanted.origin), mark::instant(wanted.origin.since_ms));
    for page in 1..=MAX_PAGES {
        let route = base.clone().then("issues").with("state", "all").with("since", &since);
        let route = route.with("per_page", &PER_PAGE.to_string()).with("page", &page.to_string());
        let found: Vec<Found> = github.ask(&slug.owner, Ask::get(route)).await?.read()?;
        let is_last = found.len() < PER_PAGE;
        let ours = found.into_iter().find(|issue| {
            issue.pull_request.is_none() && issue.body.as_deref().is_some_and(|body| body.contains(&mark))
        });
        if let Some(issue) = ours {
            return Ok(Some(Issue { number: issue.number, url: issue.html_url }));
        }
        if is_last {
            break;
        }
    }
    Ok(None)
}

/// The number of a milestone that is named by its number or its title.
async fn milestone(
    github: &GitHub,
    slug: &RepoSlug,
    base: &Route,
    wanted: Option<&Value>,
) -> Result<Option<u64>, ForgeError> {
    let title = match wanted {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => match text.trim().parse::<u64>() {
            Ok(number) => return Ok(Some(number)),
            Err(_) => text,
        },
        Some(other) => match other.as_u64() {
            Some(number) => return Ok(Some(number)),
            None => return Err(ForgeError::Invalid(format!("`{other}` is no number of a milestone"))),
        },
    };
    let what = format!("the milestones of `{}`", name(slug));
    let all: Vec<Milestone> = patiently(github, slug, &what, || async move {
        let route = base.clone().then("milestones").with("state", "all").with("per_page", "100");
        github.ask(&slug.owner, Ask::get(route)).await?.read()
    })
    .await?;
    all.iter().find(|milestone| milestone.title == *title).map(|milestone| Some(milestone.number)).ok_or_else(
        || {
            ForgeError::NotFound(format!(
                "`{}` has no milestone `{title}`; make it, or leave it out",
                name(slug)
            ))
        },
    )
}
