//! Which templates and cases are found, and which of them run.

use super::Bench;
use crate::cli::program::Program;

/// Two templates in one file, and one in a folder of its own, behind a Location.
fn several() -> Program {
    let program = Program::new();
    let spec = "\nsteps:\n  - { id: say, action: debug:log, input: { message: hi } }\n";
    program.template("one", spec);
    program.template("two", spec);
    let two = program.read("two/template.yaml");
    program.write("two/template.yaml", &format!("{two}---\n{}", two.replace("name: two", "name: three")));
    program.write(
        "all.yaml",
        "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: all }\nspec:\n  targets: [./one/template.yaml, ./two/template.yaml]\n",
    );
    let expect = "expect: { snapshot: false, log: hi }\n";
    program.write("one/cases/a.yaml", expect);
    program.write("two/cases/b.yml", &format!("template: two\n{expect}"));
    program.write("two/cases/c.yaml", &format!("description: The third.\ntemplate: three\n{expect}"));
    program.write("two/cases/notes.txt", "no case");
    program
}

#[test]
fn templates_are_found_behind_locations_and_in_folders() {
    let program = several();

    for arguments in [&["all.yaml"][..], &["."], &["one", "two/template.yaml"], &["one", "two", "all.yaml"]] {
        let ran = program.run(&[&["test"][..], arguments].concat());

        insta::allow_duplicates! {
            insta::assert_snapshot!(ran.steady(), @r"
            one
              ✓ a  <time>
            two
              ✓ b  <time>
              ✓ c  <time>
            3 cases, <time>
            exit code 0
            ");
        }
    }
}

#[test]
fn cases_are_listed_without_being_run() {
    let program = several();

    let ran = program.run(&["test", "all.yaml", "--list"]);
    let json = program.run(&["test", "all.yaml", "--list", "--json"]);

    assert_eq!(ran.out, "one/a\ntwo/b\nthree/c  The third.\n");
    assert!(json.out.contains("\"case\": \"c\""), "{}", json.out);
}

#[test]
fn a_case_is_chosen_by_its_name_or_with_its_template() {
    let program = several();
    program.write("two/cases/a.yaml", "template: two\nexpect: { snapshot: false }\n");

    let both = program.run(&["test", ".", "--case", "a"]);
    let one = program.run(&["test", ".", "--case", "two/a", "--case", "c"]);
    let none = program.run(&["test", ".", "--case", "bb"]);

    assert!(both.out.ends_with("2 cases, <1 ms\n") || both.out.contains("2 cases, "), "{}", both.out);
    assert!(!one.out.contains("one\n") && one.out.contains("2 cases, "), "{}", one.out);
    assert_eq!((none.code, none.err.as_str()), (2, "error: there is no case `bb`; did you mean `b`?\n"));
}

#[test]
fn a_case_among_several_templates_says_which_it_is_about() {
    let program = several();
    program.write("two/cases/d.yaml", "expect: { snapshot: false }\n");
    program.write("two/cases/e.yaml", "template: thre\n");
    program.write("one/cases/f.yaml", "template: two\n");

    let ran = program.run(&["test", "."]);

    for told in [
        "two/cases/d.yaml:1:1: there are several templates here; say which one is meant with `template:` (`three`, `two`)",
        "two/cases/e.yaml:1:1: there is no template `thre` here; did you mean `three`?",
        "one/cases/f.yaml:1:1: there is no template `two` here; there is `one`",
    ] {
        assert!(ran.out.contains(told), "{told}\n{}", ran.out);
    }
}

#[test]
fn a_broken_template_is_told_and_the_others_are_tested() {
    let program = several();
    program.write("one/template.yaml", "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: { name: one }\nspec: { type: service }\n");

    let ran = program.run(&["test", "all.yaml"]);

    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("one/template.yaml:"), "{}", ran.out);
    assert!(ran.out.contains("2 cases"), "{}", ran.out);
    assert!(ran.err.contains("there is one more finding"), "{}", ran.err);
}

#[test]
fn what_cannot_be_tested_is_a_fault_of_the_command_line() {
    let bench = Bench::new();

    let nowhere = bench.program.run(&["test", "nowhere"]);
    let empty = bench.test(&[]);

    assert_eq!(nowhere.code, 2);
    assert!(nowhere.err.contains("nowhere"), "{}", nowhere.err);
    assert_eq!(
        (empty.code, empty.err.as_str()),
        (2, "error: there is no case to run; write one, such as `service/cases/first.yaml` with `values:`\n")
    );
}

#[test]
fn the_data_folder_and_its_forge_do_not_decide_how_a_case_ends() {
    let bench = Bench::new();
    bench.case("first", "values: { name: demo }\nexpect: { snapshot: false }\n");

    let ran = bench.test(&["--data", "mine"]);

    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(!bench.program.path("mine").exists());
}
