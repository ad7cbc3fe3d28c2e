//! `stagecraft new` in a terminal: a pseudo-terminal that python opens, and somebody who types.

use super::program::{Program, binary};

/// Runs a program in a terminal. Arguments: a JSON list of `[text to wait for, text to type]`, then the
/// program. Prints what the terminal showed, without escape sequences, and ends with the program's exit code.
const TYPIST: &str = r#"
import json, os, pty, re, select, sys, termios, time

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown, deadline = "", time.monotonic() + 30

def read():
    global shown
    if not select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
        sys.exit("nothing more came after: " + shown[-400:])
    try:
        data = os.read(terminal, 65536)
    except OSError:
        return False
    shown += re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", data.decode(errors="replace")).replace("\r", "")
    return bool(data)

def listens():
    # What is typed before the program has switched the echo off may be thrown away.
    while termios.tcgetattr(terminal)[3] & termios.ECHO:
        if time.monotonic() > deadline:
            sys.exit("it never listened: " + shown)
        select.select([], [], [], 0.002)

seen = 0
for wanted, typed in json.loads(sys.argv[1]):
    while wanted not in shown[seen:]:
        if not read():
            sys.exit("it ended before it asked " + wanted + ": " + shown)
    seen = shown.index(wanted, seen) + len(wanted)
    if typed:
        listens()
        os.write(terminal, typed.encode())
while read():
    pass
print(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;

const SPEC: &str = r#"
parameters:
  - title: The service
    required: [name, size]
    properties:
      name: { title: Name, type: string, pattern: '^[a-z-]+$', ui:help: Lower-case only. }
      size: { title: Size, type: string, enum: [s, l], enumNames: [Small, Large] }
      port: { title: Port, type: integer, default: 8080 }
      note: { title: Note, type: string }
      key: { title: Key, type: string, ui:field: Secret }
steps:
  - id: say
    name: Say
    action: debug:log
    input: { message: '${{ parameters.name }} ${{ parameters.size }} ${{ parameters.port }} ${{ parameters.note }}.' }
"#;

struct Typed {
    code: i32,
    shown: String,
}

fn type_into(program: &Program, answers: &[(&str, &str)], arguments: &[&str]) -> Typed {
    let answers = serde_json::to_string(answers).unwrap();
    let mut python = program.command("python3".as_ref());
    let output = python
        .env("TERM", "xterm")
        .args(["-c", TYPIST, &answers, binary()])
        .args(arguments)
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr);
    Typed { code: output.status.code().unwrap_or(-1), shown }
}

fn program() -> Program {
    let program = Program::new();
    program.template("service", SPEC);
    program
}

const NEW: [&str; 3] = ["new", "service/template.yaml", "--verbose"];

#[test]
fn the_form_is_asked_for_in_the_terminal() {
    let answers = [
        ("Name ›", "demo\r"),
        ("Size ›", "\u{1b}[B\r"),
        ("Port (8080) ›", "\r"),
        ("Note (optional) ›", "\r"),
        ("Key (optional) ›", "hunter2\r"),
    ];

    let typed = type_into(&program(), &answers, &NEW);

    assert_eq!(typed.code, 0, "{}", typed.shown);
    assert!(typed.shown.contains("demo l 8080 ."), "{}", typed.shown);
    assert!(!typed.shown.contains("hunter2"), "{}", typed.shown);
}

#[test]
fn an_answer_that_does_not_fit_is_asked_for_again_with_the_authors_help() {
    let answers = [("Name ›", "Demo\r"), ("Lower-case only.", ""), ("Name ›", "demo\r"), ("Size ›", "\u{3}")];

    let typed = type_into(&program(), &answers, &NEW);

    assert!(typed.shown.contains("✘ This does not match pattern"), "{}", typed.shown);
    assert_eq!(typed.code, 130, "{}", typed.shown);
}

#[test]
fn what_was_given_is_not_asked_for() {
    let set = ["--set", "name=demo", "--set", "size=s", "--set", "port=1", "--set", "key=x"];

    let typed = type_into(&program(), &[("Note (optional) ›", "hi\r")], &[&NEW[..], &set].concat());

    assert_eq!(typed.code, 0, "{}", typed.shown);
    assert!(typed.shown.contains("demo s 1 hi."), "{}", typed.shown);
}

#[test]
fn nothing_is_asked_where_that_is_not_wished() {
    let typed = type_into(&program(), &[], &[&NEW[..], &["--no-input", "--set", "name=demo"]].concat());

    assert_eq!(typed.code, 2, "{}", typed.shown);
    assert!(typed.shown.contains("`size` is missing"), "{}", typed.shown);
}
