//! The golden paths that the binary carries: what `demo` shows, and what `new` makes where no source is named.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

mod files {
    //! As `build.rs` wrote them down.

    include!(concat!(env!("OUT_DIR"), "/builtin_templates.rs"));

    /// All files: path, whether executable, content.
    pub(super) fn all() -> &'static [(&'static str, bool, &'static [u8])] {
        FILES
    }
}

/// Writes the golden paths to `folder`, over those of an older program.
pub(super) fn lay_out_templates(folder: &Path) -> anyhow::Result<()> {
    for (name, executable, content) in files::all() {
        let path = folder.join(name);
        if std::fs::read(&path).is_ok_and(|known| known == *content) {
            continue;
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, content).with_context(|| format!("`{}` cannot be written", path.display()))?;
        if *executable {
            make_executable(&path)?;
        }
    }
    Ok(())
}

/// The policies that the binary carries, by the names of their files.
pub(super) fn policies() -> BTreeMap<String, String> {
    let rego = |(name, _, content): &(&str, bool, &[u8])| {
        let name = name.strip_prefix("_policies/").filter(|name| name.ends_with(".rego"))?;
        Some((name.to_owned(), String::from_utf8_lossy(content).into_owned()))
    };
    files::all().iter().filter_map(rego).collect()
}

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
}
