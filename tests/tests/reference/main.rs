//! The interactive reference that a sandbox serves beside the broker.

mod browser;

use std::time::Duration;

use broker_session_sandbox::{Broker, Builder, Fault, Operation as _, Sandbox, ibkr, kotak, neo};
use reqwest::{Client, Method, Response, StatusCode, redirect::Policy};
use serde_json::Value;

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn client() -> Result<Client> {
    Ok(Client::builder().no_proxy().redirect(Policy::none()).build()?)
}

async fn get(url: String) -> Result<Response> {
    Ok(client()?.get(url).send().await?)
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn document<B: Broker>(sandbox: &Sandbox<B>) -> Result<Value> {
    let url = sandbox.reference_url().ok_or("no reference")?;
    Ok(get(format!("{url}openapi.json")).await?.json().await?)
}

/// Every list of servers, as it is: of the document, of a path, of an operation.
fn servers(document: &Value) -> Vec<&Value> {
    let paths: Vec<&Value> = document["paths"].as_object().unwrap().values().collect();
    let operations = paths.iter().flat_map(|path| path.as_object().unwrap().values());
    let owners = [document].into_iter().chain(paths.iter().copied()).chain(operations);
    owners.filter_map(|owner| owner.get("servers")).collect()
}

async fn is_served_whole<B: Broker>() -> Result {
    let sandbox: Sandbox<B> = Sandbox::<B>::builder().reference().start().await?;
    // All faults that there are, always: the reference meets none.
    for operation in B::Operation::all() {
        sandbox.inject_always(*operation, Fault::reset());
    }
    let root = sandbox.root_url();
    let page = get(format!("{root}/")).await?;
    assert_eq!((page.status(), header(&page, "content-type")), (StatusCode::OK, "text/html; charset=utf-8"));
    assert_eq!(header(&page, "set-cookie"), "");
    let policy = header(&page, "content-security-policy").to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let page = page.text().await?;
    // Everything that the page names, by its quotes.
    let parts: Vec<&str> = page.split('"').filter(|part| part.starts_with('/')).collect();
    assert!(parts.len() >= 6, "{page}");
    for part in parts {
        let response = get(format!("{root}{part}")).await?;
        assert_eq!(response.status(), StatusCode::OK, "{part}");
        assert_eq!(header(&response, "content-security-policy"), policy, "{part}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{part}");
    }
    assert!(!page.contains("://"), "the page names a host: {page}");
    assert!(sandbox.calls().is_empty(), "{:?}", sandbox.calls());
    Ok(())
}

#[tokio::test]
async fn the_page_and_its_parts_are_served_and_meet_neither_faults_nor_the_call_log() -> Result {
    is_served_whole::<kotak::Kotak>().await?;
    is_served_whole::<neo::Neo>().await?;
    is_served_whole::<ibkr::Ibkr>().await
}

async fn names_itself<B: Broker>() -> Result {
    let sandbox: Sandbox<B> = Sandbox::<B>::builder().reference().start().await?;
    let document = document(&sandbox).await?;
    assert_eq!(document["servers"][0]["url"], sandbox.base_url());
    let all = servers(&document);
    let urls = all.iter().flat_map(|servers| servers.as_array().unwrap());
    for url in urls.map(|server| server["url"].as_str().unwrap()) {
        assert!(url == sandbox.root_url() || url.starts_with(&format!("{}/", sandbox.root_url())), "{url}");
    }
    // Nothing else has changed.
    let mut spec = B::spec()?.value().clone();
    assert_eq!(servers(&spec).len(), all.len());
    spec["servers"] = document["servers"].clone();
    assert_eq!(spec["components"], document["components"]);
    assert_eq!(spec["info"], document["info"]);
    Ok(())
}

#[tokio::test]
async fn the_servers_of_the_shown_spec_are_the_sandbox_wherever_there_are_any() -> Result {
    names_itself::<kotak::Kotak>().await?;
    names_itself::<neo::Neo>().await?;
    names_itself::<ibkr::Ibkr>().await
}

#[tokio::test]
async fn an_operation_with_servers_of_its_own_is_shown_where_the_sandbox_has_it() -> Result {
    let sandbox = kotak::Sandbox::builder().reference().start().await?;
    let document = document(&sandbox).await?;
    let at = document["paths"]["/token"]["servers"][0]["url"].as_str().ok_or("no server")?;
    let response = client()?.post(format!("{at}/token")).send().await?;
    assert_ne!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(sandbox.call_count(kotak::Operation::Token), 1);
    Ok(())
}

/// Without its length, which a client may leave out of a request without a body.
async fn seen(builder: Builder<neo::Neo>, method: Method, path: &str) -> Result<(StatusCode, String, usize)> {
    let sandbox = builder.start().await?;
    let url = format!("{}{path}", sandbox.root_url());
    let response = client()?.request(method, url).send().await?;
    Ok((response.status(), response.text().await?, sandbox.calls().len()))
}

#[tokio::test]
async fn what_is_no_part_of_the_reference_is_left_to_the_broker_and_logged() -> Result {
    for (method, path) in [
        (Method::POST, "/"),
        (Method::GET, "/api-reference"),
        (Method::GET, "/api-reference/no-such-part"),
        (Method::GET, "/api-reference/../openapi.json"),
        (Method::DELETE, "/api-reference/"),
        (Method::GET, "/openapi.json"),
        (Method::GET, "/swagger-ui.css"),
        (Method::GET, "/login/1.0/tradeApiLogin"),
    ] {
        let plain = seen(neo::Sandbox::builder(), method.clone(), path).await?;
        let beside = seen(neo::Sandbox::builder().reference(), method, path).await?;
        assert_eq!((beside.2, &beside), (1, &plain), "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn a_sandbox_that_was_not_asked_for_it_has_no_reference() -> Result {
    let sandbox = neo::Sandbox::builder().start().await?;
    assert_eq!(sandbox.reference_url(), None);
    for path in ["/", "/api-reference/"] {
        assert_eq!(get(format!("{}{path}", sandbox.root_url())).await?.status(), StatusCode::NOT_FOUND);
    }
    assert_eq!(sandbox.calls().len(), 2);
    Ok(())
}

#[tokio::test]
async fn the_gateways_login_page_goes_first_until_somebody_has_signed_in() -> Result {
    let sandbox = ibkr::Sandbox::builder().signed_out().reference().start().await?;
    // Like the real one, the gateway redirects its root to the page with the form.
    let leads_to_the_form = async |url: &str| -> Result<bool> {
        Ok(header(&get(url.to_owned()).await?, "location").starts_with("/sso/Login"))
    };
    let (root, reference) =
        (format!("{}/", sandbox.root_url()), sandbox.reference_url().ok_or("no reference")?);
    assert!(leads_to_the_form(&root).await? && !leads_to_the_form(&reference).await?);
    sandbox.sign_in();
    assert!(!leads_to_the_form(&root).await?);
    assert!(get(sandbox.login_url()).await?.text().await?.contains("<form"));
    // The single sign-on ends at some time, and then a person has to find the form again.
    sandbox.advance(Duration::from_secs(3 * 86_400));
    assert!(leads_to_the_form(&root).await?);
    Ok(())
}

#[tokio::test]
async fn a_second_host_of_the_brokers_has_nothing_beside_it() -> Result {
    let sandbox = kotak::Sandbox::builder().second_port(0).reference().start().await?;
    let second = url::Url::parse(sandbox.second_base_url())?.join("/")?;
    assert_eq!(get(second.into()).await?.status(), StatusCode::NOT_FOUND);
    Ok(())
}
