//! `broker-session serve` with the sandboxes of all brokers, for clients that go through it.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::{
    running::Running,
    sandbox::{Sandbox, Settings},
};

/// The options of `serve`; the brokers follow. Port 0 is a free one.
const ARGUMENTS: [&str; 5] = ["serve", "--listen", "127.0.0.1:0", "--gateway", "ibkr=127.0.0.1:0"];

/// A running service. It ends before the sandboxes do.
pub(crate) struct Served {
    running: Running,
    _sandboxes: Vec<Sandbox>,
}

impl Served {
    /// Starts the sandboxes, then the service. `FOLDER/sandbox_BROKER.toml` has the settings of a sandbox.
    pub(crate) fn start(program: &Path, folder: &Path, brokers: &[&str]) -> Result<Self> {
        let mut sandboxes = Vec::new();
        for broker in brokers {
            let settings = Settings::read(&folder.join(format!("sandbox_{broker}.toml")))?;
            sandboxes.push(Sandbox::start(program, broker, &settings)?);
        }
        let arguments = [&ARGUMENTS, brokers].concat();
        let running = Running::start(program, &arguments, sandboxes.iter().flat_map(Sandbox::environment))?;
        // With this a failed request is a failure of curl.
        let settings = running.folder().join(".curlrc");
        fs::write(&settings, "fail\nno-progress-meter\nmax-time = 30\n")
            .with_context(|| format!("cannot write {}", settings.display()))?;
        Ok(Self { running, _sandboxes: sandboxes })
    }

    /// The variables for a client. Its home is that of the service, so that the token's file is where it always is.
    pub(crate) fn environment(&self) -> Result<[(&'static str, &str); 4]> {
        Ok([
            ("HOME", self.running.folder().to_str().context("the temporary folder has no name in UTF-8")?),
            ("SERVE_URL", self.running.reported("/url")?),
            ("SERVE_TOKEN_FILE", self.running.reported("/token_file")?),
            ("GATEWAY_URL", self.running.reported("/gateways/0/url")?),
        ])
    }

    /// An example with the ports of this service in place of the usual ones.
    pub(crate) fn adapt(&self, code: &str) -> Result<String> {
        let port = |pointer| self.running.reported(pointer).map(|address| address.rsplit(':').next());
        let (listen, gateway) = (port("/listen")?, port("/gateways/0/listen")?);
        Ok(code.replace("8788", listen.unwrap_or_default()).replace("5000", gateway.unwrap_or_default()))
    }
}
