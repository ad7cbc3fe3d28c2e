//! Rendering of file trees (`fetch:template` and its kin): names, contents, modes.
//!
//! It follows the stock backend, entry by entry: every name is rendered, folders' names by themselves too, entries
//! whose names render to nothing are left out and listed, links and binary files are copied, modes are kept, and
//! what stands in the workspace already is not rendered. It differs where the stock one damages or hides: a file
//! that looks like text but is not UTF-8 is copied byte for byte, or is an error if there is a template tag in
//! it; two entries of one name are an error; names that lead out or into git's own directory are errors. The
//! invariant: what comes out depends on skeleton, options, values and the ground it is put on alone, and a file
//! that a secret was written to is marked.

use std::collections::HashMap;

use catalog_gen::{Entry, File, FileTree, TreePath};
use nunjucks::{Context, Environment, Syntax, Text, Value as NValue};

use super::binary::is_binary;
use super::crew::{self, Crew};
use super::globs::CopyGlobs;
use super::ground::{Ground, Manner, Spot};
use super::names::{Verdict, ending, judge};
use super::outcome::{Outcome, RenderedTree};
use super::{Place, RenderError, filters};

/// How a tree is rendered; the names are those of `fetch:template`'s input.
#[derive(Clone, Debug, Default)]
pub struct TreeOptions {
    /// Globs of files whose contents are copied, names still rendered.
    pub copy_without_templating: Vec<String>,
    /// `{{ }}` with `cookiecutter` in scope.
    pub cookiecutter_compat: bool,
    /// Render only files with this extension (with its dot) and drop it.
    pub template_file_extension: Option<String>,
    /// Trim the newline after a block tag.
    pub trim_blocks: bool,
    /// Strip blanks before a block tag.
    pub lstrip_blocks: bool,
}

/// Renders a skeleton onto `ground` with `values` in scope (as `values`, or `cookiecutter`). The tree holds what
/// is to be written, relative to the ground's folder.
pub fn render_tree(
    skeleton: &FileTree,
    options: &TreeOptions,
    values: &NValue,
    hosts: &[String],
    ground: &Ground,
) -> Result<RenderedTree, RenderError> {
    let job = Job { skeleton, options, language: &Language::new(options, values, hosts), ground };
    job.done_by(Crew::of_this_machine())
}

/// Renders one file's contents, whatever they look like; the file is not executable.
pub fn render_file(
    name: &str,
    file: &File,
    options: &TreeOptions,
    values: &NValue,
    hosts: &[String],
) -> Result<File, RenderError> {
    let rendered = Language::new(options, values, hosts).contents(name, file)?;
    Ok(File { executable: false, ..rendered })
}

/// What is to be done.
struct Job<'j> {
    skeleton: &'j FileTree,
    options: &'j TreeOptions,
    language: &'j Language,
    ground: &'j Ground,
}

impl Job<'_> {
    fn done_by(&self, crew: Crew) -> Result<RenderedTree, RenderError> {
        let copies = CopyGlobs::new(&self.options.copy_without_templating, self.skeleton)?;
        let folders = folders(self.skeleton);
        crew::render(self.skeleton, &folders, crew, || {
            let mut worker = Worker {
                language: self.language,
                copies: &copies,
                extension: self.options.template_file_extension.as_deref(),
                ground: self.ground,
                folders: HashMap::new(),
            };
            move |path: &TreePath, entry: &Entry| worker.entry(path, entry)
        })
    }
}

/// The folders that follow from the files in them, each once.
fn folders(skeleton: &FileTree) -> Vec<TreePath> {
    let mut folders: Vec<TreePath> = Vec::new();
    let mut last = None;
    for (path, _) in skeleton.iter() {
        let parent = path.parent();
        if parent == last {
            continue;
        }
        folders.extend(std::iter::successors(parent.clone(), TreePath::parent));
        last = parent;
    }
    folders.sort_unstable();
    folders.dedup();
    folders
}

/// One thread's view of the work.
struct Worker<'w> {
    language: &'w Language,
    copies: &'w CopyGlobs,
    extension: Option<&'w str>,
    ground: &'w Ground,
    /// Names of folders that were rendered already.
    folders: HashMap<String, Name>,
}

impl Worker<'_> {
    fn entry(&mut self, path: &TreePath, entry: &Entry) -> Result<Outcome, RenderError> {
        let chosen = self.extension.filter(|extension| ending(path.as_str()) == Some(*extension));
        let name = match chosen {
            Some(extension) if *entry != Entry::Dir => {
                path.as_str().strip_suffix(extension).unwrap_or(path.as_str())
            }
            _ => path.as_str(),
        };
        let target = if name == path.as_str() && !self.language.has_tag(name) {
            path.clone()
        } else {
            let rendered = self.name(name).map_err(|error| error.in_name())?;
            let verdict = judge(&rendered.text, rendered.secret);
            match verdict.map_err(|message| RenderError::about(path.as_str(), message))? {
                Verdict::At(target) => target,
                Verdict::Skip(reason) => return Ok(Outcome::Skip(reason)),
            }
        };
        let spot = self.ground.spot(&target, entry, || manner(entry));
        match spot.map_err(|message| RenderError::about(path.as_str(), message))? {
            Spot::Kept => Ok(Outcome::Keep { told: *entry != Entry::Dir }),
            Spot::Put { path: target, executable } => {
                let is_template =
                    if self.extension.is_some() { chosen.is_some() } else { !self.copies.contains(path) };
                Ok(Outcome::Put(target, self.contents(path, entry, is_template, executable)?))
            }
        }
    }

    fn contents(
        &self,
        path: &TreePath,
        entry: &Entry,
        is_template: bool,
        executable: Option<bool>,
    ) -> Result<Entry, RenderError> {
        let Entry::File(file) = entry else { return Ok(entry.clone()) };
        let file = if is_template { self.language.file(path.as_str(), file)? } else { file.clone() };
        Ok(Entry::File(File { executable: executable.unwrap_or(file.executable), ..file }))
    }

    /// Renders a path. A folder that is a template of its own is rendered once for all that lies in it.
    fn name(&mut self, name: &str) -> Result<Name, RenderError> {
        if let Some((folder, base)) = name.rsplit_once('/')
            && self.language.stands_alone(folder)
            && self.language.stands_alone(base)
            && let Some(rendered) = self.in_folder(folder, base)
        {
            return Ok(rendered);
        }
        self.language.name(name)
    }

    /// The two parts rendered apart; nothing if one of them fails, so that the error is told of the whole path.
    fn in_folder(&mut self, folder: &str, base: &str) -> Option<Name> {
        let base = self.language.name(base).ok()?;
        if !self.folders.contains_key(folder) {
            let rendered = self.language.name(folder).ok()?;
            self.folders.insert(folder.to_owned(), rendered);
        }
        let folder = self.folders.get(folder)?;
        let text = [folder.text.as_str(), base.text.as_str()].join("/");
        Some(Name { text, secret: folder.secret || base.secret })
    }
}

/// How the stock backend writes such an entry.
fn manner(entry: &Entry) -> Manner {
    match entry {
        Entry::File(file) if !is_binary(&file.bytes) => Manner::Text,
        _ => Manner::Copy,
    }
}

/// A rendered name.
#[derive(Clone, Debug)]
struct Name {
    text: String,
    secret: bool,
}

/// The template language with its filters, and the values in scope.
struct Language {
    environment: Environment,
    scope: Context,
    open: &'static str,
}

impl Language {
    fn new(options: &TreeOptions, values: &NValue, hosts: &[String]) -> Self {
        let (syntax, open, root) = if options.cookiecutter_compat {
            (Syntax::cookiecutter(), "{{", "cookiecutter")
        } else {
            (Syntax::backstage(), "${{", "values")
        };
        let builder = Environment::builder(syntax)
            .trim_blocks(options.trim_blocks)
            .lstrip_blocks(options.lstrip_blocks);
        let environment = filters::register(builder, hosts).build();
        Self { environment, scope: Context::new().with(root, values.clone()), open }
    }

    /// Does the text hold anything to render?
    fn has_tag(&self, text: &str) -> bool {
        text.contains('{') && [self.open, "{%", "{#"].iter().any(|mark| text.contains(mark))
    }

    /// May this part of a path be rendered apart from the rest? It must hold whole expressions only, and
    /// nothing that other parts could see or that could hide a closing mark.
    fn stands_alone(&self, part: &str) -> bool {
        !["{%", "{#", "\"", "'"].iter().any(|mark| part.contains(mark))
            && part.matches(self.open).count() == part.matches("}}").count()
    }

    fn name(&self, name: &str) -> Result<Name, RenderError> {
        let text = self.text(name, name)?;
        Ok(Name { text: text.as_str().to_owned(), secret: text.is_secret() })
    }

    fn text(&self, file: &str, text: &str) -> Result<Text, RenderError> {
        if !self.has_tag(text) {
            return Ok(Text::from(text));
        }
        let template = self.environment.parse(text).map_err(|error| fault(file, &error))?;
        template.render(&self.environment, &self.scope).map_err(|error| fault(file, &error))
    }

    fn file(&self, path: &str, file: &File) -> Result<File, RenderError> {
        if !file.bytes.contains(&b'{') || is_binary(&file.bytes) {
            return Ok(file.clone());
        }
        self.contents(path, file)
    }

    /// The contents rendered, whatever they look like.
    fn contents(&self, path: &str, file: &File) -> Result<File, RenderError> {
        let Some(text) = file.text() else { return self.not_text(path, file) };
        if !self.has_tag(text) {
            return Ok(file.clone());
        }
        let rendered = self.text(path, text)?;
        Ok(File {
            bytes: rendered.as_str().as_bytes().to_vec().into(),
            executable: file.executable,
            sensitive: file.sensitive || rendered.is_secret(),
        })
    }

    /// A file that looks like text but is not UTF-8: there is no right way to render it.
    fn not_text(&self, path: &str, file: &File) -> Result<File, RenderError> {
        let readable = String::from_utf8_lossy(&file.bytes);
        if !self.has_tag(&readable) {
            return Ok(file.clone());
        }
        let message = "there are template tags in it, but its text is not UTF-8; save it as UTF-8, or name it in \
                       `copyWithoutTemplating`";
        Err(RenderError::about(path, message))
    }
}

fn fault(file: &str, error: &nunjucks::Error) -> RenderError {
    let place = Place { line: error.line(), column: error.column() };
    let message = match error.snippet() {
        "" => error.kind().to_string(),
        snippet => format!("{} (in `{snippet}`)", error.kind()),
    };
    RenderError::at(file, place, message)
}

#[cfg(test)]
mod tests;
