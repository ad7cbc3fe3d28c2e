//! `catalog-gen generate`: prints entities, or merges them into the catalog files of a folder.
//!
//! The invariant: no value that a person wrote is changed; a file that cannot be read is left alone.

use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use catalog_gen::{
    Catalogue, Described, Entry, FileTree, Generated, MergedFiles, Site, TreePath, explain, generate, merge,
    merge_files,
};
use clap::{Args, ValueEnum};

use super::target::{Opened, Target};
use super::{Done, Failure, Outcome, print, say};

/// Where new entities go.
const FILE: &str = "catalog-info.yaml";
/// Where new entities go whose kinds a stock catalog does not take from files.
const APART: &str = ".backstage/catalog-more.yaml";

#[derive(Args)]
pub(super) struct Options {
    #[command(flatten)]
    target: Target,
    /// How the entities are printed
    #[arg(long, value_enum, default_value_t = Format::Yaml)]
    format: Format,
    /// Merge them into the catalog files of the folder; what people wrote stays
    #[arg(long)]
    write: bool,
    /// Print why each value is what it is, and what was left out; with JSON: all of it as data
    #[arg(long)]
    explain: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Yaml,
    Json,
}

pub(super) async fn run(options: Options) -> Done {
    let opened = options.target.open().await?;
    let catalogue = generate(&opened.snapshot.material(), &opened.site);
    tell(&opened);
    if options.write {
        return write(&opened, &catalogue);
    }
    match (options.format, options.explain) {
        (Format::Yaml, false) => print(&yaml(&catalogue.entities)?)?,
        (Format::Yaml, true) => print(&explain(&catalogue))?,
        (Format::Json, false) => {
            let entities: Vec<_> = catalogue.entities.iter().map(|one| one.entity.to_value()).collect();
            print(&serde_json::to_string_pretty(&entities)?)?;
        }
        (Format::Json, true) => print(&serde_json::to_string_pretty(&catalogue)?)?,
    }
    Ok(Outcome::Fine)
}

/// Tells what was not seen.
pub(super) fn tell(opened: &Opened) {
    let left_out = opened.snapshot.listing.left_out();
    if left_out > 0 {
        say(&format!("note: {left_out} entries have names that cannot be told, or are more than are listed"));
    }
    if let Some(first) = opened.snapshot.unread.first() {
        let count = opened.snapshot.unread.len();
        say(&format!(
            "note: {count} files were not read, such as `{first}`: too long, unreadable, or kept by git LFS"
        ));
    }
}

/// Entities as the documents of a catalog file.
pub(super) fn yaml(entities: &[Described]) -> Result<String, Failure> {
    let entities: Vec<Generated> = entities
        .iter()
        .map(|one| Generated { entity: one.entity.to_value(), placeholders: one.missing.clone() })
        .collect();
    Ok(merge("", &entities)?.text)
}

fn write(opened: &Opened, catalogue: &Catalogue) -> Done {
    let Some(folder) = &opened.folder else {
        return Err(Failure("`--write` needs a folder; clone the repository and give its folder".to_owned()));
    };
    let merged = placed(&opened.snapshot.files, &catalogue.entities, &opened.site)?;
    for file in &merged.left_alone {
        let why = file.errors.first().map(ToString::to_string).unwrap_or_default();
        say(&format!("`{}` cannot be read and is left as it is: {why}", file.path));
    }
    for (path, file) in &merged.files {
        let before = opened.snapshot.files.file(path).and_then(|file| file.text());
        if file.added.is_empty() || before == Some(file.text.as_str()) {
            say(&format!("`{path}` has all of it already"));
        } else {
            save(folder, path, &file.text)?;
            say(&format!("`{path}` written, {} values added", file.added.len()));
        }
        for difference in &file.differences {
            let place = &difference.place;
            say(&format!(
                "`{path}:{}` says {} for `{}` of `{}`; found was {}; it stays",
                place.line, difference.written, difference.field, difference.entity, difference.found
            ));
        }
        for addition in &file.not_added {
            say(&format!(
                "`{path}`: `{}` of `{}` could not be put in without touching what is there; add {}",
                addition.field, addition.entity, addition.value
            ));
        }
    }
    Ok(if merged.left_alone.is_empty() { Outcome::Fine } else { Outcome::Findings })
}

/// What the catalog files become. Kinds that the site keeps apart go to a file of their own, unless a file has them.
fn placed(tree: &FileTree, entities: &[Described], site: &Site) -> Result<MergedFiles, Failure> {
    let apart =
        |one: &Described| site.separate_kinds.iter().any(|kind| kind.eq_ignore_ascii_case(&one.entity.kind));
    let (others, main): (Vec<Described>, Vec<Described>) = entities.iter().cloned().partition(apart);
    let yml = TreePath::parse("catalog-info.yml")?;
    let root = if tree.file(&yml).is_some() { yml } else { TreePath::parse(FILE)? };
    let mut merged = merge_files(tree, &main, &root);
    if others.is_empty() {
        return Ok(merged);
    }
    let mut tree = tree.clone();
    for (path, file) in &merged.files {
        tree.insert(path.clone(), Entry::file(file.text.clone()))?;
    }
    let more = merge_files(&tree, &others, &TreePath::parse(APART)?);
    for (path, file) in more.files {
        match merged.files.get_mut(&path) {
            Some(before) => {
                before.text = file.text;
                before.added.extend(file.added);
                before.not_added.extend(file.not_added);
                before.differences.extend(file.differences);
            }
            None => drop(merged.files.insert(path, file)),
        }
    }
    Ok(merged)
}

/// Writes a file below a folder at once or not at all; a link is not followed.
pub(super) fn save(folder: &Path, path: &TreePath, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure(format!("`{path}` cannot be written: {error}"));
    let root = Dir::open_ambient_dir(folder, ambient_authority()).map_err(failed)?;
    if root.symlink_metadata(path.as_str()).is_ok_and(|there| !there.is_file()) {
        return Err(Failure(format!("`{path}` is a link or a folder; put a plain file in its place")));
    }
    if let Some(parent) = path.parent() {
        root.create_dir_all(parent.as_str()).map_err(failed)?;
    }
    let beside = format!("{path}.new");
    root.write(&beside, text).map_err(failed)?;
    root.rename(&beside, &root, path.as_str()).map_err(failed)
}
