//! How much one Handlebars rendering may use.
//!
//! Handlebars itself knows no limits. Here the shape of a text is checked before it is parsed, every block is
//! given two invisible helpers that count its entries and its depth, and the output has an end. The invariant:
//! reading and rendering end within an allowance of depth, work and bytes, or with an error that names it.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use handlebars::template::{DecoratorTemplate, HelperTemplate, Parameter, TemplateElement};
use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderError,
    RenderErrorReason, Renderable, Template,
};
use serde_json::Value as Json;

/// Bytes of one template.
const SOURCE_BYTES: usize = 4 * 1024 * 1024;
/// Bytes times tags of one template: the parser counts lines from the beginning at every tag.
const SOURCE_EFFORT: usize = 1 << 28;
/// Nesting of blocks, of partials, and of parentheses in a tag.
const DEPTH: usize = 48;
/// Elements of templates gone through, weighed by the size of the values.
const WORK: u64 = 2_000_000;
/// Bytes written.
pub(super) const OUTPUT_BYTES: usize = 16 * 1024 * 1024;
/// So many bytes of values make each step cost one more.
const VALUE_BYTES_PER_STEP: u64 = 2048;

/// No template can write these names.
const ENTER: &str = "\0enter";
const LEAVE: &str = "\0leave";

const TOO_DEEP: &str = "its blocks are nested more than 48 deep; take some of them apart";

/// Refuses a text whose shape alone would take the parser too long or too deep.
pub(super) fn check_shape(text: &str) -> Result<(), String> {
    let tags = text.matches("{{").count();
    if text.len() > SOURCE_BYTES || tags.saturating_mul(text.len()) > SOURCE_EFFORT {
        return Err("it is too long for a template with so many tags; split it into several files".to_owned());
    }
    let mut blocks: Vec<usize> = Vec::new();
    let mut depth = 0_usize;
    for tag in text.split("{{").skip(1) {
        let tag =
            tag.split("}}").next().unwrap_or_default().trim_start_matches(['~', '{', ' ', '\t', '\r', '\n']);
        if inner_depth(tag) > DEPTH {
            return Err("a tag in it is nested more than 48 deep; take it apart".to_owned());
        }
        if tag.starts_with(['#', '^']) {
            blocks.push(1);
            depth += 1;
        } else if tag.starts_with('/') {
            depth -= blocks.pop().unwrap_or(0);
        } else if let (true, Some(block)) = (tag.starts_with("else"), blocks.last_mut()) {
            *block += 1;
            depth += 1;
        }
        if depth > DEPTH {
            return Err(TOO_DEEP.to_owned());
        }
    }
    Ok(())
}

/// How deep brackets are nested in a tag.
fn inner_depth(tag: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in tag.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Gives every block of a template its two counters. Block partials are refused: what stands in them would be
/// rendered without an end to its output.
pub(super) fn meter(template: &mut Template) -> Result<(), String> {
    for element in &mut template.elements {
        match element {
            TemplateElement::HelperBlock(helper) => {
                let HelperTemplate { template, inverse, .. } = &mut **helper;
                for block in [template, inverse].into_iter().flatten() {
                    meter(block)?;
                    enclose(block)?;
                }
            }
            TemplateElement::DecoratorBlock(decorator) => {
                let DecoratorTemplate { template, .. } = &mut **decorator;
                if let Some(block) = template {
                    meter(block)?;
                    enclose(block)?;
                }
            }
            TemplateElement::PartialBlock(_) => {
                return Err("block partials (`{{#> …}}`) are not supported; define the part with \
                            `{{#*inline \"name\"}}` and use it with `{{> name}}`"
                    .to_owned());
            }
            _ => {}
        }
    }
    Ok(())
}

fn enclose(block: &mut Template) -> Result<(), String> {
    let length = block.elements.len();
    let (Some(enter), Some(leave)) = (counter(ENTER, length), counter(LEAVE, length)) else {
        return Err("its blocks cannot be counted".to_owned());
    };
    block.elements.insert(0, enter);
    block.elements.push(leave);
    // Places belong to elements by position; the parser gives none to an arm of `else if`.
    if let Some(place) = block.mapping.first().cloned() {
        block.mapping.insert(0, place);
    }
    Ok(())
}

/// A call of a helper. It comes from the parser because it cannot be built from outside.
static CALL: LazyLock<Option<TemplateElement>> =
    LazyLock::new(|| Template::compile("{{x}}").ok().and_then(|mut template| template.elements.pop()));

/// A call of a counter.
fn counter(name: &str, length: usize) -> Option<TemplateElement> {
    let mut element = CALL.clone()?;
    let TemplateElement::Expression(helper) = &mut element else { return None };
    helper.name = Parameter::Name(name.to_owned());
    helper.params.push(Parameter::Literal(Json::from(length)));
    Some(element)
}

/// What one rendering may use.
pub(super) struct Allowance {
    /// What going through one element costs.
    step: u64,
}

impl Allowance {
    /// Large values make every step dearer, because blocks and partials copy them.
    pub(super) fn new(values: &Json) -> Self {
        Self { step: 1 + weight(values) / VALUE_BYTES_PER_STEP }
    }

    /// Renders a metered template.
    pub(super) fn render(
        &self,
        template: &Template,
        registry: &Handlebars<'_>,
        scope: &Context,
    ) -> Result<String, RenderError> {
        let meter = Meter { step: self.step, work: AtomicU64::new(0), depth: AtomicU64::new(0) };
        let mut output = Bounded(String::new());
        let mut context = RenderContext::new(None);
        context.register_local_helper(ENTER, Box::new(Enter(&meter)));
        context.register_local_helper(LEAVE, Box::new(Leave(&meter)));
        template.render(registry, scope, &mut context, &mut output)?;
        Ok(output.0)
    }
}

/// About how many bytes a value takes.
fn weight(value: &Json) -> u64 {
    let own = match value {
        Json::String(text) => text.len() as u64,
        _ => 8,
    };
    let inner: u64 = match value {
        Json::Array(items) => items.iter().map(weight).sum(),
        Json::Object(members) => members.iter().map(|(key, value)| key.len() as u64 + weight(value)).sum(),
        _ => 0,
    };
    own + inner
}

/// What one rendering has used.
struct Meter {
    step: u64,
    work: AtomicU64,
    depth: AtomicU64,
}

/// Counts what goes into a block.
struct Enter<'m>(&'m Meter);

impl HelperDef for Enter<'_> {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        _: &mut dyn Output,
    ) -> HelperResult {
        let length = helper.param(0).and_then(|length| length.value().as_u64()).unwrap_or(0);
        let cost = (1 + length).saturating_mul(self.0.step);
        if self.0.work.fetch_add(cost, Ordering::Relaxed) > WORK {
            let message = "its loops and partials go round too often; render less in one file";
            return Err(RenderErrorReason::Other(message.to_owned()).into());
        }
        if self.0.depth.fetch_add(1, Ordering::Relaxed) >= DEPTH as u64 {
            return Err(RenderErrorReason::Other(TOO_DEEP.to_owned()).into());
        }
        Ok(())
    }
}

/// Counts what comes out of a block.
struct Leave<'m>(&'m Meter);

impl HelperDef for Leave<'_> {
    fn call<'reg: 'rc, 'rc>(
        &self,
        _: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        _: &mut dyn Output,
    ) -> HelperResult {
        self.0.depth.fetch_sub(1, Ordering::Relaxed);
        Ok(())
    }
}

/// An output with an end.
struct Bounded(String);

impl Output for Bounded {
    fn write(&mut self, text: &str) -> Result<(), std::io::Error> {
        if self.0.len() + text.len() > OUTPUT_BYTES {
            return Err(std::io::Error::other("too much output"));
        }
        self.0.push_str(text);
        Ok(())
    }
}
