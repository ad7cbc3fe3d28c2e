//! Protection of the default branch.
//!
//! Turns the input's settings into a forge's rules. A forge that cannot protect is no reason to fail: the
//! repository stands and its content is there, so the refusal is a warning. One that is away only has not protected it
//! yet: the step fails, and a retry finishes it.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Target;
use crate::action::{ActionContext, ActionError, schema};
use crate::forge::{ForgeError, Setting};

/// Protection settings, as inputs name them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::action) struct Protection {
    protect_default_branch: Option<bool>,
    #[serde(alias = "enforceAdmins")]
    protect_enforce_admins: Option<bool>,
    required_approving_review_count: Option<f64>,
    require_code_owner_reviews: Option<bool>,
    dismiss_stale_reviews: Option<bool>,
    bypass_pull_request_allowances: Option<Value>,
    restrictions: Option<Value>,
    required_status_check_contexts: Option<Vec<String>>,
    require_branches_to_be_up_to_date: Option<bool>,
    required_conversation_resolution: Option<bool>,
    require_last_push_approval: Option<bool>,
    required_commit_signing: Option<bool>,
    required_linear_history: Option<bool>,
    block_creations: Option<bool>,
}

/// Sets the protection that [`Protection::setting`] made of the input.
pub(super) async fn protect(
    ctx: &mut ActionContext<'_>,
    target: &Target,
    setting: Option<Setting>,
) -> Result<(), ActionError> {
    let Some(setting) = setting else { return Ok(()) };
    let refused: Option<String> = ctx
        .effect("protect", async {
            match target.forge.apply(&target.slug, &setting).await {
                Ok(_) => Ok(None),
                Err(error @ ForgeError::Unavailable(_)) => Err(error.into()),
                Err(refused) => Ok(Some(ActionError::from(refused).to_string())),
            }
        })
        .await?;
    match refused {
        None => ctx.log("Protected the default branch").await,
        Some(reason) => ctx.warn(format!("The default branch is not protected: {reason}")).await,
    }
}

impl Protection {
    /// The forge's setting for this branch; none if the input wants no protection.
    pub(super) fn setting(&self, branch: &str) -> Result<Option<Setting>, ActionError> {
        if !self.protect_default_branch.unwrap_or(true) {
            return Ok(None);
        }
        self.always(branch).map(Some)
    }

    /// The forge's setting for this branch, whatever `protectDefaultBranch` says.
    pub(in crate::action) fn always(&self, branch: &str) -> Result<Setting, ActionError> {
        Ok(Setting::BranchProtection { branch: branch.to_owned(), rules: self.rules()? })
    }

    /// The rules by the names of GitHub's API.
    fn rules(&self) -> Result<Map<String, Value>, ActionError> {
        let reviews = self.required_approving_review_count.unwrap_or(1.0);
        if !(0.0..=6.0).contains(&reviews) || reviews.fract() != 0.0 {
            return Err(ActionError::Input(format!(
                "`requiredApprovingReviewCount` is {reviews}; give a whole number from 0 to 6"
            )));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 0 to 6"
        )]
        let reviews = reviews as u8;
        let flag = |value: Option<bool>| value.unwrap_or(false);
        let mut pull_requests = Map::new();
        let mut set = |name: &str, value: Value| pull_requests.insert(name.to_owned(), value);
        set("required_approving_review_count", reviews.into());
        set("require_code_owner_reviews", flag(self.require_code_owner_reviews).into());
        set("dismiss_stale_reviews", flag(self.dismiss_stale_reviews).into());
        set("require_last_push_approval", flag(self.require_last_push_approval).into());
        if let Some(allowances) = &self.bypass_pull_request_allowances {
            set("bypass_pull_request_allowances", allowances.clone());
        }
        let rules = json!({
            "required_status_checks": {
                "strict": self.require_branches_to_be_up_to_date.unwrap_or(true),
                "contexts": self.required_status_check_contexts.clone().unwrap_or_default(),
            },
            "enforce_admins": self.protect_enforce_admins.unwrap_or(true),
            "required_pull_request_reviews": pull_requests,
            "restrictions": self.restrictions,
            "required_conversation_resolution": flag(self.required_conversation_resolution),
            "required_linear_history": flag(self.required_linear_history),
            "required_signatures": flag(self.required_commit_signing),
        });
        let Value::Object(mut rules) = rules else { return Ok(Map::new()) };
        if let Some(block) = self.block_creations {
            rules.insert("block_creations".to_owned(), block.into());
        }
        Ok(rules)
    }
}

/// Schema properties of [`Protection`], as the actions have them that publish.
pub(super) fn properties() -> Value {
    schema::merged([
        rule_properties(),
        json!({
            "protectDefaultBranch": schema::flag_or(true, "Protect the default branch."),
            "protectEnforceAdmins": schema::flag_or(true, "Hold administrators to the rules as well."),
        }),
    ])
}

/// Schema properties of the rules alone.
pub(in crate::action) fn rule_properties() -> Value {
    schema::merged([
        reviews(),
        json!({
            "requiredStatusCheckContexts": schema::texts("Checks that must pass before a merge."),
            "requireBranchesToBeUpToDate": schema::flag_or(true, "Merge only branches that are up to date."),
            "requiredConversationResolution": schema::flag("Merge only when all conversations are resolved."),
            "requiredCommitSigning": schema::flag("Take only signed commits."),
            "requiredLinearHistory": schema::flag("Take no merge commits."),
            "restrictions": actors("Who may push to the branch. Organisations only.", &["users", "teams"]),
        }),
    ])
}

fn reviews() -> Value {
    json!({
        "requiredApprovingReviewCount": schema::number("Approvals that a pull request needs, 0 to 6. Default: 1."),
        "requireCodeOwnerReviews": schema::flag("Ask for the approval of the code's owners."),
        "dismissStaleReviews": schema::flag("Drop approvals when commits are added."),
        "requireLastPushApproval": schema::flag_or(false, "Somebody other than who pushed last has to approve."),
        "bypassPullRequestAllowances": actors("Who may do without a pull request.", &[]),
    })
}

fn actors(description: &str, required: &[&str]) -> Value {
    let names = json!({
        "apps": schema::texts("Apps, by their short names."),
        "users": schema::texts("Users, by name."),
        "teams": schema::texts("Teams, by their short names."),
    });
    let mut schema = schema::object(names, required);
    if let Some(map) = schema.as_object_mut() {
        map.insert("description".to_owned(), description.into());
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_said_asks_for_one_review_and_holds_administrators() {
        let rules = Value::Object(Protection::default().rules().unwrap());

        assert_eq!(rules["required_pull_request_reviews"]["required_approving_review_count"], 1);
        assert_eq!(rules["enforce_admins"], true);
        assert_eq!(rules["required_status_checks"], json!({ "strict": true, "contexts": [] }));
        assert_eq!(rules["restrictions"], Value::Null);
    }

    #[test]
    fn what_is_said_stands_in_the_rules() {
        let protection: Protection = serde_json::from_value(json!({
            "requiredApprovingReviewCount": 2,
            "requiredStatusCheckContexts": ["ci"],
            "requiredCommitSigning": true,
            "restrictions": { "users": [], "teams": ["platform"] },
        }))
        .unwrap();

        let rules = Value::Object(protection.rules().unwrap());

        assert_eq!(rules["required_pull_request_reviews"]["required_approving_review_count"], 2);
        assert_eq!(rules["required_status_checks"]["contexts"], json!(["ci"]));
        assert_eq!(rules["required_signatures"], true);
        assert_eq!(rules["restrictions"]["teams"], json!(["platform"]));
    }

    #[test]
    fn a_number_of_reviews_that_no_forge_has_is_refused() {
        for count in [-1.0, 7.0, 1.5] {
            let protection =
                Protection { required_approving_review_count: Some(count), ..Protection::default() };

            assert!(matches!(protection.rules(), Err(ActionError::Input(_))), "{count}");
        }
    }
}
