//! What starts a package, by the files beside its manifest: languages in which a program needs no word in the manifest.

use crate::detect::paths::is_side;
use crate::{Ecosystem, Material, Package, Said, is_foreign};

/// The most files that are looked at for one package.
const MOST: usize = 50_000;

pub(super) fn add(material: &Material<'_>, package: &mut Package) {
    let has = |name: &str| {
        let path = match &package.folder {
            Some(folder) => folder.join(name),
            None => crate::TreePath::parse(name),
        };
        path.is_ok_and(|path| material.listing.get(&path).is_some())
    };
    match package.ecosystem {
        Ecosystem::Cargo if package.program.is_none() && has("src/main.rs") => {
            package.program = package.name.as_ref().map(|_| Said::new("src/main.rs", None));
        }
        Ecosystem::Go => {
            let skip = package.folder.as_ref().map_or(0, |folder| folder.as_str().len() + 1);
            let below = material.listing.below(package.folder.as_ref()).take(MOST);
            let main = below
                .filter(|file| file.path.file_name() == "main.go")
                .find(|file| !is_foreign(&file.path) && !is_side(&file.path));
            let name = main.and_then(|file| file.path.as_str().get(skip..));
            package.program = name.map(|name| Said::new(name, None));
        }
        Ecosystem::Python if has("manage.py") => package.marks.push("manage.py".to_owned()),
        _ => {}
    }
}
