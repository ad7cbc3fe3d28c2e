//! Which templates touch a secret.
//!
//! Handlebars works on plain JSON, so that marks do not travel through it. Instead a template's own text tells:
//! whoever names a value that holds a secret, or the whole scope while it holds one, is taken to have written
//! it. It never looks at the rendered text. The invariant: a text with a secret in it has a template that
//! touches one; the reverse need not hold.

use std::collections::HashSet;

use handlebars::Template;
use handlebars::template::{Parameter, TemplateElement};
use nunjucks::Value as NValue;

/// The top-level values that hold a secret.
pub(super) struct Secrets {
    names: HashSet<String>,
    /// Is a secret in what is no object, or in a key?
    everywhere: bool,
}

impl Secrets {
    /// Looks the values through.
    pub(super) fn new(values: &NValue) -> Self {
        let mut secrets = Self { names: HashSet::new(), everywhere: false };
        match values.as_object() {
            Some(members) => {
                for (key, value) in members.iter() {
                    secrets.everywhere |= key.is_secret();
                    if value.contains_secret() {
                        secrets.names.insert(key.as_str().to_owned());
                    }
                }
            }
            None => secrets.everywhere = values.contains_secret(),
        }
        secrets
    }

    /// Does the template name a value that holds a secret?
    pub(super) fn touched_by(&self, template: &Template) -> bool {
        self.everywhere || (!self.names.is_empty() && self.in_template(template))
    }

    fn in_template(&self, template: &Template) -> bool {
        template.elements.iter().any(|element| self.in_element(element))
    }

    fn in_element(&self, element: &TemplateElement) -> bool {
        match element {
            TemplateElement::RawString(_) | TemplateElement::Comment(_) => false,
            TemplateElement::Expression(helper)
            | TemplateElement::HtmlExpression(helper)
            | TemplateElement::HelperBlock(helper) => {
                self.in_parameter(&helper.name)
                    || helper.params.iter().chain(helper.hash.values()).any(|one| self.in_parameter(one))
                    || [&helper.template, &helper.inverse]
                        .into_iter()
                        .flatten()
                        .any(|block| self.in_template(block))
            }
            TemplateElement::DecoratorExpression(decorator)
            | TemplateElement::DecoratorBlock(decorator)
            | TemplateElement::PartialExpression(decorator)
            | TemplateElement::PartialBlock(decorator) => {
                decorator.params.iter().chain(decorator.hash.values()).any(|one| self.in_parameter(one))
                    || decorator.template.as_ref().is_some_and(|block| self.in_template(block))
            }
            // What is not known here could do anything.
            _ => true,
        }
    }

    fn in_parameter(&self, parameter: &Parameter) -> bool {
        match parameter {
            Parameter::Literal(_) => false,
            Parameter::Name(_) | Parameter::Path(_) => {
                parameter.as_name().is_none_or(|path| self.in_path(path))
            }
            Parameter::Subexpression(inner) => self.in_element(&inner.element),
            _ => true,
        }
    }

    /// A path touches a secret if any of its parts is the name of one, or if it has no name at all and stands
    /// for a whole scope.
    fn in_path(&self, path: &str) -> bool {
        let mut names = path
            .split(['.', '/', '[', ']'])
            .filter(|part| !matches!(*part, "" | "this" | "@root"))
            .peekable();
        names.peek().is_none() || names.any(|name| self.names.contains(name))
    }
}
