//! `http:backstage:request`: a request to the API of one of Backstage's plugins.
//!
//! `GET`, `HEAD` and `OPTIONS` read. `PUT` and `DELETE` may be repeated by their meaning, and are after a kill. All
//! others are begun once: whether one was done whose worker was stopped half-way is for people to find out.
//!
//! It goes as the service that `backstage.token` stands for; with `useBackstageToken` as the caller, by the task's
//! secret `backstageToken`; with an `authorization` header as whoever that stands for. None stands in for another.

mod input;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{configured, missing, unknown_end};
use crate::action::{Action, ActionContext, ActionError, Capabilities, Definition, Example, Kind, schema};
use crate::backstage::{self, Answer, Backstage, Credentials};

pub(crate) use input::Input;

const ID: &str = "http:backstage:request";
/// What Roadie's action takes.
const METHODS: &[&str] = &["GET", "HEAD", "OPTIONS", "POST", "UPDATE", "DELETE", "PUT", "PATCH"];

/// The action `http:backstage:request`.
#[derive(Debug)]
pub(crate) struct Request;

/// An answer, for the journal and the outputs.
#[derive(Debug, Serialize, Deserialize)]
struct Answered {
    code: u16,
    headers: Map<String, Value>,
    body: Value,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Ask the catalog for the systems of a team",
        example: "\
steps:
  - id: systems
    name: Look the systems up
    action: http:backstage:request
    input:
      method: GET
      path: catalog/entities
      params:
        filter: kind=system,spec.owner=${{ parameters.owner }}
        fields: metadata.name
",
    },
    Example {
        description: "Create a ticket through Backstage's proxy, once per task",
        example: "\
steps:
  - id: ticket
    name: Create a ticket
    action: http:backstage:request
    input:
      method: POST
      path: proxy/tickets/api/issues
      headers:
        content-type: application/json
      body:
        title: New service ${{ parameters.name }}
      idempotencyKey: ticket
",
    },
    Example {
        description: "Ask whether something is there, and decide in later steps",
        example: "\
steps:
  - id: known
    name: Is the name taken?
    action: http:backstage:request
    input:
      method: GET
      path: catalog/entities/by-name/component/default/${{ parameters.name }}
      continueOnBadResponse: true
      timeout: 5000
",
    },
];

impl Action for Request {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: ID.into(),
            description: "Sends a request to the API of one of Backstage's plugins, as the service that `backstage.token` \
                          of the settings stands for, or with `useBackstageToken` as the user. A dry run sends nothing; \
                          where `backstage.dry_run_reads` is set, it sends `GET`, `HEAD` and `OPTIONS`."
                .into(),
            kind: Kind::Effect,
            input: input_schema(),
            output: Some(schema::closed(
                json!({
                    "code": schema::number("Status of the answer."),
                    "headers": schema::any_object("Headers of the answer, names in lower case; none after a status from 400 on."),
                    "body": { "description": "The body if it is JSON, else an object with the text as `message`." },
                }),
                &[],
            )),
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    fn unusable(&self, capabilities: &Capabilities) -> Option<String> {
        capabilities.backstage.is_none().then(|| missing(ID))
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let prepared = input.prepare(&shown(ctx, &input))?;
        let asked = prepared.shown.clone();
        if ctx.run.dry_run && !may_send_dry(ctx.capabilities, &input) {
            return ctx.log(format!("A dry run does not send {asked}")).await;
        }
        let backstage = configured(ctx.capabilities, ID)?;
        permitted(backstage, &input.method)?;
        let credentials = credentials(ctx, &input, &prepared.headers)?;
        let request = backstage::Request { credentials, ..prepared };
        ctx.log(format!("Sending {asked} to Backstage")).await?;
        let key = match &input.idempotency_key {
            Some(key) => format!("request/{key}"),
            None => "request".to_owned(),
        };
        let go_on = input.continue_on_bad_response.unwrap_or(false);
        let exchange = async { judged(&backstage.send(&request).await?, &asked, go_on) };
        let answered: Answered = if input.is_read() && input.idempotency_key.is_none() {
            ctx.read(&key, exchange).await?
        } else if input.may_be_repeated() {
            ctx.effect(&key, exchange).await?
        } else {
            ctx.effect_unseen(&key, exchange).await?.ok_or_else(|| unknown_end(&asked))?
        };
        if !(200..400).contains(&answered.code) {
            ctx.warn(format!("Backstage answered {asked} with status {}", answered.code)).await?;
        }
        ctx.output("code", answered.code);
        ctx.output("headers", answered.headers);
        ctx.output("body", answered.body);
        Ok(())
    }
}

fn input_schema() -> Value {
    let any = |description: &str| json!({ "description": description });
    let timeout = json!({
        "type": "number",
        "description": "Milliseconds until the request is given up, at most 600000.",
        "default": 60_000,
    });
    schema::closed(
        json!({
            "path": schema::text("The plugin's id and what follows it below `/api`, for example `catalog/entities`."),
            "method": schema::word(METHODS, "Method of the request."),
            "headers": schema::any_object("Headers to send."),
            "params": schema::any_object("Names and values for the query; a list is joined by commas."),
            "body": any("Body to send: a text as it is, anything else as JSON."),
            "logRequestPath": schema::flag("Whether the log shows the path. Default: true."),
            "continueOnBadResponse": schema::flag(
                "Go on and put the answer out when its status is a redirect, or from 400 on. Default: false.",
            ),
            "timeout": timeout,
            "useBackstageToken": schema::flag(
                "Never send the request as the service: as the user, by the task's secret `backstageToken` if it has one. Default: false.",
            ),
            "idempotencyKey": schema::text(
                "Keeps an answer for the whole task, also over a retry. Requests that change something are kept anyway.",
            ),
        }),
        &["path", "method"],
    )
}

/// How messages name the request: by its path, unless that is not to be shown.
fn shown(ctx: &ActionContext<'_>, input: &Input) -> String {
    if input.log_request_path == Some(false) {
        return format!("`{}`", input.method);
    }
    format!("`{} {}`", input.method, ctx.shown("path", ""))
}

/// A dry run changes nothing, and reads only where the settings let it.
fn may_send_dry(capabilities: &Capabilities, input: &Input) -> bool {
    let reads = capabilities.backstage.as_ref().is_some_and(|backstage| backstage.settings().dry_run_reads);
    reads && input.is_read()
}

fn permitted(backstage: &Backstage, method: &str) -> Result<(), ActionError> {
    let methods = &backstage.settings().request_methods;
    if methods.is_empty() || methods.iter().any(|known| known.eq_ignore_ascii_case(method)) {
        return Ok(());
    }
    Err(ActionError::NotAllowed(format!(
        "`{method}` is not among the methods that `backstage.request_methods` permits: {}",
        methods.join(", ")
    )))
}

fn credentials(
    ctx: &ActionContext<'_>,
    input: &Input,
    headers: &[(String, String)],
) -> Result<Credentials, ActionError> {
    if headers.iter().any(|(name, value)| name.eq_ignore_ascii_case("authorization") && !value.is_empty()) {
        return Ok(Credentials::InHeaders);
    }
    if !input.use_backstage_token.unwrap_or(false) {
        return Ok(ctx.initiator());
    }
    let given = ctx.run.backstage_token.clone().map(Credentials::Token);
    given.or_else(|| ctx.run.user_token.clone().map(Credentials::User)).ok_or_else(|| {
        ActionError::Input(
            "`useBackstageToken` asks for the user's own token, and the task has neither a user that Backstage vouches \
             for nor a secret `backstageToken`; create it as a signed-in user, or leave `useBackstageToken` out to act \
             as the service"
                .to_owned(),
        )
    })
}

fn judged(answer: &Answer, asked: &str, go_on: bool) -> Result<Answered, ActionError> {
    let code = answer.status;
    if !answer.is_ok() && !go_on {
        return Err(answer.refusal(asked).into());
    }
    let headers = if code < 400 {
        answer.headers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect()
    } else {
        Map::new()
    };
    Ok(Answered { code, headers, body: answer.content()? })
}
