//! The reference as somebody in front of it sees and uses it.

use std::time::Duration;

use serde_json::Value;
use thirtyfour::prelude::*;

use super::Result;

/// What does not show in this time never does.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer as the page shows it.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) status: String,
    pub(crate) body: String,
}

/// The page in a browser.
pub(crate) struct Page<'a>(&'a WebDriver);

impl<'a> Page<'a> {
    /// Opens a URL and waits until operations are there.
    pub(crate) async fn open(driver: &'a WebDriver, url: &str) -> Result<Self> {
        let page = Self(driver);
        // The browser's own first page asks for parts of itself.
        driver.goto("about:blank").await?;
        page.requested().await?;
        page.complaints().await?;
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
    pub(crate) async fn operations(&self) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        for element in self.0.find_all(By::Css(".opblock-summary-operation-id")).await? {
            ids.push(element.text().await?);
        }
        Ok(ids)
    }

    /// The server that is chosen.
    pub(crate) async fn server(&self) -> Result<String> {
        Ok(self.find(".servers select").await?.value().await?.unwrap_or_default())
    }

    /// Fills in what the dialog behind "Authorize" asks for: for each scheme the texts of its fields.
    pub(crate) async fn authorize(&self, schemes: &[(&str, &[&str])]) -> Result {
        self.click(".auth-wrapper .authorize").await?;
        self.find(".modal-ux").await?;
        for (scheme, texts) in schemes {
            let form = self
                .0
                .query(By::XPath(format!(
                    "//div[contains(@class,'auth-container')][.//h4/code[text()='{scheme}'] or .//h4[starts-with(.,'{scheme} ')]]//form"
                )))
                .wait(PATIENCE, Duration::from_millis(50))
                .first()
                .await?;
            let fields = form.find_all(By::Tag("input")).await?;
            assert_eq!(fields.len(), texts.len(), "{scheme}");
            for (field, text) in fields.iter().zip(*texts) {
                field.send_keys(*text).await?;
            }
            let button = form.find(By::Css("button.authorize")).await?;
            button.scroll_into_view().await?;
            button.click().await?;
        }
        self.click(".modal-ux .btn-done").await
    }

    /// Opens an operation, fills its header parameters and its body in, presses "Execute", and reads the answer.
    pub(crate) async fn execute(
        &self,
        operation: &str,
        parameters: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Shown> {
        let block = format!(".opblock[id$='-{operation}']");
        self.click(&format!("{block} .opblock-summary-control")).await?;
        for (name, value) in parameters {
            self.fill(&format!("{block} tr[data-param-name='{name}'] input"), value).await?;
        }
        if let Some(body) = body {
            self.fill(&format!("{block} .body-param textarea"), &body.to_string()).await?;
        }
        self.click(&format!("{block} .execute")).await?;
        let answer = format!("{block} .live-responses-table .response");
        let status = self.find(&format!("{answer} .response-col_status")).await?.text().await?;
        let body = self.find(&format!("{answer} .response-col_description .highlight-code pre")).await?;
        Ok(Shown { status, body: body.text().await? })
    }

    /// What the browser has asked for since it was started or last asked, by URL.
    pub(crate) async fn requested(&self) -> Result<Vec<String>> {
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

    /// What the browser has complained about: errors of scripts, requests that a policy forbids, failures to load.
    pub(crate) async fn complaints(&self) -> Result<Vec<String>> {
        let log = self.0.browser_log().await?.into_iter();
        // What is less are hints, for instance at a password field outside of a form.
        Ok(log.filter(|it| it.level == "SEVERE" || it.level == "WARNING").map(|it| it.message).collect())
    }
}
