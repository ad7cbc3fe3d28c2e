//! The rules about expressions.

use crate::lint::rule::{Area, Example, Level, Rule};

/// The rules of this area.
pub(in crate::lint) static RULES: [&Rule; 14] = [
    &EXPRESSION_INVALID,
    &UNKNOWN_FILTER,
    &UNKNOWN_TEST,
    &UNKNOWN_FUNCTION,
    &UNKNOWN_METHOD,
    &UNKNOWN_NAME,
    &UNDEFINED_PARAMETER,
    &UNKNOWN_STEP,
    &LATER_STEP,
    &UNKNOWN_OUTPUT,
    &DASHED_STEP_ID,
    &IF_ALWAYS_TRUE,
    &IF_ALWAYS_FALSE,
    &SECRETS_UNAVAILABLE,
];

const GOOD_MESSAGE: Example = Example::of(
    "\
parameters:
  properties:
    name:
      type: string
      title: Name
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ parameters.name | upper }}
",
);

pub(super) static EXPRESSION_INVALID: Rule = Rule {
    id: "expression-invalid",
    title: "An expression that cannot be read",
    level: Level::Error,
    area: Area::Expressions,
    text: "Backstage keeps the text of an expression that fails, without a word: `${{ … }}` ends up in the \
           repository, and an `if` counts as true. Stagecraft warns in the log, or fails the step.",
    bad: Example::of(
        "\
parameters:
  properties:
    name:
      type: string
      title: Name
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ parameters.name + }}
",
    ),
    good: GOOD_MESSAGE,
};

pub(super) static UNKNOWN_FILTER: Rule = Rule {
    id: "unknown-filter",
    title: "A filter that is not there",
    level: Level::Error,
    area: Area::Expressions,
    text: "The expression fails, and its text stays as it is written. There are the filters of Nunjucks, and \
           Backstage's `parseRepoUrl`, `projectSlug`, `parseEntityRef` and `pick`.",
    bad: Example::of(
        "\
parameters:
  properties:
    name:
      type: string
      title: Name
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ parameters.name | uper }}
",
    ),
    good: GOOD_MESSAGE,
};

pub(super) static UNKNOWN_TEST: Rule = Rule {
    id: "unknown-test",
    title: "A test that is not there",
    level: Level::Error,
    area: Area::Expressions,
    text: "What follows `is` has to be a test: `defined`, `string`, `divisibleby(2)`. With any other word the \
           expression fails.",
    bad: Example::of(
        "\
parameters:
  properties:
    name:
      type: string
      title: Name
steps:
  - id: log
    name: Log
    action: debug:log
    if: ${{ parameters.name is defned }}
",
    ),
    good: Example::of(
        "\
parameters:
  properties:
    name:
      type: string
      title: Name
steps:
  - id: log
    name: Log
    action: debug:log
    if: ${{ parameters.name is defined }}
",
    ),
};

pub(super) static UNKNOWN_FUNCTION: Rule = Rule {
    id: "unknown-function",
    title: "A function that is not there",
    level: Level::Error,
    area: Area::Expressions,
    text: "Templates can call `range`, `cycler` and `joiner`, in an `if` also `always` and `failure`, and macros of \
           their own. Everything else is a filter, written behind its value.",
    bad: Example::of(
        "\
parameters:
  properties:
    name:
      type: string
      title: Name
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ upper(parameters.name) }}
",
    ),
    good: GOOD_MESSAGE,
};

pub(super) static UNKNOWN_METHOD: Rule = Rule {
    id: "unknown-method",
    title: "A method that no value has",
    level: Level::Error,
    area: Area::Expressions,
    text: "Backstage allows some of JavaScript's methods, such as `trim`, `split`, `includes` and `join`. Others, \
           such as `padStart` or `match`, were allowed by older versions and fail now.",
    bad: Example::of(
        "\
parameters:
  properties:
    name:
      type: string
      title: Name
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ parameters.name.padStart(20) }}
",
    ),
    good: GOOD_MESSAGE,
};

pub(super) static UNKNOWN_NAME: Rule = Rule {
    id: "unknown-name",
    title: "A name that nothing has",
    level: Level::Error,
    area: Area::Expressions,
    text: "Step values see `parameters`, `steps`, `user`, `context` and `environment`; `input` and `each` also \
           `secrets`; a step with `each` also `each`. Anything else renders as nothing.",
    bad: Example::of(
        "\
parameters:
  properties:
    name:
      type: string
      title: Name
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ values.name }} of ${{ parameters.name }}
",
    ),
    good: GOOD_MESSAGE,
};

pub(super) static UNDEFINED_PARAMETER: Rule = Rule {
    id: "undefined-parameter",
    title: "A parameter that the form does not have",
    level: Level::Error,
    area: Area::Expressions,
    text: "No page of `spec.parameters` has a property of this name, so the value is never there. If the \
           expression only asks whether it is there, this is a warning. A template with form decorators is left \
           alone, because they can add values.",
    bad: Example::of(
        "\
parameters:
  properties:
    name:
      type: string
      title: Name
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ parameters.nmae }} of ${{ parameters.name }}
",
    ),
    good: GOOD_MESSAGE,
};

const GOOD_STEPS: Example = Example::of(
    "\
steps:
  - id: publish
    name: Publish
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=demo
  - id: register
    name: Register
    action: catalog:register
    input:
      repoContentsUrl: ${{ steps.publish.output.repoContentsUrl }}
",
);

pub(super) static UNKNOWN_STEP: Rule = Rule {
    id: "unknown-step",
    title: "A step that is not there",
    level: Level::Error,
    area: Area::Expressions,
    text: "No step has this id, so the value is never there. A step without an id goes by `step-1`, `step-2`, ….",
    bad: Example::of(
        "\
steps:
  - id: publish
    name: Publish
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=demo
  - id: register
    name: Register
    action: catalog:register
    input:
      repoContentsUrl: ${{ steps.publsh.output.repoContentsUrl }}
",
    ),
    good: GOOD_STEPS,
};

pub(super) static LATER_STEP: Rule = Rule {
    id: "later-step",
    title: "The output of a step that has not run yet",
    level: Level::Error,
    area: Area::Expressions,
    text: "Steps run in the order written. The output of a later step, or of the step itself, is not there yet.",
    bad: Example::of(
        "\
steps:
  - id: register
    name: Register
    action: catalog:register
    input:
      repoContentsUrl: ${{ steps.publish.output.repoContentsUrl }}
  - id: publish
    name: Publish
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=demo
",
    ),
    good: GOOD_STEPS,
};

pub(super) static UNKNOWN_OUTPUT: Rule = Rule {
    id: "unknown-output",
    title: "An output that the action does not give",
    level: Level::Error,
    area: Area::Expressions,
    text: "The action's schema has no output of this name, so the value is never there. Actions that Stagecraft \
           does not have are not judged.",
    bad: Example::of(
        "\
steps:
  - id: publish
    name: Publish
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=demo
  - id: register
    name: Register
    action: catalog:register
    input:
      repoContentsUrl: ${{ steps.publish.output.repoContentUrl }}
",
    ),
    good: GOOD_STEPS,
};

pub(super) static DASHED_STEP_ID: Rule = Rule {
    id: "dashed-name",
    title: "A name with dashes that is read as a subtraction",
    level: Level::Error,
    area: Area::Expressions,
    text: "`steps.my-id.output` subtracts `id.output` from `steps.my`, and gives no number. Write \
           `steps['my-id'].output`, or an id without dashes. `--fix` writes the brackets.",
    bad: Example::of(
        "\
steps:
  - id: my-repo
    name: Publish
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=demo
  - id: register
    name: Register
    action: catalog:register
    input:
      repoContentsUrl: ${{ steps.my-repo.output.repoContentsUrl }}
",
    ),
    good: Example::of(
        "\
steps:
  - id: my-repo
    name: Publish
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=demo
  - id: register
    name: Register
    action: catalog:register
    input:
      repoContentsUrl: ${{ steps['my-repo'].output.repoContentsUrl }}
",
    ),
};

pub(super) static IF_ALWAYS_TRUE: Rule = Rule {
    id: "if-always-true",
    title: "An `if` that is always true",
    level: Level::Warning,
    area: Area::Expressions,
    text: "Only a text that is one whole expression keeps its type. `\"false\"`, `not ${{ … }}` and an expression \
           with a space or line break around it are texts, and a text is true.",
    bad: Example::of(
        "\
parameters:
  properties:
    quiet:
      type: boolean
      title: Quiet
steps:
  - id: log
    name: Log
    action: debug:log
    if: not ${{ parameters.quiet }}
",
    ),
    good: Example::of(
        "\
parameters:
  properties:
    quiet:
      type: boolean
      title: Quiet
steps:
  - id: log
    name: Log
    action: debug:log
    if: ${{ not parameters.quiet }}
",
    ),
};

pub(super) static IF_ALWAYS_FALSE: Rule = Rule {
    id: "if-always-false",
    title: "An `if` that is always false",
    level: Level::Warning,
    area: Area::Expressions,
    text: "The condition refers to nothing and is false, or is an empty text, so the step never runs. \
           Write `if: false` to switch a step off on purpose.",
    bad: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log
    if: ${{ 1 > 2 }}
",
    ),
    good: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log
    if: false
",
    ),
};

pub(super) static SECRETS_UNAVAILABLE: Rule = Rule {
    id: "secrets-unavailable",
    title: "A secret where secrets are not there",
    level: Level::Error,
    area: Area::Secrets,
    text: "Secrets are seen in the `input` and `each` of a step, and in the `if` of a step with `each`. In any \
           other `if` and in `output` they render as nothing.",
    bad: Example::of(
        "\
steps:
  - id: publish
    name: Publish
    action: publish:github
    if: ${{ secrets.token }}
    input:
      repoUrl: github.com?owner=acme&repo=demo
      token: ${{ secrets.token }}
",
    ),
    good: Example::of(
        "\
steps:
  - id: publish
    name: Publish
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=demo
      token: ${{ secrets.token }}
",
    ),
};
