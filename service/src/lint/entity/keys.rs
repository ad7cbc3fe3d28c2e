//! Keys that mean nothing, because they are misspelt.
//!
//! Backstage lets entities carry keys of one's own nearly everywhere. So in most places a key is only told when
//! it looks like one that means something and is not there; in a step and at the top, where nothing reads
//! others, every unknown key is told.

use super::table::UNKNOWN_KEY;
use crate::lint::finding::{Finding, Findings};
use crate::lint::linted::Linted;
use crate::lint::node::Node;
use crate::lint::slip::meant;

const TOP: [&str; 4] = ["apiVersion", "kind", "metadata", "spec"];
/// Keys that the catalog writes, and that copied entities carry.
const WRITTEN_BY_THE_CATALOG: [&str; 2] = ["relations", "status"];
const METADATA: [&str; 12] = [
    "name",
    "namespace",
    "title",
    "description",
    "labels",
    "annotations",
    "tags",
    "links",
    "ui:options",
    "uid",
    "etag",
    "generation",
];
const LINK: [&str; 4] = ["url", "title", "icon", "type"];
const SPEC: [&str; 11] = [
    "type",
    "owner",
    "lifecycle",
    "parameters",
    "steps",
    "output",
    "secrets",
    "presentation",
    "formDecorators",
    "EXPERIMENTAL_formDecorators",
    "EXPERIMENTAL_recovery",
];
const STEP: [&str; 7] = ["id", "name", "action", "input", "if", "each", "backstage:permissions"];
const OUTPUT: [&str; 2] = ["links", "text"];
const OUTPUT_LINK: [&str; 5] = ["if", "url", "entityRef", "title", "icon"];
const OUTPUT_TEXT: [&str; 5] = ["if", "title", "icon", "content", "default"];
const PRESENTATION: [&str; 1] = ["buttonLabels"];
const BUTTONS: [&str; 3] = ["backButtonText", "createButtonText", "reviewButtonText"];
const RECOVERY: [&str; 1] = ["EXPERIMENTAL_strategy"];
const SECRETS: [&str; 1] = ["schema"];
const DECORATOR: [&str; 2] = ["id", "input"];

/// Looks at the keys of the entity.
pub(super) fn check(template: &Linted<'_>, findings: &mut Findings) {
    let root = template.root;
    let mut keys = Keys { findings };
    let own: Vec<&str> = TOP.into_iter().chain(WRITTEN_BY_THE_CATALOG).collect();
    keys.all(root, &own, &TOP, "a Template");
    let metadata = root.get("metadata");
    keys.slips(metadata, &METADATA, "the metadata");
    for link in metadata.and_then(|metadata| metadata.get("links")).into_iter().flat_map(Node::items) {
        keys.slips(Some(link), &LINK, "a link");
    }
    keys.slips(template.spec, &SPEC, "the spec of a Template");
    for step in &template.steps {
        keys.all(step.node, &STEP, &STEP, "a step");
    }
    keys.output(template);
    let below = |path: &[&str]| template.spec.and_then(|spec| spec.find(path));
    keys.slips(below(&["presentation"]), &PRESENTATION, "the presentation");
    keys.slips(below(&["presentation", "buttonLabels"]), &BUTTONS, "the button labels");
    keys.slips(below(&["EXPERIMENTAL_recovery"]), &RECOVERY, "the recovery");
    keys.slips(below(&["secrets"]), &SECRETS, "`secrets`");
    for key in ["formDecorators", "EXPERIMENTAL_formDecorators"] {
        for decorator in below(&[key]).into_iter().flat_map(Node::items) {
            keys.slips(Some(decorator), &DECORATOR, "a form decorator");
        }
    }
}

struct Keys<'f> {
    findings: &'f mut Findings,
}

impl Keys<'_> {
    /// Tells every key that is not known.
    fn all(&mut self, node: Node<'_>, known: &[&str], offered: &[&'static str], what: &str) {
        if node.is_placeholder() {
            return;
        }
        for member in node.members().filter(|member| !known.contains(&member.key)) {
            if !self.slip(node, &member, offered, what) {
                let message = format!("{what} has no key `{}`, so it is ignored", member.key);
                self.findings.add(&UNKNOWN_KEY, member.key_place(), message, "remove it");
            }
        }
    }

    /// Tells the keys that look like one that is known.
    fn slips(&mut self, node: Option<Node<'_>>, known: &[&'static str], what: &str) {
        let Some(node) = node.filter(|node| !node.is_placeholder()) else { return };
        for member in node.members().filter(|member| !known.contains(&member.key)) {
            self.slip(node, &member, known, what);
        }
    }

    fn slip(
        &mut self,
        node: Node<'_>,
        member: &crate::lint::node::Member<'_>,
        offered: &[&'static str],
        what: &str,
    ) -> bool {
        let absent = offered.iter().copied().filter(|known| node.get(known).is_none());
        let Some(meant) = meant(member.key, absent) else { return false };
        let message = format!("{what} has no key `{}`, so it is ignored", member.key);
        let mend = format!("did you mean `{}`?", meant.name);
        let mut finding = Finding::new(&UNKNOWN_KEY, member.key_place(), message, mend);
        if meant.certain && member.is_plain_key() {
            finding = finding.replacing(member.key_range.clone(), meant.name);
        }
        self.findings.push(finding);
        true
    }

    fn output(&mut self, template: &Linted<'_>) {
        let Some(output) = template.output else { return };
        // What else stands in the output is given to callers of the API.
        self.slips(Some(output), &OUTPUT, "the output");
        for (list, known, what) in
            [("links", &OUTPUT_LINK, "a link of the output"), ("text", &OUTPUT_TEXT, "a text of the output")]
        {
            for item in output.get(list).into_iter().flat_map(Node::items) {
                self.slips(Some(item), known, what);
            }
        }
    }
}
