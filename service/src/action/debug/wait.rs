//! `debug:wait`: a pause, at most ten minutes long.
//!
//! A repeated run does not wait again; a task that is cancelled does not wait on.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

const LONGEST: Duration = Duration::from_secs(600);

/// The action `debug:wait`.
#[derive(Debug)]
pub(crate) struct Wait;

/// What it takes.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Input {
    minutes: Option<f64>,
    seconds: Option<f64>,
    milliseconds: Option<f64>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Wait for half a minute",
        example: "\
steps:
  - id: pause
    name: Wait for the cluster
    action: debug:wait
    input:
      seconds: 30
",
    },
    Example {
        description: "Wait for a minute and a half",
        example: "\
steps:
  - id: pause
    name: Wait for the cluster
    action: debug:wait
    input:
      minutes: 1
      seconds: 30
",
    },
];

impl Action for Wait {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "debug:wait".into(),
            description:
                "Waits for some time, at most ten minutes in all. Cancelling the task ends the wait.".into(),
            kind: Kind::Read,
            input: schema::closed(
                json!({
                    "minutes": schema::number("Minutes to wait."),
                    "seconds": schema::number("Seconds to wait."),
                    "milliseconds": schema::number("Milliseconds to wait."),
                }),
                &[],
            ),
            output: None,
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let duration = input.duration()?;
        ctx.log(format!("Waiting for {} seconds", duration.as_secs_f64())).await?;
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

impl Input {
    fn duration(&self) -> Result<Duration, ActionError> {
        let parts = [(self.minutes, 60.0), (self.seconds, 1.0), (self.milliseconds, 0.001)];
        let seconds: f64 = parts.iter().map(|(amount, unit)| amount.unwrap_or(0.0) * unit).sum();
        let duration = Duration::try_from_secs_f64(seconds).map_err(|_| {
            ActionError::Input(format!("cannot wait for {seconds} seconds; give a time from 0 to 10 minutes"))
        })?;
        if duration > LONGEST {
            return Err(ActionError::Input(format!(
                "cannot wait for {seconds} seconds; the longest wait is 10 minutes"
            )));
        }
        Ok(duration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_add_up() {
        let input = Input { minutes: Some(1.0), seconds: Some(2.5), milliseconds: Some(250.0) };

        assert_eq!(input.duration().unwrap(), Duration::from_millis(62_750));
        assert_eq!(Input::default().duration().unwrap(), Duration::ZERO);
    }

    #[test]
    fn a_wait_is_neither_negative_nor_longer_than_ten_minutes() {
        for seconds in [-1.0, 600.1, f64::INFINITY] {
            let input = Input { seconds: Some(seconds), ..Input::default() };

            assert!(matches!(input.duration(), Err(ActionError::Input(_))), "{seconds}");
        }
        assert!(Input { minutes: Some(10.0), ..Input::default() }.duration().is_ok());
    }
}
