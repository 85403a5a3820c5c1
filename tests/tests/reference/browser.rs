//! The reference in a real Chromium: whether it is drawn, whether the sandbox can be called from it, and whether it
//! leaves every other host alone.

use std::{collections::BTreeSet, time::Duration};

use broker_session_sandbox::{Broker, Sandbox, ibkr, kotak, neo};
use contract_tests::{complaints, in_chromium};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::Result;

/// Opens the reference of a sandbox, lets `visit` call these operations from it, and checks that the page shows every
/// operation, that the browser asked the sandbox alone, and that it reported no error.
async fn visited<B: Broker>(
    sandbox: &Sandbox<B>,
    operations: &[&str],
    visit: impl AsyncFnOnce(&Page<'_>) -> Result,
) -> Result {
    let home = format!("{}/", sandbox.root_url());
    in_chromium(async |driver| {
        let page = Page::open(driver, &home).await?;
        let shown: BTreeSet<String> = page.operations().await?.into_iter().collect();
        let paths = B::spec()?.value()["paths"].as_object().unwrap().values();
        let described = paths.flat_map(|path| path.as_object().unwrap().values());
        let ids = described.filter_map(|operation| operation["operationId"].as_str()).map(str::to_owned);
        assert_eq!(shown, ids.collect());
        assert_eq!(page.server().await?, sandbox.base_url());
        visit(&page).await?;
        let calls: Vec<_> =
            sandbox.calls().into_iter().map(|call| call.operation.unwrap_or_default()).collect();
        assert_eq!(calls, operations);
        let requested = page.requested().await?;
        // The log works: what the page cannot do without is in it.
        assert!(requested.contains(&format!("{home}api-reference/openapi.json")), "{requested:#?}");
        let is_away = |url: &&String| !url.starts_with(&home) && !url.starts_with("data:");
        let away: Vec<_> = requested.iter().filter(is_away).collect();
        assert!(away.is_empty(), "{away:#?}");
        let complaints = complaints(driver).await?;
        assert!(complaints.is_empty(), "{complaints:#?}");
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "needs Chromium and chromedriver"]
async fn the_reference_of_neo_signs_a_user_in() -> Result {
    let sandbox = neo::Sandbox::builder().reference().start().await?;
    visited(&sandbox, &["trade_api_login", "trade_api_validate"], async |page| {
        let user = sandbox.account();
        page.authorize(&[("accessToken", &[&user.access_token]), ("neoFinKey", &["neotradeapi"])]).await?;
        let body = json!({ "mobileNumber": user.mobile, "ucc": user.ucc, "totp": sandbox.totp_now() });
        let view: Value = serde_json::from_str(&page.execute("trade_api_login", &[], Some(&body)).await?)?;
        let (token, sid) = (view["data"]["token"].as_str().unwrap(), view["data"]["sid"].as_str().unwrap());
        let body = json!({ "mpin": user.mpin });
        page.execute("trade_api_validate", &[("sid", sid), ("Auth", token)], Some(&body)).await?;
        assert_eq!(sandbox.live_sessions(&user.ucc), 1);
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "needs Chromium and chromedriver"]
async fn the_reference_of_kotak_sends_headers_basic_authentication_and_forms() -> Result {
    let sandbox = kotak::Sandbox::builder().reference().start().await?;
    visited(&sandbox, &["session_init_userid", "token"], async |page| {
        let user = sandbox.account();
        page.authorize(&[
            ("accessToken", &[&user.access_token]),
            ("consumerKey", &[&user.consumer_key]),
            ("ip", &["127.0.0.1"]),
            ("appId", &["made-up"]),
            ("consumer", &[&user.consumer_key, &user.consumer_secret]),
        ])
        .await?;
        let init = page.execute("session_init_userid", &[("userid", &user.userid)], None).await?;
        assert!(init.contains(sandbox.root_url()), "{init}");
        page.execute("token", &[], None).await.map(drop)
    })
    .await
}

#[tokio::test]
#[ignore = "needs Chromium and chromedriver"]
async fn the_reference_of_ibkr_shows_the_session_and_ends_it() -> Result {
    let sandbox = ibkr::Sandbox::builder().reference().start().await?;
    visited(&sandbox, &["iserver_auth_status_post", "logout_post"], async |page| {
        let status: Value =
            serde_json::from_str(&page.execute("iserver_auth_status_post", &[], None).await?)?;
        assert_eq!(status["connected"], true, "{status}");
        page.execute("logout_post", &[], None).await.map(drop)
    })
    .await
}

/// What does not show in this time never does.
const PATIENCE: Duration = Duration::from_secs(60);

/// The page in a browser.
struct Page<'a>(&'a WebDriver);

impl<'a> Page<'a> {
    /// Opens a URL and waits until operations are there.
    async fn open(driver: &'a WebDriver, url: &str) -> Result<Self> {
        let page = Self(driver);
        // The browser's own first page asks for parts of itself.
        driver.goto("about:blank").await?;
        page.requested().await?;
        complaints(driver).await?;
        driver.goto(url).await?;
        page.find(".opblock").await?;
        Ok(page)
    }

    async fn find(&self, selector: &str) -> Result<WebElement> {
        let wait = self.0.query(By::Css(selector)).wait(PATIENCE, Duration::from_millis(50));
        Ok(wait.and_displayed().first().await?)
    }

    async fn click(&self, selector: &str) -> Result {
        let element = self.find(selector).await?;
        element.scroll_into_view().await?;
        Ok(element.click().await?)
    }

    /// Types over what a field holds.
    async fn fill(&self, selector: &str, text: &str) -> Result {
        let field = self.find(selector).await?;
        field.scroll_into_view().await?;
        field.send_keys(Key::Control + "a").await?;
        field.send_keys(Key::Backspace + "").await?;
        Ok(field.send_keys(text).await?)
    }

    /// The ids of the operations that are shown.
    async fn operations(&self) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        for element in self.0.find_all(By::Css(".opblock-summary-operation-id")).await? {
            ids.push(element.text().await?);
        }
        Ok(ids)
    }

    /// The server that is chosen.
    async fn server(&self) -> Result<String> {
        Ok(self.find(".servers select").await?.value().await?.unwrap_or_default())
    }

    /// Fills in the dialog behind "Authorize": for each scheme the values of its fields.
    async fn authorize(&self, schemes: &[(&str, &[&str])]) -> Result {
        self.click(".auth-wrapper .authorize").await?;
        self.find(".modal-ux").await?;
        for (scheme, values) in schemes {
            let form = self
                .0
                .query(By::XPath(format!(
                    "//div[contains(@class,'auth-container')][.//h4/code[text()='{scheme}'] or .//h4[starts-with(.,'{scheme} ')]]//form"
                )))
                .wait(PATIENCE, Duration::from_millis(50))
                .first()
                .await?;
            let fields = form.find_all(By::Tag("input")).await?;
            assert_eq!(fields.len(), values.len(), "{scheme}");
            for (field, value) in fields.iter().zip(*values) {
                field.send_keys(*value).await?;
            }
            let button = form.find(By::Css("button.authorize")).await?;
            button.scroll_into_view().await?;
            button.click().await?;
        }
        self.click(".modal-ux .btn-done").await
    }

    /// Opens an operation, fills its header parameters and its body in, presses "Execute", and returns the body
    /// of the response, which must have status 200.
    async fn execute(
        &self,
        operation: &str,
        parameters: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<String> {
        let block = format!(".opblock[id$='-{operation}']");
        self.click(&format!("{block} .opblock-summary-control")).await?;
        for (name, value) in parameters {
            self.fill(&format!("{block} tr[data-param-name='{name}'] input"), value).await?;
        }
        if let Some(body) = body {
            self.fill(&format!("{block} .body-param textarea"), &body.to_string()).await?;
        }
        self.click(&format!("{block} .execute")).await?;
        let response = format!("{block} .live-responses-table .response");
        let status = self.find(&format!("{response} .response-col_status")).await?.text().await?;
        let body = self.find(&format!("{response} .response-col_description .highlight-code pre")).await?;
        let body = body.text().await?;
        assert_eq!(status, "200", "{body}");
        Ok(body)
    }

    /// What the browser has asked for since it was started or last asked, by URL.
    async fn requested(&self) -> Result<Vec<String>> {
        let mut urls = Vec::new();
        for entry in self.0.get_log("performance").await? {
            let event: Value = serde_json::from_str(&entry.message)?;
            let event = &event["message"];
            let url = match event["method"].as_str() {
                Some("Network.requestWillBeSent") => &event["params"]["request"]["url"],
                Some("Network.webSocketCreated") => &event["params"]["url"],
                _ => continue,
            };
            urls.push(url.as_str().ok_or("a request without a URL")?.to_owned());
        }
        Ok(urls)
    }
}
