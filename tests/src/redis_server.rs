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
pub struct RedisServer {
    directory: TempDir,
    port: u16,
    process: Child,
    authority: Option<String>,
}

impl RedisServer {
    /// A server without a password. `None`, with the reason on stderr, if there is no `redis-server` on this machine and none
    /// is required.
    pub fn start() -> Option<Self> {
        Self::start_with("")
    }

    /// A server with these lines in its configuration, too.
    pub fn start_with(settings: &str) -> Option<Self> {
        Self::launch(settings, false)
    }

    /// A server that speaks TLS only, as `127.0.0.1` and with a certificate from an authority of its own.
    pub fn start_with_tls() -> Option<Self> {
        Self::launch("", true)
    }

    fn launch(settings: &str, has_tls: bool) -> Option<Self> {
        for _ in 0..ATTEMPTS {
            let directory = tempfile::tempdir().expect("Redis");
            let path = |name: &str| directory.path().join(name);
            let port = free_port();
            let mut config = format!("bind 127.0.0.1\nsave \"\"\nappendonly no\n{settings}\n");
            let authority = has_tls.then(|| {
                let certificates = Certificates::new();
                fs::write(path("cert.pem"), &certificates.certificate).expect("Redis");
                fs::write(path("key.pem"), &certificates.key).expect("Redis");
                fs::write(path("ca.pem"), &certificates.authority).expect("Redis");
                certificates.authority
            });
            config += &match has_tls {
                false => format!("port {port}\n"),
                true => format!(
                    "port 0\ntls-port {port}\ntls-auth-clients no\ntls-cert-file cert.pem\ntls-key-file key.pem\n\
                     tls-ca-cert-file ca.pem\n"
                ),
            };
            fs::write(path("redis.conf"), config).expect("Redis");
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

    /// Its port on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its URL: `redis` with TLS is `rediss`.
    pub fn url(&self) -> String {
        let scheme = if self.authority.is_some() { "rediss" } else { "redis" };
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// The certificate of its authority, in PEM.
    pub fn authority(&self) -> &str {
        self.authority.as_deref().expect("Redis")
    }

    /// Stops it at once.
    pub fn stop(&mut self) {
        self.process.kill().expect("Redis");
        self.process.wait().expect("Redis");
    }

    /// Starts it again on the same port, without what it held.
    pub fn start_again(&mut self) {
        self.process = run(self.directory.path().to_owned()).expect("Redis").expect("its port is taken");
    }

    /// What a command responds, as the default user.
    pub fn raw<T: redis::FromRedisValue>(&self, command: &[&str]) -> T {
        let mut connection = redis::Client::open(self.url()).expect("Redis").get_connection().expect("Redis");
        redis::cmd(command[0]).arg(&command[1..]).query(&mut connection).expect("Redis")
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
    let mut log = BufReader::new(process.stdout.take().expect("Redis")).lines();
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
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("Redis").local_addr().expect("Redis").port()
}

/// A certificate for `127.0.0.1` and the authority that has signed it, in PEM.
struct Certificates {
    certificate: String,
    key: String,
    authority: String,
}

impl Certificates {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).expect("Redis");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_key = KeyPair::generate().expect("Redis");
        let authority = params.self_signed(&authority_key).expect("Redis").pem();
        let issuer = Issuer::new(params, authority_key);
        let key = KeyPair::generate().expect("Redis");
        let certificate = CertificateParams::new(["127.0.0.1".to_owned()]).expect("Redis");
        let certificate = certificate.signed_by(&key, &issuer).expect("Redis").pem();
        Self { certificate, key: key.serialize_pem(), authority }
    }
}
