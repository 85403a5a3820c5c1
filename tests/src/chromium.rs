//! A Chromium for one test, and what it complains about.

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    process::Stdio,
};

use futures::FutureExt as _;
use tempfile::TempDir;
use thirtyfour::{ChromiumLikeCapabilities as _, LoggingPrefsLogLevel, prelude::*};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// Keeps Chromium from calling home, which would be mistaken for the page's doing, and lets it run as anybody.
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,2000",
];

/// Runs a test in a Chromium of its own, and ends that whatever the test comes to.
///
/// # Errors
/// Those of the test, and if there is no `chromedriver` or no Chromium.
pub async fn in_chromium(test: impl AsyncFnOnce(&WebDriver) -> Result) -> Result {
    let (_driver_program, url) = driver().await?;
    let profile = TempDir::new()?;
    let mut wanted = DesiredCapabilities::chrome();
    for flag in FLAGS {
        wanted.add_arg(flag)?;
    }
    wanted.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
    for log in ["browser", "performance"] {
        wanted.set_logging_prefs(log, LoggingPrefsLogLevel::All)?;
    }
    let driver = WebDriver::new(&url, wanted).await?;
    let outcome = AssertUnwindSafe(test(&driver)).catch_unwind().await;
    driver.quit().await?;
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

/// What the browser has complained about since it was started or last asked: errors of scripts, requests that a policy
/// forbids, failures to load.
///
/// # Errors
/// The browser has ended.
pub async fn complaints(driver: &WebDriver) -> Result<Vec<String>> {
    let log = driver.browser_log().await?.into_iter();
    // What is less are hints, for instance at a password field outside of a form.
    Ok(log.filter(|it| it.level == "SEVERE" || it.level == "WARNING").map(|it| it.message).collect())
}

/// Starts the driver, and gives it with its URL. It ends when it is dropped.
async fn driver() -> Result<(Child, String)> {
    let mut child =
        Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).kill_on_drop(true).spawn().map_err(
            |error| format!("cannot start chromedriver: {error}. Install Chromium with its driver (Debian: `apt install chromium chromium-driver`)."),
        )?;
    let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some((_, port)) = line.rsplit_once("successfully on port ") {
            let port: u16 = port.trim_end_matches('.').parse()?;
            // Its further output must have somewhere to go.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok((child, format!("http://127.0.0.1:{port}")));
        }
    }
    Err("chromedriver has ended without a port".into())
}
