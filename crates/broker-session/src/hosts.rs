//! Which hosts the credentials of a client may go to.

use broker_session_runtime::{
    AllowedHosts, Api, Environment, HostNotAllowed, Server, is_loopback, parse_url,
};
use url::Url;

use crate::{ClientOptions, Error};

/// Where a sign-in may start, in order, and the hosts that it may use: the given URLs or else the broker's own, and
/// the hosts that the options name.
pub(crate) fn reachable(
    options: &ClientOptions,
    api: &Api,
    environment: Environment,
    given: &[String],
) -> Result<(AllowedHosts, Vec<Url>), Error> {
    let own = api.servers_of(environment).map(str::to_owned);
    let urls = if given.is_empty() { own.collect() } else { given.to_vec() };
    let (mut hosts, bases) = allowed_hosts(options, &urls)?;
    // On loopback one server stands for all of the broker's.
    if !bases.iter().any(is_loopback) {
        // A host given by the caller may send the sign-in on to the broker's own hosts, but only to those of the
        // environment that it belongs to.
        let environment = environment_of(api, &bases).unwrap_or(environment);
        allow_own(&mut hosts, api, environment)?;
    }
    Ok((hosts, bases))
}

/// The given URLs, and the hosts that credentials may go to: theirs, and those that the options name.
pub(crate) fn allowed_hosts(
    options: &ClientOptions,
    given: &[String],
) -> Result<(AllowedHosts, Vec<Url>), Error> {
    let mut hosts = AllowedHosts::new();
    if options.plain_http {
        hosts.permit_plain_http();
    }
    let mut allow = |name: &str, url: &String| hosts.allow(url).map_err(|error| unusable(name, &error));
    let bases = given.iter().map(|url| allow("the base URL", url)).collect::<Result<Vec<_>, _>>()?;
    for host in &options.hosts {
        allow("the host to allow", host)?;
    }
    Ok((hosts, bases))
}

/// The environment that the first base belongs to, if it is one of the broker's own.
fn environment_of(api: &Api, bases: &[Url]) -> Option<Environment> {
    let first = bases.first()?.host_str()?;
    let same_host = |server: &&Server| Url::parse(server.url).is_ok_and(|url| url.host_str() == Some(first));
    api.all_servers().find(same_host).map(|server| server.environment)
}

/// Allows the broker's own hosts in an environment. Hosts below the broker's domains that the spec does not list count as
/// ones of production.
fn allow_own(hosts: &mut AllowedHosts, api: &Api, environment: Environment) -> Result<(), Error> {
    for server in api.all_servers() {
        let noted = if server.environment == environment {
            hosts.allow(server.url).map(drop)
        } else {
            hosts.exclude(server.url)
        };
        noted.map_err(|error| unusable("a server of the spec", &error))?;
    }
    if environment == Environment::Production {
        api.domains.iter().for_each(|domain| hosts.trust_domain(domain));
    }
    Ok(())
}

/// Whether a URL is on loopback, or at one of the broker's own hosts or domains in an environment, so that nothing more
/// must be known to send credentials there.
pub(crate) fn is_own(api: &Api, environment: Environment, url: &str) -> bool {
    let mut own = AllowedHosts::new();
    let mut is_own = || allow_own(&mut own, api, environment).is_ok() && own.check_named(url).is_ok();
    parse_url(url).is_ok_and(|url| is_loopback(&url)) || is_own()
}

/// Where to carry on after a response has named a host.
///
/// A server on loopback stands for all of the broker's hosts: a fixture or a sandbox that names one of them
/// must not make credentials leave the machine, so the flow stays where it is. A path that none of the broker's servers
/// has is kept. And what listens on a port of loopback is the same whichever name of loopback a response uses.
pub(crate) fn follow(
    api: &Api,
    hosts: &AllowedHosts,
    current: &Url,
    named: &str,
) -> Result<Url, HostNotAllowed> {
    if named == without_slash(current) {
        return Ok(current.clone());
    }
    let refused = match hosts.check_named(named) {
        Ok(url) => return Ok(url),
        Err(refused) => refused,
    };
    if !is_loopback(current) {
        return Err(refused);
    }
    let mut own = AllowedHosts::new();
    let servers: Vec<Url> = api.all_servers().filter_map(|server| own.allow(server.url).ok()).collect();
    api.domains.iter().for_each(|domain| own.trust_domain(domain));
    let mut here = current.clone();
    let refused = match own.check_named(named) {
        Ok(url) => {
            if url.path() != "/" && servers.iter().all(|server| server.path() != url.path()) {
                here.set_path(url.path());
            }
            return Ok(here);
        }
        // Knows the broker's names, too.
        Err(refused) => refused,
    };
    let url = refused.url().ok_or_else(|| refused.clone())?;
    if !is_loopback(url) || url.scheme() != current.scheme() || url.port() != current.port() {
        return Err(refused);
    }
    here.set_path(url.path());
    Ok(here)
}

/// A URL of the caller's that cannot be used.
pub(crate) fn unusable(name: &str, error: &HostNotAllowed) -> Error {
    Error::config(format!("{name} cannot be used: {}", error.reason()))
}

/// A base URL as it is shown everywhere: without a slash at its end.
pub(crate) fn without_slash(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

/// A URL that a caller has given, as it may be printed before it was checked: it may have a password in it.
pub(crate) fn printable_url(url: &str) -> String {
    let is_plain = !url.contains(['@', '?', '#', '%']) && !url.contains(char::is_control);
    if is_plain { url.to_owned() } else { "[not a plain URL]".to_owned() }
}

#[cfg(all(test, feature = "kotak"))]
mod tests {
    use super::*;

    fn next(named: &str) -> Option<String> {
        let mut hosts = AllowedHosts::new();
        let current = hosts.allow("http://127.0.0.1:9000/apim").ok()?;
        follow(&kotak_session_api::API, &hosts, &current, named).ok().map(String::from)
    }

    #[test]
    fn a_sign_in_on_loopback_stays_with_its_listener() {
        for named in
            ["http://localhost:9000/second", "http://[::1]:9000/second", "http://127.0.0.1:9000/second"]
        {
            assert_eq!(next(named).as_deref(), Some("http://127.0.0.1:9000/second"), "{named}");
        }
        assert_eq!(
            next("https://tradeapi.kotaksecurities.com/apim").as_deref(),
            Some("http://127.0.0.1:9000/apim")
        );
        for named in
            ["http://localhost:9001/apim", "https://localhost:9000/apim", "https://evil.example/apim"]
        {
            assert_eq!(next(named), None, "{named}");
        }
    }

    #[test]
    fn a_look_alike_is_called_one_and_not_to_be_allowed() {
        let own: (_, Vec<Url>) =
            reachable(&ClientOptions::new(), &kotak_session_api::API, Environment::Production, &[]).unwrap();
        let mut here = AllowedHosts::new();
        let loopback = here.allow("http://127.0.0.1:9000/apim").unwrap();
        for (hosts, current) in [(&own.0, &own.1[0]), (&here, &loopback)] {
            let refused = |named| follow(&kotak_session_api::API, hosts, current, named).unwrap_err();
            for named in
                ["https://e43.kotaksecurities.com.evil.example", "https://evil-kotaksecurities.com:8443"]
            {
                let error = refused(named);
                assert!(
                    error.to_string().contains("only looks like one of `kotaksecurities.com`"),
                    "{error}"
                );
                assert_eq!(error.url(), None);
            }
            let error = refused("https://evil.example");
            assert!(
                error.url().is_some() && error.reason().ends_with("end with .kotaksecurities.com"),
                "{error}"
            );
        }
    }
}
