//! [`imprint`]: everything that is there of a repository, as lines that can be compared.

use github_double::state::repository::Repository;
use github_double::state::vault::Vault;
use github_double::state::wiring::{Variables, Wiring};

use crate::support::app::git;

/// All that is set in it and all that its branches hold, without ids and times.
pub(crate) fn imprint(repository: &Repository) -> Vec<String> {
    let log =
        ["log", "--all", "--topo-order", "--decorate=short", "--format=commit %D %T %an %s %(trailers:only)"];
    let mut all = vec![
        format!("{} {} {:?}", repository.visibility, repository.default_branch, repository.settings),
        format!("{:?} {:?} {:?}", repository.topics, repository.teams, repository.collaborators),
        format!("{:?}", repository.properties),
    ];
    all.extend(wired(&repository.wiring));
    all.extend(tracked(repository));
    all.extend(git(&repository.folder, &log).lines().map(without_marks));
    // Commits of one second have no order.
    all.sort();
    all
}

fn wired(wiring: &Wiring) -> Vec<String> {
    let mut all = vec![
        format!("{:?} {:?} {:?}", wiring.actions, wiring.oidc, wiring.pages),
        format!("{:?} {:?} {:?}", wiring.protection, wiring.signed, wiring.subscriptions.keys()),
        format!("{:?}", wiring.invitations.iter().map(|it| (&it.login, &it.role)).collect::<Vec<_>>()),
    ];
    all.extend(wiring.rulesets.iter().map(|it| format!("ruleset {} {:?}", it.name, it.rules)));
    all.extend(wiring.hooks.iter().map(|it| format!("hook {} {:?} {:?}", it.url, it.secret, it.events)));
    all.extend(wiring.keys.iter().map(|it| format!("key {} {}", it.title, it.key)));
    all.extend(wiring.autolinks.iter().map(|it| format!("autolink {} {}", it.key_prefix, it.url_template)));
    all.extend(wiring.runs.iter().map(|it| format!("run {} {} {:?}", it.workflow, it.event, it.inputs)));
    all.extend(wiring.dispatches.iter().map(|it| format!("event {it:?}")));
    all.extend(values("variable", &wiring.variables));
    all.extend(opened("secret", &wiring.secrets));
    all.extend(opened("secret of Dependabot", &wiring.dependabot));
    for (name, environment) in &wiring.environments {
        all.push(format!(
            "environment {name} {} {:?} {:?}",
            environment.wait_timer, environment.reviewers, environment.branch_policy
        ));
        all.extend(environment.branch_policies.iter().map(|it| format!("{name} {} {}", it.kind, it.name)));
        all.extend(values(name, &environment.variables));
        all.extend(opened(name, &environment.secrets));
    }
    all
}

fn tracked(repository: &Repository) -> Vec<String> {
    let mut all = Vec::new();
    for issue in repository.tracker.issues.values() {
        let body = issue.body.as_deref().map(without_marks);
        all.push(format!("#{} {} {body:?} {} {:?}", issue.number, issue.title, issue.state, issue.labels));
        all.push(format!("#{} {:?} {:?}", issue.number, issue.assignees, issue.milestone));
        if let Some(pull) = &issue.pull {
            let merged = pull.merged.as_ref().map(|merge| &merge.method);
            all.push(format!("#{} {} to {} {merged:?}", issue.number, pull.head, pull.base));
            all.push(format!("#{} {:?} {:?}", issue.number, pull.reviewers, pull.team_reviewers));
        }
    }
    all
}

fn values(of: &str, variables: &Variables) -> Vec<String> {
    variables.iter().map(|(name, variable)| format!("{of} {name}={}", variable.value)).collect()
}

fn opened(of: &str, vault: &Vault) -> Vec<String> {
    vault.iter().map(|(name, secret)| format!("{of} {name}={}", secret.value)).collect()
}

/// Without what tells one task's work from another's.
fn without_marks(text: &str) -> String {
    let text = text.split("<!-- stagecraft").next().unwrap_or_default();
    text.split("Stagecraft-Commit:").next().unwrap_or_default().to_owned()
}
