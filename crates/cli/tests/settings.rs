//! Settings: what is wrong is told with exit status 2 before anything is sent.

mod common;

use common::{Program, sandbox, set_mode};
use serde_json::json;

const LOGIN: &[&str] = &["login", "kotak"];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_named_before_anything_is_sent() {
    let sandbox = sandbox().await;
    for variable in ["KOTAK_USERID", "KOTAK_CONSUMER_KEY", "KOTAK_PASSWORD", "KOTAK_ACCESS_CODE"] {
        let program = Program::with_code(&sandbox).without(variable);
        let (status, error) = program.failure(LOGIN).await;
        assert_eq!((status, &error["kind"]), (2, &json!("config")), "{variable}");
        assert!(error["message"].as_str().unwrap().contains(variable), "{error}");
    }
    let neither = Program::with_code(&sandbox).without("KOTAK_ACCESS_TOKEN").without("KOTAK_CONSUMER_SECRET");
    let (status, error) = neither.failure(LOGIN).await;
    assert_eq!(status, 2);
    assert!(error["message"].as_str().unwrap().contains("KOTAK_ACCESS_TOKEN"));
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_missing_is_named_at_once() {
    let (status, error) = Program::new().failure(LOGIN).await;
    assert_eq!(status, 2);
    let message = error["message"].as_str().unwrap();
    for name in
        ["KOTAK_USERID", "KOTAK_CONSUMER_KEY", "KOTAK_ACCESS_TOKEN", "KOTAK_PASSWORD", "KOTAK_ACCESS_CODE"]
    {
        assert!(message.contains(name), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_factor_without_its_secret_is_an_error_before_anything_is_sent() {
    let sandbox = sandbox().await;
    for (factor, variable) in
        [("access-code", "KOTAK_ACCESS_CODE"), ("mpin", "KOTAK_MPIN"), ("biometric", "KOTAK_BIOMETRIC")]
    {
        let (status, error) = Program::at(&sandbox).failure(&["login", "kotak", "--factor", factor]).await;
        assert_eq!(status, 2);
        assert!(error["message"].as_str().unwrap().contains(variable));
    }
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn contradictions_and_bad_values_are_refused_before_anything_is_sent() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    for arguments in [
        &["--factor", "guess"] as &[&str],
        &["--timeout", "0"],
        &["--timeout", "soon"],
        &["--base-url", "ftp://127.0.0.1"],
        &["--base-url", "http://example.com/apim"],
        &["--base-url", "http//127.0.0.1:4503"],
        &["--base-url", "https:/tradeapi.kotaksecurities.com/apim"],
        &["--oauth-base-url", "tradeapi.kotaksecurities.com"],
        &["--allow-host", "api.broker.example"],
        &["--allow-host", "//api.broker.example"],
        &["--proxy", "http:/127.0.0.1:3128"],
        &["--proxy", "127.0.0.1:3128"],
        &["--proxy", "http://user:hunter2@127.0.0.1:1"],
        &["--proxy-user", "user"],
        &["--root-certificates", "/no/such/file"],
        &["--factor", "mpin", "--request-code"],
        &["--userid", "A", "--nickname", "B"],
        &["--password", "hunter2"],
        &["--config", "/no/such/file"],
        &["--profile", "no-such-profile"],
        &["--store", "/"],
    ] {
        let (status, error) = program.failure(&[LOGIN, arguments].concat()).await;
        assert_eq!((status, &error["kind"]), (2, &json!("config")), "{arguments:?}: {error}");
        let refused_flag = arguments[0] == "--password";
        assert!(refused_flag || !error.to_string().contains("hunter2"), "{error}");
    }
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_settings_that_exclude_each_other_are_refused_in_one_place_only() {
    let sandbox = sandbox().await;
    let mpin = sandbox.account().mpin.clone().unwrap();
    for (name, value, named) in [
        ("KOTAK_NICKNAME", "sample", "KOTAK_USERID and KOTAK_NICKNAME"),
        ("KOTAK_MPIN", mpin.as_str(), "KOTAK_ACCESS_CODE and KOTAK_MPIN"),
    ] {
        let (status, error) = Program::with_code(&sandbox).env(name, value).failure(LOGIN).await;
        assert_eq!((status, &error["kind"]), (2, &json!("config")), "{error}");
        assert!(error["message"].as_str().unwrap().contains(named), "{error}");
    }
    assert!(sandbox.calls().is_empty());
    // A place before another one says which.
    let program = Program::with_code(&sandbox).env("KOTAK_MPIN", &mpin).env("KOTAK_FACTOR", "mpin");
    let (status, object) = program.json(LOGIN).await;
    assert_eq!((status, &object["factor"]), (0, &json!("mpin")), "{object}");
    let program = Program::with_code(&sandbox);
    program.file("mpin", &mpin);
    let path =
        program.file("config.toml", "[profiles.default.kotak]\nmpin_file = \"mpin\"\nnickname = \"x\"\n");
    let (status, object) = program.json(&[LOGIN, &["--config", path.to_str().unwrap()]].concat()).await;
    assert_eq!((status, &object["factor"]), (0, &json!("access-code")), "{object}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_name_does_not_say_is_refused_before_anything_is_sent() {
    let sandbox = sandbox().await;
    for (name, value) in [
        ("KOTAK_USERID", "made-up@broker.example"),
        ("KOTAK_USERID", "+919876500000"),
        ("KOTAK_CONSUMER_KEY", "\"made-up-key\""),
        ("KOTAK_ACCESS_TOKEN", "Bearer made-up-token"),
    ] {
        let program = Program::with_code(&sandbox).without(name).env(name, value);
        let (status, error) = program.failure(LOGIN).await;
        assert_eq!((status, &error["kind"]), (2, &json!("config")), "{name}={value}: {error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(name) && !message.contains(value), "{message}");
    }
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_help_lists_every_key_of_the_config_file() {
    let help = Program::new().run(&["--help"]).await.stdout;
    for key in ["consumer_secret_file", "totp_secret_file", "certificate", "root_certificates", "allow_hosts"]
    {
        assert!(help.contains(key), "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_file_with_a_mistake_is_reported_with_line_and_column() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    let path = program.file("config.toml", "[profiles.default.kotak]\nusrid = \"X\"\n");
    let (status, error) = program.failure(&[LOGIN, &["--config", path.to_str().unwrap()]].concat()).await;
    assert_eq!(status, 2);
    let expected = format!("{}:2:1: unknown field `usrid`", path.display());
    assert!(error["message"].as_str().unwrap().starts_with(&expected), "{error}");
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_wins_over_the_environment_and_that_over_the_profile() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    let text = format!(
        "[profiles.default.kotak]\nuserid = \"PROFILE\"\nip = \"1.1.1.1\"\napp_id = \"from-profile\"\nbase_url = \"{}\"\n",
        sandbox.base_url()
    );
    let path = program.file("config.toml", &text);
    let program = program.without("KOTAK_BASE_URL").env("KOTAK_IP", "2.2.2.2");
    let arguments = ["--config", path.to_str().unwrap(), "--ip", "3.3.3.3"];
    let (status, object) = program.json(&[LOGIN, &arguments].concat()).await;
    assert_eq!((status, &object["user"]), (0, &json!("S4MPL3")), "{object}");
    for call in sandbox.calls() {
        assert_eq!((call.header("ip"), call.header("appId")), (Some("3.3.3.3"), Some("from-profile")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_can_hold_everything_but_the_secrets_themselves() {
    let sandbox = sandbox().await;
    let program = Program::new();
    let files = [
        ("consumer_key_file", "sandbox-consumer-key"),
        ("access_token_file", "sandbox-access-token\n"),
        ("password_file", "sandbox-password\r\n"),
        ("mpin_file", "730264\n"),
    ];
    let mut text = format!(
        "[profiles.morning.kotak]\nuserid = \"S4MPL3\"\nbase_url = \"{}\"\nfactor = \"mpin\"\n",
        sandbox.base_url()
    );
    for (name, secret) in files {
        program.file(name, secret);
        text.push_str(&format!("{name} = \"{name}\"\n"));
    }
    let path = program.file("config.toml", &text);
    let arguments = ["--config", path.to_str().unwrap(), "--profile", "morning"];
    let (status, object) = program.json(&[LOGIN, &arguments].concat()).await;
    assert_eq!(
        (status, &object["profile"], &object["factor"]),
        (0, &json!("morning"), &json!("mpin")),
        "{object}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_may_be_in_a_file_that_the_environment_names() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox).without("KOTAK_PASSWORD");
    let path = program.file("password", "sandbox-password\n");
    let program = program.env("KOTAK_PASSWORD_FILE", path.to_str().unwrap());
    let (status, object) = program.json(LOGIN).await;
    assert_eq!(status, 0, "{object}");
    let both = program.env("KOTAK_PASSWORD", "sandbox-password");
    let (status, error) = both.failure(LOGIN).await;
    assert_eq!(status, 2);
    assert!(error["message"].as_str().unwrap().contains("KOTAK_PASSWORD_FILE"));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_secret_file_that_others_can_read_is_refused() {
    let sandbox = sandbox().await;
    for mode in [0o644, 0o640, 0o604] {
        let program = Program::with_code(&sandbox).without("KOTAK_PASSWORD");
        let path = program.file("password", "sandbox-password\n");
        set_mode(&path, mode);
        let program = program.env("KOTAK_PASSWORD_FILE", path.to_str().unwrap());
        let (status, error) = program.failure(LOGIN).await;
        assert_eq!(status, 2);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("chmod 600") && message.contains(&format!("{mode:04o}")), "{message}");
    }
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_file_that_is_empty_or_missing_is_refused() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox).without("KOTAK_PASSWORD");
    let empty = program.file("empty", "\n");
    let missing = program.home.path().join("missing");
    for path in [&empty, &missing] {
        let arguments = LOGIN;
        let program = Program::with_code(&sandbox)
            .without("KOTAK_PASSWORD")
            .env("KOTAK_PASSWORD_FILE", path.to_str().unwrap());
        let (status, error) = program.failure(arguments).await;
        assert_eq!(status, 2);
        assert!(error["message"].as_str().unwrap().contains(path.to_str().unwrap()));
    }
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_carries_the_calls() {
    // The sandbox itself stands in for the proxy: it logs the absolute URL that it is asked for.
    let (sandbox, proxy) = (sandbox().await, sandbox().await);
    let url = proxy.root_url().to_owned();
    let program = Program::with_code(&sandbox)
        .env("BROKER_SESSION_PROXY_PASSWORD", "made-up-proxy-password")
        .env("BROKER_SESSION_PROXY_USER", "proxy-user");
    let _ = program.run(&["login", "kotak", "--proxy", &url, "--timeout", "5"]).await;
    assert!(sandbox.calls().is_empty());
    let calls = proxy.calls();
    assert!(!calls.is_empty());
    assert!(calls[0].header("proxy-authorization").unwrap().starts_with("Basic "));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_usual_proxy_variables_are_not_read() {
    let (sandbox, proxy) = (sandbox().await, sandbox().await);
    let names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let program = Program::with_code(&sandbox);
    let program = names.into_iter().fold(program, |program, name| program.env(name, proxy.root_url()));
    assert_eq!(program.run(&["login", "kotak"]).await.status, 0);
    assert!(proxy.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_with_a_line_break_is_refused_before_it_becomes_a_guess() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox).env("KOTAK_PASSWORD", "sandbox-password\n");
    let (status, error) = program.failure(&["login", "kotak"]).await;
    assert_eq!(status, 2, "{error}");
    assert!(error["message"].as_str().unwrap().contains("KOTAK_PASSWORD"), "{error}");
    assert!(sandbox.calls().is_empty());
}
