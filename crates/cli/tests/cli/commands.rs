//! Help, usage errors, `demo` and `sandbox`.

use std::time::Duration;
#[cfg(unix)]
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use broker_session::reqwest;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Child,
};

use crate::common::{Program, at_kotak, finish, message, signal};

/// A sandbox of the program's own, what it has written at its start, and a program that has its environment.
struct Served {
    child: Child,
    announced: Value,
    client: Program,
}

impl Served {
    async fn start(server: &Program, arguments: &str) -> Self {
        let mut child = server.start(&format!("sandbox {arguments} --json"));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
        let announced: Value = serde_json::from_str(&line).unwrap();
        let variables = announced["environment"].as_object().unwrap();
        let variables = variables.iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
        let client = Program::new().envs(variables);
        Self { child, announced, client }
    }

    fn text(&self, field: &str) -> &str {
        self.announced[field].as_str().unwrap()
    }
}

/// Ends a sandbox with a signal, upon which it must succeed.
async fn stop(child: Child, with: &str) {
    signal(&child, with);
    assert_eq!(finish(child).await.status, 0);
}

fn http() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(1))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_help_of_every_command_shows_no_value() {
    let names = ["KOTAK_BASE_URL", "NEO_BASE_URL", "IBKR_BASE_URL", "BROKER_SESSION_PROXY"];
    let program = at_kotak().await.1.envs(names.map(|name| (name, "http://made-up-value")));
    let commands = ["login", "logout", "doctor", "sandbox"]
        .into_iter()
        .flat_map(|command| ["kotak", "neo", "ibkr"].map(|broker| format!("{command} {broker} --help")));
    let of_ibkr = ["status", "keepalive", "trust", "setup"].map(|command| format!("{command} ibkr --help"));
    let others =
        ["--help", "login --help", "session list --help", "serve --help", "demo --help", "login kotak -h"];
    for command in commands.chain(of_ibkr).chain(others.map(str::to_owned)) {
        let run = program.run(&command).await;
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{command}");
        let shown = ["sandbox-", "made-up-value"].iter().find(|value| run.stdout.contains(**value));
        assert!(shown.is_none(), "{command}: {}", run.stdout);
    }
    let help = program.run("--help").await.stdout;
    for part in [
        "10  credentials",
        "130  interrupted",
        "consumer_secret_file",
        "totp_secret_file",
        "certificate",
        "root_certificates",
        "allow_hosts",
        "keyring:PATH",
        "BROKER_SESSION_STORE_PASSWORD",
        "old_key_file",
        "session list",
    ] {
        assert!(help.contains(part), "{part}: {help}");
    }
    let version = program.run("--version").await.stdout;
    assert_eq!(version, format!("broker-session {}\n", env!("CARGO_PKG_VERSION")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_usage_error_is_an_object_on_request() {
    let program = Program::new();
    for command in ["login", "login nobody", "--no-such-flag", ""] {
        program.refuses(command).await;
        let run = program.run(command).await;
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
        assert!(!run.stderr.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_needs_no_settings_and_reads_none() {
    let program =
        Program::new().envs([("KOTAK_BASE_URL", "https://nobody.example"), ("KOTAK_USERID", "OTHER")]);
    let (run, object) = tokio::join!(program.run("demo"), program.ok("demo"));
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    for part in [
        "Access code",
        "One-time token",
        "Mpin",
        "Biometric",
        "give a wrong code",
        "sign out",
        "its certificate is not trusted",
        "a person opens the page and signs in",
        "leaving the phone alone: refused",
        "the certificate has changed",
        "none against its limits",
        "give a wrong MPIN: refused",
        "not sent, because each is good once",
    ] {
        assert!(run.stdout.contains(part), "{part}");
    }
    assert_eq!(object["user"], "S4MPL3");
    assert!(object["steps"].as_array().unwrap().len() > 20);
    let demos = object["demos"].as_array().unwrap();
    let brokers: Vec<&Value> = demos.iter().map(|demo| &demo["broker"]).collect();
    assert_eq!(brokers, ["kotak", "ibkr", "neo"]);
    assert!(demos.iter().all(|demo| demo["steps"].as_array().unwrap().len() >= 9), "{object}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_away_causes_no_panic() {
    for command in ["session list", "session list --json", "--help"] {
        let mut child = Program::new().start(command);
        drop(child.stdout.take());
        let run = finish(child).await;
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{command}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_prints_all_that_a_sign_in_needs() {
    let kotak = Served::start(&Program::new().env("KOTAK_MPIN", "not-to-be-printed"), "kotak --port 0").await;
    assert!(!kotak.announced.to_string().contains("not-to-be-printed"));
    assert_eq!(kotak.announced["environment"]["KOTAK_MPIN"], json!(null));
    let client = kotak.client.env("KOTAK_MPIN", "not-to-be-printed");
    for factor in ["mpin", "access-code"] {
        let object = client.ok(&format!("login kotak --renew --factor {factor}")).await;
        assert_eq!(object["base_url"], kotak.announced["base_url"]);
    }
    stop(kotak.child, "TERM").await;

    let neo = Served::start(&Program::new().env("NEO_MPIN", "909090"), "neo").await;
    assert_eq!((neo.text("broker"), neo.text("user")), ("neo", "S4MPL"));
    assert_eq!(neo.announced["environment"]["NEO_MPIN"], json!(null), "it came from the environment");
    let client = neo.client.env("NEO_MPIN", "909090");
    assert_eq!(client.ok("login neo").await["base_url"], neo.announced["base_url"]);
    client.ok("logout neo").await;
    stop(neo.child, "TERM").await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_at_the_page_of_the_gateway() {
    let served = Served::start(&Program::new(), "ibkr --signed-out --user-name somebody").await;
    // Not `login`, which would ask for the user's name, and that only once a minute.
    let (status, object) = served.client.json("keepalive ibkr --once").await;
    assert_eq!((status, &object["state"]), (14, &json!("login_required")));
    let pressed = http().post(served.text("login_url")).send().await.unwrap();
    assert_eq!(pressed.status(), 302);
    assert_eq!(served.client.ok("login ibkr --timeout 20").await["state"], "ready");
    let older = served.text("older_base_url");
    let object = served.client.ok(&format!("status ibkr --base-url {older}")).await;
    assert_eq!((&object["state"], &object["established"]), (&json!("ready"), &json!(null)));
    stop(served.child, "INT").await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_writes_its_certificate() {
    let server = Program::new();
    let pem = server.file("gateway.pem", "");
    let served = Served::start(&server, &format!("ibkr --https --certificate-out {pem} --paper")).await;
    assert_eq!(served.text("certificate"), pem);
    let client = Program::new().env("IBKR_BASE_URL", served.text("base_url"));
    let fingerprint = served.text("fingerprint");
    for trusted in [format!("--certificate {pem}"), format!("--fingerprint {fingerprint}")] {
        assert_eq!(client.ok(&format!("status ibkr {trusted}")).await["state"], "ready");
    }
    served.client.ok("status ibkr").await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_responds_as_its_flags_ask() {
    let arguments = "ibkr --signed-out --when-signed-out redirect --fault tickle_post=html-503 --no-pacing --idle-timeout 10";
    let served = Served::start(&Program::new(), arguments).await;
    let error = served.client.fails("logout ibkr", 13, "session_expired").await;
    assert_eq!(error["status"], 302);
    let message = served.client.refuses("sandbox ibkr --fault tickle=hang").await;
    assert!(message.contains("tickle_post"), "{message}");
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_names_the_files_with_its_oauth_credentials() {
    const FILES: [&str; 5] =
        ["ACCESS_TOKEN", "ACCESS_TOKEN_SECRET", "SIGNATURE_KEY", "ENCRYPTION_KEY", "DH_PARAMETERS"];
    let served = Served::start(&Program::new(), "ibkr --oauth --user-name somebody").await;
    let environment = served.announced["environment"].as_object().unwrap();
    assert_eq!(environment["IBKR_BASE_URL"], served.announced["base_url"]);
    assert_eq!(environment["IBKR_OAUTH_CONSUMER_KEY"].as_str().unwrap().len(), 9);
    assert_eq!(environment.len(), 2 + FILES.len(), "{environment:?}");
    let mut paths: Vec<PathBuf> = Vec::new();
    for name in FILES {
        paths.push(environment[&format!("IBKR_OAUTH_{name}_FILE")].as_str().unwrap().into());
    }
    let oauth2 = &served.announced["oauth2_environment"];
    paths.push(oauth2["IBKR_OAUTH2_PRIVATE_KEY_FILE"].as_str().unwrap().into());
    assert_eq!(oauth2["IBKR_BASE_URL"], served.announced["base_url"]);
    assert_eq!(oauth2["IBKR_OAUTH2_CREDENTIAL"], "somebody");
    assert_eq!(oauth2.as_object().unwrap().len(), 6, "{oauth2}");
    let folder = paths[0].parent().unwrap();
    assert_eq!(mode(folder), 0o700);
    for path in &paths {
        assert_eq!(mode(path), 0o600, "{path:?}");
        let text = fs::read_to_string(path).unwrap();
        assert!(text.ends_with('\n') && !served.announced.to_string().contains(text.trim()), "{path:?}");
    }
    assert_eq!(served.announced["login_url"], json!(null));
    let unsigned = http().post(format!("{}/tickle", served.text("base_url"))).body("");
    let unsigned = unsigned.header("user-agent", "test").header("content-length", 0).send().await.unwrap();
    assert_eq!(unsigned.status(), 401);
    stop(served.child, "TERM").await;
    assert!(!folder.exists(), "the temporary folder is left behind");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_keeps_its_oauth_credentials_in_a_folder() {
    let server = Program::new();
    let folder = server.home.path().join("new/keys");
    let command = format!("ibkr --oauth {}", folder.display());
    let first = Served::start(&server, &command).await;
    let file = &first.announced["environment"]["IBKR_OAUTH_ACCESS_TOKEN_FILE"];
    assert_eq!(*file, json!(folder.join("access_token")));
    stop(first.child, "TERM").await;
    assert_eq!((mode(&folder), fs::read_dir(&folder).unwrap().count()), (0o700, 9));

    let without = |name: &str| fs::remove_file(folder.join(name)).unwrap();
    for name in ["oauth2_client_id", "oauth2_key_id", "oauth2_private_key.pem"] {
        without(name);
    }
    let again = Served::start(&server, &command).await;
    let consumer_key = |announced: &Value| announced["environment"]["IBKR_OAUTH_CONSUMER_KEY"].clone();
    assert_eq!(consumer_key(&again.announced), consumer_key(&first.announced), "it is not written again");
    assert_eq!(again.announced["oauth2_environment"], json!(null), "these may be left out");
    stop(again.child, "TERM").await;

    for (open, private, shown) in
        [(folder.clone(), 0o700, "0755"), (folder.join("access_token"), 0o600, "0644")]
    {
        crate::common::set_mode(&open, u32::from_str_radix(shown, 8).unwrap());
        let message = server.refuses(&format!("sandbox {command}")).await;
        let cure = format!("Run: chmod -R go= {}", folder.display());
        assert!(message.contains(&format!("(mode {shown})")) && message.ends_with(&cure), "{message}");
        crate::common::set_mode(&open, private);
    }
    fs::write(folder.join("private_signature.pem"), "made-up").unwrap();
    let message = server.refuses(&format!("sandbox {command}")).await;
    assert!(message.contains("the signature key of OAuth cannot be used"), "{message}");
    without("dhparam.pem");
    let message = server.refuses(&format!("sandbox {command}")).await;
    assert!(message.contains("`dhparam.pem` cannot be read"), "{message}");
    assert!(!folder.join("dhparam.pem").exists(), "nothing is added to a folder that is in use");

    fs::create_dir(server.home.path().join("empty")).unwrap();
    let command = format!("ibkr --oauth {}", server.home.path().join("empty").display());
    stop(Served::start(&server, &command).await.child, "TERM").await;
    for wrong in ["--oauth /dev/null", "--oauth --signed-out", "--lst-lifetime 60"] {
        server.refuses(&format!("sandbox ibkr {wrong}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_explained() {
    let (sandbox, _) = at_kotak().await;
    let port = sandbox.root_url().rsplit(':').next().unwrap();
    let message = Program::new().refuses(&format!("sandbox kotak --port {port}")).await;
    assert!(message.contains("choose another port"), "{message}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn every_sandbox_shows_its_reference_at_its_root() {
    for broker in ["kotak", "neo", "ibkr"] {
        let served = Served::start(&Program::new(), broker).await;
        let reference = served.text("reference_url");
        let page = http().get(reference).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("swagger-ui"), "{broker}: {page}");
        let root = reference.strip_suffix("api-reference/").unwrap();
        assert_eq!(http().get(root).send().await.unwrap().text().await.unwrap(), page, "{broker}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn faults_can_be_planned_from_the_command_line() {
    let served = Served::start(&Program::new(), "kotak --fault session_init=html-503").await;
    let error = served.client.fails("login kotak --timeout 10", 17, "unavailable").await;
    assert_eq!(error["status"], 503, "{}", message(&error));

    let served = Served::start(&Program::new(), "neo --fault-rate 1 --fault-seed 7").await;
    let url = format!("{}/quick/user/limits", served.text("base_url"));
    let http = http();
    let calls: Vec<_> = (0..16).map(|_| tokio::spawn(http.post(&url).send())).collect();
    let mut statuses = Vec::new();
    for call in calls {
        statuses.push(call.await.unwrap().ok().map(|response| response.status().as_u16()));
    }
    // Silence and resets, refusals, pages.
    for status in [None, Some(401), Some(503)] {
        assert!(statuses.contains(&status), "{status:?} in {statuses:?}");
    }
    for flags in ["--fault-rate 1.5", "--fault-rate often", "--fault-seed 7"] {
        Program::new().refuses(&format!("sandbox neo {flags}")).await;
    }
}
