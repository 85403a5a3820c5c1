//! The reference in a real Chromium: whether it is drawn, whether the sandbox can be called from it, and whether it
//! leaves every other host alone.

use std::collections::BTreeSet;

use broker_session_sandbox::{Broker, Sandbox, ibkr, kotak, neo};
use serde_json::{Value, json};

use super::{Result, chromium::in_chromium, page::Page};

/// Opens the sandbox's root and looks whether it is the reference of its broker.
async fn open<'a, B: Broker>(driver: &'a thirtyfour::WebDriver, sandbox: &Sandbox<B>) -> Result<Page<'a>> {
    let page = Page::open(driver, &format!("{}/", sandbox.root_url())).await?;
    let shown: BTreeSet<String> = page.operations().await?.into_iter().collect();
    let paths = B::spec()?.value()["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|path| path.as_object().unwrap().values());
    let described = operations.filter_map(|operation| operation["operationId"].as_str()).map(str::to_owned);
    assert_eq!(shown, described.collect());
    assert_eq!(page.server().await?, sandbox.base_url());
    Ok(page)
}

/// Looks whether the browser has asked the sandbox alone, and found nothing amiss.
async fn stays_at_home<B: Broker>(page: &Page<'_>, sandbox: &Sandbox<B>) -> Result {
    let home = format!("{}/", sandbox.root_url());
    let requested = page.requested().await?;
    // The log works: what the page cannot do without is in it.
    assert!(requested.contains(&format!("{home}api-reference/openapi.json")), "{requested:#?}");
    let away: Vec<_> =
        requested.iter().filter(|url| !url.starts_with(&home) && !url.starts_with("data:")).collect();
    assert!(away.is_empty(), "{away:#?}");
    let complaints = page.complaints().await?;
    assert!(complaints.is_empty(), "{complaints:#?}");
    Ok(())
}

#[tokio::test]
#[ignore = "needs Chromium and chromedriver"]
async fn the_reference_of_neo_signs_a_user_in() -> Result {
    let sandbox = neo::Sandbox::builder().reference().start().await?;
    in_chromium(async |driver| {
        let page = open(driver, &sandbox).await?;
        let user = sandbox.account();
        page.authorize(&[("accessToken", &[&user.access_token]), ("neoFinKey", &["neotradeapi"])]).await?;
        let body = json!({ "mobileNumber": user.mobile, "ucc": user.ucc, "totp": sandbox.totp_now() });
        let login = page.execute("trade_api_login", &[], Some(&body)).await?;
        assert_eq!(login.status, "200", "{login:?}");
        let view: Value = serde_json::from_str(&login.body)?;
        let (token, sid) = (view["data"]["token"].as_str().unwrap(), view["data"]["sid"].as_str().unwrap());
        let headers = [("sid", sid), ("Auth", token)];
        let body = json!({ "mpin": user.mpin });
        let validated = page.execute("trade_api_validate", &headers, Some(&body)).await?;
        assert_eq!(validated.status, "200", "{validated:?}");
        let calls: Vec<_> = sandbox.calls().into_iter().map(|call| call.operation).collect();
        assert_eq!(calls, [Some("trade_api_login"), Some("trade_api_validate")]);
        assert_eq!(sandbox.live_sessions(&user.ucc), 1);
        stays_at_home(&page, &sandbox).await
    })
    .await
}

#[tokio::test]
#[ignore = "needs Chromium and chromedriver"]
async fn the_reference_of_kotak_sends_headers_basic_authentication_and_forms() -> Result {
    let sandbox = kotak::Sandbox::builder().reference().start().await?;
    in_chromium(async |driver| {
        let page = open(driver, &sandbox).await?;
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
        assert_eq!(init.status, "200", "{init:?}");
        assert!(init.body.contains(sandbox.root_url()), "{init:?}");
        let token = page.execute("token", &[], None).await?;
        assert_eq!(token.status, "200", "{token:?}");
        let calls: Vec<_> = sandbox.calls().into_iter().map(|call| call.operation).collect();
        assert_eq!(calls, [Some("session_init_userid"), Some("token")]);
        stays_at_home(&page, &sandbox).await
    })
    .await
}

#[tokio::test]
#[ignore = "needs Chromium and chromedriver"]
async fn the_reference_of_ibkr_shows_the_session_and_ends_it() -> Result {
    let sandbox = ibkr::Sandbox::builder().reference().start().await?;
    in_chromium(async |driver| {
        let page = open(driver, &sandbox).await?;
        let status = page.execute("iserver_auth_status_post", &[], None).await?;
        assert_eq!(status.status, "200", "{status:?}");
        let status: Value = serde_json::from_str(&status.body)?;
        assert_eq!(status["connected"], true, "{status}");
        let logout = page.execute("logout_post", &[], None).await?;
        assert_eq!(logout.status, "200", "{logout:?}");
        let calls: Vec<_> = sandbox.calls().into_iter().map(|call| call.operation).collect();
        assert_eq!(calls, [Some("iserver_auth_status_post"), Some("logout_post")]);
        stays_at_home(&page, &sandbox).await
    })
    .await
}
