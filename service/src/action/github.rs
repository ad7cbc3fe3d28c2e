//! Actions for what GitHub keeps beside the code, and for what people do there together.
//!
//! One action, one file. Whatever an action wants is brought about by the forge ([`applying`]): it looks first, and a
//! second run changes nothing. What is made and not set, such as an issue, carries where it comes from, so that a
//! repeated run finds it. A failure ends the step; nothing that failed is only warned about, except where the plan
//! of the organisation has no such thing and upstream's action goes on as well. Repositories themselves are made
//! and filled in [`super::publish`].

mod applying;
mod autolink;
mod branch_protection;
mod code_owners;
mod collaborators;
mod custom_properties;
mod dependabot_secrets;
mod deploy_key;
mod dispatch;
mod environment;
mod issue;
mod label;
mod merge;
mod pages;
mod people;
mod repository_dispatch;
mod ruleset;
mod webhook;
mod wire;

pub(crate) use autolink::Autolinks;
pub(crate) use branch_protection::ProtectBranch;
pub(crate) use code_owners::CheckCodeOwners;
pub(crate) use collaborators::AddCollaborators;
pub(crate) use custom_properties::SetCustomProperties;
pub(crate) use dependabot_secrets::DependabotSecrets;
pub(crate) use deploy_key::CreateDeployKey;
pub(crate) use dispatch::DispatchWorkflow;
pub(crate) use environment::CreateEnvironment;
pub(crate) use issue::CreateIssue;
pub(crate) use label::LabelIssue;
pub(crate) use merge::MergePullRequest;
pub(crate) use pages::EnablePages;
pub(crate) use repository_dispatch::DispatchRepository;
pub(crate) use ruleset::CreateRuleset;
pub(crate) use webhook::CreateWebhook;
pub(crate) use wire::WireActions;

use serde_json::Value;

use super::{schema, target};

/// The input schema of an action on a repository.
fn input(own: Value, required: &[&str]) -> Value {
    let required: Vec<&str> = ["repoUrl"].into_iter().chain(required.iter().copied()).collect();
    schema::closed(schema::merged([target::properties(), own]), &required)
}
