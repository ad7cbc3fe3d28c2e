//! .NET projects and solutions.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Read, Unreadable};
use crate::detect::text::{line_of, quoted_texts};
use crate::{Ecosystem, Package, Said, TreePath, Workspace};

pub(super) fn project(path: &TreePath, text: &str) -> Result<Read, Unreadable> {
    let mut package = Package::new(Ecosystem::DotNet, path.clone());
    let file = path.file_name();
    package.name = Some(Said::new(file.rsplit_once('.').map_or(file, |(stem, _)| stem), None));
    let mut reader = Reader::from_str(text);
    reader.config_mut().trim_text(true);
    reader.config_mut().check_end_names = false;
    let mut element = String::new();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => {
                element = start.local_name().as_ref().to_owned();
                reference(&mut package, &element, &start);
            }
            Event::Empty(start) => {
                let name = start.local_name().as_ref().to_owned();
                reference(&mut package, &name, &start);
            }
            Event::Text(value) => {
                property(&mut package, text, &element, value.trim());
            }
            Event::End(_) => element.clear(),
            Event::Eof => return Ok(Read::package(package)),
            _ => {}
        }
    }
}

fn reference(package: &mut Package, element: &str, start: &BytesStart<'_>) {
    let attribute = |name: &str| {
        let found = start.try_get_attribute(name).ok()??;
        Some(found.value.into_owned())
    };
    match element {
        "Project" => package.marks.extend(attribute("Sdk").map(|sdk| format!("sdk:{sdk}"))),
        "PackageReference" => package.depend(&attribute("Include").unwrap_or_default(), false),
        "FrameworkReference" => {
            package.marks.extend(attribute("Include").map(|name| format!("framework:{name}")))
        }
        "ProjectReference" => {
            let target = attribute("Include").unwrap_or_default().replace('\\', "/");
            let (folder, file) = target.rsplit_once('/').unwrap_or((".", &target));
            let name = file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned();
            package.depend_at(&name, false, Some(folder.to_owned()));
        }
        _ => {}
    }
}

fn property(package: &mut Package, text: &str, element: &str, value: &str) {
    if value.is_empty() || value.contains("$(") {
        return;
    }
    let said = |value: &str| Some(Said::new(value, line_of(text, &format!("<{element}>"))));
    match element {
        "OutputType" if value.eq_ignore_ascii_case("exe") => package.program = said("OutputType"),
        "OutputType" => package.marks.push(format!("output:{value}")),
        "Description" => package.description = said(value),
        "Title" | "Product" => package.title = said(value),
        "Version" => package.version = Some(value.to_owned()),
        "PackageId" | "GeneratePackageOnBuild" | "PackageLicenseExpression" | "PackAsTool" => {
            package.published = said(element);
        }
        "PackageProjectUrl" => package.homepage = said(value),
        "IsPackable" => package.private = value.eq_ignore_ascii_case("false"),
        "IsTestProject" if value.eq_ignore_ascii_case("true") => package.marks.push("test".to_owned()),
        "AzureFunctionsVersion" => package.marks.push("azure-functions".to_owned()),
        _ => {}
    }
}

pub(super) fn solution(path: &TreePath, text: &str) -> Workspace {
    let lines = text.lines().filter(|line| {
        let line = line.trim_start();
        line.starts_with("Project(") || line.starts_with("<Project ")
    });
    let files = lines.flat_map(quoted_texts).filter(|text| text.ends_with("proj"));
    let folders = files.map(|file| {
        let file = file.replace('\\', "/");
        file.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned()
    });
    Workspace { file: path.clone(), ecosystem: Ecosystem::DotNet, members: folders.collect() }
}
