//! Who gets nothing: a browser without the token, and pages of other origins in a browser that has it.

use broker_session_sandbox::neo::Sandbox;
use broker_session_serve::Server;
use contract_tests::{RawServer, Reaction, in_chromium, respond};
use serde_json::{Value, json};

use crate::support::{Page, Result, Served, neo};

/// What a page can try: to read with and without CORS, as a script, as a stream, and in a frame.
const TRIES: &str = r#"
    const [target, done] = arguments;
    const read = (path, mode) => fetch(target + path, { mode, credentials: "include" })
        .then(async (response) => response.type + (await response.text()), () => "refused");
    const event = (node, good) => new Promise((resolve) => {
        node.onerror = () => resolve("refused");
        node[good] = () => resolve("read");
        if (node instanceof Node) document.body.append(node);
    });
    const script = document.createElement("script");
    script.src = target + "/api/status";
    const framed = async (name, load) => {
        const frame = document.createElement("iframe");
        frame.name = name;
        load(frame);
        await event(frame, "onload");
        let inside;
        try { inside = frame.contentWindow.document.body.innerText; } catch { inside = "closed"; }
        return inside;
    };
    (async () => done({
        cors: await read("/api/status", "cors"), opaque: await read("/api/status", "no-cors"),
        script: await event(script, "onload"),
        stream: await event(new EventSource(target + "/events", { withCredentials: true }), "onmessage"),
        frame: await framed("a", (frame) => { frame.src = target + "/"; }),
        data: await framed("b", (frame) => { frame.src = target + "/api/status"; }),
    }))();
"#;

#[tokio::test]
#[ignore = "needs Chromium and chromedriver"]
async fn without_the_token_there_is_no_page_and_no_data() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let served = Served::start(Server::builder().upstream("neo", neo(&sandbox)?)).await?;
    in_chromium(async |driver| {
        for path in ["/", "/api/status", "/events", "/?token=", "/?token=wrong"] {
            driver.goto(served.url(path)).await?;
            let page = Page(driver);
            let status = page.value("performance.getEntriesByType('navigation')[0].responseStatus").await?;
            assert_eq!(status, 401, "{path}");
            let shown = page.value("document.documentElement.outerHTML").await?;
            assert!(!shown.as_str().ok_or("no page")?.contains("sessions"), "{path}: {shown}");
        }
        // The same browser is let in by the token, so it was for want of that.
        Page::open(driver, &served).await?.until("text('name') === 'neo'").await
    })
    .await
}

#[tokio::test]
#[ignore = "needs Chromium and chromedriver"]
async fn a_page_of_another_origin_learns_nothing() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let served = Served::start(Server::builder().upstream("neo", neo(&sandbox)?)).await?;
    let other = RawServer::start(|_| {
        let headers = [("content-type", "text/html")];
        Reaction::Respond(respond("200 OK", &headers, "<!DOCTYPE html><link rel=icon href=data:,><body>"))
    })
    .await;
    in_chromium(async |driver| {
        Page::open(driver, &served).await?.until("text('name') === 'neo'").await?;
        // Another port is another origin of the same site, to which the browser sends the cookie; another name is another
        // site.
        let here = other.base_url().to_owned();
        for origin in [here.clone(), here.replace("127.0.0.1", "localhost")] {
            driver.goto(&origin).await?;
            let found = driver.execute_async(TRIES, vec![json!(served.url(""))]).await?.json().clone();
            let expected = json!({
                "cors": "refused", "opaque": "opaque", "script": "refused", "stream": "refused",
                "frame": "closed", "data": "closed",
            });
            assert_eq!(found, expected, "{origin}");
            for (number, name) in ["a", "b"].into_iter().enumerate() {
                driver.enter_frame(u16::try_from(number)?).await?;
                let shown = Page(driver).value("document.documentElement.outerHTML").await?;
                assert!(!shown.as_str().ok_or("no page")?.contains("sessions"), "{origin} {name}: {shown}");
                driver.enter_default_frame().await?;
            }
            for (method, path) in
                [("get", "/"), ("post", "/"), ("get", "/api/status"), ("post", "/api/status")]
            {
                driver.goto(&origin).await?;
                let submit = "const [method, action] = arguments;
                    const form = Object.assign(document.createElement('form'), { method, action });
                    document.body.append(form);
                    form.submit();";
                driver.execute(submit, vec![json!(method), json!(served.url(path))]).await?;
                let page = Page(driver);
                page.until(&format!("location.href.startsWith('{}')", served.url(path))).await?;
                let status =
                    page.value("performance.getEntriesByType('navigation')[0].responseStatus").await?;
                assert_eq!(status, 403, "{origin} {method} {path}");
            }
        }
        // The browser is still let in at the page itself.
        driver.goto(served.url("/")).await?;
        Page(driver).until("text('name') === 'neo'").await
    })
    .await
}

#[tokio::test]
#[ignore = "needs Chromium and chromedriver"]
async fn the_page_is_shown_in_no_frame() -> Result {
    let served = Served::start(Server::builder()).await?;
    // A browser that does not say where a request comes from would be let in, so the page itself refuses.
    let copy = crate::strings::copy(&served, &json!({})).await?;
    let url = copy.base_url().to_owned();
    let outer = RawServer::start(move |_| {
        let page = format!("<!DOCTYPE html><iframe src='{url}'></iframe>");
        Reaction::Respond(respond("200 OK", &[("content-type", "text/html")], &page))
    })
    .await;
    in_chromium(async |driver| {
        driver.goto(outer.base_url()).await?;
        driver.enter_frame(0).await?;
        assert_eq!(Page(driver).value("document.getElementById('sessions')").await?, Value::Null);
        assert!(copy.requests().iter().any(|request| request.starts_with("GET / ")));
        assert!(!copy.requests().iter().any(|request| request.starts_with("GET /events ")));
        Ok(())
    })
    .await
}
