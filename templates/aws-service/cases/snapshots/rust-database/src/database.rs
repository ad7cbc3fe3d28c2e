//! Connections to PostgreSQL.
//!
//! The password is read from its file whenever a connection is opened, so that a rotated one is
//! taken without a restart. Connections that are open stay.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, ensure};
use deadpool::{
    Runtime,
    managed::{self, Metrics, Object, RecycleError, RecycleResult},
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_postgres::{Client, Connection, NoTls, Socket, tls::TlsStream};
use tokio_postgres_rustls::MakeRustlsConnect;
use tracing::warn;

/// Connections of one replica. RDS gives some 100 to its smallest instance.
const CONNECTIONS: usize = 8;
/// How long a request waits for a connection.
const PATIENCE: Duration = Duration::from_secs(3);

/// Where the database is, and as whom to ask it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Name of the database.
    pub name: String,
    /// Role of the service.
    pub user: String,
    /// The file that holds the role's password.
    pub password_file: PathBuf,
    /// How connections are protected.
    pub tls: Tls,
}

/// How connections are protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Not at all: for a database on this machine.
    Disabled,
    /// Encrypted, with a certificate of one of the authorities in the file.
    Verified {
        /// Certificates of the authorities, as PEM.
        ca_file: PathBuf,
    },
}

/// Opens connections.
pub struct Connector {
    settings: Settings,
    tls: Option<MakeRustlsConnect>,
}

impl Connector {
    /// Reads the certificates of the authorities, but not the password.
    pub fn new(settings: &Settings) -> anyhow::Result<Self> {
        let tls = match &settings.tls {
            Tls::Disabled => None,
            Tls::Verified { ca_file } => Some(MakeRustlsConnect::new(trusting(ca_file)?)),
        };
        Ok(Self { settings: settings.clone(), tls })
    }

    /// Opens a connection, with the password as it is now.
    pub async fn connect(&self) -> anyhow::Result<Client> {
        let file = &self.settings.password_file;
        let password = fs::read_to_string(file)
            .with_context(|| format!("cannot read the password from `{}`", file.display()))?;
        let mut config = tokio_postgres::Config::new();
        config
            .host(&self.settings.host)
            .port(self.settings.port)
            .dbname(&self.settings.name)
            .user(&self.settings.user)
            .password(password.trim_end_matches(['\r', '\n']))
            .application_name("service")
            .connect_timeout(PATIENCE);
        let place = || format!("cannot connect to the database at `{}`", self.settings.host);
        if let Some(tls) = &self.tls {
            config.ssl_mode(tokio_postgres::config::SslMode::Require);
            let (client, connection) = config.connect(tls.clone()).await.with_context(place)?;
            drive(connection);
            Ok(client)
        } else {
            let (client, connection) = config.connect(NoTls).await.with_context(place)?;
            drive(connection);
            Ok(client)
        }
    }
}

fn trusting(ca_file: &PathBuf) -> anyhow::Result<ClientConfig> {
    let place = || format!("cannot read authorities from `{}`", ca_file.display());
    let mut authorities = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca_file).with_context(place)? {
        authorities.add(certificate.with_context(place)?).with_context(place)?;
    }
    ensure!(!authorities.is_empty(), "`{}` holds no certificate", ca_file.display());
    Ok(ClientConfig::builder().with_root_certificates(Arc::new(authorities)).with_no_client_auth())
}

/// Moves the bytes of a connection until it ends.
fn drive(connection: Connection<Socket, impl TlsStream + Unpin + Send + 'static>) {
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            warn!(%error, "a connection to the database broke");
        }
    });
}

impl managed::Manager for Connector {
    type Type = Client;
    type Error = anyhow::Error;

    async fn create(&self) -> anyhow::Result<Client> {
        self.connect().await
    }

    async fn recycle(&self, client: &mut Client, _: &Metrics) -> RecycleResult<anyhow::Error> {
        if client.is_closed() {
            return Err(RecycleError::message("the connection is closed"));
        }
        Ok(())
    }
}

/// Connections that are used again.
#[derive(Clone)]
pub struct Pool(managed::Pool<Connector>);

impl Pool {
    /// Makes a pool; it connects when somebody asks for a connection.
    pub fn new(settings: &Settings) -> anyhow::Result<Self> {
        let pool = managed::Pool::builder(Connector::new(settings)?)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .build()?;
        Ok(Self(pool))
    }

    /// A connection that is open.
    pub async fn get(&self) -> anyhow::Result<Object<Connector>> {
        self.0.get().await.map_err(|error| match error {
            managed::PoolError::Backend(cause) => cause,
            other => anyhow::anyhow!("no connection to the database: {other}"),
        })
    }
}
