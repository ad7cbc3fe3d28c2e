//! .NET projects and solutions.

use roxmltree::{Document, ParsingOptions};

use super::{Dependency, Ecosystem, Local, Package, Read, Scope, Source};
use crate::TreePath;

/// The most elements that one document may have.
const MAX_NODES: u32 = 200_000;
/// The deepest nesting that is read; the parser goes down once for each.
const MAX_DEPTH: usize = 200;

/// Reads XML. Entities are not followed; what is nested too deeply is refused.
pub(super) fn xml(text: &str) -> Result<Document<'_>, String> {
    if depth(text) > MAX_DEPTH {
        return Err(format!("elements are nested more than {MAX_DEPTH} deep"));
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| error.to_string())
}

/// How many elements are open at most; comments and texts that look like elements are counted too.
fn depth(text: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0_usize);
    for pair in text.as_bytes().windows(2) {
        match pair {
            [b'<', b'/'] | [b'/', b'>'] => open = open.saturating_sub(1),
            [b'<', b'!' | b'?'] => {}
            [b'<', _] => open += 1,
            _ => {}
        }
        most = most.max(open);
    }
    most
}

pub(super) fn project(source: &Source<'_>) -> Read {
    let document = xml(source.text)?;
    let root = document.root_element();
    let mut package = Package::new(Ecosystem::Dotnet, source);
    let file = source.path.file_name();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    package.name = Some(stem.to_owned());
    package.plugins.extend(root.attribute("Sdk").map(str::to_owned));
    for node in root.descendants().filter(roxmltree::Node::is_element) {
        let text = || node.text().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let line = Some(document.text_pos_at(node.range().start).row);
        match node.tag_name().name() {
            "AssemblyName" | "PackageId" => package.title = text().filter(|text| !text.contains('$')),
            "Description" => package.description = text(),
            "Version" | "VersionPrefix" => package.version = text(),
            "PackageProjectUrl" => package.homepage = text(),
            "Authors" => package.people.extend(text()),
            "IsPackable" => {
                package.private |= text().as_deref() == Some("false");
                package.published |= text().as_deref() == Some("true");
            }
            "GeneratePackageOnBuild" => package.published |= text().as_deref() == Some("true"),
            "OutputType" => package.plugins.extend(text().map(|kind| format!("output:{kind}"))),
            "IsTestProject" => package.plugins.extend(text().map(|_| "test".to_owned())),
            "AzureFunctionsVersion" => package.plugins.push("azure-functions".to_owned()),
            "PackageReference" => {
                let name = node.attribute("Include").or_else(|| node.attribute("Update"));
                package
                    .dependencies
                    .extend(name.map(|name| Dependency { line, ..Dependency::new(name, Scope::Run) }));
            }
            "FrameworkReference" => {
                package.plugins.extend(node.attribute("Include").map(str::to_owned));
            }
            "ProjectReference" => {
                package
                    .dependencies
                    .extend(node.attribute("Include").map(|path| reference(source, path, line)));
            }
            _ => {}
        }
    }
    Ok(Some(package))
}

fn reference(source: &Source<'_>, path: &str, line: Option<u32>) -> Dependency {
    let path = path.replace('\\', "/");
    let file = path.rsplit('/').next().unwrap_or(&path);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let target = TreePath::resolve(source.folder.as_ref(), &path).ok().flatten();
    Dependency {
        local: target.map(|target| Local::Folder(target.parent())),
        line,
        ..Dependency::new(stem, Scope::Run)
    }
}

pub(super) fn solution(source: &Source<'_>) -> Read {
    let projects = source.text.lines().filter(|line| line.trim_start().starts_with("Project("));
    let paths = projects.filter_map(|line| line.split('"').nth(5));
    Ok(members(source, paths.map(str::to_owned).collect()))
}

pub(super) fn solution_xml(source: &Source<'_>) -> Read {
    let document = xml(source.text)?;
    let projects = document.descendants().filter(|node| node.tag_name().name() == "Project");
    let paths = projects.filter_map(|node| node.attribute("Path"));
    let paths: Vec<String> = paths.map(str::to_owned).collect();
    Ok(members(source, paths))
}

/// The folders of the projects; a solution's own folders are not projects.
fn members(source: &Source<'_>, paths: Vec<String>) -> Option<Package> {
    let projects =
        paths.into_iter().map(|path| path.replace('\\', "/")).filter(|path| path.ends_with("proj"));
    let folder =
        |path: String| path.rsplit_once('/').map_or_else(|| ".".to_owned(), |(folder, _)| folder.to_owned());
    let members: Vec<String> = projects.map(folder).collect();
    let file = source.path.file_name();
    let title = file.rsplit_once('.').map(|(stem, _)| stem.to_owned());
    (!members.is_empty()).then(|| Package { members, title, ..Package::new(Ecosystem::Dotnet, source) })
}
