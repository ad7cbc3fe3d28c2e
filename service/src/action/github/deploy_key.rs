//! `github:deployKey:create`: a key for machines, and its private half as a secret of the workflows.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::applying::apply;
use crate::action::target::Target;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::forge::{DeployKey, Setting};
use crate::secret::Secret;

/// The action `github:deployKey:create`.
#[derive(Debug)]
pub(crate) struct CreateDeployKey;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    public_key: String,
    private_key: Secret,
    deploy_key_name: String,
    private_key_secret_name: Option<String>,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Give the workflows a key with which they can push",
    example: "\
steps:
  - id: key
    name: Add the deploy key
    action: github:deployKey:create
    input:
      repoUrl: github.com?owner=acme&repo=demo
      publicKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBTIyApoqvkuNTI/r7Lwkqf4jx5whqBStadnbvc3JN9E push
      privateKey: ${{ secrets.PUSH_KEY }}
      deployKeyName: Push key
",
}];

impl Action for CreateDeployKey {
    type Input = Input;

    fn definition(&self) -> Definition {
        let own = json!({
            "publicKey": schema::text("The public key, as `ssh-keygen` writes it."),
            "privateKey": schema::text("The private key; pass it from `secrets`."),
            "deployKeyName": schema::text("Name of the key."),
            "privateKeySecretName": schema::text(
                "Name of the secret that holds the private key. Default: the name in capitals with `_` for spaces, and `_PRIVATE_KEY`."
            ),
        });
        let output = json!({
            "privateKeySecretName": schema::text("Name of the secret that holds the private key."),
        });
        Definition {
            id: "github:deployKey:create".into(),
            description:
                "Adds a deploy key that may read and write, and keeps its private key as a secret of the \
                          repository's workflows."
                    .into(),
            kind: Kind::Effect,
            input: super::input(own, &["publicKey", "privateKey", "deployKeyName"]),
            output: Some(schema::closed(output, &["privateKeySecretName"])),
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let given = input.private_key_secret_name.filter(|name| !name.is_empty());
        let secret_name = given.unwrap_or_else(|| default_secret_name(&input.deploy_key_name));
        // As upstream, which leaves it to GitHub, whose default it is.
        let read_only = false;
        let key = DeployKey { title: input.deploy_key_name, public_key: input.public_key, read_only };
        apply(ctx, &target, "key", "the deploy key", &Setting::DeployKey(key)).await?;
        let secrets = BTreeMap::from([(secret_name.clone(), input.private_key)]);
        apply(ctx, &target, "secret", "the secret of the deploy key", &Setting::Secrets(secrets)).await?;
        ctx.output("privateKeySecretName", secret_name);
        Ok(())
    }
}

fn default_secret_name(key: &str) -> String {
    format!("{}_PRIVATE_KEY", key.replace(' ', "_").to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_named_after_the_key() {
        assert_eq!(default_secret_name("Push key"), "PUSH_KEY_PRIVATE_KEY");
    }
}
