//! What becomes of strings that others have made: they are shown, and nothing else.

use std::sync::atomic::{AtomicBool, Ordering};

use broker_session_serve::Server;
use contract_tests::{RawServer, Reaction, complaints, in_chromium, respond};
use serde_json::{Value, json};

use crate::support::{Page, Result, Served};

/// The page of a server with its policy, at a server that sends other news, once. A second request gets nothing.
pub(crate) async fn copy(served: &Served, news: &Value) -> Result<RawServer> {
    let response = served.get("/").await?;
    let policy = response.headers()["content-security-policy"].to_str()?.to_owned();
    assert!(!policy.contains("unsafe"), "{policy}");
    let page = response.text().await?;
    let news = format!("data: {news}\n\n");
    let is_sent = AtomicBool::new(false);
    Ok(RawServer::start(move |request| {
        if request.starts_with("GET /events ") && is_sent.swap(true, Ordering::Relaxed) {
            return Reaction::Stall(Vec::new());
        }
        if request.starts_with("GET /events ") {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
            return Reaction::Stall(format!("{head}{news}").into_bytes());
        }
        let headers = [("content-type", "text/html; charset=utf-8"), ("content-security-policy", &*policy)];
        Reaction::Respond(respond("200 OK", &headers, &page))
    })
    .await)
}

#[tokio::test]
#[ignore = "needs Chromium and chromedriver"]
async fn strings_of_others_are_shown_as_they_are() -> Result {
    let script = "<script>window.isHostile = true</script>";
    let image = "<img src=x onerror='window.isHostile = true'>";
    let session = |name: &str, login_url: &str| {
        json!({
            "name": name, "status": "person_needed", "ready": false, "reason": image, "since": "2024-02-03T04:05:06.789012345Z",
            "number": null, "expires_at": null, "renews_at": null, "login_url": login_url, "sign_ins": 0, "renewals": 0,
            "penalties": 0, "requests": { "200": 1 }, "calls_per_minute": vec![0; 60],
        })
    };
    let events =
        json!([{ "at": "2024-02-03T04:05:06Z", "session": script, "kind": script, "message": image }]);
    let urls =
        ["javascript:window.isHostile=true", " JavaScript:0", "data:text/html,x", "//x", "file:///x", ""];
    let mut sessions: Vec<Value> =
        urls.iter().enumerate().map(|(number, url)| session(&format!("{script}{number}"), url)).collect();
    sessions.push(session("good", "https://example.com/?a=<b>"));
    let news = json!({
        "version": script, "since": "2024-02-03T04:05:06Z", "sessions": sessions, "connections": 1, "requests": 2,
        "queued": 3, "websockets": 4, "events": events,
    });
    let served = Served::start(Server::builder()).await?;
    let copy = copy(&served, &news).await?;
    in_chromium(async |driver| {
        driver.goto(copy.base_url()).await?;
        let page = Page(driver);
        page.until("document.querySelectorAll('article').length === 7").await?;
        assert_eq!(page.value("text('name')").await?, format!("{script}0"));
        assert_eq!(page.value("text('reason')").await?, image);
        let event = page.value("[...document.querySelector('#events li').children].slice(1).map((node) => node.textContent)");
        assert_eq!(event.await?, json!([script, script, image]));
        let links = "[...document.querySelectorAll('article a')].filter((a) => a.href || !a.hidden).map((a) => a.href)";
        assert_eq!(page.value(links).await?, json!(["https://example.com/?a=%3Cb%3E"]));
        assert_eq!(page.value("document.querySelectorAll('img').length").await?, 0);
        assert_eq!(page.value("'isHostile' in window").await?, false);
        page.resize(320).await?;
        assert_eq!(page.value("document.documentElement.scrollWidth").await?, 320);
        assert_eq!(complaints(driver).await?, Vec::<String>::new());
        // The policy alone would stop a script as well.
        let inject = "const element = document.createElement('script');
            try { element.textContent = 'window.isHostile = true'; } catch {}
            document.body.append(element);
            try { document.body.insertAdjacentHTML('beforeend', '<b id=hostile>'); } catch {}";
        driver.execute(inject, vec![]).await?;
        assert_eq!(page.value("'isHostile' in window || document.getElementById('hostile') !== null").await?, false);
        Ok(())
    })
    .await
}
