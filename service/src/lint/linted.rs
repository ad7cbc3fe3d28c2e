//! A template as the rules see it: its parts with their places, its expressions parsed, its skeletons listed.
//!
//! Nothing is judged here. What is not there, or has another type than it should, is left out, so that a rule
//! can rely on what it is given and another rule tells what is missing.

mod expressions;
mod fetches;

use std::sync::Arc;

use super::node::Node;
use super::skeleton_files::Shelf;
use crate::action::Registry;
use crate::render::inspect::Inspector;

pub(crate) use expressions::{Expression, Part};
pub(crate) use fetches::{Fetch, Fetched, FileText, Language};

/// One Template entity of a file.
#[derive(Debug)]
pub(crate) struct Linted<'d> {
    /// The whole entity.
    pub root: Node<'d>,
    /// `spec`, if it is a mapping.
    pub spec: Option<Node<'d>>,
    /// The pages of the form.
    pub pages: Vec<Node<'d>>,
    /// The steps.
    pub steps: Vec<Step<'d>>,
    /// `spec.output`.
    pub output: Option<Node<'d>>,
    /// Every text with a tag in it that is rendered when the template runs.
    pub expressions: Vec<Expression<'d>>,
    /// The steps that read files.
    pub fetches: Vec<Fetch<'d>>,
    /// What there is to know beside the template.
    pub known: &'d Known,
}

/// A step.
#[derive(Clone, Debug)]
pub(crate) struct Step<'d> {
    /// Which one it is, from 0.
    pub index: usize,
    /// The whole step.
    pub node: Node<'d>,
    /// The id it goes by.
    pub id: String,
    /// The id as it was written.
    pub written_id: Option<Node<'d>>,
    /// The action.
    pub action: Option<Node<'d>>,
    /// The input, if it is a mapping.
    pub input: Option<Node<'d>>,
    /// `if`.
    pub condition: Option<Node<'d>>,
    /// `each`.
    pub each: Option<Node<'d>>,
}

impl<'d> Step<'d> {
    /// The action's name.
    pub(crate) fn action_id(&self) -> Option<&'d str> {
        self.action.and_then(|action| action.text())
    }
}

/// What is the same for all templates.
pub(crate) struct Known {
    /// The actions that there are.
    pub actions: Arc<Registry>,
    /// The language of step values.
    pub values: Inspector,
}

impl Known {
    /// These actions, or those of this version of Stagecraft.
    pub(crate) fn new(actions: Option<Arc<Registry>>) -> Self {
        let actions = actions.unwrap_or_else(|| Arc::new(Registry::standard()));
        Self { actions, values: Inspector::values() }
    }
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").finish_non_exhaustive()
    }
}

impl<'d> Linted<'d> {
    /// Takes an entity apart. `shelf` lists the skeletons.
    pub(crate) fn new(root: Node<'d>, known: &'d Known, shelf: &Shelf) -> Self {
        let source = root.source();
        let spec = root.get("spec").filter(|spec| spec.value.is_object());
        let parameters = spec.and_then(|spec| spec.get("parameters"));
        let pages = match parameters {
            Some(list) if list.value.is_array() => list.items().collect(),
            Some(page) => vec![page],
            None => Vec::new(),
        };
        let listed = spec.and_then(|spec| spec.get("steps"));
        let steps: Vec<Step<'d>> = listed
            .into_iter()
            .flat_map(|steps| steps.items())
            .enumerate()
            .map(|(index, node)| step(node, index))
            .collect();
        let output = spec.and_then(|spec| spec.get("output"));
        let expressions = expressions::of(&steps, output, known);
        let fetches = steps.iter().filter_map(|step| fetches::of(step, source, shelf)).collect();
        Self { root, spec, pages, steps, output, expressions, fetches, known }
    }
}

impl Linted<'_> {
    /// Whether it is written in the older language, of which the rules know nothing.
    pub(crate) fn is_old(&self) -> bool {
        self.root.get("apiVersion").and_then(|version| version.text()) == Some("backstage.io/v1beta2")
    }

    /// Whether a text is an expression, so that its value is only known when the template runs.
    pub(crate) fn is_computed(&self, node: Node<'_>) -> bool {
        node.text().is_some_and(|text| self.known.values.has_tag(text))
    }

    /// Whether there is such a text in a value.
    pub(crate) fn holds_computed(&self, node: Node<'_>) -> bool {
        self.is_computed(node)
            || node.is_placeholder()
            || node.items().any(|item| self.holds_computed(item))
            || node.members().any(|member| self.holds_computed(member.node))
    }
}

fn step(node: Node<'_>, index: usize) -> Step<'_> {
    let written_id = node.get("id");
    let id = written_id.and_then(|id| id.text()).filter(|id| !id.is_empty());
    Step {
        index,
        node,
        id: id.map_or_else(|| format!("step-{}", index + 1), str::to_owned),
        written_id,
        action: node.get("action"),
        input: node.get("input").filter(|input| input.value.is_object()),
        condition: node.get("if"),
        each: node.get("each"),
    }
}
