//! The template language of Backstage templates: Nunjucks as its JavaScript originals run it.
//!
//! A template is parsed once and rendered any number of times, from any thread, on a budget of
//! work, depth and bytes. There is no loader, no host object and no backtracking: a template can
//! reach nothing but what its [`Context`] and [`Environment`] hold. This crate knows nothing of
//! Backstage; its filters and functions are registered from outside.
//!
//! A string that came from a secret is marked, and so is everything that is computed from it. The
//! mark follows data, not decisions: `"a" if secret else "b"` is not marked.
//!
//! Strings count in UTF-16 code units, as in JavaScript, with one limit: half of a surrogate pair
//! reads U+FFFD.
//!
//! ```
//! use nunjucks::{Context, Environment, Syntax, Value};
//!
//! let env = Environment::builder(Syntax::backstage())
//!     .add_filter("shout", |call| match call.input.as_str() {
//!         Some(text) => Ok(Value::from(format!("{text}!"))),
//!         None => Err("a string is needed".to_owned()),
//!     })
//!     .build();
//! let context = Context::new().with("name", "demo").with("port", 8080);
//! let template = env.parse("${{ name | upper | shout }}")?;
//! assert_eq!(template.render(&env, &context)?.as_str(), "DEMO!");
//! assert_eq!(env.parse("${{ port }}")?.evaluate(&env, &context)?, Value::from(8080));
//! # Ok::<(), nunjucks::Error>(())
//! ```

mod ast;
mod budget;
mod context;
mod env;
mod error;
mod eval;
mod filters;
mod inspect;
mod legacy;
mod lexer;
mod methods;
mod number;
mod parser;
mod regex;
mod runtime;
mod scope;
mod template;
mod tests_builtin;
mod text;
mod utf16;
mod value;

pub mod js;

pub use budget::{Budget, Limit};
pub use context::{Context, Function};
pub use env::{Dialect, Environment, EnvironmentBuilder, FilterCall, Syntax};
pub use error::{Error, ErrorKind};
pub use inspect::{Call, Inspection, Named, Output, Reference, Segment, Shape, callable_names};
pub use template::Template;
pub use text::{MASK, Text};
pub use value::{JsMap, Object, Value};

#[cfg(test)]
mod tests;
