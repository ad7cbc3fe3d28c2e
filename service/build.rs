//! Puts the golden paths of `templates/` into the binary, so that `stagecraft demo` works anywhere.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Folders of a template that are for its authors only.
const LEFT_OUT: &[&str] = &["cases", "checks", "node_modules", ".venv", "target"];

fn main() -> io::Result<()> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let root = manifest.join("..").join("templates");
    let mut files = Vec::new();
    collect(&root, &root, &mut files)?;
    files.sort();
    let mut code = String::from("/// Path below `templates/`, whether it is executable, content.\n");
    code.push_str("pub(super) static FILES: &[(&str, bool, &[u8])] = &[\n");
    for (name, executable, path) in &files {
        writeln!(code, "    ({name:?}, {executable}, include_bytes!({path:?})),")
            .map_err(io::Error::other)?;
    }
    code.push_str("];\n");
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("builtin_templates.rs"), code)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, bool, PathBuf)>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if LEFT_OUT.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(root, &path, files)?;
        } else {
            let name =
                path.strip_prefix(root).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
            files.push((name, is_executable(&path)?, path.canonicalize()?));
        }
    }
    Ok(())
}

#[cfg(unix)]
fn is_executable(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;

    Ok(fs::metadata(path)?.permissions().mode() & 0o111 != 0)
}
