//! `pom.xml`. Properties are filled in where the same file sets them; parents elsewhere are not read.

use roxmltree::{Document, Node};

use super::{Dependency, Ecosystem, Package, Read, Scope, Source};

pub(super) fn read(source: &Source<'_>) -> Read {
    let document = super::dotnet::xml(source.text)?;
    let root = document.root_element();
    if root.tag_name().name() != "project" {
        return Ok(None);
    }
    let pom = Pom { root };
    let mut package = Package::new(Ecosystem::Maven, source);
    let group = pom.text(root, "groupId").or_else(|| pom.text(child(root, "parent")?, "groupId"));
    package.name = pom.text(root, "artifactId").map(|artifact| match &group {
        Some(group) => format!("{group}:{artifact}"),
        None => artifact,
    });
    package.title = pom.text(root, "name");
    package.version = pom.text(root, "version").or_else(|| pom.text(child(root, "parent")?, "version"));
    package.description = pom.text(root, "description");
    package.homepage = pom.text(root, "url");
    package.published = child(root, "distributionManagement").is_some();
    package.people = children(root, "developers", "developer")
        .filter_map(|developer| pom.text(developer, "name").or_else(|| pom.text(developer, "email")))
        .collect();
    package.dependencies = children(root, "dependencies", "dependency")
        .filter_map(|node| pom.dependency(&document, node))
        .collect();
    let build = child(root, "build");
    let plugins = build.into_iter().flat_map(|build| children(build, "plugins", "plugin"));
    package.plugins = plugins.filter_map(|plugin| pom.text(plugin, "artifactId")).collect();
    if let Some(parent) = child(root, "parent").and_then(|parent| pom.text(parent, "artifactId")) {
        package.plugins.push(parent);
    }
    if let Some(packaging) = pom.text(root, "packaging") {
        package.plugins.push(format!("packaging:{packaging}"));
    }
    package.members = children(root, "modules", "module")
        .filter_map(|module| Some(module.text()?.trim().to_owned()))
        .collect();
    Ok(package.name.is_some().then_some(package))
}

struct Pom<'a, 'i> {
    root: Node<'a, 'i>,
}

impl Pom<'_, '_> {
    /// The text of a child, with a property in place of `${name}`.
    fn text(&self, node: Node<'_, '_>, name: &str) -> Option<String> {
        let text = child(node, name)?.text()?.trim();
        let Some((before, rest)) = text.split_once("${") else {
            return (!text.is_empty()).then(|| text.to_owned());
        };
        let (property, after) = rest.split_once('}')?;
        let value = match property {
            "project.artifactId" | "artifactId" => child(self.root, "artifactId")?.text()?,
            "project.groupId" | "groupId" => {
                let own =
                    child(self.root, "groupId").or_else(|| child(child(self.root, "parent")?, "groupId"));
                own?.text()?
            }
            _ => child(child(self.root, "properties")?, property)?.text()?,
        };
        Some(format!("{before}{}{after}", value.trim()))
    }

    fn dependency(&self, document: &Document<'_>, node: Node<'_, '_>) -> Option<Dependency> {
        let artifact = self.text(node, "artifactId")?;
        let name = match self.text(node, "groupId") {
            Some(group) => format!("{group}:{artifact}"),
            None => artifact,
        };
        let develops = matches!(self.text(node, "scope").as_deref(), Some("test" | "provided" | "import"));
        let mut dependency = Dependency::new(name, if develops { Scope::Develop } else { Scope::Run });
        dependency.line = Some(document.text_pos_at(node.range().start).row);
        Some(dependency)
    }
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.tag_name().name() == name)
}

fn children<'a, 'i>(
    node: Node<'a, 'i>,
    list: &str,
    item: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    let items = child(node, list).into_iter().flat_map(|list| list.children());
    items.filter(move |node| node.tag_name().name() == item)
}
