//! `dev`: what it prints when files change, and what it refuses.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::program::{Program, binary, steady};

/// A preview that runs, with its lines as they come.
struct Dev {
    child: Child,
    lines: Receiver<String>,
}

impl Dev {
    fn start(program: &Program, arguments: &[&str]) -> Self {
        let mut command = program.command(std::path::Path::new(binary()));
        command.arg("dev").args(arguments).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap();
        let lines = follow(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// The lines up to the one that holds this, in which times and sizes are taken out.
    fn until(&self, wanted: &str) -> String {
        let mut text = String::new();
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(30));
            let line = line.unwrap_or_else(|_| panic!("`{wanted}` does not come; there was:\n{text}"));
            text.push_str(&line);
            text.push('\n');
            if line.contains(wanted) {
                return steady(&text);
            }
        }
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn follow(out: ChildStdout) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// Saves a file in one go, so that nobody sees half of it.
fn save(program: &Program, path: &str, text: &str) {
    program.write("saved", text);
    std::fs::rename(program.path("saved"), program.path(path)).unwrap();
}

fn demo() -> Program {
    let program = Program::new();
    program.template(
        "t",
        "
parameters:
  - properties:
      name: {type: string, default: orders}
steps:
  - id: fetch
    action: fetch:template
    input: {url: ./skeleton, values: {name: '${{ parameters.name }}'}}
",
    );
    program.write("t/skeleton/README.md", "# ${{ values.name }}\n\nOne.\nTwo.\n");
    program.write("t/skeleton/src/a.txt", "a\n");
    program.write("t/cases/other.yaml", "values: {name: other}\n");
    program
}

#[test]
fn it_draws_the_tree_once_and_then_shows_what_changed() {
    let program = demo();
    let dev = Dev::start(&program, &["t"]);

    let first = dev.until("2 files");
    save(&program, "t/skeleton/README.md", "# ${{ values.name }}\n\nOne.\nThree.\n");
    let second = dev.until("1 changed");

    insta::assert_snapshot!(first, @r"
    Previewing `t`; press Ctrl-C to stop
      page  http://127.0.0.1:<port>/

    ├── README.md
    └── src/
        └── a.txt
    2 files, <size>; <time>
    ");
    insta::assert_snapshot!(second, @r"

    ~ README.md
        @@ -1 +1 @@
         # orders
         
         One.
        -Two.
        +Three.
    2 files, <size>; 1 changed; <time>
    ");
}

#[test]
fn it_shows_errors_with_their_place_and_source() {
    let program = demo();
    let dev = Dev::start(&program, &["t/template.yaml", "--case", "other"]);
    dev.until("2 files");

    save(&program, "t/skeleton/README.md", "# ${{ values.name | nosuch }}\n");
    let failed = dev.until("steps failed");

    insta::assert_snapshot!(failed, @r"

    error: t/skeleton/README.md:1:21: there is no filter `nosuch` (in `# ${{ values.name | nosuch }}`)
      >    1 │ # ${{ values.name | nosuch }}
    1 of 1 steps failed; 2 files, <size>; nothing changed; <time>
    ");
}

#[test]
fn it_ends_well_when_it_is_told_to_stop() {
    let program = demo();
    let mut dev = Dev::start(&program, &["t"]);
    dev.until("2 files");

    let told = std::process::Command::new("kill").arg(dev.child.id().to_string()).status().unwrap();

    assert!(told.success() && dev.child.wait().unwrap().success());
}

#[test]
fn a_port_that_is_taken_is_named_with_code_3() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();

    let ran = demo().run(&["dev", "t", "--port", &port]);

    assert_eq!(ran.code, 3);
    assert!(ran.err.contains(&port) && ran.err.contains("`--port`"), "{}", ran.err);
}

#[test]
fn a_case_that_is_not_there_is_told_with_the_nearest() {
    let ran = demo().run(&["dev", "t", "--case", "othr"]);

    insta::assert_snapshot!(ran.steady(), @r"
    error: the template has no case `othr`; did you mean `other`?
    exit code 2
    ");
}

#[test]
fn a_template_that_is_not_there_is_told() {
    let ran = demo().run(&["dev", "nosuch"]);

    insta::assert_snapshot!(ran.steady(), @r"
    error: there is no file or folder `nosuch`; name a template's file
    exit code 2
    ");
}
