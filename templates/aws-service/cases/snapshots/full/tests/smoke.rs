//! The program as a platform meets it: configured by variables, JSON on standard output, stopped
//! by SIGTERM.
//! Needs a database, given by the variables that the service has.

use std::{
    env, fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpStream},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};

use serde_json::Value;

/// The program, as Cargo built it for this test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_service");

/// Far above what a passing test takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running program, killed at the end of a test that failed half-way.
struct Service {
    process: Child,
    logs: Receiver<String>,
}

impl Service {
    /// Starts the program with these variables beside those of the test.
    fn start(variables: &[(&str, &str)], arguments: &[&str]) -> Self {
        let mut process = Command::new(PROGRAM)
            .args(arguments)
            .env("PORT", "0")
            .env("BUCKET_NAME", "unused")
            .env("RUST_LOG", "info")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (sender, logs) = mpsc::channel();
        // It ends with the program's output.
        thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { process, logs }
    }

    fn next_log(&self) -> Value {
        let line = self.logs.recv_timeout(PATIENCE).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// The port, once it listens.
    fn port(&self) -> u16 {
        let listening = self.next_log();
        assert_eq!(listening["message"], "listening", "{listening}");
        listening["port"].as_u64().unwrap().try_into().unwrap()
    }

    /// Asks it to stop, and waits for the end of the program, which is the end of its output.
    fn stop(&mut self) -> ExitStatus {
        let kill = format!("kill -TERM {}", self.process.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        self.wait()
    }

    fn wait(&mut self) -> ExitStatus {
        loop {
            match self.logs.recv_timeout(PATIENCE) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return self.process.wait().unwrap(),
                Err(RecvTimeoutError::Timeout) => panic!("the program does not end"),
            }
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Fails when the program has ended already, which is what a passing test leaves behind.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The status of an answer.
fn get(port: u16, path: &str) -> io::Result<u16> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.split(' ').nth(1).unwrap().parse().unwrap())
}

#[test]
fn it_answers_until_it_is_told_to_stop() {
    assert!(Service::start(&[], &["migrate"]).wait().success());
    let mut service = Service::start(&[], &[]);
    let port = service.port();

    assert_eq!(get(port, "/healthz").unwrap(), 200);
    assert_eq!(get(port, "/readyz").unwrap(), 200);
    assert_eq!(get(port, "/?token=private").unwrap(), 200);
    let answered = service.next_log();
    assert_eq!((&answered["message"], &answered["status"]), (&"answered".into(), &200.into()));
    assert_eq!(answered["span"]["path"], "/", "probes are not logged, nor is a query string");
    assert_eq!(get(port, "/nothing-here").unwrap(), 404);

    assert!(service.stop().success());
    assert!(get(port, "/healthz").is_err());
}

#[test]
fn a_wrong_port_ends_it_with_a_reason() {
    let mut service = Service::start(&[("PORT", "http")], &[]);

    assert!(service.next_log()["error"].as_str().unwrap().contains("`PORT`"));
    assert!(!service.wait().success());
}

#[test]
fn an_unknown_command_ends_it_with_a_reason() {
    let mut service = Service::start(&[], &["dance"]);

    assert!(service.next_log()["error"].as_str().unwrap().contains("`dance`"));
    assert!(!service.wait().success());
}

#[test]
fn a_new_password_is_taken_without_a_restart() {
    let right = fs::read_to_string(env::var("DATABASE_PASSWORD_FILE").unwrap()).unwrap();
    let file = env::temp_dir().join(format!("password-{}", std::process::id()));
    fs::write(&file, "an old one").unwrap();
    let mut service = Service::start(&[("DATABASE_PASSWORD_FILE", file.to_str().unwrap())], &[]);
    let port = service.port();

    assert_eq!(get(port, "/readyz").unwrap(), 503);
    assert_eq!(get(port, "/healthz").unwrap(), 200, "it is the database, not the process");
    fs::write(&file, right).unwrap();
    assert_eq!(get(port, "/readyz").unwrap(), 200);

    assert!(service.stop().success());
    fs::remove_file(file).unwrap();
}
