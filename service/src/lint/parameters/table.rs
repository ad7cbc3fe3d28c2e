//! The rules about forms.

use crate::lint::rule::{Area, Example, Level, Rule};

/// The rules of this area.
pub(in crate::lint) static RULES: [&Rule; 10] = [
    &UNUSED_PARAMETER,
    &REQUIRED_WITHOUT_PROPERTY,
    &REQUIRED_ON_PROPERTY,
    &DEFAULT_INVALID,
    &SCHEMA_INVALID,
    &UNKNOWN_KEYWORD,
    &REF_UNRESOLVED,
    &REF_CYCLE,
    &PATTERN_INVALID,
    &PATTERN_EXPLODES,
];

const GOOD: Example = Example::of(
    "\
parameters:
  required: [name]
  properties:
    name:
      type: string
      title: Name
      pattern: '^[a-z]+(-[a-z]+)*$'
      default: demo
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ parameters.name }}
",
);

pub(super) static UNUSED_PARAMETER: Rule = Rule {
    id: "unused-parameter",
    title: "A parameter that nothing uses",
    level: Level::Warning,
    area: Area::Parameters,
    text: "People are asked for a value that changes nothing; often a step was to use it. Parameters on which \
           others depend are used. Fields of your own are not judged, since they may only show something, \
           nor is a required box: whoever ticks it confirms something.",
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
",
    ),
    good: GOOD,
};

pub(super) static REQUIRED_WITHOUT_PROPERTY: Rule = Rule {
    id: "required-without-property",
    title: "A required parameter that the form does not show",
    level: Level::Error,
    area: Area::Parameters,
    text: "The form shows properties, so nobody can give a value that is required and no property. The form can \
           never be sent.",
    bad: Example::of(
        "\
parameters:
  required: [nmae]
  properties:
    name:
      type: string
      title: Name
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ parameters.name }}
",
    ),
    good: GOOD,
};

pub(super) static REQUIRED_ON_PROPERTY: Rule = Rule {
    id: "required-on-property",
    title: "`required: true` on a property",
    level: Level::Warning,
    area: Area::Parameters,
    text: "In JSON Schema `required` is a list of names that stands beside `properties`. On the property itself it \
           does nothing in the form, and some validators refuse the schema.",
    bad: Example::of(
        "\
parameters:
  properties:
    name:
      type: string
      title: Name
      required: true
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ parameters.name }}
",
    ),
    good: GOOD,
};

pub(super) static DEFAULT_INVALID: Rule = Rule {
    id: "default-invalid",
    title: "A default that does not fit its own schema",
    level: Level::Warning,
    area: Area::Parameters,
    text: "Who leaves the default alone cannot send the form, and a caller of the API that relies on it is refused.",
    bad: Example::of(
        "\
parameters:
  properties:
    name:
      type: string
      title: Name
      pattern: '^[a-z]+$'
      default: Demo
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ parameters.name }}
",
    ),
    good: GOOD,
};

pub(super) static SCHEMA_INVALID: Rule = Rule {
    id: "schema-invalid",
    title: "A keyword of JSON Schema with a value of the wrong form",
    level: Level::Error,
    area: Area::Parameters,
    text: "The form cannot be shown, or the values are not checked as meant. `type` is one of `string`, `number`, \
           `integer`, `boolean`, `object`, `array` and `null`; lengths are whole numbers; `required` is a list.",
    bad: Example::of(
        "\
parameters:
  properties:
    name:
      type: text
      title: Name
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ parameters.name }}
",
    ),
    good: GOOD,
};

pub(super) static UNKNOWN_KEYWORD: Rule = Rule {
    id: "unknown-keyword",
    title: "A misspelt keyword of JSON Schema or of the form",
    level: Level::Warning,
    area: Area::Parameters,
    text: "Schemas may hold keys of one's own, so a slip is ignored without a word. A key is told only when it \
           looks like a keyword. `--fix` corrects it where only one can have been meant.",
    bad: Example::of(
        "\
parameters:
  properties:
    name:
      type: string
      title: Name
      minlength: 3
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ parameters.name }}
",
    ),
    good: GOOD,
};

pub(super) static REF_UNRESOLVED: Rule = Rule {
    id: "ref-unresolved",
    title: "A `$ref` that leads nowhere",
    level: Level::Error,
    area: Area::Parameters,
    text: "A `$ref` begins at the page it stands in: `#/definitions/name`. Other pages and files are not looked at, \
           so neither the form nor the check of the values knows what is meant.",
    bad: Example::of(
        "\
parameters:
  properties:
    name:
      $ref: '#/definitions/nmae'
  definitions:
    name:
      type: string
      title: Name
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ parameters.name }}
",
    ),
    good: Example::of(
        "\
parameters:
  properties:
    name:
      $ref: '#/definitions/name'
  definitions:
    name:
      type: string
      title: Name
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ parameters.name }}
",
    ),
};

pub(super) static REF_CYCLE: Rule = Rule {
    id: "ref-cycle",
    title: "A `$ref` that leads back to itself",
    level: Level::Error,
    area: Area::Parameters,
    text: "A schema that is its own definition has no end: the browser hangs or the form stays empty. A list or an \
           object with members of its own kind is fine.",
    bad: Example::of(
        "\
parameters:
  properties:
    name:
      $ref: '#/definitions/name'
  definitions:
    name:
      allOf:
        - $ref: '#/definitions/name'
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ parameters.name }}
",
    ),
    good: Example::of(
        "\
parameters:
  properties:
    tree:
      $ref: '#/definitions/tree'
  definitions:
    tree:
      type: object
      title: Tree
      properties:
        below:
          type: array
          items:
            $ref: '#/definitions/tree'
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: ${{ parameters.tree | dump }}
",
    ),
};

pub(super) static PATTERN_INVALID: Rule = Rule {
    id: "pattern-invalid",
    title: "A pattern that is no regular expression",
    level: Level::Error,
    area: Area::Parameters,
    text: "No value fits it, so the form can never be sent. The pattern is written without slashes around it, and \
           in double quotes every `\\` is written twice.",
    bad: Example::of(
        "\
parameters:
  properties:
    name:
      type: string
      title: Name
      pattern: '^[a-z+$'
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ parameters.name }}
",
    ),
    good: GOOD,
};

pub(super) static PATTERN_EXPLODES: Rule = Rule {
    id: "pattern-explodes",
    title: "A pattern that takes for ever on some texts",
    level: Level::Warning,
    area: Area::Parameters,
    text: "A repetition inside of a repetition, such as `(a+)+`, makes the browser and the stock backend try every \
           way to share the letters: each further letter doubles the time. Stagecraft itself is not held up.",
    bad: Example::of(
        "\
parameters:
  properties:
    name:
      type: string
      title: Name
      pattern: '^([a-z]+)*$'
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Made ${{ parameters.name }}
",
    ),
    good: GOOD,
};
