//! The steps that read files: what they read, and how they render it.

use std::sync::Arc;

use nunjucks::Inspection;

use super::Step;
use crate::lint::node::Node;
use crate::lint::skeleton_files::{Shelf, Skeleton, SkeletonFile};
use crate::lint::source::Source;
use crate::render::TreeOptions;
use crate::render::inspect::{Copies, Inspector, Unreadable, is_copied_binary};

/// How the files of a step are rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// `fetch:template`: Backstage's language, in names and text files.
    Nunjucks,
    /// `fetch:handlebars`: Handlebars, in names and `*.hbs`.
    Handlebars,
    /// `fetch:plain`: not at all.
    Plain,
}

/// What a step reads.
#[derive(Clone, Debug)]
pub(crate) enum Fetched {
    /// A folder that lies beside the template.
    Folder(Arc<Skeleton>),
    /// A file that lies beside the template.
    File,
    /// A path at which nothing lies.
    Missing,
    /// A path that leads out of the folders that may be read.
    Outside,
    /// An address elsewhere.
    Remote,
    /// A path that is only known when the template runs.
    Computed,
}

/// A step that reads files.
#[derive(Debug)]
pub(crate) struct Fetch<'d> {
    /// Its `url`.
    pub url: Node<'d>,
    /// What is read.
    pub fetched: Fetched,
    /// How it is rendered.
    pub language: Language,
    /// Its `values`.
    pub values: Option<Node<'d>>,
    /// The file extension that alone is rendered, with its dot.
    pub extension: Option<String>,
    /// Whether names are written between `{{ }}` and come from `cookiecutter`.
    pub cookiecutter: bool,
    copies: Copies,
    inspector: Inspector,
}

/// A file of a skeleton, read.
#[derive(Debug)]
pub(crate) struct FileText<'s> {
    /// Its path in the skeleton.
    pub path: &'s str,
    /// Its text, if it is UTF-8 and not binary.
    pub source: Option<Arc<Source>>,
    /// Whether the step renders its contents.
    pub rendered: bool,
    /// What its contents refer to; none if nothing in them is rendered, or not in this language.
    pub parsed: Option<Result<Inspection, Unreadable>>,
}

impl FileText<'_> {
    /// Its text.
    pub(crate) fn text(&self) -> &str {
        self.source.as_ref().map(|source| source.text.as_str()).unwrap_or_default()
    }

    /// What its contents refer to.
    pub(crate) fn found(&self) -> Option<&Inspection> {
        self.parsed.as_ref().and_then(|parsed| parsed.as_ref().ok())
    }
}

impl Fetch<'_> {
    /// The skeleton, if it lies beside the template.
    pub(crate) fn skeleton(&self) -> Option<&Arc<Skeleton>> {
        match &self.fetched {
            Fetched::Folder(skeleton) => Some(skeleton),
            _ => None,
        }
    }

    /// Whether the step renders the contents of the file at this path, if it is text.
    pub(crate) fn renders(&self, path: &str) -> bool {
        match (self.language, &self.extension) {
            (Language::Plain, _) => false,
            (Language::Handlebars, _) => path.ends_with(".hbs"),
            (Language::Nunjucks, Some(extension)) => path.ends_with(extension.as_str()),
            (Language::Nunjucks, None) => !self.copies.contains(path),
        }
    }

    /// The language of its file names and files.
    pub(crate) fn inspector(&self) -> &Inspector {
        &self.inspector
    }

    /// A file with its contents.
    pub(crate) fn open<'s>(
        &self,
        skeleton: &Skeleton,
        file: &'s SkeletonFile,
        bytes: &'s [u8],
    ) -> FileText<'s> {
        let binary = is_copied_binary(bytes);
        let text = std::str::from_utf8(bytes).ok().filter(|_| !binary);
        let source = text.map(|text| Source::new(skeleton.shown(file), skeleton.on_disk(file), text));
        let rendered = !binary && self.renders(&file.path);
        let parsed = source
            .as_ref()
            .filter(|source| {
                rendered && self.language == Language::Nunjucks && self.inspector.has_tag(&source.text)
            })
            .map(|source| self.inspector.inspect(&source.text));
        FileText { path: &file.path, source, rendered, parsed }
    }
}

/// What the step reads, if it reads anything.
pub(super) fn of<'d>(step: &Step<'d>, source: &Source, shelf: &Shelf) -> Option<Fetch<'d>> {
    let action = step.action_id()?;
    let language = match action {
        "fetch:template" => Language::Nunjucks,
        "fetch:handlebars" => Language::Handlebars,
        "fetch:plain" => Language::Plain,
        _ => return None,
    };
    let input = step.input?;
    let url = input.get("url")?;
    let written = url.text()?;
    let fetched = shelf.read(source, written);
    let flag = |name: &str| input.get(name).is_some_and(|flag| flag.value.as_bool() == Some(true));
    let cookiecutter = language == Language::Nunjucks && flag("cookiecutterCompat");
    let options = TreeOptions {
        cookiecutter_compat: cookiecutter,
        trim_blocks: flag("trimBlocks"),
        lstrip_blocks: flag("lstripBlocks"),
        ..TreeOptions::default()
    };
    let patterns: Vec<String> = input
        .get("copyWithoutTemplating")
        .into_iter()
        .flat_map(|patterns| patterns.items())
        .filter_map(|pattern| pattern.text().map(str::to_owned))
        .collect();
    let paths = match &fetched {
        Fetched::Folder(skeleton) => skeleton.files.as_slice(),
        _ => &[],
    };
    // A pattern that cannot be read copies nothing here; the step fails with it, and says so.
    let copies = Copies::new(&patterns, paths.iter().map(|file| file.path.as_str())).unwrap_or_default();
    let extension = input.get("templateFileExtension").and_then(|extension| {
        let written = extension.text().map(|text| format!(".{}", text.trim_start_matches('.')));
        written.or_else(|| flag("templateFileExtension").then(|| ".njk".to_owned()))
    });
    Some(Fetch {
        url,
        fetched,
        language,
        values: input.get("values"),
        extension,
        cookiecutter,
        copies,
        inspector: Inspector::files(&options),
    })
}
