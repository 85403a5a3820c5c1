//! Proxies and certificates: whoever is in between, TLS is verified.

use broker_session::{Connection, ErrorKind};

use crate::{AT_ONCE, Broker, Certified, Proxy, Report, Scene, closed, once, secret};

const USER: &str = "proxy-user";
const PASSWORD: &str = "secret-of-the-proxy";
/// RFC 7617: the name, a colon and the password in base64.
const BASIC: &str = "Basic cHJveHktdXNlcjpzZWNyZXQtb2YtdGhlLXByb3h5";

/// A connection through a proxy, with or without who is there.
fn through(proxy: &Proxy, user: Option<(&str, &str)>) -> Connection {
    let password = user.map(|(_, password)| secret(password));
    let user = user.map(|(name, _)| name).zip(password.as_ref());
    once().proxy(proxy.url(), user).expect("a proxy")
}

fn trusting(connection: Connection, certified: &Certified) -> Connection {
    connection.root_certificates(certified.pem().as_bytes()).expect("a certificate")
}

/// Everything goes through the proxy, and a proxy that does not ask who is there is not told.
pub async fn check_proxied<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for reach in B::reaches() {
        let (scene, proxy) = (Scene::new::<B>(spec).await, Proxy::start(None).await);
        let outcome = (reach.drive)(&scene.at(through(&proxy, None))).await;
        report.add(reach.operation, outcome);
        let seen = proxy.seen();
        report.same("what came through the proxy", &seen.len(), &scene.server().requests().len());
        let is_plain = |target: &str| target.starts_with(scene.server().base_url());
        let all = seen.iter().all(|seen| is_plain(&seen.target) && seen.authorization.is_none());
        report.same(reach.operation, &(all, seen.is_empty()), &(true, false));
    }
    report
}

/// A proxy that asks who is there is told, and the broker is not; one that refuses the user is an error without the
/// password.
pub async fn check_proxy_password<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for reach in B::reaches() {
        let scene = Scene::new::<B>(spec).await;
        let proxy = Proxy::start(Some((USER, PASSWORD))).await;
        for user in [None, Some((USER, "another-secret-of-the-proxy"))] {
            let outcome = match (reach.drive)(&scene.at(through(&proxy, user))).await {
                Ok(_) => Err("came out as a success".to_owned()),
                Err(error) if format!("{error} {error:?}").contains("secret-of") => Err(error.to_string()),
                Err(error) => match error.status() {
                    Some(407) => Ok(()),
                    status => Err(format!("{status:?}")),
                },
            };
            report.add(format!("{}, refused by the proxy", reach.operation), outcome);
        }
        report.same("what got past the proxy", &scene.server().requests().len(), &0);
        let before = proxy.seen().len();
        let outcome = (reach.drive)(&scene.at(through(&proxy, Some((USER, PASSWORD))))).await;
        report.add(format!("{}, known to the proxy", reach.operation), outcome);
        let seen = proxy.seen().split_off(before);
        let is_told = seen.iter().all(|seen| seen.authorization.as_deref() == Some(BASIC));
        let requests = scene.server().requests();
        let is_passed_on =
            requests.iter().any(|request| request.to_ascii_lowercase().contains("proxy-authorization"));
        report.same(reach.operation, &(is_told, is_passed_on, seen.len()), &(true, false, requests.len()));
    }
    report
}

/// TLS goes through a proxy from end to end: it learns the host, and nothing of the request.
pub async fn check_tls_through_proxy<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    let certified = Certified::for_loopback();
    for reach in B::reaches() {
        let scene = Scene::secure::<B>(spec, &certified).await;
        let proxy = Proxy::start(Some((USER, PASSWORD))).await;
        let connection = trusting(through(&proxy, Some((USER, PASSWORD))), &certified);
        report.add(reach.operation, (reach.drive)(&scene.at(connection)).await);
        for seen in proxy.seen() {
            let is_tunnel = seen.method == "CONNECT" && scene.server().base_url().ends_with(&seen.target);
            let is_readable = seen.text.contains("made-up") || seen.text.contains(&reach.of(spec).path);
            let found = (is_tunnel, seen.authorization.is_some(), is_readable);
            report.same(reach.operation, &found, &(true, true, false));
        }
        let requests = scene.server().requests().concat().to_ascii_lowercase();
        let found = (requests.contains("made-up"), requests.contains("proxy-authorization"));
        report.same(reach.operation, &found, &(true, false));
    }
    report
}

/// A certificate that nobody vouches for is refused through a proxy, too; only the given one is trusted.
pub async fn check_certificates<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    let (certified, another) = (Certified::for_loopback(), Certified::for_loopback());
    for reach in B::reaches() {
        let scene = Scene::secure::<B>(spec, &certified).await;
        let proxy = Proxy::start(None).await;
        let cases = [
            ("nobody vouches for it, through a proxy", &scene, through(&proxy, None)),
            ("another is trusted, through a proxy", &scene, trusting(through(&proxy, None), &another)),
        ];
        for (name, scene, connection) in cases {
            let outcome = match (reach.drive)(&scene.at(connection.retry(AT_ONCE))).await {
                Ok(_) => Err("came out as a success".to_owned()),
                Err(error) => {
                    let says_why = error.to_string().to_ascii_lowercase().contains("certificate");
                    match (error.kind(), error.is_unsent(), error.is_retryable(), says_why) {
                        (ErrorKind::Unavailable, true, false, true) => Ok(()),
                        found => Err(format!("{found:?}: {error}")),
                    }
                }
            };
            report.add(format!("{}, {name}", reach.operation), outcome);
            report.same(format!("{}, {name}", reach.operation), &scene.server().requests().len(), &0);
        }
        report.same("whether the proxy was used", &proxy.seen().is_empty(), &false);
        report.add(reach.operation, (reach.drive)(&scene.at(trusting(once(), &certified))).await);
    }
    report
}

/// A proxy that is not there is a connection that was not made, and nothing goes around it.
pub async fn check_proxy_gone<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for reach in B::reaches() {
        let scene = Scene::new::<B>(spec).await;
        let connection = once().proxy(&closed().await, None).expect("a proxy").retry(AT_ONCE);
        let found = match (reach.drive)(&scene.at(connection)).await {
            Ok(_) => None,
            Err(error) => Some((error.kind(), error.is_unsent())),
        };
        let expected = Some((ErrorKind::Unavailable, true));
        report.same(reach.operation, &found, &expected);
        report.same("what went around the proxy", &scene.server().requests().len(), &0);
    }
    report
}
