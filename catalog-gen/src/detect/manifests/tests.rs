use proptest::prelude::*;

use super::*;
use crate::tests::repository::Repository;

fn package(file: &str, text: &str) -> Package {
    let mut read = read(&TreePath::parse(file).unwrap(), text).unwrap();
    assert_eq!(read.packages.len(), 1, "{file}");
    read.packages.remove(0)
}

fn needs(package: &Package) -> Vec<(&str, bool)> {
    package.dependencies.iter().map(|needed| (needed.name.as_str(), needed.development)).collect()
}

fn findings(files: &[(&str, &str)]) -> Findings {
    let repository = Repository::of(files);
    let material =
        Material { listing: &repository.listing, files: &repository.files, about: &repository.about };
    let mut findings = Findings::default();
    run(&material, &Site::default(), &mut findings);
    findings
}

#[test]
fn a_pom_is_read_with_entities_and_without_its_properties() {
    let text = "<project>\n<parent><groupId>org.acme</groupId></parent>\n<artifactId>shop</artifactId>\n\
                <description>Sells &amp; ships</description><url>${x}</url>\n<dependencies><dependency>\
                <groupId>a</groupId><artifactId>b</artifactId><scope>test</scope></dependency></dependencies>\n\
                <build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins>\
                </build>\n</project>";
    let pom = package("pom.xml", text);
    assert_eq!(pom.name.as_ref().unwrap().text, "org.acme:shop");
    assert_eq!(pom.description.as_ref().unwrap().text, "Sells & ships");
    assert_eq!(pom.homepage, None);
    assert_eq!(needs(&pom), [("a:b", true)]);
    assert!(pom.is_marked("spring-boot-maven-plugin"));
}

#[test]
fn short_names_of_gradle_are_looked_up_in_the_catalog_of_versions() {
    let build =
        "plugins {\n  alias(libs.plugins.boot)\n}\ndependencies {\n  implementation(libs.spring.web)\n}\n";
    let versions = "[libraries]\nspring-web = { module = \"org.springframework.boot:spring-boot-starter-web\" }\n\
                    [plugins]\nboot = { id = \"org.springframework.boot\" }\n";
    let findings = findings(&[("build.gradle.kts", build), ("gradle/libs.versions.toml", versions)]);
    let build = &findings.packages[0];
    assert_eq!(needs(build), [("org.springframework.boot:spring-boot-starter-web", false)]);
    assert!(build.is_marked("org.springframework.boot"));
}

#[test]
fn manifests_of_python_agree_on_the_names_of_what_they_need() {
    let texts = [
        (
            "pyproject.toml",
            "[project]\nname = \"x\"\ndependencies = [\"Flask[async]>=3; python_version>'3'\"]\n",
        ),
        ("setup.cfg", "[metadata]\nname = x\n[options]\ninstall_requires =\n    Flask>=3\n"),
        ("setup.py", "setup(\n  name='x',\n  install_requires=['Flask>=3'],\n)\n"),
        ("requirements.txt", "# web\nFlask==3.0\n-r other.txt\n"),
        ("Pipfile", "[packages]\nFlask = \"*\"\n"),
    ];
    for (file, text) in texts {
        assert_eq!(needs(&package(file, text)), [("flask", false)], "{file}");
    }
}

#[test]
fn a_solution_names_the_folders_of_its_projects() {
    let text = "Project(\"{X}\") = \"A\", \"src\\A\\A.csproj\", \"{Y}\"\nEndProject\n";
    let read = read(&TreePath::parse("All.sln").unwrap(), text).unwrap();
    assert_eq!(read.workspaces[0].members, ["src/A"]);
}

#[test]
fn a_go_module_needs_what_it_names_itself() {
    let text = "module github.com/acme/shop/v2\n\nrequire (\n\ta.b/c v1.0.0\n\td.e/f v1.0.0 // indirect\n)\n\
                replace a.b/c => ../c\n";
    let module = package("go.mod", text);
    assert_eq!(module.name.as_ref().unwrap().text, "github.com/acme/shop/v2");
    assert_eq!(needs(&module), [("a.b/c", false), ("a.b/c", false)]);
    assert_eq!(module.dependencies[1].path.as_deref(), Some("../c"));
}

#[test]
fn a_manifest_that_cannot_be_read_costs_a_note_and_not_the_others() {
    let findings = findings(&[("a/package.json", "{"), ("package.json", "{\"name\": \"x\"}")]);
    assert_eq!(findings.packages.len(), 1);
    assert_eq!(findings.notes[0].file.as_deref(), Some("a/package.json"));
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in "[a-zé{}\\[\\]()<>/=:'\",.#\\\\ \n\t-]{0,300}", at in 0..30_usize) {
        let name = match READS[at % READS.len()] {
            Name(name) | Path(name) => name.to_owned(),
            Suffix(end) | Interest::Sniff(end) => format!("x{end}"),
        };
        let _ = read(&TreePath::parse(&name).unwrap(), &text);
    }
}
