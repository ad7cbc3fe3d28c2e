//! Making a repository, however it was asked for.

use serde_json::{Map, Value};

use crate::auth::Identity;
use crate::call::{Answer, Call};
use crate::errors;
use crate::git::{Store, plumbing};
use crate::state::State;
use crate::state::repository::{Repository, default_settings};
use crate::state::tracker::Tracker;
use crate::state::wiring::Wiring;

/// The settings that may be given when a repository is made or changed.
pub(crate) const SETTINGS: [&str; 20] = [
    "description",
    "homepage",
    "has_issues",
    "has_projects",
    "has_wiki",
    "has_discussions",
    "has_downloads",
    "is_template",
    "allow_squash_merge",
    "allow_merge_commit",
    "allow_rebase_merge",
    "allow_auto_merge",
    "allow_update_branch",
    "allow_forking",
    "delete_branch_on_merge",
    "use_squash_pr_title_as_default",
    "squash_merge_commit_title",
    "squash_merge_commit_message",
    "merge_commit_title",
    "merge_commit_message",
];

/// What is to be made.
pub(crate) struct Wanted {
    /// The login of the owner, as it is written.
    pub(crate) owner: String,
    pub(crate) name: String,
    pub(crate) visibility: String,
    /// A first commit with a README is to be there.
    pub(crate) with_commit: bool,
    pub(crate) settings: Map<String, Value>,
    pub(crate) team: Option<u64>,
    pub(crate) properties: Map<String, Value>,
}

impl Wanted {
    /// What a body asks for.
    pub(crate) fn of_body(owner: String, call: &Call) -> Result<Self, Answer> {
        let name = call.text("name").unwrap_or_default();
        let private = call.flag("private").unwrap_or(false);
        let visibility = call.text("visibility").unwrap_or(if private { "private" } else { "public" });
        let given = SETTINGS.iter().filter_map(|key| Some(((*key).to_owned(), call.body.get(*key)?.clone())));
        Ok(Self {
            owner,
            name: proper_name(name)?,
            visibility: visibility.to_owned(),
            with_commit: call.flag("auto_init").unwrap_or(false)
                || call.text("gitignore_template").is_some()
                || call.text("license_template").is_some(),
            settings: given.collect(),
            team: call.body["team_id"].as_u64(),
            properties: call.body["custom_properties"].as_object().cloned().unwrap_or_default(),
        })
    }
}

/// The name as GitHub makes it of what was asked for: other characters become dashes.
pub(crate) fn proper_name(asked: &str) -> Result<String, Answer> {
    let refuse = |message: &str| {
        Err(errors::invalid("Repository creation failed.", &[errors::custom("Repository", "name", message)]))
    };
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let mut name = String::new();
    for letter in asked.trim().chars() {
        if fits(letter) {
            name.push(letter);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.strip_suffix(".git").map(str::to_owned).unwrap_or(name);
    if name.is_empty() {
        return refuse("name is too short (minimum is 1 character)");
    }
    if name.len() > 100 {
        return refuse("name is too long (maximum is 100 characters)");
    }
    if name == "." || name == ".." {
        return refuse("name is reserved");
    }
    Ok(name)
}

/// Makes a repository; gives its id.
pub(crate) fn make(state: &mut State, wanted: Wanted, who: &Identity) -> Result<u64, Answer> {
    if state.repository(&wanted.owner, &wanted.name).is_some() {
        return Err(errors::name_taken());
    }
    let team = match wanted.team {
        Some(id) => Some(team_slug(state, &wanted.owner, id)?),
        None => None,
    };
    let id = state.next_id();
    let folder = state.root.join(format!("{id}.git"));
    Store::create(&folder, "main").map_err(|_| errors::error(500, "Server Error"))?;
    if wanted.with_commit {
        begin(&folder, &wanted, state.now).ok_or_else(|| errors::error(500, "Server Error"))?;
    }
    let mut settings = default_settings();
    settings.extend(wanted.settings);
    let tracker = Tracker::new(|| state.next_id());
    let mut repository = Repository {
        id,
        owner: wanted.owner,
        name: wanted.name,
        visibility: wanted.visibility,
        default_branch: "main".to_owned(),
        topics: Vec::new(),
        settings,
        collaborators: std::collections::BTreeMap::new(),
        teams: team.map(|slug| (slug, "admin".to_owned())).into_iter().collect(),
        properties: wanted.properties.into_iter().collect(),
        template: None,
        parent: None,
        pending: None,
        created: state.now,
        updated: state.now,
        pushed: wanted.with_commit.then_some(state.now),
        wiring: Wiring::default(),
        tracker,
        folder,
    };
    if let Identity::User { login, .. } = who {
        repository.collaborators.insert(login.to_lowercase(), "admin".to_owned());
    }
    // The old name of a renamed repository leads here from now on.
    state.moved.remove(&repository.full_name().to_lowercase());
    state.repositories.insert(id, repository);
    // An App has access to what it makes, whatever repositories it was installed for.
    if let Identity::Installation { id: installation, .. } = who {
        let own = state.installations.iter_mut().filter(|one| one.id == *installation);
        own.filter_map(|one| one.repositories.as_mut()).for_each(|only| {
            only.insert(id);
        });
    }
    Ok(id)
}

/// The first commit, with a README, where one is asked for.
fn begin(folder: &std::path::Path, wanted: &Wanted, now: crate::clock::Millis) -> Option<String> {
    let about = wanted.settings.get("description").and_then(Value::as_str).unwrap_or_default();
    let text = format!("# {}\n{about}", wanted.name);
    let signed = plumbing::Signed {
        name: &wanted.owner,
        email: "noreply@github.com",
        at: now / 1000,
        message: "Initial commit",
    };
    plumbing::write(folder, "main", &[("README.md", Some(text.as_bytes()))], &signed)
}

fn team_slug(state: &State, owner: &str, id: u64) -> Result<String, Answer> {
    let teams = state.account(owner).map(|account| &account.teams);
    let team = teams.and_then(|teams| teams.values().find(|team| team.id == id));
    team.map(|team| team.slug.clone()).ok_or_else(errors::not_found)
}
