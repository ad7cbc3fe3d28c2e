//! Making a repository from a template: the repository at once, its content when it is due.

use std::collections::BTreeMap;

use serde_json::Map;

use super::{Wanted, forking, make, shown_as_new};
use crate::auth::Identity;
use crate::auth::permission::{sees, strength};
use crate::call::{Answer, Call};
use crate::clock::millis;
use crate::errors;
use crate::git::{Store, plumbing};
use crate::handlers::repositories::making::proper_name;
use crate::state::State;
use crate::state::account::Role;
use crate::state::repository::{Pending, Repository};

pub(super) fn generate(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (owner, name) = (call.param("template_owner"), call.param("template_repo"));
    let found = state.repository(owner, name).filter(|one| sees(state, &call.who, one));
    let template = found.filter(|one| one.setting("is_template")).ok_or_else(errors::not_found)?.clone();
    let owner = owner_for(state, call, call.text("owner"))?;
    let name = proper_name(call.text("name").unwrap_or_default())?;
    if state.repository(&owner, &name).is_some() {
        return Err(errors::unprocessable("Could not clone: Name already exists on this account"));
    }
    let mut settings = Map::new();
    settings.insert("description".to_owned(), call.body["description"].clone());
    let wanted = Wanted {
        owner,
        name,
        visibility: if call.flag("private").unwrap_or(false) { "private" } else { "public" }.to_owned(),
        with_commit: false,
        settings,
        team: None,
        properties: Map::new(),
    };
    let id = make(state, wanted, &call.who)?;
    let at = state.now.saturating_add(millis(state.setup.lag.generate));
    let all_branches = call.flag("include_all_branches").unwrap_or(false);
    if let Some(made) = state.repositories.get_mut(&id) {
        made.template = Some(template.id);
        made.default_branch.clone_from(&template.default_branch);
        made.pending = Some(Pending { at, template: template.id, all_branches });
    }
    state.settle();
    shown_as_new(state, call, id)
}

/// The login of who is to own the new repository, if the caller may make one there.
pub(super) fn owner_for(state: &State, call: &Call, asked: Option<&str>) -> Result<String, Answer> {
    match &call.who {
        Identity::User { login, .. } => {
            let account = state.account(asked.unwrap_or(login)).ok_or_else(errors::not_found)?;
            let role = account.members.get(&login.to_lowercase());
            let may = account.login.eq_ignore_ascii_case(login)
                || role.is_some_and(|role| *role == Role::Admin || account.members_create);
            if may { Ok(account.login.clone()) } else { Err(errors::not_found()) }
        }
        Identity::Installation { id, permissions, .. } => {
            let account = state.installation(*id).map(|one| one.account.clone()).unwrap_or_default();
            let may = permissions.get("administration").is_some_and(|level| strength(level) >= 2);
            let own = asked.is_some_and(|asked| asked.eq_ignore_ascii_case(&account));
            if may && own { Ok(account) } else { Err(errors::not_by_integration()) }
        }
        _ => Err(errors::requires_authentication()),
    }
}

impl State {
    /// Gives the repositories made from templates, and the forks, the content that is due.
    pub(crate) fn fill(&mut self) {
        let now = self.now;
        let due = self.repositories.values().filter_map(|one| {
            let pending = one.pending.clone().filter(|pending| pending.at <= now)?;
            let template = self.repositories.get(&pending.template)?;
            Some((one.clone(), template.clone(), pending.all_branches))
        });
        let due: Vec<_> = due.collect();
        for (made, template, all_branches) in due {
            if made.parent.is_some() {
                forking::share(&made, &template, all_branches);
            } else {
                copy(&made, &template, all_branches);
            }
            if let Some(one) = self.repositories.get_mut(&made.id) {
                one.pending = None;
                one.pushed = Some(now);
            }
        }
    }
}

/// Each branch begins anew with one commit that holds the template's files.
fn copy(made: &Repository, template: &Repository, all_branches: bool) {
    let objects = template.folder.join("objects");
    let alternates = made.folder.join("objects/info/alternates");
    // The template's objects serve both; that it may be removed later is what `repack` is for.
    if std::fs::write(&alternates, format!("{}\n", objects.display())).is_err() {
        return;
    }
    let default = format!("refs/heads/{}", template.default_branch);
    let refs: BTreeMap<String, String> =
        Store::at(&template.folder).refs("refs/heads/").into_iter().collect();
    for (name, head) in refs.iter().filter(|(name, _)| all_branches || **name == default) {
        let tree = format!("{head}^{{tree}}");
        let commit = plumbing::commit(&made.folder, &tree, &[], "Initial commit");
        if let Some(commit) = commit {
            plumbing::git(&made.folder, &["update-ref", name, &commit], None);
        }
    }
    plumbing::git(&made.folder, &["repack", "-a", "-d", "-q"], None);
    // Without it the next read would still look there: nothing is lost, as all is packed here now.
    let _ = std::fs::remove_file(alternates);
    let _ = Store::at(&made.folder).set_head(&template.default_branch);
}
