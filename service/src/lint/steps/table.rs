//! The rules about steps.

use crate::lint::rule::{Area, Example, Level, Rule};

/// The rules of this area.
pub(in crate::lint) static RULES: [&Rule; 7] = [
    &UNKNOWN_ACTION,
    &STEP_WITHOUT_ACTION,
    &DUPLICATE_STEP_ID,
    &UNKNOWN_INPUT,
    &MISSING_INPUT,
    &INPUT_TYPE,
    &FETCH_NOT_FOUND,
];

const GOOD: Example = Example::of(
    "\
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Done
",
);

pub(super) static UNKNOWN_ACTION: Rule = Rule {
    id: "unknown-action",
    title: "An action that is not there",
    level: Level::Error,
    area: Area::Steps,
    text: "A task of such a template is refused. A slip is an error; an action of another Backstage module, or one \
           of your own, is a warning that says what stands in for it, or that the Backstage of the settings could \
           not be asked. `stagecraft actions` lists what there is.",
    bad: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:lgo
    input:
      message: Done
",
    ),
    good: GOOD,
};

pub(super) static STEP_WITHOUT_ACTION: Rule = Rule {
    id: "step-without-action",
    title: "A step without an action",
    level: Level::Error,
    area: Area::Steps,
    text: "A step does what its `action` does; without one the template cannot run.",
    bad: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: ''
    input:
      message: Done
",
    ),
    good: GOOD,
};

pub(super) static DUPLICATE_STEP_ID: Rule = Rule {
    id: "duplicate-step-id",
    title: "Two steps with one id",
    level: Level::Warning,
    area: Area::Steps,
    text: "The outputs of the later step replace those of the earlier, and the log shows both as one.",
    bad: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log
  - id: log
    name: Log again
    action: debug:log
",
    ),
    good: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log
  - id: log-again
    name: Log again
    action: debug:log
",
    ),
};

pub(super) static UNKNOWN_INPUT: Rule = Rule {
    id: "unknown-input",
    title: "An input that the action does not have",
    level: Level::Error,
    area: Area::Steps,
    text: "Actions refuse inputs that their schema does not name, so the step fails. `--fix` corrects a name where \
           only one can have been meant.",
    bad: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      mesage: Done
",
    ),
    good: GOOD,
};

pub(super) static MISSING_INPUT: Rule = Rule {
    id: "missing-input",
    title: "An input that the action needs and does not get",
    level: Level::Error,
    area: Area::Steps,
    text: "The action's schema requires the input, so the step fails.",
    bad: Example::of(
        "\
steps:
  - id: delete
    name: Delete
    action: fs:delete
",
    ),
    good: Example::of(
        "\
steps:
  - id: delete
    name: Delete
    action: fs:delete
    input:
      files:
        - README.md
",
    ),
};

pub(super) static INPUT_TYPE: Rule = Rule {
    id: "input-type",
    title: "An input of the wrong type",
    level: Level::Error,
    area: Area::Steps,
    text: "The value that is written does not fit the action's schema, so the step fails. Values that are \
           expressions are not judged.",
    bad: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: 3
",
    ),
    good: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: '3'
",
    ),
};

pub(super) static FETCH_NOT_FOUND: Rule = Rule {
    id: "fetch-not-found",
    title: "A path at which nothing can be fetched",
    level: Level::Error,
    area: Area::Steps,
    text: "A relative `url` is read from beside the template. Nothing lies there, or it leads out of the \
           repository, so the step fails. Names are compared by letter case.",
    bad: Example::of(
        "\
steps:
  - id: fetch
    name: Fetch
    action: fetch:template
    input:
      url: ./skelton
",
    ),
    good: Example {
        template: "\
steps:
  - id: fetch
    name: Fetch
    action: fetch:template
    input:
      url: ./skeleton
",
        files: &[("skeleton/README.md", "# Demo\n")],
    },
};
