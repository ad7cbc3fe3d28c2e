//! What wiring would change, without changing it.
//!
//! A repository that is there is compared by its forge; of one that is not, or that cannot be looked at, everything is
//! new.

use super::block::Part;
use super::planned;
use crate::action::github::applying::{is_open, presentable};
use crate::action::target::Target;
use crate::action::{ActionContext, ActionError};
use crate::forge::{Change, EnvironmentSetting, Mode, Setting};

/// Says and gives what would change.
pub(super) async fn tell(
    ctx: &mut ActionContext<'_>,
    target: &Target,
    parts: &[Part],
) -> Result<Vec<Change>, ActionError> {
    let open = is_open(ctx.input);
    let looked: Result<bool, ActionError> =
        ctx.read("find", async { Ok(target.forge.find(&target.slug).await?.is_some()) }).await;
    let is_there = match looked {
        Ok(is_there) => is_there,
        Err(error @ (ActionError::Cancelled | ActionError::Journal(_) | ActionError::Input(_))) => {
            return Err(error);
        }
        Err(error) => {
            ctx.warn(format!(
                "`{}` cannot be looked at, so everything is taken as new: {error}",
                target.name()
            ))
            .await?;
            false
        }
    };
    let mut all = Vec::new();
    for part in parts {
        let changes = if is_there {
            let compared =
                async { Ok(target.forge.converge(&target.slug, &part.setting, Mode::Plan).await?) };
            let hidden = async { compared.await.map(|changes| presentable(changes, &part.what, open)) };
            ctx.read(&format!("plan/{}", part.key), hidden).await?
        } else {
            presentable(additions(&part.setting), &part.what, open)
        };
        for change in &changes {
            ctx.log(planned(change)).await?;
        }
        all.extend(changes);
    }
    Ok(all)
}

/// The setting as it is added to a repository that has nothing.
fn additions(setting: &Setting) -> Vec<Change> {
    let named = |what: &str, name: &str| Change::add(format!("{what} `{name}`"), None);
    match setting {
        Setting::Variables(all) => all
            .iter()
            .map(|(name, value)| Change::add(format!("variable `{name}`"), Some(value.clone())))
            .collect(),
        Setting::Secrets(all) => all.keys().map(|name| named("secret", name)).collect(),
        Setting::DependabotSecrets(all) => {
            all.keys().map(|name| named("secret of Dependabot", name)).collect()
        }
        Setting::Environment(environment) => of_environment(environment),
        Setting::Ruleset(ruleset) => vec![named("ruleset", &ruleset.name)],
        Setting::OidcCustomization(wanted) => {
            vec![Change::add("subject of the workflows' identity", Some(wanted.to_string()))]
        }
        Setting::WorkflowAccess(level) => vec![Change::add("access to the workflows", Some(level.clone()))],
        Setting::WorkflowPermissions(wanted) => {
            let said = [
                ("workflows run", wanted.enabled.map(|flag| flag.to_string())),
                ("allowed actions", wanted.allowed_actions.clone()),
                ("default permission of workflows", wanted.default_permission.clone()),
                (
                    "workflows may approve pull requests",
                    wanted.can_approve_pull_requests.map(|flag| flag.to_string()),
                ),
            ];
            said.into_iter().filter_map(|(what, value)| Some(Change::add(what, Some(value?)))).collect()
        }
        // The block has no others.
        _ => Vec::new(),
    }
}

fn of_environment(environment: &EnvironmentSetting) -> Vec<Change> {
    let EnvironmentSetting { name, variables, secrets, .. } = environment;
    let mut changes = vec![Change::add(format!("environment `{name}`"), None)];
    changes.extend(variables.iter().map(|(key, value)| {
        Change::add(format!("variable `{key}` of the environment `{name}`"), Some(value.clone()))
    }));
    changes.extend(
        secrets.keys().map(|key| Change::add(format!("secret `{key}` of the environment `{name}`"), None)),
    );
    changes
}
