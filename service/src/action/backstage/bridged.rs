//! An action that a plugin of Backstage registers, as one that a step can name.
//!
//! It passes the step's input on, as the user who started the task, and puts out the members of what comes back. A dry run makes the call only where
//! the plugin says that it reads and destroys nothing, and the settings let dry runs read.

use std::sync::Arc;

use serde_json::Value;

use super::{configured, unknown_end};
use crate::action::{Action, ActionContext, ActionError, Capabilities, Definition, Kind};
use crate::backstage::{PluginId, RemoteAction};

/// An action of a plugin.
#[derive(Clone, Debug)]
pub(super) struct Bridged {
    pub(super) plugin: PluginId,
    pub(super) action: Arc<RemoteAction>,
    /// Whether dry runs may read from Backstage.
    pub(super) dry_run_reads: bool,
}

impl Bridged {
    fn reads(&self) -> bool {
        self.action.read_only && !self.action.destructive
    }
}

impl Action for Bridged {
    type Input = Value;

    fn definition(&self) -> Definition {
        let RemoteAction { id, description, input, output, .. } = &*self.action;
        Definition {
            id: id.clone().into(),
            description: description.clone().into(),
            kind: if self.reads() { Kind::Read } else { Kind::Effect },
            input: input.clone(),
            output: output.clone(),
            supports_dry_run: self.reads() && self.dry_run_reads,
            examples: &[],
        }
    }

    fn unusable(&self, _: &Capabilities) -> Option<String> {
        let id = &self.action.id;
        self.action.needs_secrets.then(|| {
            format!("action `{id}` asks for secrets beside its input, which a step cannot give; call it in another way")
        })
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Value) -> Result<(), ActionError> {
        let id = &self.action.id;
        let backstage = configured(ctx.capabilities, id)?;
        ctx.log(format!("Calling `{id}` of Backstage's plugin `{}`", self.plugin)).await?;
        let who = ctx.initiator();
        let call = async { Ok(backstage.invoke(&self.plugin, id, &input, who).await?) };
        let output: Value = if self.reads() {
            ctx.read("invoke", call).await?
        } else if self.action.idempotent {
            ctx.effect("invoke", call).await?
        } else {
            ctx.effect_unseen("invoke", call)
                .await?
                .ok_or_else(|| unknown_end(&format!("the call of `{id}`")))?
        };
        if let Value::Object(members) = output {
            for (name, value) in members {
                ctx.output(&name, value);
            }
        }
        Ok(())
    }
}
