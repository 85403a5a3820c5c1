//! A person in a browser.

use broker_session_sandbox::ibkr::Sandbox;
use http::header::{COOKIE, SET_COOKIE};
use reqwest::Method;
use serde_json::Value;

use crate::wire::{Result, Wire, closed, seen, start};

#[tokio::test]
async fn a_person_signs_in_with_the_button_of_the_page() -> Result {
    let (sandbox, wire) = start(closed().signed_out()).await?;
    let browser = Wire::new(sandbox.root_url())?;
    let login = "/sso/Login?forwardTo=22&RL=1&ip2loc=US";
    assert_eq!(seen(browser.get("/").await?).await?, (302, login.into(), String::new()));
    for path in ["/sso/Login", login] {
        let (status, kind, page) = seen(browser.get(path).await?).await?;
        assert_eq!((status, kind.as_str()), (200, "text/html"));
        assert!(page.contains(r#"<form method="post" action="/sso/Login">"#), "{page}");
    }
    assert_eq!(seen(browser.get("/sso/Dispatcher").await?).await?.1, "/sso/Login");
    assert!(!sandbox.state().single_sign_on, "to look is not to sign in");

    let form = [("username", "made-up"), ("password", "made-up")];
    let pressed = browser.http.post(sandbox.login_url()).form(&form).send().await?;
    assert_eq!(
        (pressed.status().as_u16(), &pressed.headers()["location"]),
        (302, &"/sso/Dispatcher".parse()?)
    );
    let (_, _, page) = seen(browser.get("/sso/Dispatcher").await?).await?;
    assert!(page.contains("Client login succeeds"), "{page}");
    assert_eq!(wire.init(false).await?["authenticated"], true);
    assert_eq!(wire.status().await?["connected"], true);
    Ok(())
}

#[tokio::test]
async fn a_gateway_that_wants_cookies_takes_the_browsers_only() -> Result {
    let (sandbox, wire) = start(closed().signed_out().cookies_needed()).await?;
    assert_eq!(sandbox.cookie(), None);
    let browser = Wire::new(sandbox.root_url())?;
    let pressed = browser.post("/sso/Login").await?;
    let set = pressed.headers()[SET_COOKIE].to_str()?.to_owned();
    let cookie = set.split(';').next().unwrap().to_owned();
    assert_eq!(sandbox.cookie(), Some(cookie.clone()));

    let tickle = |cookies: String| wire.request(Method::POST, "/tickle").header(COOKIE, cookies).send();
    assert_eq!(wire.post("/tickle").await?.status(), 401);
    assert_eq!(tickle("x-sess-uuid=made-up".into()).await?.status(), 401);
    assert_eq!(tickle(format!("other=1; {cookie}")).await?.status(), 200);
    sandbox.sign_in();
    assert_eq!(tickle(cookie).await?.status(), 401, "a new sign-in has a new cookie");
    Ok(())
}

#[tokio::test]
async fn a_person_can_sign_in_to_the_paper_account() -> Result {
    let (sandbox, wire) = start(Sandbox::builder().signed_out()).await?;
    for (form, login_type) in
        [(&[("username", "made-up")][..], 1), (&[("username", "made-up"), ("paper", "on")], 2)]
    {
        wire.http.post(sandbox.login_url()).form(form).send().await?;
        let sso: Value = wire.get("/sso/validate").await?.json().await?;
        assert_eq!(sso["LOGIN_TYPE"], login_type);
    }
    Ok(())
}
