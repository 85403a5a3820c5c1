//! Where settings come from: flags, variables, profiles and files with secrets.

use broker_session_sandbox::neo;
use serde_json::json;

use crate::common::{Program, at_kotak, set_mode, start};

const LOGIN: &str = "login kotak";

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_the_config_file_is_reported_with_its_place() {
    let (sandbox, program) = at_kotak().await;
    let config = program.file("config.toml", "[profiles.default.kotak]\nusrid = \"X\"\n");
    let message = program.refuses(&format!("{LOGIN} --config {config}")).await;
    assert!(message.starts_with(&format!("{config}:2:1: unknown field `usrid`")), "{message}");
    assert!(sandbox.calls().is_empty());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn no_command_waits_for_a_file_that_never_ends() {
    let program = Program::new();
    let pipe = program.pipe("pipe");
    let large = program.file("large.toml", "");
    std::fs::File::options().write(true).open(&large).unwrap().set_len(300 << 20).unwrap();
    for (path, expected) in [
        (pipe.as_str(), "it is a pipe"),
        ("/dev/zero", "it is a device"),
        (&large, "more than 1 MiB"),
        ("/", "it is a directory"),
    ] {
        let message = program.refuses(&format!("session list --config {path}")).await;
        assert!(message.contains(expected) && message.contains(path), "{message}");
    }
    program.ok("session list --config /dev/null").await;
    let message = program.refuses(&format!("login ibkr --root-certificates {pipe}")).await;
    assert!(message.contains("it is a pipe") && message.contains(&pipe), "{message}");
    let message = program.refuses("login ibkr --certificate /dev/zero").await;
    assert!(message.contains("it is a device"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_goes_before_a_variable_and_that_before_the_profile() {
    let (sandbox, program) = at_kotak().await;
    let text = format!(
        "[profiles.default.kotak]\nip = \"1.1.1.1\"\napp_id = \"from-profile\"\nuserid = \"OTHER\"\nbase_url = \"{}\"\n",
        sandbox.base_url()
    );
    let config = program.file("config.toml", &text);
    let program = program.without(&["KOTAK_BASE_URL"]).envs([("KOTAK_IP", "2.2.2.2"), ("KOTAK_APP_ID", "")]);
    let object = program.ok(&format!("{LOGIN} --config {config} --ip 3.3.3.3")).await;
    assert_eq!(object["user"], "S4MPL3");
    for call in sandbox.calls() {
        assert_eq!((call.header("ip"), call.header("appId")), (Some("3.3.3.3"), Some("from-profile")));
    }
    sandbox.clear_calls();
    program.ok(&format!("logout kotak --config {config}")).await;
    assert_eq!(sandbox.calls()[0].header("ip"), Some("2.2.2.2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_of_kotak_can_hold_everything_but_secrets() {
    let (sandbox, _) = at_kotak().await;
    let program = Program::new();
    let mut text = format!(
        "[profiles.morning.kotak]\nuserid = \"S4MPL3\"\nbase_url = \"{}\"\nfactor = \"mpin\"\n",
        sandbox.base_url()
    );
    for (name, secret) in [
        ("consumer_key_file", "sandbox-consumer-key"),
        ("access_token_file", "sandbox-access-token\n"),
        ("password_file", "sandbox-password\r\n"),
        ("mpin_file", "730264\n"),
    ] {
        program.file(name, secret);
        text.push_str(&format!("{name} = \"{name}\"\n"));
    }
    let config = program.file("config.toml", &text);
    let object = program.ok(&format!("{LOGIN} --config {config} --profile morning")).await;
    assert_eq!((&object["profile"], &object["factor"]), (&json!("morning"), &json!("mpin")));
    // The environment can name the profile, too.
    let program =
        program.envs([("BROKER_SESSION_CONFIG", config.as_str()), ("BROKER_SESSION_PROFILE", "morning")]);
    assert_eq!(program.ok("session list").await["sessions"][0]["profile"], "morning");
    program.ok("logout kotak").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_of_neo_can_hold_everything_but_secrets() {
    let (sandbox, _) = start(neo::Sandbox::builder()).await;
    let neo::Account { access_token, mobile, totp_secret, mpin, .. } = sandbox.account().clone();
    let program = Program::new();
    let mut text = format!(
        "[profiles.morning.neo]\nucc = \"S4MPL\"\nbase_url = \"{}\"\nneo_fin_key = \"from-profile\"\n",
        sandbox.base_url()
    );
    for (name, secret) in [
        ("access_token_file", access_token),
        ("mobile_file", mobile),
        ("totp_secret_file", totp_secret),
        ("mpin_file", mpin),
    ] {
        program.file(name, &format!("{secret}\n"));
        text.push_str(&format!("{name} = \"{name}\"\n"));
    }
    let profile = format!("--profile morning --config {}", program.file("config.toml", &text));
    assert_eq!(program.ok(&format!("login neo {profile}")).await["profile"], "morning");
    let sent = sandbox.calls_to(neo::Operation::TradeApiLogin);
    assert_eq!(sent[0].header("neo-fin-key"), Some("from-profile"));
    let program = program.env("NEO_FIN_KEY", "from-environment");
    program.ok(&format!("logout neo {profile} --neo-fin-key from-flag")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_profile_is_reported_with_the_ones_there_are() {
    let program = Program::new();
    let text = "[profiles.first.neo]\nucc = \"MADE1\"\n[profiles.second.neo]\nucc = \"MADE2\"\n";
    let config = program.file("config.toml", text);
    for command in ["login neo", "logout neo"] {
        let (_, object) = program.json(&format!("{command} --config {config}")).await;
        let message = object["error"]["message"].as_str().unwrap();
        assert!(message.contains("first, second") && message.contains("--profile"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_named_profile_is_shown_and_no_other() {
    let (sandbox, program) = start(neo::Sandbox::builder()).await;
    let text = format!("[profiles.first.neo]\nbase_url = \"{}\"\n[profiles.second]\n", sandbox.base_url());
    let config = program.file("config.toml", &text);
    let program = program.env("BROKER_SESSION_CONFIG", &config);
    program.ok("login neo --profile first").await;
    assert_eq!(program.ok("session list --profile first").await["sessions"][0]["profile"], "first");
    assert_eq!(program.ok("session list --profile second").await["sessions"], json!([]));
    let run = program.run("session list --profile second").await;
    assert!(run.stdout.contains("no session of the profile second"), "{}", run.stdout);
    let message = program.refuses("session list --profile third").await;
    assert!(message.contains("first, second"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_can_name_the_file_of_a_secret() {
    let (sandbox, _) = at_kotak().await;
    let program = Program::of(&sandbox).without(&["KOTAK_PASSWORD"]);
    let path = program.file("password", "sandbox-password\n");
    let program = program.env("KOTAK_PASSWORD_FILE", &path);
    program.ok(LOGIN).await;
    let message = program.env("KOTAK_PASSWORD", "sandbox-password").refuses("login kotak --renew").await;
    assert!(message.contains("both KOTAK_PASSWORD and KOTAK_PASSWORD_FILE"), "{message}");

    let (sandbox, mut program) = start(neo::Sandbox::builder()).await;
    for (name, value) in sandbox.credentials() {
        if !["NEO_UCC", "NEO_BASE_URL"].contains(&name) {
            let path = program.file(name, &format!("{value}\n"));
            program = program.without(&[name]).env(&format!("{name}_FILE"), &path);
        }
    }
    program.ok("login neo").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unusable_file_of_a_secret_is_refused() {
    let (sandbox, _) = at_kotak().await;
    let program = || Program::of(&sandbox).without(&["KOTAK_PASSWORD"]);
    let files = program();
    let (empty, missing) = (files.file("empty", "\n"), files.home.path().join("missing"));
    for path in [empty.as_str(), missing.to_str().unwrap()] {
        let message = program().env("KOTAK_PASSWORD_FILE", path).refuses(LOGIN).await;
        assert!(message.contains(path), "{message}");
    }
    #[cfg(unix)]
    for mode in [0o644, 0o640, 0o604] {
        let path = files.file("password", "sandbox-password\n");
        set_mode(&path, mode);
        let message = program().env("KOTAK_PASSWORD_FILE", &path).refuses(LOGIN).await;
        assert!(message.contains("chmod 600") && message.contains(&format!("{mode:04o}")), "{message}");
    }
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_carries_the_calls() {
    // The sandbox itself is the proxy: it logs the absolute URL that it is asked for.
    let ((sandbox, program), (proxy, _)) = tokio::join!(at_kotak(), at_kotak());
    let program = program
        .env("BROKER_SESSION_PROXY_PASSWORD", "made-up-proxy-password")
        .env("BROKER_SESSION_PROXY_USER", "proxy-user");
    let _ = program.run(&format!("login kotak --timeout 5 --proxy {}", proxy.root_url())).await;
    assert!(sandbox.calls().is_empty());
    assert!(proxy.calls()[0].header("proxy-authorization").unwrap().starts_with("Basic "));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_usual_proxy_variables_are_not_read() {
    let ((_sandbox, program), (proxy, _)) = tokio::join!(at_kotak(), at_kotak());
    let names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    program.envs(names.map(|name| (name, proxy.root_url()))).ok(LOGIN).await;
    assert!(proxy.calls().is_empty());
}
