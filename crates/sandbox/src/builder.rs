//! Choosing what a sandbox is like before it starts: what is the same for every broker.

use std::fmt;
use std::io;

use crate::broker::Broker;
use crate::clock::Clock;
use crate::routes::Beside;
use crate::sandbox::Sandbox;
use crate::server::Listener;
use crate::spec::Spec;

/// Settings of a [`Sandbox`] to be started. From [`Sandbox::builder`].
pub struct Builder<B: Broker> {
    port: u16,
    clock: Clock,
    /// Makes what is served beside the broker, for a spec and the URL of the host's root.
    beside: Option<fn(&Spec, &str) -> Beside>,
    pub(crate) settings: B::Settings,
}

impl<B: Broker> Builder<B> {
    /// Port of the loopback interface to listen on; 0, the default, picks a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The clock by which everything expires; a running one by default. Under a clock that stands still all
    /// calls arrive at once, which a broker that limits their rate takes amiss.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Serves an interactive reference of the broker's API at `/`, from which the sandbox can be called in a browser. An
    /// operation or a page of the broker's own goes first.
    #[cfg(feature = "reference")]
    #[must_use]
    pub fn reference(mut self) -> Self {
        self.beside = Some(|spec, root| {
            let reference = crate::reference::Reference::new(spec, root);
            Box::new(move |method, path| reference.answer(method, path))
        });
        self
    }

    /// Starts the sandbox on the current tokio runtime. It answers as soon as this returns.
    ///
    /// # Errors
    /// A port cannot be listened on, most often because another program holds it; or what was chosen cannot
    /// be: an account with a secret that is none, a certificate that could not be made.
    ///
    /// # Panics
    /// Outside a tokio runtime with IO and time enabled.
    pub async fn start(self) -> io::Result<Sandbox<B>> {
        let spec = B::spec()?;
        let first = Listener::bind(self.port).await?;
        let (broker, doors) = B::open(self.settings, &self.clock, first).await?;
        let beside = self.beside.map(|make| make(spec, broker.root_url()));
        Ok(Sandbox::open(broker, self.clock, spec, doors, beside))
    }
}

impl<B: Broker> Default for Builder<B> {
    fn default() -> Self {
        Self { port: 0, clock: Clock::running(), beside: None, settings: B::Settings::default() }
    }
}

impl<B: Broker> Clone for Builder<B> {
    fn clone(&self) -> Self {
        Self {
            port: self.port,
            clock: self.clock.clone(),
            beside: self.beside,
            settings: self.settings.clone(),
        }
    }
}

impl<B: Broker> fmt::Debug for Builder<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("port", &self.port)
            .field("clock", &self.clock)
            .field("beside", &self.beside.is_some())
            .field("settings", &self.settings)
            .finish()
    }
}
