//! A broker at all of its real host names, without leaving the machine.

use broker_session::ClientOptions;

use crate::{Generated, Proxy, RawServer, Reaction, TestCertificate, respond, settings::JSON};

/// A server for every host name of a broker, behind a proxy that leads all of them to it.
pub struct BrokerHosts {
    proxy: Proxy,
    certified: TestCertificate,
    server: RawServer,
}

impl BrokerHosts {
    /// Responds to requests with the JSON that `response` makes of them. The `refused` (`host:port`) behave as if nobody
    /// listened there.
    pub async fn start<G: Generated>(
        refused: &[&str],
        response: impl Fn(&str) -> String + Send + Sync + 'static,
    ) -> Self {
        let names = G::api().all_servers().map(|server| host(server.url).to_owned());
        // Hosts that the spec does not list, but that are below the broker's domain.
        let below = G::api().domains.iter().map(|domain| format!("*.{domain}"));
        let names: Vec<String> = names.chain(below).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let certified = TestCertificate::for_names(&names);
        let response = move |request: &str| Reaction::Respond(respond("200 OK", &[JSON], &response(request)));
        let server = RawServer::start_tls(&certified, response).await;
        let target = server.base_url().trim_start_matches("https://").to_owned();
        let proxy = Proxy::leading_to(&target, refused).await;
        Self { proxy, certified, server }
    }

    /// Options that lead into this world.
    pub fn reached_by(&self, options: ClientOptions) -> ClientOptions {
        options.proxy(self.proxy.url()).root_certificates(self.certified.pem())
    }

    /// The hosts that were asked for, each once in a row.
    pub fn hosts(&self) -> Vec<String> {
        let mut hosts: Vec<String> = self.proxy.seen().into_iter().map(|seen| seen.target).collect();
        hosts.dedup();
        hosts
    }

    /// The requests that came through, oldest first.
    pub fn requests(&self) -> Vec<String> {
        self.server.requests()
    }
}

fn host(url: &str) -> &str {
    let rest = url.strip_prefix("https://").unwrap_or(url);
    rest.split('/').next().unwrap_or(rest)
}

/// What a forged response might name in place of a host of the broker's. `own` is one of its host names; at `port` of
/// loopback somebody listens who is not the broker.
pub fn hostile_urls(own: &str, port: u16) -> Vec<String> {
    let parent = own.split_once('.').map_or(own, |(_, parent)| parent);
    // The same name with a Cyrillic letter in it.
    let look_alike = own.replacen(['a', 'e'], "\u{435}", 1);
    let mut urls: Vec<String> = [
        "127.0.0.1",
        "localhost",
        "127.0.0.2",
        "127.1",
        "2130706433",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "made-up@127.0.0.1",
        "127.0.0.1.evil.example",
    ]
    .iter()
    .map(|host| format!("http://{host}:{port}/apim"))
    .collect();
    urls.extend([
        format!("127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}?https://{own}"),
        format!("https://{own}.evil.example/apim"),
        format!("https://{own}.evil/apim"),
        format!("https://evil{parent}/apim"),
        format!("https://evil-{parent}/apim"),
        format!("https://{parent}"),
        format!("https://xn--evil-{parent}/apim"),
        format!("https://xn--evil.{parent}/apim"),
        format!("https://.{parent}/apim"),
        format!("https://evil.example/{own}"),
        format!("https://evil.example#@{own}"),
        format!("https://evil.example\\@{own}/apim"),
        format!("https://{own}@evil.example/apim"),
        format!("https://user:made-up@{own}/apim"),
        format!("https://{own}:8443/apim"),
        format!("https://{own}:80"),
        format!("https://{own}."),
        format!("https://{own}.:443/apim"),
        format!("https://{own}?to=evil.example"),
        format!("https://{}", own.replacen('.', "%2e", 1)),
        format!("https://{look_alike}/apim"),
        format!("https://{own}\u{0}.evil.example"),
        format!("http://{own}/apim"),
        format!("ws://{own}"),
        format!("ftp://{own}/apim"),
    ]);
    let others = [
        "https://127.0.0.1.evil.example/apim",
        "https://evil.example/apim",
        "http://evil.example/apim",
        "evil.example",
        "//evil.example/apim",
        "https:evil.example",
        "https://[2001:db8::1]",
        "https://",
        "javascript:alert(1)",
        "not a URL",
    ];
    urls.extend(others.map(str::to_owned));
    urls
}
