//! The program as a platform meets it: configured by `PORT`, JSON on standard output, stopped by
//! SIGTERM.
#![cfg(unix)]

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};

use serde_json::Value;

/// The program, as Cargo built it for this test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_s3-b2b-gateway2");

/// Far above what a passing test takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running program, killed at the end of a test that failed half-way.
struct Service {
    process: Child,
    logs: Receiver<String>,
}

impl Service {
    fn start(port: &str) -> Self {
        let mut process = Command::new(PROGRAM)
            .env("PORT", port)
            .env("RUST_LOG", "info")
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

    fn terminate(&self) {
        let kill = format!("kill -TERM {}", self.process.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits for the end of the program, which is the end of its output.
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

fn get(port: u16, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn it_answers_until_it_is_told_to_stop() {
    let mut service = Service::start("0");
    let listening = service.next_log();
    assert_eq!(listening["message"], "listening");
    let port = listening["port"].as_u64().unwrap().try_into().unwrap();

    assert!(get(port, "/healthz").unwrap().starts_with("HTTP/1.1 200 OK"));
    assert!(get(port, "/?token=private").unwrap().starts_with("HTTP/1.1 200 OK"));
    let answered = service.next_log();
    assert_eq!((&answered["message"], &answered["status"]), (&"answered".into(), &200.into()));
    assert_eq!(answered["span"]["path"], "/", "health is not logged, nor is a query string");

    service.terminate();
    assert!(service.wait().success());
    assert!(get(port, "/healthz").is_err());
}

#[test]
fn a_wrong_port_ends_it_with_a_reason() {
    let mut service = Service::start("http");

    assert!(service.next_log()["error"].as_str().unwrap().contains("`PORT`"));
    assert!(!service.wait().success());
}

#[test]
fn a_taken_port_ends_it_with_a_reason() {
    let taken = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();

    let mut service = Service::start(&port);

    assert!(service.next_log()["error"].as_str().unwrap().contains(&port));
    assert!(!service.wait().success());
}
