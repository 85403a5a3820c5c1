//! A real Redis server for a test, on a port of its own.

use std::{
    env, fs,
    io::{BufRead, BufReader, ErrorKind},
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

/// How often another port is tried, if somebody else has taken the first.
const ATTEMPTS: usize = 10;

/// A server that is stopped when this is dropped.
pub(crate) struct RedisServer {
    directory: TempDir,
    port: u16,
    process: Child,
    authority: Option<String>,
}

impl RedisServer {
    /// A server without a password. `None`, with the reason on stderr, if there is no `redis-server` on this machine and none
    /// is required.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with("")
    }

    /// A server with these lines in its configuration, too.
    pub(crate) fn start_with(settings: &str) -> Option<Self> {
        Self::launch(settings, false)
    }

    /// A server that speaks TLS only, as `127.0.0.1` and with a certificate from an authority of its own.
    pub(crate) fn start_with_tls() -> Option<Self> {
        Self::launch("", true)
    }

    fn launch(settings: &str, has_tls: bool) -> Option<Self> {
        for _ in 0..ATTEMPTS {
            let directory = tempfile::tempdir().unwrap();
            let path = |name: &str| directory.path().join(name);
            let port = free_port();
            let mut config = format!("bind 127.0.0.1\nsave \"\"\nappendonly no\n{settings}\n");
            let authority = has_tls.then(|| {
                let certificates = Certificates::new();
                fs::write(path("cert.pem"), &certificates.certificate).unwrap();
                fs::write(path("key.pem"), &certificates.key).unwrap();
                fs::write(path("ca.pem"), &certificates.authority).unwrap();
                certificates.authority
            });
            config += &match has_tls {
                false => format!("port {port}\n"),
                true => format!(
                    "port 0\ntls-port {port}\ntls-auth-clients no\ntls-cert-file cert.pem\ntls-key-file key.pem\n\
                     tls-ca-cert-file ca.pem\n"
                ),
            };
            fs::write(path("redis.conf"), config).unwrap();
            match run(directory.path().to_owned()) {
                Ok(Some(process)) => return Some(Self { directory, port, process, authority }),
                // The port is taken.
                Ok(None) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    let is_required = ["CI", "REQUIRE_REDIS"].iter().any(|name| env::var_os(name).is_some());
                    assert!(!is_required, "there is no `redis-server`, and it is required here");
                    eprintln!("skipped: there is no `redis-server`");
                    return None;
                }
                Err(error) => panic!("redis-server cannot be started: {error}"),
            }
        }
        panic!("redis-server does not start");
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Its URL: `redis` with TLS is `rediss`.
    pub(crate) fn url(&self) -> String {
        let scheme = if self.authority.is_some() { "rediss" } else { "redis" };
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// The certificate of its authority, in PEM.
    pub(crate) fn authority(&self) -> &str {
        self.authority.as_deref().unwrap()
    }

    pub(crate) fn stop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again on the same port, without what it held.
    pub(crate) fn start_again(&mut self) {
        self.process = run(self.directory.path().to_owned()).unwrap().expect("its port is taken");
    }

    /// What a command responds, as the default user.
    pub(crate) fn raw<T: redis::FromRedisValue>(&self, command: &[&str]) -> T {
        let mut connection = redis::Client::open(self.url()).unwrap().get_connection().unwrap();
        redis::cmd(command[0]).arg(&command[1..]).query(&mut connection).unwrap()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs the server in a directory until it accepts connections; `None` if it ended before.
fn run(directory: PathBuf) -> std::io::Result<Option<Child>> {
    let mut process = Command::new("redis-server")
        .arg("redis.conf")
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut log = BufReader::new(process.stdout.take().unwrap()).lines();
    let is_ready =
        log.by_ref().map_while(Result::ok).any(|line| line.contains("Ready to accept connections"));
    if is_ready {
        // It would wait if nobody read its log.
        thread::spawn(move || log.for_each(drop));
        return Ok(Some(process));
    }
    process.wait()?;
    Ok(None)
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// A certificate for `127.0.0.1` and the authority that has signed it, in PEM.
struct Certificates {
    certificate: String,
    key: String,
    authority: String,
}

impl Certificates {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&authority_key).unwrap().pem();
        let issuer = Issuer::new(params, authority_key);
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let certificate = certificate.signed_by(&key, &issuer).unwrap().pem();
        Self { certificate, key: key.serialize_pem(), authority }
    }
}
