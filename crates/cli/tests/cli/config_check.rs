//! `config check`: all that is wrong with the settings, and where each comes from.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::{
    common::{Program, set_mode},
    terminal::Terminal,
};

/// The findings with a result, each as one string.
fn findings(report: &Value, result: &str) -> Vec<String> {
    let all = report["findings"].as_array().unwrap().iter();
    let of_result = all.filter(|finding| finding["result"] == result);
    of_result
        .map(|finding| ["name", "what", "why", "cure"].map(|key| finding[key].as_str().unwrap()).join(" | "))
        .collect()
}

/// Where a setting comes from.
fn place<'a>(report: &'a Value, name: &str) -> Option<&'a str> {
    let mut settings = report["settings"].as_array().unwrap().iter();
    settings.find(|setting| setting["name"] == name)?["place"].as_str()
}

/// The problems of a profile, each of which has one of these parts, in this order.
async fn has_problems(program: &Program, command: &str, expected: &[&str]) -> Value {
    let (status, report) = program.json(&format!("config check {command}")).await;
    let found = findings(&report, "problem");
    for (expected, found) in expected.iter().zip(&found) {
        assert!(found.contains(expected), "{expected}: {found}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    assert_eq!((status, &report["result"]), (2, &json!("problem")), "{report:#}");
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mistake_of_the_file_is_reported_at_once() {
    let program = Program::new();
    let text = "[profiles.default.kotak]\nusrid = \"X\"\nnickname = 5\nfactor = \"made-up\"\n[profiles.default.kotk]\nip = \"1.1.1.1\"\napp_id = \"a\"\n\
                [profiles.other.neo]\nucc = \"S4MPL\"\nmpin = \"730264\"\n";
    let config = program.file("config.toml", text);
    let at = |place: &str| format!("{config}:{place}");
    let expected = [
        at("2:1: unknown field `usrid`; did you mean `userid`?"),
        at("3:12: the value is wrong"),
        at("4:10: the value is wrong"),
        at("5:19: unknown field `kotk`; did you mean `kotak`?"),
        at("10:1: unknown field `mpin`"),
    ];
    let (_, report) = program.json(&format!("config check --config {config}")).await;
    let mut found = findings(&report, "problem");
    found.sort_by_key(|finding| expected.iter().position(|expected| finding.contains(expected.as_str())));
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.contains(expected), "{expected}: {found}");
    }
    let printed = report.to_string();
    assert!(!printed.contains("730264") && !printed.contains("made-up"), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_setting_is_shown_with_its_place_and_without_its_value() {
    let program = Program::new();
    program.file("mpin", "CANARY-mpin");
    let text = "[profiles.morning.kotak]\nuserid = \"CANARY-user\"\nip = \"CANARY-ip\"\nallow_plain_http = true\n\
                mpin_file = \"mpin\"\npassword_command = \"cat CANARY-argument\"\n\
                [profiles.morning.ibkr]\noauth_realm = \"CANARY-realm\"\noauth_consumer_key = \"CANARY-key\"\n\
                oauth_access_token_command = \"cat CANARY\"\noauth_access_token_secret_command = \"cat CANARY\"\n\
                oauth_signature_key_command = \"cat CANARY\"\noauth_encryption_key_command = \"cat CANARY\"\n\
                oauth_dh_parameters_command = \"cat CANARY\"\n[profiles.morning.network]\nproxy = \"http://CANARY\"\n";
    let config = program.file("config.toml", text);
    let env = program.file("more.env", "KOTAK_APP_ID=CANARY-app\n");
    let program = program
        .env("BROKER_SESSION_CONFIG", &config)
        .env("KOTAK_IP", "CANARY-ip")
        .env("KOTAK_CONSUMER_KEY", "CANARY-key");
    let report = program.ok(&format!("config check --profile morning --env-file {env}")).await;
    let mpin = program.home.path().join("mpin");
    let mpin = format!("the file `{}`, which the profile names", mpin.display());
    for (name, expected) in [
        ("BROKER_SESSION_CONFIG", Some("the variable BROKER_SESSION_CONFIG")),
        ("BROKER_SESSION_PROFILE", Some("the option --profile")),
        ("BROKER_SESSION_STORE", Some("the variable BROKER_SESSION_STORE")),
        ("BROKER_SESSION_PROXY", Some("the profile (`proxy`)")),
        ("KOTAK_USERID", Some("the profile (`userid`)")),
        ("KOTAK_IP", Some("the variable KOTAK_IP")),
        ("KOTAK_APP_ID", Some("the variable KOTAK_APP_ID in the env file")),
        ("KOTAK_CONSUMER_KEY", Some("the variable KOTAK_CONSUMER_KEY")),
        ("KOTAK_MPIN", Some(mpin.as_str())),
        ("KOTAK_PASSWORD", Some("the command of `password_command` in the profile")),
        ("IBKR_OAUTH_REALM", Some("the profile (`oauth_realm`)")),
        ("kotak.allow_plain_http", Some("the profile (`allow_plain_http`)")),
        ("kotak.mpin_file", None),
        ("KOTAK_NICKNAME", None),
    ] {
        assert_eq!(place(&report, name), expected, "{name}");
    }
    assert!(!report.to_string().contains("CANARY"), "{report:#}");
    let run = program.run("config check --profile morning").await;
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(run.stdout.starts_with("SETTING"), "{}", run.stdout);
    assert!(
        run.stdout
            .lines()
            .any(|line| line.starts_with("KOTAK_USERID ") && line.ends_with("the profile (`userid`)"))
    );
    assert!(
        run.stdout.ends_with("Nothing is wrong as far as it was checked.\n")
            && !run.stdout.contains("CANARY")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn defaults_are_shown_where_nothing_is_set() {
    let program = Program::new().without(&["BROKER_SESSION_STORE"]);
    let mut command = program.std_command("config check --json");
    command.env_remove("BROKER_SESSION_STORE");
    let run = crate::common::finish(crate::common::spawn(command)).await;
    let report = run.object();
    assert_eq!(place(&report, "BROKER_SESSION_CONFIG"), Some("nowhere: there is no config file"));
    assert_eq!(place(&report, "BROKER_SESSION_PROFILE"), Some("the default: `default`"));
    let store = place(&report, "BROKER_SESSION_STORE").unwrap();
    assert!(store.starts_with("the default: `") && store.ends_with("sessions.json`"), "{store}");
    assert_eq!(report["settings"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_programs_that_cannot_be_used_are_problems() {
    let program = Program::new();
    program.file("open", "secret");
    set_mode(program.home.path().join("open"), 0o644);
    program.file("not-executable", "");
    let text = format!(
        "[profiles.default.kotak]\nuserid = \"S4MPL3\"\npassword_file = \"open\"\nmpin_file = \"missing\"\n\
         access_token_command = \"no-such-program CANARY\"\nconsumer_key_command = \"'CANARY\"\n\
         consumer_secret_command = \"{}/not-executable CANARY\"\n\
         [profiles.default.network]\nroot_certificates = \"missing.pem\"\n\
         [profiles.default.serve]\nnotify = \"no-such-notifier\"\n",
        program.home.path().display()
    );
    let config = program.file("config.toml", &text);
    let expected = [
        "KOTAK_CONSUMER_KEY | cannot be split into words | It is the command of `consumer_key_command` in the profile.",
        "KOTAK_ACCESS_TOKEN | there is no program `no-such-program`",
        "KOTAK_CONSUMER_SECRET | there is no program `/",
        "KOTAK_PASSWORD | cannot be read",
        "KOTAK_MPIN | cannot be read",
        "network | cannot be used | the root certificates `",
        "serve.notify | there is no program `no-such-notifier`",
    ];
    let report = has_problems(&program, &format!("--config {config} --profile default"), &expected).await;
    assert!(report.to_string().contains("chmod 600") && !report.to_string().contains("CANARY"), "{report:#}");
}

/// All that OAuth 1.0a takes but the signature key.
const OAUTH: &str = "oauth_consumer_key = \"MADEUPKEY\"\noauth_access_token_command = \"true\"\noauth_access_token_secret_command = \"true\"\n\
                     oauth_encryption_key_command = \"true\"\noauth_dh_parameters_command = \"true\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn what_the_commands_refuse_is_a_problem() {
    let cases = [
        ("neo]\nbase_url = \"http://x.example\"", "", "", "neo | cannot be used | the base URL"),
        ("neo]\nbase_url = \"https://user:CANARY@x.example\"", "", "", "neo | cannot be used | the base URL"),
        ("neo]\nallow_hosts = [\"x\"]", "", "", "neo | cannot be used | the host to allow"),
        ("neo]\nmpin_file = \"junk\"", "", "", "neo | cannot be used | the MPIN (NEO_MPIN)"),
        ("neo]\nmobile_file = \"junk\"", "", "", "(NEO_MOBILE)"),
        ("neo]\ntotp_secret_file = \"junk\"", "", "", "(NEO_TOTP_SECRET)"),
        ("neo]", "NEO_TOTP_SECRET", "CANARY1", "neo | cannot be used | the TOTP secret (NEO_TOTP_SECRET)"),
        ("kotak]\noauth_base_url = \"x\"", "", "", "kotak | cannot be used | the OAuth base URL"),
        ("kotak]", "KOTAK_CONSUMER_KEY", "Bearer CANARY", "(KOTAK_CONSUMER_KEY)"),
        ("kotak]\nmpin_file = \"lines\"", "", "", "the value for KOTAK_MPIN has line breaks"),
        ("ibkr]\nbase_url = \"not a url\"", "", "", "ibkr | cannot be used | the base URL"),
        ("ibkr]\nfingerprint = \"zz\"", "", "", "ibkr | cannot be used | this is not a SHA-256 fingerprint"),
        ("ibkr]\ncertificate = \"junk\"", "", "", "ibkr | cannot be used | the certificate to trust"),
        ("ibkr]\nlogin_url = \"http://x.example\"", "", "", "ibkr | cannot be used | the login page"),
        ("ibkr]\noauth_realm = \"x\"", "", "", "not set: IBKR_OAUTH_CONSUMER_KEY"),
        (
            "ibkr]\nOAUTH oauth_signature_key_file = \"junk\"",
            "",
            "",
            "-----BEGIN PRIVATE KEY-----`. | Give the whole file.",
        ),
        (
            "serve]\nlisten = \"0.0.0.0:8080\"",
            "",
            "",
            "serve | cannot be used | cannot listen on 0.0.0.0:8080",
        ),
        ("serve]\ngateway = [\"ibkr=192.0.2.1:5000\"]", "", "", "cannot listen on 192.0.2.1:5000"),
        (
            "serve]\nbrokers = [\"neo\"]\ngateway = [\"ibkr=127.0.0.1:5000\"]",
            "",
            "",
            "serve | cannot be used | there is a gateway for `ibkr`, which is not served. | Name the broker",
        ),
        ("serve]\ntoken_file = \"junk\"", "", "", "serve | cannot be used | the token file"),
        ("network]\nproxy = \"nonsense://x\"", "", "", "network | cannot be used | the proxy's URL"),
        ("network]\nproxy_user = \"x\"", "", "", "network | cannot be used | there is a user for the proxy"),
        ("network]\nroot_certificates = \"junk\"", "", "", "network | cannot be used | the root certificate"),
        ("store]\nkey_file = \"junk\"", "", "", "session_store | cannot be used | the encryption key"),
        ("store]", "BROKER_SESSION_STORE", "redis://192.0.2.1", "redis://192.0.2.1:6379/0 has no TLS"),
        ("store]\nroot_certificates = \"junk\"", "BROKER_SESSION_STORE", "rediss://r", "of the Redis store"),
        ("store]", "BROKER_SESSION_STORE", "/", "session_store | cannot be used"),
    ];
    crate::common::each(cases, |(profile, variable, value, expected)| async move {
        let program = Program::new();
        program.file("junk", "CAN");
        program.file("lines", "CANARY\nCANARY");
        let config =
            program.file("config.toml", &format!("[profiles.default.{profile}\n").replace("OAUTH ", OAUTH));
        let program = if variable.is_empty() { program } else { program.env(variable, value) };
        let (status, report) = program.json(&format!("config check --config {config}")).await;
        let found = findings(&report, "problem");
        assert!(found.len() == 1 && found[0].contains(expected), "{expected}: {found:#?}");
        assert!(status != 0 && !report.to_string().contains("CANARY"), "{report:#}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_mistake_hides_no_other_broker_and_is_reported_once() {
    let program = Program::new();
    let text =
        "[profiles.default.network]\nproxy = \"nonsense://x\"\n[profiles.default.neo]\nbase_url = \"x\"\n";
    let config = program.file("config.toml", text);
    let expected = ["network | cannot be used", "neo | cannot be used | the base URL"];
    has_problems(&program, &format!("--config {config}"), &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_command_or_a_person_gives_is_not_judged() {
    let program = Program::new();
    let text = format!(
        "[profiles.default.neo]\nmobile_command = \"true\"\nmpin_command = \"true\"\ntotp_secret_command = \"true\"\n\
         access_token_command = \"true\"\n[profiles.default.store]\nkey_command = \"true\"\nold_key_command = \"true\"\n\
         [profiles.default.network]\nproxy = \"http://127.0.0.1:3128\"\nproxy_user = \"made-up\"\n\
         [profiles.default.kotak]\nconsumer_key_command = \"true\"\nmpin_command = \"true\"\n\
         [profiles.default.ibkr]\n{OAUTH}oauth_signature_key_command = \"true\"\n\
         [profiles.default.serve]\ntoken_file = \"made/token\"\nnotify = \"true\"\n"
    );
    let config = program.file("config.toml", &text);
    program.ok(&format!("config check --config {config}")).await;
    let with_code = Program::new().env("NEO_TOTP_COMMAND", "true");
    with_code.ok("config check").await;
    Program::new().ok("config check").await;
    let (status, shown) = Terminal::start(&Program::new(), "config check").end();
    assert_eq!(status, 0, "nobody is asked at a terminal: {shown}");
    let left: Vec<_> =
        fs::read_dir(program.home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["config.toml"], "nothing is made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_nothing_needs_is_no_problem() {
    let program = Program::new();
    let text = "[profiles.default.kotak]\nuserid = \"S4MPL3\"\nfactor = \"mpin\"\nmpin_command = \"true\"\n\
                access_code_file = \"missing\"\n[profiles.default.store]\npassword_file = \"missing\"\n\
                [profiles.default.network]\nproxy_password_file = \"missing\"\n";
    let config = program.file("config.toml", text);
    let report = program.ok(&format!("config check --config {config}")).await;
    assert_eq!((&report["result"], findings(&report, "problem").len()), (&json!("warning"), 0), "{report:#}");
    let found = findings(&report, "warning");
    let names = ["BROKER_SESSION_STORE_PASSWORD", "BROKER_SESSION_PROXY_PASSWORD", "KOTAK_ACCESS_CODE"];
    assert!(found.iter().map(|found| found.split(' ').next().unwrap()).eq(names), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_command_is_run() {
    let program = Program::new();
    let trace = program.home.path().join("trace");
    let touch = format!("touch {}", trace.display());
    let text = format!(
        "[profiles.default.kotak]\nuserid = \"S4MPL3\"\npassword_command = \"{touch}\"\n\
         [profiles.default.store]\nkey_command = \"{touch}\"\n[profiles.default.serve]\nnotify = \"{touch}\"\n"
    );
    let config = program.file("config.toml", &text);
    let program = program.env("NEO_TOTP_SECRET_COMMAND", &touch);
    program.ok(&format!("config check --config {config}")).await;
    assert!(!Path::new(&trace).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_exclude_each_other_are_problems() {
    for (profile, variables, expected) in [
        ("kotak]\nuserid = \"A\"\nnickname = \"b\"", vec![], "both userid and nickname"),
        (
            "kotak]\nuserid = \"A\"\nmpin_file = \"f\"\nbiometric_command = \"true\"",
            vec![],
            "both mpin_file and biometric_command",
        ),
        ("ibkr]\nfingerprint = \"AB\"\ncertificate = \"f\"", vec![], "both fingerprint and certificate"),
        ("ibkr]\noauth_realm = \"x\"\noauth2_ip = \"192.0.2.1\"", vec![], "both OAuth 1.0a"),
        ("serve]\nlisten = \"127.0.0.1:1\"\nunix = \"x\"", vec![], "both listen and unix"),
        ("neo]\nmpin_file = \"f\"\nmpin_command = \"true\"", vec![], "both `mpin_file` and `mpin_command`"),
        (
            "store]\nlocation = \"keyring:\"",
            vec![("BROKER_SESSION_STORE_KEY", "x"), ("BROKER_SESSION_STORE", "")],
            "one key can be used",
        ),
        ("store]\nold_key_file = \"f\"", vec![], "none to encrypt with"),
        (
            "neo]\nucc = \"S4MPL\"",
            vec![("NEO_TOTP", "1"), ("NEO_TOTP_SECRET", "x")],
            "both NEO_TOTP and NEO_TOTP_SECRET",
        ),
        (
            "neo]\nucc = \"S4MPL\"",
            vec![("NEO_MPIN", "1"), ("NEO_MPIN_COMMAND", "true")],
            "both NEO_MPIN and NEO_MPIN_COMMAND",
        ),
        (
            "kotak]",
            vec![("KOTAK_USERID", "A"), ("KOTAK_NICKNAME", "b")],
            "both KOTAK_USERID and KOTAK_NICKNAME",
        ),
        ("kotak]", vec![("KOTAK_ENVIRONMENT", "nowhere")], "KOTAK_ENVIRONMENT must be one of"),
    ] {
        let program = Program::new();
        program.file("f", "made-up");
        let config = program.file("config.toml", &format!("[profiles.default.{profile}\n"));
        let program = program.envs(variables);
        let (status, report) = program.json(&format!("config check --config {config}")).await;
        let found = findings(&report, "problem");
        assert!(status == 2 && found.iter().any(|found| found.contains(expected)), "{expected}: {report:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_profile_and_a_missing_file_are_problems() {
    let program = Program::new();
    has_problems(&program, "--profile third", &["no config file to find the profile `third` in"]).await;
    has_problems(
        &program,
        "--config /nowhere/config.toml",
        &["there is no config file `/nowhere/config.toml`"],
    )
    .await;
    let config = program.file("config.toml", "[profiles.first]\n[profiles.second]\n");
    has_problems(&program, &format!("--config {config} --profile third"), &["there are: first, second"])
        .await;
    let report = program.ok(&format!("config check --config {config}")).await;
    assert_eq!(report["result"], "warning");
    assert!(findings(&report, "warning")[0].contains("first, second"), "{report:#}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_config_file_that_others_can_write_is_refused() {
    let program = Program::new();
    let config = program.file("config.toml", "[profiles.default]\n");
    for mode in [0o620, 0o602, 0o666] {
        set_mode(&config, mode);
        let message = program.refuses(&format!("session list --config {config}")).await;
        let expected = format!("can be written by others (mode {mode:04o})");
        assert!(message.contains(&expected) && message.contains("Run: chmod go-w"), "{message}");
        let command = format!("--config {config}");
        has_problems(&program, &command, &["can be written by others"]).await;
        assert_eq!(crate::common::mode(&config), mode);
    }
    set_mode(&config, 0o644);
    program.ok(&format!("session list --config {config}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_others_can_read_is_a_warning_and_left_as_it_is() {
    let program = Program::new();
    fs::write(program.store(), "{}").unwrap();
    set_mode(program.store(), 0o644);
    let report = program.ok("config check").await;
    let found = findings(&report, "warning");
    assert!(found[0].contains("mode 0644") && found[0].contains("chmod 600"), "{found:?}");
    assert_eq!((found.len(), crate::common::mode(program.store())), (1, 0o644));
}
