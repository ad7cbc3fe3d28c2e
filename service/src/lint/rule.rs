//! What a rule is: its name, weight, words and examples.
//!
//! A rule's id is part of what people write into their files (`stagecraft-allow`) and settings; it is never
//! changed and never used again for something else. The examples are run by the tests: the bad one gives this
//! finding and no other, the good one gives none.

use std::fmt;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Likely wrong.
    Warning,
    /// Would fail, or do something wrong, when the template is run.
    Error,
}

impl Level {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a rule is about; the sections of `docs/lint.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// The files themselves: whether they can be read.
    Files,
    /// The Template entity.
    Entity,
    /// Forms and their schemas.
    Parameters,
    /// Steps, actions and their inputs.
    Steps,
    /// Expressions in step values.
    Expressions,
    /// Secrets, and values of users where they can do harm.
    Secrets,
    /// The files of a skeleton.
    Skeleton,
    /// Workflows of GitHub Actions in a skeleton.
    Workflows,
    /// Allowances in the files.
    Allowances,
}

impl Area {
    /// The heading of its section.
    pub fn title(self) -> &'static str {
        match self {
            Self::Files => "Files",
            Self::Entity => "The Template entity",
            Self::Parameters => "Parameters",
            Self::Steps => "Steps and actions",
            Self::Expressions => "Expressions",
            Self::Secrets => "Secrets and values of users",
            Self::Skeleton => "Skeletons",
            Self::Workflows => "Workflows in skeletons",
            Self::Allowances => "Allowances",
        }
    }
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its stable name, in kebab case.
    pub id: &'static str,
    /// What a finding of it says, in one line and in general.
    pub title: &'static str,
    /// What its findings weigh.
    pub level: Level,
    /// What it is about.
    pub area: Area,
    /// Why it matters and what to do: a short paragraph of Markdown.
    pub text: &'static str,
    /// Gives this finding and no other.
    pub bad: Example,
    /// Gives no finding.
    pub good: Example,
}

/// A template to show a rule by.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// YAML. If it has no `apiVersion`, it is what stands in `spec` and the rest is put around it.
    pub template: &'static str,
    /// Further files beside the template: path and contents.
    pub files: &'static [(&'static str, &'static str)],
}

impl Example {
    /// An example that needs no files beside the template.
    pub const fn of(template: &'static str) -> Self {
        Self { template, files: &[] }
    }

    /// The whole `template.yaml`: what is left out is put around it.
    pub fn whole(&self) -> String {
        if self.template.contains("apiVersion:") {
            return self.template.to_owned();
        }
        let mut whole = String::from(
            "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata:\n  name: example\n  \
             title: Example\nspec:\n  owner: group:default/platform\n  type: service\n",
        );
        for line in self.template.lines() {
            let indent = if line.is_empty() { "" } else { "  " };
            whole.push_str(&format!("{indent}{line}\n"));
        }
        if !self.template.lines().any(|line| line.starts_with("steps:")) {
            whole.push_str("  steps:\n    - id: log\n      name: Log\n      action: debug:log\n      input:\n        message: Done\n");
        }
        whole
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
