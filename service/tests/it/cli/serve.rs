//! `serve`, `worker` and `migrate`: what they refuse, and that they stop when they are told.

use std::io::{BufRead, BufReader};
use std::process::Command;

use super::program::Program;

#[test]
fn an_address_that_others_can_reach_needs_a_token() {
    let ran = Program::new().run(&["serve", "--listen", "0.0.0.0:0"]);

    insta::assert_snapshot!(ran.steady(), @r"
    error: `server.listen` is 0.0.0.0:0, which others can reach, but `auth.tokens` is empty: add a token, set `backstage.base_url` to accept the tokens of a Backstage, or listen on 127.0.0.1
    exit code 2
    ");
}

#[test]
fn a_port_that_is_taken_is_named_with_code_3() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();

    let ran = Program::new().run(&["serve", "--listen", &address]);

    assert_eq!(ran.code, 3);
    assert!(ran.err.contains(&address), "{}", ran.err);
}

#[test]
fn a_server_says_where_it_listens_and_ends_well_when_it_is_told_to_stop() {
    let program = Program::new();
    let mut server = program.start(&["serve", "--listen", "127.0.0.1:0"]);
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines().map(Result::unwrap);

    let ready = lines.find(|line| line.contains("ready at http://127.0.0.1:")).expect("it becomes ready");
    let stopped = Command::new("kill").arg(server.id().to_string()).status().unwrap();
    let told: Vec<String> = lines.collect();

    assert!(ready.contains("/api/scaffolder"), "{ready}");
    assert!(stopped.success() && server.wait().unwrap().success(), "{told:?}");
    assert!(told.iter().any(|line| line.contains("stopping")), "{told:?}");
}

#[test]
fn a_worker_that_would_do_nothing_is_refused() {
    let variables = [("STAGECRAFT_WORKER__CONCURRENCY", "0")];

    let ran = Program::new().run_with(&variables, &["worker"]);

    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("`worker.concurrency`"), "{}", ran.err);
}

#[test]
fn a_database_is_migrated_as_often_as_one_likes() {
    let program = Program::new();

    let (first, second) = (program.run(&["migrate"]), program.run(&["migrate"]));

    assert_eq!((first.code, second.code), (0, 0), "{}{}", first.err, second.err);
    assert_eq!(first.out, second.out);
}
