//! Documented answers by name.

mod common;

use broker_session_sandbox::kotak::{Operation, Sandbox};
use common::{Result, Wire};
use reqwest::StatusCode;

#[tokio::test]
async fn an_example_of_the_spec_is_given_to_the_letter_and_once() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let example = |status, name| -> Result<_> {
        Ok(Sandbox::example(Operation::SessionInit, StatusCode::from_u16(status)?, name)?)
    };
    sandbox.inject(Operation::SessionInit, example(503, "gateway-page")?);
    sandbox.inject(Operation::SessionInit, example(500, "gateway")?);
    sandbox.inject(Operation::SessionInit, example(400, "nothing-said")?);
    for (status, media_type, body) in [
        (503, "text/html", "<html><head><title>503 Service Unavailable</title></head>"),
        (500, "application/xml", "<fault><code>900900</code>"),
        (400, "application/json", r#"{"fault":{"code":0,"#),
        (200, "application/json", r#"{"Success":"#),
    ] {
        let answer = wire.init().await?;
        assert_eq!(
            (answer.status().as_u16(), answer.headers()["content-type"].to_str()?),
            (status, media_type)
        );
        let text = answer.text().await?;
        assert!(text.starts_with(body), "{text}");
    }
    Ok(())
}

#[tokio::test]
async fn an_example_that_the_spec_does_not_have_is_an_error_that_names_those_it_has() -> Result {
    let answer = |status, name| match Sandbox::example(Operation::SessionInit, status, name) {
        Ok(fault) => format!("{fault}"),
        Err(error) => error.to_string(),
    };
    let error = answer(StatusCode::SERVICE_UNAVAILABLE, "gateway-pages");
    for word in ["no example `gateway-pages`", "503", "`session_init`", "suspended, gateway-page."] {
        assert!(error.contains(word), "{word} in {error}");
    }
    let error = answer(StatusCode::IM_A_TEAPOT, "gateway-page");
    assert!(error.contains("the spec documents no body for the answer 418 of `session_init`"), "{error}");
    Ok(())
}
