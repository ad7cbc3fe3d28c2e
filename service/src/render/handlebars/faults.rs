//! Errors of Handlebars in the words of this service.
//!
//! It adds what the engine does not say: the file, the nearest name, the next thing to do. The invariant: no
//! message holds a value.

use handlebars::{Handlebars, RenderErrorReason, TemplateError, TemplateErrorReason};
use serde_json::Value as Json;

use super::helpers;
use crate::render::{Place, RenderError};
use crate::words::did_you_mean;

/// What is needed to explain a fault of one file.
pub(super) struct Faults<'f> {
    pub(super) file: &'f str,
    pub(super) values: &'f Json,
    pub(super) registry: &'f Handlebars<'static>,
}

impl Faults<'_> {
    /// A fault of the text as a whole.
    pub(super) fn whole(&self, message: String) -> RenderError {
        RenderError::about(self.file, message)
    }

    /// A text that is no template.
    pub(super) fn syntax(&self, error: &TemplateError) -> RenderError {
        let message = match error.reason() {
            TemplateErrorReason::MismatchingClosedHelper(open, close)
            | TemplateErrorReason::MismatchingClosedDecorator(open, close) => {
                format!("the block `{open}` is closed as `{close}`; close it with its own name")
            }
            TemplateErrorReason::InvalidSyntax(reason) => {
                format!("it is not a Handlebars template: {reason}")
            }
            reason => reason.to_string(),
        };
        self.at(error.pos(), message)
    }

    /// A template that cannot be rendered with these values.
    pub(super) fn rendering(&self, error: &handlebars::RenderError) -> RenderError {
        let message = match error.reason() {
            RenderErrorReason::MissingVariable(Some(name)) => self.missing(name),
            RenderErrorReason::MissingVariable(None) => {
                "a value that a helper was given is not there; add it to the step's `values`".to_owned()
            }
            RenderErrorReason::HelperNotFound(name) => {
                let nearest = did_you_mean(name, helpers::NAMES.iter().copied());
                format!("there is no helper `{name}`{nearest}")
            }
            RenderErrorReason::ParamNotFoundForIndex(name, place) => {
                format!(
                    "argument {} of the helper `{name}` is not there; check the names of the values",
                    place + 1
                )
            }
            RenderErrorReason::PartialNotFound(name) => format!(
                "there is no partial `{name}` in this file; define it above with `{{{{#*inline \"{name}\"}}}}`"
            ),
            RenderErrorReason::IOError(_) => {
                "it renders to more than 16 MiB; render less in one file".to_owned()
            }
            RenderErrorReason::Other(message) => message.clone(),
            reason => reason.to_string(),
        };
        self.at(error.line_no.zip(error.column_no), message)
    }

    fn missing(&self, name: &str) -> String {
        let root = name.split(['.', '/']).next().unwrap_or(name);
        if self.registry.get_template(name).is_none() && helpers::NAMES.contains(&name) {
            return format!("`{name}` is a helper and needs arguments");
        }
        let known = self.values.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
        let nearest = did_you_mean(root, known);
        format!(
            "there is no value `{name}`{nearest}; add it to the step's `values`, or write `default {name} …`"
        )
    }

    fn at(&self, place: Option<(usize, usize)>, message: String) -> RenderError {
        match place {
            Some((line, column)) => RenderError::at(self.file, Place { line, column }, message),
            None => self.whole(message),
        }
    }
}
