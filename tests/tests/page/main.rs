//! The page of a server that lets programs use sessions, in a real Chromium: what it shows a person, what becomes of strings
//! of others, and what a page of another origin learns.

mod origins;
mod strings;
mod support;

use broker_session::{
    ClientOptions, SessionProvider,
    ibkr::{self, Compete},
};
use broker_session_sandbox::{ibkr as ibkr_sandbox, neo as neo_sandbox};
use broker_session_serve::Server;
use contract_tests::{complaints, in_chromium};
use thirtyfour::prelude::*;

use support::{Page, Result, Served, neo};

#[tokio::test]
#[ignore = "needs Chromium and chromedriver"]
async fn the_page_follows_a_session_without_a_reload() -> Result {
    let sandbox = neo_sandbox::Sandbox::builder().start().await?;
    let served = Served::start(Server::builder().upstream("neo", neo(&sandbox)?)).await?;
    in_chromium(async |driver| {
        let page = Page::open(driver, &served).await?;
        page.until("text('state') === 'Ready'").await?;
        page.until("document.querySelectorAll('#events li').length === 1").await?;
        // The end of the session, as the server has it, and how far away it is.
        let status = served.status().await?;
        let end = page.value("part('expires_at').querySelector('time').dateTime").await?;
        assert_eq!(end, status["sessions"][0]["expires_at"]);
        page.until(
            "/^in (\\d+ h|(\\d+ h )?(\\d+ min|\\d+ s))$/.test(part('expires_at').querySelector('small').textContent)",
        )
        .await?;
        page.until("text('hour') === 'no call in the last hour' && heights() === 0").await?;
        driver.execute("window.isSameLoad = true;", vec![]).await?;
        for count in 1..4 {
            assert_eq!(served.get("/neo/quick/user/orders").await?.status(), 200);
            // In two bars, if a minute begins meanwhile.
            page.until(&format!("text('hour').endsWith('total {count}') && heights() > 0")).await?;
        }
        page.until("text('counts').startsWith('Status 2003')").await?;
        page.until("part('chart').getAttribute('aria-label').endsWith('in all 3')").await?;
        sandbox.end_sessions(sandbox.user());
        sandbox.advance(std::time::Duration::from_secs(30));
        assert_eq!(served.get("/neo/quick/user/orders").await?.status(), 200);
        page.until("document.querySelectorAll('#events li').length === 2").await?;
        page.until("document.querySelector('#events li .badge').textContent === 'Renewed'").await?;
        page.until("window.isSameLoad && document.title.startsWith('1 of 1 ready')").await?;
        assert_eq!(complaints(driver).await?, Vec::<String>::new());
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "needs Chromium and chromedriver"]
async fn a_person_finds_the_way_to_sign_in() -> Result {
    let sandbox = ibkr_sandbox::Sandbox::builder().pacing(false).start().await?;
    let client =
        ibkr::Client::builder().base_url(sandbox.base_url()).options(ClientOptions::new()).build()?;
    let gateway = client.login_url().ok_or("a gateway has a page")?.to_owned();
    let sign_in = ibkr::SignIn::new(client, Compete::Yield).tickle_every(std::time::Duration::from_secs(1));
    let provider = SessionProvider::builder(sign_in).start()?;
    let served = Served::start(Server::builder().upstream("ibkr", provider)).await?;
    in_chromium(async |driver| {
        let page = Page::open(driver, &served).await?;
        page.until("text('state') === 'Ready' && part('login').hidden && !part('login').href").await?;
        sandbox.sign_out();
        page.until("text('state') === 'Person needed' && !part('login').hidden").await?;
        page.until("document.getElementById('news').textContent === 'ibkr: Person needed'").await?;
        page.until("document.title.startsWith('0 of 1 ready')").await?;
        let button = driver.find(By::Css("[data-is=login]")).await?;
        assert_eq!(button.prop("href").await?.as_deref(), Some(&*gateway));
        assert_eq!(button.attr("target").await?.as_deref(), Some("_blank"));
        assert!(button.attr("rel").await?.is_some_and(|rel| rel.split(' ').any(|word| word == "noopener")));
        // With the keyboard alone.
        let home = driver.window().await?;
        driver.action_chain().send_keys(Key::Tab + "").send_keys(Key::Enter + "").perform().await?;
        let other =
            support::within(async || Ok(driver.windows().await?.into_iter().find(|window| *window != home)));
        driver.switch_to_window(other.await?).await?;
        driver.query(By::Css("form button")).first().await?.click().await?;
        driver.switch_to_window(home).await?;
        page.until("text('state') === 'Ready' && part('login').hidden && !part('login').href").await?;
        // The gateway has no icon.
        let own: Vec<_> =
            complaints(driver).await?.into_iter().filter(|it| !it.starts_with(&gateway)).collect();
        assert_eq!(own, Vec::<String>::new());
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "needs Chromium and chromedriver"]
async fn the_page_says_when_it_is_cut_off_and_comes_back() -> Result {
    let sandbox = neo_sandbox::Sandbox::builder().start().await?;
    let provider = neo(&sandbox)?;
    let mut served = Served::start(Server::builder().upstream("neo", provider.clone())).await?;
    in_chromium(async |driver| {
        let page = Page::open(driver, &served).await?;
        page.until("live() === 'Live' && document.getElementById('link').hidden").await?;
        page.until("text('state') === 'Ready'").await?;
        served.stop().await?;
        page.until("live() === 'Connection lost' && !document.getElementById('link').hidden").await?;
        page.until("text('state') === 'Ready'").await?;
        served.start_again(Server::builder().upstream("other", provider.clone())).await?;
        page.until("live() === 'Live' && document.getElementById('link').hidden").await?;
        page.until("text('name') === 'other' && document.querySelectorAll('article').length === 1").await?;
        // With another token the cookie is worth nothing, and there is no use in trying again.
        served.stop().await?;
        served.token = broker_session_serve::Token::generate();
        served.start_again(Server::builder().upstream("other", provider)).await?;
        page.until("document.getElementById('link').textContent.includes('/?token=')").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "needs Chromium and chromedriver"]
async fn a_server_that_hangs_is_not_taken_for_live() -> Result {
    let served = Served::start(Server::builder()).await?;
    let copy = strings::copy(&served, &served.status().await?).await?;
    in_chromium(async |driver| {
        driver.goto(copy.base_url()).await?;
        let page = Page(driver);
        page.until("live() === 'Live'").await?;
        page.until("!document.getElementById('no-sessions').hidden").await?;
        page.until("!document.getElementById('no-events').hidden").await?;
        // A minute passes without a word.
        driver.execute("const now = Date.now; Date.now = () => now() + 60_000;", vec![]).await?;
        page.until("live() === 'Connection lost' && !document.getElementById('link').hidden").await?;
        let asked = || copy.requests().iter().filter(|request| request.starts_with("GET /events ")).count();
        support::within(async || Ok((asked() == 2).then_some(()))).await
    })
    .await
}

#[tokio::test]
#[ignore = "needs Chromium and chromedriver"]
async fn the_page_fits_a_phone_and_the_dark() -> Result {
    let sandbox = neo_sandbox::Sandbox::builder().start().await?;
    let builder = Server::builder()
        .upstream("neo", neo(&sandbox)?)
        .upstream("a-very-long-name-of-a-session-that-does-not-fit-into-a-line-of-a-phone", neo(&sandbox)?);
    let served = Served::start(builder).await?;
    in_chromium(async |driver| {
        let page = Page::open(driver, &served).await?;
        page.until("text('state') === 'Ready'").await?;
        let back = "getComputedStyle(document.body).backgroundColor";
        page.emulate("prefers-color-scheme", "light").await?;
        let light = page.value(back).await?;
        page.emulate("prefers-color-scheme", "dark").await?;
        assert_ne!(page.value(back).await?, light);
        let transition = "getComputedStyle(document.querySelector('main')).transitionDuration";
        page.emulate("prefers-reduced-motion", "no-preference").await?;
        assert_ne!(page.value(transition).await?, "0s");
        page.emulate("prefers-reduced-motion", "reduce").await?;
        assert_eq!(page.value(transition).await?, "0s");
        for width in [1400, 600, 320] {
            page.resize(width).await?;
            assert_eq!(page.value("innerWidth").await?, width);
            assert_eq!(page.value("document.documentElement.scrollWidth").await?, width);
        }
        assert_eq!(complaints(driver).await?, Vec::<String>::new());
        Ok(())
    })
    .await
}
