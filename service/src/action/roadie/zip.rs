//! `roadiehq:utils:zip`: a file or folder of the workspace as a ZIP archive in it.
//!
//! The archive is a function of the files and the task's creation: its times are the task's, so that a repeated
//! run makes the same bytes. Links are left out.

use std::io::{Cursor, Write as _};

use catalog_gen::{Entry, File, FileTree, TreePath};
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::action::place::{place, place_inside, shown};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, phrase, schema};

/// The action `roadiehq:utils:zip`.
#[derive(Debug)]
pub(crate) struct Zip;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    path: String,
    output_path: String,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Pack a folder",
    example: "\
steps:
  - id: zip
    name: Pack the function
    action: roadiehq:utils:zip
    input:
      path: function
      outputPath: function.zip
",
}];

impl Action for Zip {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "roadiehq:utils:zip".into(),
            description: "Packs a file or a folder of the workspace into a ZIP archive in the workspace."
                .into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({
                    "path": schema::text("The file or folder to pack."),
                    "outputPath": schema::text("File of the workspace to write the archive to."),
                }),
                &["path", "outputPath"],
            ),
            output: Some(schema::closed(
                json!({ "outputPath": schema::text("Path of the archive, as it was given.") }),
                &["outputPath"],
            )),
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let from = place("path", &input.path)?;
        let to = place_inside("outputPath", &input.output_path)?;
        let packed = packed(ctx.workspace, from.as_ref())?;
        let sensitive = packed.iter().any(|(_, file)| file.is_some_and(|file| file.sensitive));
        let files = packed.iter().filter(|(_, file)| file.is_some()).count();
        let bytes = archive(&packed, ctx.run.created_at_ms).map_err(|error| {
            ActionError::Input(format!("{} cannot be packed: {error}", shown(from.as_ref())))
        })?;
        ctx.workspace.insert(to.clone(), Entry::File(File { sensitive, ..File::new(bytes) }))?;
        ctx.output("outputPath", input.output_path);
        ctx.log(format!("Packed {} into `{to}`", phrase::count(files, "file"))).await
    }
}

/// What goes into the archive, by its name there: files, and folders (without a file).
fn packed<'t>(
    tree: &'t FileTree,
    from: Option<&TreePath>,
) -> Result<Vec<(String, Option<&'t File>)>, ActionError> {
    if let Some(from) = from
        && let Some(file) = tree.file(from)
    {
        return Ok(vec![(from.file_name().to_owned(), Some(file))]);
    }
    if let Some(from) = from
        && !tree.is_dir(from)
    {
        return Err(ActionError::Input(format!(
            "there is no `{from}` in the workspace to pack; check the spelling, and that an earlier step makes it"
        )));
    }
    let mut all = Vec::new();
    let mut ahead = vec![(from.cloned(), String::new())];
    while let Some((folder, name)) = ahead.pop() {
        for child in tree.children(folder.as_ref()) {
            let name = format!("{name}{}", child.file_name());
            if let Some(file) = tree.file(&child) {
                all.push((name, Some(file)));
            } else if tree.is_dir(&child) {
                all.push((format!("{name}/"), None));
                ahead.push((Some(child), format!("{name}/")));
            }
        }
    }
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(all)
}

fn archive(packed: &[(String, Option<&File>)], time_ms: i64) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(dos_time(time_ms));
    for (name, file) in packed {
        match file {
            Some(file) => {
                let mode = if file.executable { 0o755 } else { 0o644 };
                writer.start_file(name.as_str(), options.unix_permissions(mode))?;
                writer.write_all(&file.bytes)?;
            }
            None => writer.add_directory(name.as_str(), options.unix_permissions(0o755))?,
        }
    }
    Ok(writer.finish()?.into_inner())
}

/// The time as archives have it; before 1980 there is none.
fn dos_time(time_ms: i64) -> DateTime {
    let Ok(time) = OffsetDateTime::from_unix_timestamp(time_ms.div_euclid(1000)) else {
        return DateTime::default();
    };
    let year = u16::try_from(time.year()).unwrap_or_default();
    DateTime::from_date_and_time(
        year,
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
    )
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn tree() -> FileTree {
        let mut tree = FileTree::new();
        let mut insert =
            |path: &str, entry: Entry| tree.insert(TreePath::parse(path).unwrap(), entry).unwrap();
        insert("a/x.txt", Entry::file("xx"));
        insert("a/b/run.sh", Entry::File(File { executable: true, ..File::new("run") }));
        insert("a/none", Entry::Dir);
        insert("a/link", Entry::Symlink { target: "x.txt".to_owned() });
        tree
    }

    fn names(from: Option<&str>) -> Vec<String> {
        let from = from.map(|path| TreePath::parse(path).unwrap());
        packed(&tree(), from.as_ref()).unwrap().into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn names_start_below_what_is_packed() {
        assert_eq!(names(Some("a")), ["b/", "b/run.sh", "none/", "x.txt"]);
        assert_eq!(names(Some("a/b/run.sh")), ["run.sh"]);
        assert_eq!(names(None).first().unwrap(), "a/");
        assert!(packed(&tree(), Some(&TreePath::parse("zzz").unwrap())).is_err());
    }

    #[test]
    fn an_archive_holds_contents_and_modes_and_is_the_same_each_time() {
        let tree = tree();
        let packed = packed(&tree, None).unwrap();
        let bytes = archive(&packed, 1_795_406_400_000).unwrap();

        let mut read = zip::ZipArchive::new(Cursor::new(bytes.clone())).unwrap();
        let mut file = read.by_name("a/b/run.sh").unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();

        assert_eq!((text.as_str(), file.unix_mode().map(|mode| mode & 0o777)), ("run", Some(0o755)));
        assert_eq!(archive(&packed, 1_795_406_400_000).unwrap(), bytes);
    }
}
