//! What the manifests of one level of a component say about its type, each with where it stands.

use crate::detect::frameworks::{self, Role};
use crate::detect::text::line_of;
use crate::{Ecosystem, Evidence, Material, Package, Said, Subject, TreePath};

/// Ends of the names of things that people look at.
const PAGES: [&str; 14] = [
    "-ui",
    "-web",
    "-frontend",
    "-front-end",
    "-front",
    "-spa",
    "-site",
    "-website",
    "-webapp",
    "-portal",
    "-dashboard",
    "-docs",
    "-app-web",
    ".github.io",
];
/// Dependencies that fill pages with values.
const VIEWS: [&str; 16] = [
    "nunjucks",
    "ejs",
    "pug",
    "hbs",
    "handlebars",
    "express-handlebars",
    "@hapi/vision",
    "mustache-express",
    "@fastify/view",
    "govuk-frontend",
    "spring-boot-starter-thymeleaf",
    "spring-boot-starter-freemarker",
    "spring-boot-starter-mustache",
    "haml",
    "slim",
    "erb",
];

pub(super) struct Facts<'f> {
    material: &'f Material<'f>,
    subject: &'f Subject,
    packages: Vec<&'f Package>,
    /// Does the name say that people look at it?
    pub(super) is_called_a_page: bool,
}

impl<'f> Facts<'f> {
    pub(super) fn of(
        material: &'f Material<'f>,
        subject: &'f Subject,
        name: &str,
        packages: Vec<&'f Package>,
    ) -> Self {
        let is_page = |name: &str| {
            let whole = name.strip_prefix('-').unwrap_or(name);
            PAGES.iter().any(|end| name.ends_with(end) || end.strip_prefix('-') == Some(whole))
        };
        let folder = subject.folder.as_ref().map(|folder| folder.file_name().to_ascii_lowercase());
        let is_called_a_page = is_page(name) || folder.is_some_and(|folder| is_page(&folder));
        Self { material, subject, packages, is_called_a_page }
    }

    /// A framework of that role.
    pub(super) fn role(&self, role: Role) -> Option<Evidence> {
        self.packages.iter().find_map(|package| {
            let found = frameworks::of(package).find(|found| found.role == role)?;
            let text = self.material.text(&package.file).unwrap_or_default();
            let seen = format!("`{}` among the dependencies", found.what);
            let rule = format!("kind.{}", role.word());
            Some(Evidence::at(&package.file, line_of(text, found.what), &rule, seen))
        })
    }

    pub(super) fn plays(&self, roles: &[Role]) -> bool {
        self.packages.iter().any(|package| frameworks::plays(package, roles))
    }

    pub(super) fn sign(&self, name: &str) -> Option<Evidence> {
        self.subject
            .signs
            .get(name)
            .map(|found| Evidence { rule: "kind.deployed".to_owned(), ..found.clone() })
    }

    /// Pages that a server fills with values.
    pub(super) fn views(&self) -> Option<Evidence> {
        self.packages.iter().find_map(|package| {
            let found = package.dependencies.iter().find(|needed| {
                let name = needed.name.rsplit(':').next().unwrap_or(&needed.name);
                !needed.development && VIEWS.contains(&name)
            })?;
            let text = self.material.text(&package.file).unwrap_or_default();
            let seen = format!("`{}` among the dependencies", found.name);
            Some(Evidence::at(&package.file, line_of(text, &found.name), "kind.views", seen))
        })
    }

    /// Does it describe what it answers, so that programs can ask?
    pub(super) fn answers_data(&self) -> bool {
        let describes = |name: &str| {
            ["swagger", "openapi", "apollo", "graphql", "springdoc", "grpc"]
                .iter()
                .any(|word| name.contains(word))
        };
        self.packages.iter().flat_map(|package| &package.dependencies).any(|needed| describes(&needed.name))
    }

    pub(super) fn published(&self) -> Option<Evidence> {
        self.packages.iter().find_map(|package| {
            let said = package.published.as_ref().filter(|_| !package.private)?;
            Some(because(package, said, "what only packages for others have"))
        })
    }

    pub(super) fn program(&self) -> Option<Evidence> {
        self.packages
            .iter()
            .find_map(|package| Some(because(package, package.program.as_ref()?, "a program")))
    }

    /// Are its programs something beside the package, as those of a Go module in `cmd` may be?
    pub(super) fn has_programs_beside(&self) -> bool {
        self.packages.iter().any(|package| {
            let program = package.program.as_ref().filter(|_| package.ecosystem == Ecosystem::Go);
            program.is_some_and(|program| program.text != "main.go")
        })
    }

    /// Programs that are built for others to download.
    pub(super) fn released_program(&self) -> Option<Evidence> {
        let names = [".goreleaser.yml", ".goreleaser.yaml", "goreleaser.yml", "dist-workspace.toml"];
        let found =
            names.into_iter().find_map(|name| file_in(self.material, self.subject.folder.as_ref(), name))?;
        (!self.plays(&[Role::Server]))
            .then(|| Evidence::at(&found, None, "kind.released", "programs are released by it"))
    }

    /// Is it started as it stands?
    pub(super) fn starts(&self) -> bool {
        let starts = |package: &&Package| package.is_marked("starts") || package.is_marked("manage.py");
        self.packages.iter().any(starts) && self.plays(&[Role::Server, Role::Website, Role::Frontend])
    }

    /// Packages of languages in which a program has a known form, and this has none.
    pub(super) fn without_program(&self) -> Option<Evidence> {
        let package = self.packages.iter().find(|package| {
            matches!(
                package.ecosystem,
                Ecosystem::Go | Ecosystem::Cargo | Ecosystem::Swift | Ecosystem::DotNet
            ) && package.name.is_some()
                && !package.only_members
        })?;
        Some(Evidence::at(&package.file, None, "kind.no-program", "a package without a program"))
    }
}

fn because(package: &Package, said: &Said, what: &str) -> Evidence {
    Evidence::at(&package.file, said.line, "kind.manifest", format!("{what}: `{}`", said.text))
}

/// The file of that name in a folder, if it is listed.
pub(super) fn file_in(material: &Material<'_>, folder: Option<&TreePath>, name: &str) -> Option<TreePath> {
    let path = match folder {
        Some(folder) => folder.join(name).ok()?,
        None => TreePath::parse(name).ok()?,
    };
    material.listing.get(&path).map(|_| path)
}
