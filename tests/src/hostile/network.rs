//! Proxies and certificates: whoever is in between, TLS is verified.

use broker_session::{ClientOptions, ErrorKind};

use crate::{AT_ONCE, Broker, FaultyBroker, Proxy, Report, TestCertificate, closed, once, secret};

const USER: &str = "proxy-user";
const PASSWORD: &str = "secret-of-the-proxy";
/// RFC 7617: the name, a colon and the password in base64.
const BASIC: &str = "Basic cHJveHktdXNlcjpzZWNyZXQtb2YtdGhlLXByb3h5";

/// Options for a proxy, with or without who is there.
fn through(proxy: &Proxy, user: Option<(&str, &str)>) -> ClientOptions {
    let options = once().proxy(proxy.url());
    match user {
        Some((name, password)) => options.proxy_user(name, secret(password)),
        None => options,
    }
}

fn trusting(options: ClientOptions, certified: &TestCertificate) -> ClientOptions {
    options.root_certificates(certified.pem())
}

/// Everything goes through the proxy, and a proxy that asks for no user gets none.
pub async fn check_proxied<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for scenario in B::scenarios() {
        let (faulty, proxy) = (FaultyBroker::new::<B>(spec).await, Proxy::start(None).await);
        let outcome = (scenario.drive)(&faulty.at(through(&proxy, None))).await;
        report.add(scenario.operation, outcome);
        let seen = proxy.seen();
        report.same("what came through the proxy", &seen.len(), &faulty.server().requests().len());
        let is_plain = |target: &str| target.starts_with(faulty.server().base_url());
        let all = seen.iter().all(|seen| is_plain(&seen.target) && seen.authorization.is_none());
        report.same(scenario.operation, &(all, seen.is_empty()), &(true, false));
    }
    report
}

/// A proxy that asks for the user gets it, and the broker does not; one that refuses the user is an error without the
/// password.
pub async fn check_proxy_password<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for scenario in B::scenarios() {
        let faulty = FaultyBroker::new::<B>(spec).await;
        let proxy = Proxy::start(Some((USER, PASSWORD))).await;
        for user in [None, Some((USER, "another-secret-of-the-proxy"))] {
            let outcome = match (scenario.drive)(&faulty.at(through(&proxy, user))).await {
                Ok(_) => Err("came out as a success".to_owned()),
                Err(error) if format!("{error} {error:?}").contains("secret-of") => Err(error.to_string()),
                Err(error) => match error.status() {
                    Some(407) => Ok(()),
                    status => Err(format!("{status:?}")),
                },
            };
            report.add(format!("{}, refused by the proxy", scenario.operation), outcome);
        }
        report.same("what got past the proxy", &faulty.server().requests().len(), &0);
        let before = proxy.seen().len();
        let outcome = (scenario.drive)(&faulty.at(through(&proxy, Some((USER, PASSWORD))))).await;
        report.add(format!("{}, known to the proxy", scenario.operation), outcome);
        let seen = proxy.seen().split_off(before);
        let is_told = seen.iter().all(|seen| seen.authorization.as_deref() == Some(BASIC));
        let requests = faulty.server().requests();
        let is_passed_on =
            requests.iter().any(|request| request.to_ascii_lowercase().contains("proxy-authorization"));
        report.same(scenario.operation, &(is_told, is_passed_on, seen.len()), &(true, false, requests.len()));
    }
    report
}

/// TLS goes through a proxy from end to end: it learns the host, and nothing of the request.
pub async fn check_tls_through_proxy<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    let certified = TestCertificate::for_loopback();
    for scenario in B::scenarios() {
        let faulty = FaultyBroker::secure::<B>(spec, &certified).await;
        let proxy = Proxy::start(Some((USER, PASSWORD))).await;
        let options = trusting(through(&proxy, Some((USER, PASSWORD))), &certified);
        report.add(scenario.operation, (scenario.drive)(&faulty.at(options)).await);
        for seen in proxy.seen() {
            let is_tunnel = seen.method == "CONNECT" && faulty.server().base_url().ends_with(&seen.target);
            let is_readable = seen.text.contains("made-up") || seen.text.contains(&scenario.of(spec).path);
            let found = (is_tunnel, seen.authorization.is_some(), is_readable);
            report.same(scenario.operation, &found, &(true, true, false));
        }
        let requests = faulty.server().requests().concat().to_ascii_lowercase();
        let has_come =
            requests.contains(&scenario.of(spec).path.to_ascii_lowercase()) || requests.contains("made-up");
        let found = (has_come, requests.contains("proxy-authorization"));
        report.same(scenario.operation, &found, &(true, false));
    }
    report
}

/// A certificate that nobody vouches for is refused through a proxy, too; only the given one is trusted.
pub async fn check_certificates<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    let (certified, another) = (TestCertificate::for_loopback(), TestCertificate::for_loopback());
    for scenario in B::scenarios() {
        let faulty = FaultyBroker::secure::<B>(spec, &certified).await;
        let proxy = Proxy::start(None).await;
        let cases = [
            ("nobody vouches for it, through a proxy", &faulty, through(&proxy, None)),
            ("another is trusted, through a proxy", &faulty, trusting(through(&proxy, None), &another)),
        ];
        for (name, faulty, options) in cases {
            let outcome = match (scenario.drive)(&faulty.at(options.retry(AT_ONCE))).await {
                Ok(_) => Err("came out as a success".to_owned()),
                Err(error) => {
                    let says_why = error.to_string().to_ascii_lowercase().contains("certificate");
                    match (error.kind(), error.is_unsent(), error.is_retryable(), says_why) {
                        (ErrorKind::Unavailable, true, false, true) => Ok(()),
                        found => Err(format!("{found:?}: {error}")),
                    }
                }
            };
            report.add(format!("{}, {name}", scenario.operation), outcome);
            report.same(format!("{}, {name}", scenario.operation), &faulty.server().requests().len(), &0);
        }
        report.same("whether the proxy was used", &proxy.seen().is_empty(), &false);
        report.add(scenario.operation, (scenario.drive)(&faulty.at(trusting(once(), &certified))).await);
    }
    report
}

/// A proxy that is not there is a connection that was not made, and nothing goes around it.
pub async fn check_proxy_gone<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for scenario in B::scenarios() {
        let faulty = FaultyBroker::new::<B>(spec).await;
        let options = once().proxy(closed().await).retry(AT_ONCE);
        let found = match (scenario.drive)(&faulty.at(options)).await {
            Ok(_) => None,
            Err(error) => Some((error.kind(), error.is_unsent())),
        };
        let expected = Some((ErrorKind::Unavailable, true));
        report.same(scenario.operation, &found, &expected);
        report.same("what went around the proxy", &faulty.server().requests().len(), &0);
    }
    report
}
