//! `pom.xml`.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

use super::{Read, Unreadable};
use crate::detect::text::said;
use crate::{Ecosystem, Package, TreePath};

/// The deepest element that is looked at; what is nested deeper is passed over.
const DEEPEST: usize = 32;

pub(super) fn project(path: &TreePath, text: &str) -> Result<Read, Unreadable> {
    let mut project = Project::default();
    each_text(text, |place, value| project.take(place, value))?;
    let mut package = Package::new(Ecosystem::Maven, path.clone());
    let group = project.group.as_deref().or(project.parent_group.as_deref());
    let artifact = project.artifact.as_deref();
    let name =
        artifact.map(|artifact| group.map_or(artifact.to_owned(), |group| format!("{group}:{artifact}")));
    package.name = said(text, "<artifactId>", name.as_deref());
    let plain = |value: &Option<String>| value.clone().filter(|value| !value.contains("${"));
    package.title = said(text, "<name>", plain(&project.name).as_deref());
    package.description = said(text, "<description>", plain(&project.description).as_deref());
    package.homepage = said(text, "<url>", plain(&project.url).as_deref());
    package.version = plain(&project.version);
    package.only_members = project.packaging.as_deref() == Some("pom") && !project.modules.is_empty();
    package.marks.extend(project.packaging.map(|packaging| format!("packaging:{packaging}")));
    package.marks.extend(project.plugins);
    package.published = project.distributed.then(|| crate::Said::new("distributionManagement", None));
    for Needed { group, artifact, scope } in project.dependencies {
        package.depend(&format!("{group}:{artifact}"), matches!(scope.as_str(), "test" | "import"));
    }
    Ok(Read::package(package).with_members(Ecosystem::Maven, path, project.modules))
}

#[derive(Default)]
struct Project {
    group: Option<String>,
    parent_group: Option<String>,
    artifact: Option<String>,
    name: Option<String>,
    description: Option<String>,
    url: Option<String>,
    version: Option<String>,
    packaging: Option<String>,
    distributed: bool,
    modules: Vec<String>,
    plugins: Vec<String>,
    dependencies: Vec<Needed>,
}

#[derive(Default)]
struct Needed {
    group: String,
    artifact: String,
    scope: String,
}

impl Project {
    /// `place` is the path of elements; an empty value tells that an element begins.
    fn take(&mut self, place: &[String], value: Option<&str>) {
        let names: Vec<&str> = place.iter().map(String::as_str).collect();
        let Some(value) = value else {
            match names.as_slice() {
                ["project", "dependencies", "dependency"]
                | ["project", "profiles", .., "dependencies", "dependency"] => {
                    self.dependencies.push(Needed::default());
                }
                ["project", "distributionManagement"] => self.distributed = true,
                _ => {}
            }
            return;
        };
        let text = Some(value.to_owned());
        match names.as_slice() {
            ["project", "groupId"] => self.group = text,
            ["project", "parent", "groupId"] => {
                if value == "org.springframework.boot" {
                    self.plugins.push("spring-boot-parent".to_owned());
                }
                self.parent_group = text;
            }
            ["project", "artifactId"] => self.artifact = text,
            ["project", "name"] => self.name = text,
            ["project", "description"] => self.description = text,
            ["project", "url"] => self.url = text,
            ["project", "version"] => self.version = text,
            ["project", "packaging"] => self.packaging = text,
            ["project", "modules", "module"] => self.modules.push(value.to_owned()),
            ["project", .., "plugins", "plugin", "artifactId"] => self.plugins.push(value.to_owned()),
            ["project", "dependencies", "dependency", key]
            | ["project", "profiles", .., "dependencies", "dependency", key] => {
                let Some(last) = self.dependencies.last_mut() else { return };
                match *key {
                    "groupId" => value.clone_into(&mut last.group),
                    "artifactId" => value.clone_into(&mut last.artifact),
                    "scope" => value.clone_into(&mut last.scope),
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

/// Calls for the beginning of every element, and for every text in one.
pub(super) fn each_text(text: &str, mut take: impl FnMut(&[String], Option<&str>)) -> Result<(), Unreadable> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut place: Vec<String> = Vec::new();
    let mut written = String::new();
    let mut beyond = 0_usize;
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        if matches!(event, Event::Start(_) | Event::End(_)) && !written.trim().is_empty() {
            take(&place, Some(written.split_whitespace().collect::<Vec<_>>().join(" ").as_str()));
        }
        match event {
            Event::Start(_) if place.len() >= DEEPEST => beyond += 1,
            Event::Start(element) => {
                place.push(element.local_name().as_ref().to_owned());
                take(&place, None);
            }
            Event::End(_) if beyond > 0 => beyond -= 1,
            Event::End(_) => {
                place.pop();
            }
            Event::Text(value) if beyond == 0 => {
                written.push_str(&value);
                continue;
            }
            Event::GeneralRef(name) if beyond == 0 => {
                written.push_str(resolve_predefined_entity(&name).unwrap_or_default());
                continue;
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
        written.clear();
    }
}
