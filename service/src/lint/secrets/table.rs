//! The rules about secrets and values of users.

use crate::lint::rule::{Area, Example, Level, Rule};

/// The rules of this area.
pub(in crate::lint) static RULES: [&Rule; 4] =
    [&SECRET_LOGGED, &SECRET_AS_PARAMETER, &PASSWORD_NOT_SECRET, &UNVALIDATED_PATH];

const GOOD: Example = Example::of(
    "\
parameters:
  properties:
    token:
      type: string
      title: Token
      ui:field: Secret
steps:
  - id: publish
    name: Publish
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=demo
      token: ${{ secrets.token }}
",
);

pub(super) static SECRET_LOGGED: Rule = Rule {
    id: "secret-logged",
    title: "A secret that ends up in the log or in a file",
    level: Level::Warning,
    area: Area::Secrets,
    text: "Values of `fetch:template` are logged and written into files, and the message of `debug:log` is logged. \
           Masking in the log is a net, not a wall; a file in a repository is read by everybody.",
    bad: Example::of(
        "\
parameters:
  properties:
    token:
      type: string
      title: Token
      ui:field: Secret
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: ${{ secrets.token }}
",
    ),
    good: GOOD,
};

pub(super) static SECRET_AS_PARAMETER: Rule = Rule {
    id: "secret-as-parameter",
    title: "A secret field that is read as a parameter",
    level: Level::Error,
    area: Area::Secrets,
    text: "A field with `ui:field: Secret` puts its value into `secrets`, and as many asterisks into `parameters`.",
    bad: Example::of(
        "\
parameters:
  properties:
    token:
      type: string
      title: Token
      ui:field: Secret
steps:
  - id: publish
    name: Publish
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=demo
      token: ${{ parameters.token }}
",
    ),
    good: GOOD,
};

pub(super) static PASSWORD_NOT_SECRET: Rule = Rule {
    id: "password-not-secret",
    title: "A password that is kept in clear",
    level: Level::Warning,
    area: Area::Secrets,
    text: "`ui:widget: password` only hides the letters in the browser. The value is stored with the task and shown \
           to everybody who may see it. `ui:field: Secret` keeps it apart.",
    bad: Example::of(
        "\
parameters:
  properties:
    token:
      type: string
      title: Token
      ui:widget: password
steps:
  - id: publish
    name: Publish
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=demo
      token: ${{ parameters.token }}
",
    ),
    good: GOOD,
};

pub(super) static UNVALIDATED_PATH: Rule = Rule {
    id: "unvalidated-path",
    title: "A value of users that becomes a path or an address unchecked",
    level: Level::Warning,
    area: Area::Secrets,
    text: "Whoever fills the form, or calls the API, writes any text: `../`, another owner, further `&repo=…`. Say \
           with `pattern`, `enum` or `format` what is allowed, or let a picker of Backstage ask for it.",
    bad: Example::of(
        "\
parameters:
  properties:
    name:
      type: string
      title: Name
steps:
  - id: publish
    name: Publish
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=${{ parameters.name }}
",
    ),
    good: Example::of(
        "\
parameters:
  properties:
    name:
      type: string
      title: Name
      pattern: '^[a-z0-9]+(-[a-z0-9]+)*$'
steps:
  - id: publish
    name: Publish
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=${{ parameters.name }}
",
    ),
};
