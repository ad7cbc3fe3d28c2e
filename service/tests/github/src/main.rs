//! The double as a program: for demonstrations and for tests that drive a service as a process.
//!
//! It prints what the service needs to know as settings, one `name: value` a line, and runs until it is interrupted.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use github_double::state::account::Role;
use github_double::{GitHub, Limits, Setup};

const HELP: &str = "github-double: a GitHub for tests and demonstrations

  --listen <address>     where to listen (127.0.0.1:0: any free port)
  --org <login>          an organisation, with the App installed in it (acme); may be given again
  --app <slug>           the name of the App (stagecraft)
  --user <login>         an owner of the organisations, whose token is printed; may be given again
  --webhook <url>        where the App's webhooks go
  --key <file>           where to write the App's private key (github-double.pem)
  --server               be a GitHub Enterprise Server
  --compressed <factor>  let the hours of limits pass so many times faster
  --latency <ms>         let each answer take so long
";

struct Asked {
    setup: Setup,
    organisations: Vec<String>,
    users: Vec<String>,
    app: String,
    webhook: Option<String>,
    key: PathBuf,
}

fn asked(mut args: impl Iterator<Item = String>) -> Result<Asked, String> {
    let mut asked = Asked {
        setup: Setup::default(),
        organisations: Vec::new(),
        users: Vec::new(),
        app: "stagecraft".to_owned(),
        webhook: None,
        key: PathBuf::from("github-double.pem"),
    };
    while let Some(option) = args.next() {
        if option == "--server" {
            let listen = asked.setup.listen;
            asked.setup = Setup { listen, ..Setup::server() };
            continue;
        }
        if option == "--help" {
            return Err(HELP.to_owned());
        }
        let value =
            args.next().ok_or_else(|| format!("`{option}` is not known, or its value is missing\n{HELP}"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("`{option}` takes a number, not `{value}`"));
        match option.as_str() {
            "--listen" => asked.setup.listen = value,
            "--org" => asked.organisations.push(value),
            "--user" => asked.users.push(value),
            "--app" => asked.app = value,
            "--webhook" => asked.webhook = Some(value),
            "--key" => asked.key = PathBuf::from(value),
            "--compressed" => asked.setup.limits = Limits::compressed(number()?),
            "--latency" => asked.setup.latency = Duration::from_millis(number()?),
            _ => return Err(format!("`{option}` is not known\n{HELP}")),
        }
    }
    if asked.organisations.is_empty() {
        asked.organisations.push("acme".to_owned());
    }
    Ok(asked)
}

fn run(asked: Asked) -> std::io::Result<()> {
    let github = GitHub::start(asked.setup);
    let app = github.app(&asked.app);
    if let Some(url) = &asked.webhook {
        github.webhook(app.id, url);
    }
    std::fs::write(&asked.key, &app.private_key)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "host: {}", github.host())?;
    writeln!(out, "api_url: {}", github.api_url())?;
    writeln!(out, "git_url: {}", github.git_url())?;
    writeln!(out, "app_id: {}", app.id)?;
    writeln!(out, "private_key: {}", asked.key.display())?;
    writeln!(out, "webhook_secret: {}", app.webhook_secret)?;
    for login in &asked.organisations {
        github.organisation(login);
        let installation = github.installation_for_all(app.id, login);
        writeln!(out, "organisation: {login} (installation {installation})")?;
    }
    for login in &asked.users {
        github.user(login);
        for organisation in &asked.organisations {
            github.member(organisation, login, Role::Admin);
        }
        writeln!(out, "token: {}", github.token(login, &["repo"]))?;
    }
    out.flush()?;
    drop(out);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(tokio::signal::ctrl_c())?;
    for line in github.take_violations() {
        writeln!(std::io::stderr(), "not as GitHub describes it: {line}")?;
    }
    Ok(())
}

fn main() -> std::process::ExitCode {
    let done = asked(std::env::args().skip(1))
        .and_then(|asked| run(asked).map_err(|error| format!("The double stopped: {error}\n")));
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(text) => {
            // There is nobody to tell if this fails, too.
            let _ = std::io::stderr().write_all(text.as_bytes());
            std::process::ExitCode::FAILURE
        }
    }
}
