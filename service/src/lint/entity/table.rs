//! The rules about the entity.

use crate::lint::rule::{Area, Example, Level, Rule};

/// The rules of this area.
pub(in crate::lint) static RULES: [&Rule; 3] = [&UNKNOWN_KEY, &ENTITY_INVALID, &API_VERSION_UNKNOWN];

pub(super) static UNKNOWN_KEY: Rule = Rule {
    id: "unknown-key",
    title: "A key that means nothing",
    level: Level::Warning,
    area: Area::Entity,
    text: "Backstage reads a Template with unknown keys without a word and ignores them, so a slip changes what \
           the template does. `--fix` corrects a key where only one can have been meant.",
    bad: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log
    inputs:
      message: Done
",
    ),
    good: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Done
",
    ),
};

pub(super) static ENTITY_INVALID: Rule = Rule {
    id: "entity-invalid",
    title: "An entity that Backstage's catalog refuses",
    level: Level::Error,
    area: Area::Entity,
    text: "The catalog checks names, tags, annotations, references and the shape of the spec. What keeps the \
           template from being named or run is an error; the rest, such as a tag in capital letters, is a warning.",
    bad: Example::of(
        "\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: not a name
  title: Example
spec:
  owner: group:default/platform
  type: service
  steps:
    - id: log
      name: Log
      action: debug:log
",
    ),
    good: Example::of(
        "\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: a-name
  title: Example
spec:
  owner: group:default/platform
  type: service
  steps:
    - id: log
      name: Log
      action: debug:log
",
    ),
};

pub(super) static API_VERSION_UNKNOWN: Rule = Rule {
    id: "api-version",
    title: "A version of templates that is not run",
    level: Level::Error,
    area: Area::Entity,
    text: "Templates are `scaffolder.backstage.io/v1beta3`. The older `backstage.io/v1beta2` wrote expressions as \
           `{{ … }}` and is no longer run.",
    bad: Example::of(
        "\
apiVersion: backstage.io/v1beta2
kind: Template
metadata:
  name: example
  title: Example
spec:
  owner: group:default/platform
  type: service
  steps:
    - id: log
      name: Log
      action: debug:log
",
    ),
    good: Example::of(
        "\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: example
  title: Example
spec:
  owner: group:default/platform
  type: service
  steps:
    - id: log
      name: Log
      action: debug:log
",
    ),
};
