//! Puts a session on a request by hand: the headers that every request carries, and a look at the host.

use bench_programs::{Outcome, run};
use reqwest::{
    Client, Url,
    header::{HeaderName, HeaderValue},
};

struct Session {
    http: Client,
    base: Url,
    orders: String,
    headers: Vec<(HeaderName, HeaderValue)>,
}

async fn session(base: String) -> Outcome<Session> {
    let mut headers = Vec::new();
    for (name, value) in [
        ("authorization", "Bearer made-up-bearer"),
        ("consumerkey", "made-up-consumer-key"),
        ("ip", ""),
        ("appid", "made-up-app"),
        ("sessiontoken", "made-up-session-token"),
    ] {
        // A token is not known before the program runs.
        let mut value = HeaderValue::from_str(value)?;
        value.set_sensitive(true);
        headers.push((HeaderName::from_static(name), value));
    }
    let http = Client::builder().no_proxy().build()?;
    Ok(Session { http, orders: format!("{base}/orders"), base: base.parse()?, headers })
}

async fn authorize(session: &Session) -> Outcome {
    let mut request = session.http.get(session.orders.as_str()).build()?;
    if request.url().origin() != session.base.origin() {
        return Err("another host".into());
    }
    for (name, value) in &session.headers {
        request.headers_mut().insert(name, value.clone());
    }
    std::hint::black_box(request);
    Ok(())
}

fn main() -> Outcome {
    run(session, authorize)
}
