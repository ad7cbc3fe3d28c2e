//! `roadiehq:utils:sleep`: a pause.
//!
//! As `debug:wait`, it does not wait again in a repeated run and ends when the task is cancelled.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

const LONGEST: Duration = Duration::from_secs(600);

/// The action `roadiehq:utils:sleep`.
#[derive(Debug)]
pub(crate) struct Sleep;

/// What it takes.
#[derive(Debug, Deserialize)]
pub(crate) struct Input {
    amount: f64,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Wait for ten seconds",
    example: "\
steps:
  - id: sleep
    name: Wait for the cluster
    action: roadiehq:utils:sleep
    input:
      amount: 10
",
}];

impl Action for Sleep {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "roadiehq:utils:sleep".into(),
            description: "Waits for some seconds, at most ten minutes. Cancelling the task ends the wait."
                .into(),
            kind: Kind::Read,
            input: schema::closed(json!({ "amount": schema::number("Seconds to wait.") }), &["amount"]),
            output: None,
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let duration = duration(input.amount)?;
        ctx.log(format!("Waiting for {} seconds", duration.as_secs_f64())).await?;
        if ctx.run.dry_run {
            return ctx.log("A dry run goes on at once").await;
        }
        let cancelled = ctx.cancelled.clone();
        ctx.read("wait", async move {
            tokio::select! {
                () = tokio::time::sleep(duration) => Ok(()),
                () = cancelled.cancelled() => Err(ActionError::Cancelled),
            }
        })
        .await
    }
}

/// A time below zero is none, as for any timer of JavaScript.
fn duration(seconds: f64) -> Result<Duration, ActionError> {
    match Duration::try_from_secs_f64(seconds.max(0.0)) {
        Ok(duration) if duration <= LONGEST => Ok(duration),
        _ => Err(ActionError::Input(format!(
            "cannot wait for {seconds} seconds; the longest wait is {} seconds",
            LONGEST.as_secs()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_has_an_end() {
        assert_eq!(duration(2.5).unwrap(), Duration::from_millis(2_500));
        assert_eq!(duration(-1.0).unwrap(), Duration::ZERO);
        assert!(duration(600.5).is_err() && duration(f64::INFINITY).is_err());
    }
}
