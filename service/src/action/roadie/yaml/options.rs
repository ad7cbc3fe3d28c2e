//! How YAML is written: the options that the actions of this family take.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::action::{ActionError, schema};

/// The widest step of indentation.
const WIDEST: u64 = 64;

/// What a step may say about how YAML is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::action::roadie) struct Options {
    block_quote: Option<Value>,
    collection_style: Option<String>,
    default_key_type: Option<Style>,
    default_string_type: Option<Style>,
    directives: Option<bool>,
    #[serde(rename = "doubleQuotedAsJSON")]
    double_quoted_as_json: Option<bool>,
    #[serde(rename = "doubleQuotedMinMultiLineLength")]
    double_quoted_min: Option<f64>,
    false_str: Option<String>,
    flow_collection_padding: Option<bool>,
    indent: Option<f64>,
    indent_seq: Option<bool>,
    line_width: Option<f64>,
    min_content_width: Option<f64>,
    null_str: Option<String>,
    simple_keys: Option<bool>,
    single_quote: Option<bool>,
    true_str: Option<String>,
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Style {
    /// `>`
    BlockFolded,
    /// `|`
    BlockLiteral,
    /// `"…"`
    QuoteDouble,
    /// `'…'`
    QuoteSingle,
    /// Without quotes where that is possible.
    Plain,
}

/// Which block a text of several lines becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blocks {
    /// None: it is quoted.
    Never,
    /// The one that suits it.
    Fitting,
    /// `>`
    Folded,
    /// `|`
    Literal,
}

/// The options with their defaults, as the writer uses them.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) blocks: Blocks,
    /// All lists and mappings in one style: `true` is `[…]` and `{…}`.
    pub(super) flow: Option<bool>,
    pub(super) key_style: Option<Style>,
    pub(super) string_style: Style,
    pub(super) document_start: bool,
    pub(super) quoted_as_json: bool,
    pub(super) quoted_min: f64,
    pub(super) no: String,
    pub(super) yes: String,
    pub(super) null: String,
    pub(super) padding: &'static str,
    pub(super) step: usize,
    pub(super) indent_lists: bool,
    /// 0: lines are not broken.
    pub(super) line_width: i64,
    pub(super) min_content: i64,
    pub(super) simple_keys: bool,
    pub(super) single_quote: Option<bool>,
}

impl Options {
    /// Fills the defaults in.
    pub(super) fn settings(&self) -> Result<Settings, ActionError> {
        let step = match self.indent {
            None => 2,
            Some(step) => whole_step(step).ok_or_else(|| {
                ActionError::Input(format!("`options.indent` must be a whole number from 1 to {WIDEST}"))
            })?,
        };
        let blocks = match &self.block_quote {
            Some(Value::Bool(false)) => Blocks::Never,
            Some(Value::String(word)) if word == "folded" => Blocks::Folded,
            Some(Value::String(word)) if word == "literal" => Blocks::Literal,
            _ => Blocks::Fitting,
        };
        let flow = match self.collection_style.as_deref() {
            Some("flow") => Some(true),
            Some("block") => Some(false),
            _ => None,
        };
        let word = |given: &Option<String>, usual: &str| given.clone().unwrap_or_else(|| usual.to_owned());
        Ok(Settings {
            blocks,
            flow,
            key_style: self.default_key_type,
            string_style: self.default_string_type.unwrap_or(Style::Plain),
            document_start: self.directives == Some(true),
            quoted_as_json: self.double_quoted_as_json.unwrap_or(false),
            quoted_min: self.double_quoted_min.unwrap_or(40.0),
            no: word(&self.false_str, "false"),
            yes: word(&self.true_str, "true"),
            null: word(&self.null_str, "null"),
            padding: if self.flow_collection_padding.unwrap_or(true) { " " } else { "" },
            step,
            indent_lists: self.indent_seq.unwrap_or(true),
            line_width: width(self.line_width, 80),
            min_content: width(self.min_content_width, 20),
            simple_keys: self.simple_keys.unwrap_or(false),
            single_quote: self.single_quote,
        })
    }
}

fn whole_step(step: f64) -> Option<usize> {
    let fits = step.fract() == 0.0 && (1.0..=64.0).contains(&step);
    #[expect(clippy::cast_possible_truncation, reason = "a whole number from 1 to 64")]
    fits.then_some(step as usize)
}

/// A width: nothing below zero, and never so large that sums of widths overflow.
fn width(given: Option<f64>, usual: i64) -> i64 {
    const LARGEST: f64 = 1_000_000_000.0;
    #[expect(clippy::cast_possible_truncation, reason = "clamped to a range that fits")]
    given.map_or(usual, |width| width.clamp(0.0, LARGEST) as i64)
}

/// The schema of the input `options`.
pub(in crate::action::roadie) fn options_schema() -> Value {
    let style = |word: &str| json!({ "type": "string", "const": word });
    let styles = ["BLOCK_FOLDED", "BLOCK_LITERAL", "QUOTE_DOUBLE", "QUOTE_SINGLE", "PLAIN"];
    let keys: Vec<Value> =
        styles.into_iter().map(style).chain(std::iter::once(json!({ "type": "null" }))).collect();
    let or_null = |description: &str| json!({ "type": ["boolean", "null"], "description": description });
    let mut options = schema::object(
        json!({
            "blockQuote": {
                "anyOf": [{ "type": "boolean" }, style("folded"), style("literal")],
                "description": "Write texts of several lines as blocks, and as which. Default: true."
            },
            "collectionStyle": schema::word(
                &["any", "block", "flow"],
                "Write all lists and mappings over lines (`block`) or in brackets (`flow`). Default: `any`."
            ),
            "defaultKeyType": { "anyOf": keys, "description": "How names are written. Default: as other texts." },
            "defaultStringType": schema::word(&styles, "How texts are written. Default: `PLAIN`."),
            "directives": or_null("Whether a line `---` stands first. Default: null, which is where one is needed."),
            "doubleQuotedAsJSON": schema::flag("Write double quotes as JSON does. Default: false."),
            "doubleQuotedMinMultiLineLength": schema::number(
                "From which length on a double-quoted text takes several lines. Default: 40."
            ),
            "falseStr": schema::text("How `false` is written."),
            "flowCollectionPadding": schema::flag("Spaces inside of brackets. Default: true."),
            "indent": schema::number("Spaces of a step of indentation. Default: 2."),
            "indentSeq": schema::flag("Indent lists in mappings. Default: true."),
            "lineWidth": schema::number("Longest line; 0 breaks none. Default: 80."),
            "minContentWidth": schema::number("Least width of deeply indented text. Default: 20."),
            "nullStr": schema::text("How null is written. Default: `null`."),
            "simpleKeys": schema::flag("Refuse names that are no plain text in one line. Default: false."),
            "singleQuote": or_null("Prefer single quotes; false never uses them. Default: null."),
            "trueStr": schema::text("How `true` is written."),
        }),
        &[],
    );
    if let Some(map) = options.as_object_mut() {
        map.insert("description".to_owned(), "How the YAML is written.".into());
    }
    options
}
