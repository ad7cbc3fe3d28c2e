//! What the facts about a GitHub host mean.
//!
//! Pure: facts in, findings out.

use super::permissions::{Need, needed};
use super::{Finding, Uses};
use crate::forge::github::governor::AccountStatus;
use crate::forge::github::{AppFacts, Checkup, InstallationFacts, TokenFacts};

/// GitHub refuses a JWT that is issued later than now, by its own clock; more than this is no accident.
const TOLERATED_SKEW_S: i64 = 20;
/// Fewer requests than this left in the hour are too few for a few tasks.
const FEW_REQUESTS: u64 = 200;

/// Judges what was found.
pub(super) fn examine(facts: &Checkup, uses: &Uses) -> Vec<Finding> {
    let host = facts.host.as_str();
    let mut findings = Vec::new();
    match &facts.reached {
        Ok(reached) => {
            let version = reached.server_version.as_deref();
            let version =
                version.map(|version| format!(", GitHub Enterprise Server {version}")).unwrap_or_default();
            findings.push(Finding::well(host, format!("the API answers at {}{version}", facts.api_url)));
            if let Some(skew) = reached.clock_skew_s {
                findings.push(clock(host, skew));
            }
        }
        Err(why) => {
            findings.push(Finding::wrong(
                host,
                format!("the API at {} cannot be used: {why}", facts.api_url),
                format!("check `forges.\"{host}\".api_url`, the network, proxies and certificates"),
            ));
            return findings;
        }
    }
    if let Some(token) = &facts.token {
        findings.extend(static_token(host, token));
    }
    match &facts.app {
        None if facts.token.is_none() => findings.push(Finding::doubtful(
            host,
            "there is no App and no token: only steps with a token of their own can do anything",
            format!("set `forges.\"{host}\".app_id` and `private_key`: docs/github.md tells how to make the App"),
        )),
        None => {}
        Some(Err(why)) => findings.push(Finding::wrong(
            host,
            format!("GitHub does not accept the App: {why}"),
            format!(
                "compare `forges.\"{host}\".app_id` with the App's page, and make a new private key there if this one is not listed"
            ),
        )),
        Some(Ok(app)) => {
            findings.push(Finding::well(host, format!("the App `{}` ({}) is accepted", app.slug, app.name)));
            findings.extend(hook(host, facts, app));
            findings.extend(installations(host, facts, app, &needed(uses)));
        }
    }
    findings
}

/// How fast GitHub is asked as one account.
pub(super) fn pace(host: &str, account: &AccountStatus) -> Finding {
    let AccountStatus { account, left_this_minute, left_this_hour, waiting, paused_for, .. } = account;
    if let Some(pause) = paused_for {
        return Finding::doubtful(
            host,
            format!(
                "`{account}`: GitHub met a limit; nobody asks for {} s more, {waiting} wait",
                pause.as_secs()
            ),
            format!(
                "it goes on by itself; if it comes back, something else uses the same account: lower `forges.\"{host}\".limits`"
            ),
        );
    }
    let some =
        |left: &Option<usize>, length: &str| left.map(|left| format!("{left} more changes in this {length}"));
    let left: Vec<String> =
        [some(left_this_minute, "minute"), some(left_this_hour, "hour")].into_iter().flatten().collect();
    let left = if left.is_empty() { "changes without a limit".to_owned() } else { left.join(" and ") };
    let found = format!("`{account}` may make {left}; {waiting} wait");
    if *waiting > 0 {
        return Finding::doubtful(host, found, "tasks take longer; docs/github.md tells what can be done");
    }
    Finding::well(host, found)
}

fn clock(host: &str, skew: i64) -> Finding {
    if skew.abs() <= TOLERATED_SKEW_S {
        return Finding::well(host, "this machine's clock agrees with GitHub's");
    }
    let way = if skew > 0 { "ahead of" } else { "behind" };
    Finding::wrong(
        host,
        format!("this machine's clock is {} seconds {way} GitHub's", skew.abs()),
        "set the clock (NTP): GitHub refuses an App whose clock is wrong",
    )
}

fn static_token(host: &str, token: &Result<TokenFacts, String>) -> Vec<Finding> {
    let setting = format!("`forges.\"{host}\".token`");
    match token {
        Err(why) => vec![Finding::wrong(
            host,
            format!("{setting} is not accepted: {why}"),
            "make a new token, or an App, which is better: docs/github.md",
        )],
        Ok(facts) => {
            let mut findings = vec![Finding::well(host, format!("{setting} is that of `{}`", facts.login))];
            let lacks =
                |scope: &str| !facts.scopes.is_empty() && !facts.scopes.iter().any(|has| has == scope);
            for scope in ["repo", "workflow"].into_iter().filter(|scope| lacks(scope)) {
                findings.push(Finding::wrong(
                    host,
                    format!("{setting} lacks the scope `{scope}`"),
                    "add the scope to the token on GitHub",
                ));
            }
            findings
        }
    }
}

/// Ends of addresses at which deliveries come here, directly or through a Backstage.
const RECEIVERS: [&str; 2] = ["/webhooks/github", "/api/events/http/github"];
/// Events without which the catalog does not hear of changes.
const EVENTS: [&str; 2] = ["push", "repository"];

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" and ")
}

fn hook(host: &str, facts: &Checkup, app: &AppFacts) -> Option<Finding> {
    let hook = facts.hook.as_ref()?;
    let setting = format!("`forges.\"{host}\".webhook_secret`");
    Some(match hook {
        Err(why) => Finding::doubtful(
            host,
            format!("the App's webhook cannot be seen: {why}"),
            format!("look at the page of the App `{}`", app.slug),
        ),
        // An App without a webhook can do everything that steps ask for; the catalog then looks from time to time.
        Ok(hook) if hook.url.is_empty() && !facts.webhook_secret => return None,
        Ok(hook) if hook.url.is_empty() => Finding::doubtful(
            host,
            format!("{setting} is there, but the App has no webhook, so nothing is delivered"),
            "give the App's webhook the address of this service with `/webhooks/github` behind it",
        ),
        Ok(hook) if hook.insecure => Finding::wrong(
            host,
            format!("the App sends webhooks to {} without checking its certificate", hook.url),
            "enable SSL verification on the App's page",
        ),
        Ok(hook) if hook.has_secret != facts.webhook_secret => {
            let (there, here) = if hook.has_secret { ("a", "none") } else { ("no", "one") };
            Finding::wrong(
                host,
                format!("the App's webhook has {there} secret, but {setting} has {here}"),
                format!("set the same secret on the App's page and in {setting}"),
            )
        }
        Ok(hook) if !hook.has_secret => Finding::wrong(
            host,
            "webhooks are not signed",
            format!("set the same secret on the App's page and in {setting}"),
        ),
        Ok(hook) if !RECEIVERS.iter().any(|path| hook.url.ends_with(path)) => Finding::doubtful(
            host,
            format!("signed webhooks go to {}, which is not where this service takes them", hook.url),
            "let the address end in `/webhooks/github`, or have a Backstage pass the events on: docs/github.md",
        ),
        Ok(hook) => match EVENTS.iter().find(|event| !app.events.iter().any(|one| one == *event)) {
            Some(event) => Finding::doubtful(
                host,
                format!("the App is not told of `{event}` events, so the catalog learns of changes late"),
                format!("subscribe it to them on the App's page; it needs {}", quoted(&EVENTS)),
            ),
            None => Finding::well(host, format!("signed webhooks go to {}", hook.url)),
        },
    })
}

fn installations(host: &str, facts: &Checkup, app: &AppFacts, needs: &[Need]) -> Vec<Finding> {
    if facts.installations.is_empty() {
        return vec![Finding::wrong(
            host,
            format!("the App `{}` is installed nowhere", app.slug),
            "install it in the organisation in which repositories are to be made",
        )];
    }
    facts.installations.iter().flat_map(|one| installation(host, app, one, needs)).collect()
}

fn installation(host: &str, app: &AppFacts, one: &InstallationFacts, needs: &[Need]) -> Vec<Finding> {
    let account = &one.account;
    if one.suspended {
        return vec![Finding::wrong(
            host,
            format!("the installation in `{account}` is suspended"),
            "an owner of the organisation can lift that on the installation's page",
        )];
    }
    let mut findings = Vec::new();
    for need in needs {
        let (name, level) = (need.permission.name, need.permission.level);
        let grants = |granted: Option<&String>| granted.is_some_and(|granted| level.is_met_by(granted));
        if grants(one.permissions.get(name)) {
            continue;
        }
        // Permissions of organisations mean nothing where a user is at home.
        if name == "members" && one.is_user {
            continue;
        }
        let by: Vec<&str> = need.by.iter().map(String::as_str).collect();
        let by = if by.is_empty() { String::new() } else { format!(", for {}", by.join(", ")) };
        let next = if grants(app.permissions.get(name)) {
            format!(
                "an owner of `{account}` has to accept the App's new permissions on the installation's page"
            )
        } else {
            format!("grant it on the App's page (`{}`), then accept it in `{account}`", need.permission.title)
        };
        findings.push(Finding::wrong(
            host,
            format!(
                "in `{account}` the App lacks `{name}: {}` ({}){by}",
                level.word(),
                need.permission.reason
            ),
            next,
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::well(host, format!("in `{account}` the App may do what the templates need")));
    }
    if one.selected {
        findings.push(Finding::doubtful(
            host,
            format!("the installation in `{account}` is for selected repositories only"),
            "choose `All repositories`, or add those that steps are to work on; repositories that Stagecraft makes are added by GitHub",
        ));
    }
    findings.extend(rate(host, one));
    findings.extend(transport(host, one));
    findings
}

fn rate(host: &str, one: &InstallationFacts) -> Option<Finding> {
    let account = &one.account;
    Some(match one.rate.as_ref()? {
        Err(why) => Finding::wrong(
            host,
            format!("no token for `{account}` could be used: {why}"),
            "see the lines above; if all of them are well, GitHub's status page",
        ),
        Ok(rate) if rate.remaining < FEW_REQUESTS => Finding::doubtful(
            host,
            format!("`{account}` has {} of {} requests left in this hour", rate.remaining, rate.limit),
            "tasks will wait; find out what else uses this App",
        ),
        Ok(rate) => Finding::well(
            host,
            format!("`{account}` has {} of {} requests left in this hour", rate.remaining, rate.limit),
        ),
    })
}

fn transport(host: &str, one: &InstallationFacts) -> Option<Finding> {
    Some(match one.git.as_ref()? {
        Ok(repository) => Finding::well(host, format!("git reads `{repository}`")),
        Err(why) => Finding::wrong(
            host,
            format!("git cannot read a repository of `{}`: {why}", one.account),
            format!("check `forges.\"{host}\".git_url`, and that proxies let git's requests through"),
        ),
    })
}

#[cfg(test)]
mod tests;
