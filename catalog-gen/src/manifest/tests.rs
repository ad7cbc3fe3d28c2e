use super::{Dependency, Ecosystem, Local, Manifests, Package, Scope};
use crate::{About, Entry, FileTree, Listing, Material, TreePath};

fn read(files: &[(&str, &str)]) -> Manifests {
    let mut tree = FileTree::new();
    for (path, text) in files {
        tree.insert(TreePath::parse(path).unwrap(), Entry::file(text.as_bytes().to_vec())).unwrap();
    }
    Manifests::read(&Material { listing: &Listing::default(), files: &tree, about: &About::default() })
}

fn one(path: &str, text: &str) -> Package {
    let mut all = read(&[(path, text)]);
    assert_eq!(all.broken, []);
    all.packages.remove(0)
}

fn names(package: &Package, scope: Scope) -> Vec<&str> {
    let fitting = package.dependencies.iter().filter(|dependency| dependency.scope == scope);
    fitting.map(|dependency| dependency.name.as_str()).collect()
}

fn folder(text: &str) -> Option<Local> {
    Some(Local::Folder((!text.is_empty()).then(|| TreePath::parse(text).unwrap())))
}

fn local<'p>(package: &'p Package, name: &str) -> &'p Option<Local> {
    &package.dependency(name).unwrap().local
}

#[test]
fn an_npm_package_says_what_it_needs_and_where() {
    let package = one(
        "apps/web/package.json",
        r#"{"name": "@acme/web", "private": true, "bin": "x.js", "author": {"name": "Jo", "email": "jo@acme.io"},
            "dependencies": {"react": "^18", "@acme/ui": "workspace:*", "util": "file:../../libs/util"},
            "devDependencies": {"vite": "5"}}"#,
    );

    assert_eq!(names(&package, Scope::Run), ["react", "@acme/ui", "util"]);
    assert_eq!(names(&package, Scope::Develop), ["vite"]);
    assert_eq!(*local(&package, "@acme/ui"), Some(Local::Workspace));
    assert_eq!(*local(&package, "util"), folder("libs/util"));
    assert_eq!(
        (package.binaries, package.people),
        (vec!["web".to_owned()], vec!["Jo <jo@acme.io>".to_owned()])
    );
    assert!(package.private);
}

#[test]
fn members_of_workspaces_are_found_by_globs() {
    let all = read(&[
        ("package.json", r#"{"name": "root", "workspaces": {"packages": ["packages/*", "!packages/old"]}}"#),
        ("packages/a/package.json", r#"{"name": "a"}"#),
        ("packages/old/package.json", r#"{"name": "old"}"#),
        ("packages/a/deep/package.json", r#"{"name": "deep"}"#),
        ("rust/Cargo.toml", "[workspace]\nmembers = ['crates/**']\nexclude = ['crates/x/y']"),
        ("rust/crates/x/Cargo.toml", "[package]\nname = 'x'"),
        ("rust/crates/x/y/Cargo.toml", "[package]\nname = 'y'"),
        ("rust/crates/z/z/Cargo.toml", "[package]\nname = 'z'"),
    ]);

    let members: Vec<Vec<&str>> = all
        .workspaces()
        .map(|workspace| all.members(workspace).filter_map(|package| package.name.as_deref()).collect())
        .collect();

    assert_eq!(members, [vec!["a"], vec!["x", "z"]]);
}

#[test]
fn a_crate_takes_from_its_workspace_what_it_leaves_to_it() {
    let all = read(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = ['a', 'b']\n[workspace.package]\nversion = '2.0.0'\ndescription = 'All'\n\
             [workspace.dependencies]\nb = { path = 'b' }\nserde = '1'\n",
        ),
        (
            "a/Cargo.toml",
            "[package]\nname = 'a'\nversion.workspace = true\npublish = false\n[dependencies]\nb.workspace = true\n\
             serde = { workspace = true }\nlog2 = { package = 'log', version = '1' }\n[target.'cfg(unix)'.dependencies]\nnix = '1'\n\
             [dev-dependencies]\ntest = '1'\n[[bin]]\nname = 'run'\n",
        ),
    ]);
    let package = &all.packages[1];

    assert_eq!((package.version.as_deref(), package.description.as_deref()), (Some("2.0.0"), None));
    assert_eq!(*local(package, "b"), folder("b"));
    assert_eq!(*local(package, "serde"), None);
    assert_eq!(names(package, Scope::Run), ["b", "log", "serde", "nix"]);
    assert_eq!((package.binaries.as_slice(), package.private), (["run".to_owned()].as_slice(), true));
}

#[test]
fn go_modules_name_direct_requirements_with_their_lines() {
    let package = one(
        "svc/go.mod",
        "module acme.io/svc // the service\n\nrequire (\n\tacme.io/lib v1.0.0\n\tother.io/x v1 // indirect\n)\n\
         require one.io/y v2\nreplace acme.io/lib => ../lib\n",
    );

    assert_eq!(package.name.as_deref(), Some("acme.io/svc"));
    assert_eq!(names(&package, Scope::Run), ["acme.io/lib", "one.io/y"]);
    assert_eq!(package.dependencies[0].line, Some(4));
    assert_eq!(*local(&package, "acme.io/lib"), folder("lib"));
    assert_eq!(one("go.work", "go 1.22\nuse (\n\t./a\n\t./b\n)\nuse ./c").members, ["./a", "./b", "./c"]);
}

#[test]
fn a_pom_fills_in_its_properties_and_takes_the_group_of_its_parent() {
    let package = one(
        "pom.xml",
        "<project xmlns='http://maven.apache.org/POM/4.0.0'>\n<parent><groupId>com.acme</groupId><artifactId>spring-boot-starter-parent</artifactId>\
         </parent>\n<artifactId>shop</artifactId><version>${revision}</version><properties><revision>3.1</revision></properties>\
         <modules><module>core</module></modules><dependencies>\n<dependency><groupId>${project.groupId}</groupId><artifactId>core</artifactId></dependency>\
         <dependency><groupId>junit</groupId><artifactId>junit</artifactId><scope>test</scope></dependency></dependencies></project>",
    );

    assert_eq!((package.name.as_deref(), package.version.as_deref()), (Some("com.acme:shop"), Some("3.1")));
    assert_eq!(names(&package, Scope::Run), ["com.acme:core"]);
    assert_eq!(names(&package, Scope::Develop), ["junit:junit"]);
    assert_eq!(package.members, ["core"]);
    assert_eq!(package.dependencies[0].line, Some(4));
}

#[test]
fn gradle_scripts_are_read_line_by_line() {
    let package = one(
        "services/shop/build.gradle.kts",
        "plugins {\n  id(\"org.springframework.boot\") version \"3\"\n}\ndependencies {\n  implementation(project(\":services:core\"))\n\
         \x20 implementation(projects.libs.dataModel)\n  implementation(\"com.acme:lib:1.0\")\n  implementation(libs.kafka.clients)\n\
         \x20 testImplementation 'org.junit:junit:4'\n  // api(\"a:b:1\")\n}\n",
    );

    assert_eq!(
        names(&package, Scope::Run),
        ["services/core", "libs/data-model", "com.acme:lib", "kafka-clients"]
    );
    assert_eq!(names(&package, Scope::Develop), ["org.junit:junit"]);
    assert_eq!(*local(&package, "services/core"), folder("services/core"));
    assert_eq!(package.plugins, ["org.springframework.boot"]);
    let settings =
        one("settings.gradle", "rootProject.name = 'shop'\ninclude 'a',\n  ':b:c'\ninclude(\":d\")\n");
    assert_eq!(
        (settings.title.as_deref(), settings.members),
        (Some("shop"), vec!["a".into(), "b/c".into(), "d".into()])
    );
}

#[test]
fn dotnet_projects_refer_to_each_other_by_path() {
    let package = one(
        "src/Web/Web.csproj",
        "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n<ItemGroup>\n<ProjectReference Include=\"..\\Core\\Core.csproj\" />\n\
         <PackageReference Include=\"Npgsql\" Version=\"8\" /></ItemGroup></Project>",
    );

    assert_eq!(*local(&package, "Core"), folder("src/Core"));
    assert_eq!(
        (package.dependencies[0].line, names(&package, Scope::Run)),
        (Some(3), vec!["Core", "Npgsql"])
    );
    assert_eq!(package.plugins, ["Microsoft.NET.Sdk.Web"]);
    let solution = "Project(\"{F}\") = \"Web\", \"src\\Web\\Web.csproj\", \"{1}\"\nEndProject\n\
                    Project(\"{F}\") = \"docs\", \"docs\", \"{2}\"\n";
    assert_eq!(one("Shop.sln", solution).members, ["src/Web"]);
}

#[test]
fn python_names_are_compared_as_the_index_does() {
    let package = one(
        "pyproject.toml",
        "[project]\nname = 'shop'\ndependencies = ['Flask_Login[x]>=1 ; extra', 'core']\n[project.scripts]\nshop = 'x:y'\n\
         [dependency-groups]\ndev = ['pytest']\n[tool.uv.workspace]\nmembers = ['libs/*']\n[tool.uv.sources]\ncore = { workspace = true }\n",
    );

    assert_eq!(names(&package, Scope::Run), ["flask-login", "core"]);
    assert_eq!(names(&package, Scope::Develop), ["pytest"]);
    assert_eq!(*local(&package, "core"), Some(Local::Workspace));
    assert_eq!((package.members, package.binaries), (vec!["libs/*".to_owned()], vec!["shop".to_owned()]));
    let poetry = one(
        "pyproject.toml",
        "[tool.poetry]\nname = 'p'\n[tool.poetry.dependencies]\npython = '^3'\nlib = { path = '../lib' }\n",
    );
    assert_eq!(names(&poetry, Scope::Run), ["lib"]);
    let cfg = one(
        "setup.cfg",
        "[metadata]\nname = shop\n[options]\ninstall_requires =\n    requests>=2\n    PyYAML\n[options.entry_points]\nconsole_scripts =\n    shop = shop:main\n",
    );
    assert_eq!(
        (names(&cfg, Scope::Run), cfg.binaries.clone()),
        (vec!["requests", "pyyaml"], vec!["shop".to_owned()])
    );
    let setup = one(
        "setup.py",
        "from setuptools import setup\nsetup(\n  name='shop',\n  install_requires=[\n    'requests',\n  ],\n)\n",
    );
    let requests = Dependency { line: Some(5), ..Dependency::new("requests", Scope::Run) };
    assert_eq!((setup.name.as_deref(), setup.dependencies), (Some("shop"), vec![requests]));
    let requirements = one("requirements.txt", "# x\n-r base.txt\nDjango==5 # web\ngit+https://x.io/y\n");
    assert_eq!(names(&requirements, Scope::Run)[0], "django");
}

#[test]
fn gems_and_composer_packages_are_read() {
    let gem = one(
        "shop.gemspec",
        "Gem::Specification.new do |s|\n  s.name = 'shop'\n  s.add_dependency \"rails\", '~> 7'\n  s.add_development_dependency 'rspec'\nend\n",
    );
    assert_eq!((names(&gem, Scope::Run), names(&gem, Scope::Develop)), (vec!["rails"], vec!["rspec"]));
    let php = one(
        "composer.json",
        r#"{"name": "acme/shop", "type": "library", "require": {"php": ">=8", "symfony/yaml": "7"}}"#,
    );
    assert_eq!(
        (php.ecosystem, names(&php, Scope::Run), php.library),
        (Ecosystem::Php, vec!["symfony/yaml"], true)
    );
}

#[test]
fn a_broken_manifest_is_named_and_hides_no_other() {
    let deep = "<a>".repeat(100_000);
    let all = read(&[
        ("a/package.json", "{"),
        ("b/Cargo.toml", "[package"),
        ("c/pom.xml", &deep),
        ("d/x.csproj", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"),
        ("e/package.json", r#"{"name": "e"}"#),
        ("node_modules/f/package.json", r#"{"name": "f"}"#),
    ]);

    let broken: Vec<&str> = all.broken.iter().filter_map(|one| one.file.as_deref()).collect();
    assert_eq!(broken, ["a/package.json", "b/Cargo.toml", "c/pom.xml", "d/x.csproj"]);
    assert_eq!(all.packages.iter().filter_map(|one| one.name.as_deref()).collect::<Vec<_>>(), ["e"]);
    assert!(all.find(Some(&TreePath::parse("e").unwrap()), Ecosystem::Npm).is_some());
}
