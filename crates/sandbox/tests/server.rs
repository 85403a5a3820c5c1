//! Starting and stopping.

mod common;

use std::{io::ErrorKind, time::Duration};

use broker_session_sandbox::kotak::Sandbox;
use common::{Result, Wire};
use tokio::{net::TcpStream, time::timeout};

/// What does not come about in this time never does.
const PATIENCE: Duration = Duration::from_secs(30);

fn address(sandbox: &Sandbox) -> String {
    sandbox.root_url().trim_start_matches("http://").to_owned()
}

/// Waits until the sandbox has so many connections.
async fn open_connections(sandbox: &Sandbox, count: usize) -> Result {
    let come = async {
        while sandbox.open_connections() != count {
            tokio::task::yield_now().await;
        }
    };
    Ok(timeout(PATIENCE, come).await?)
}

#[tokio::test]
async fn a_port_in_use_is_an_error_that_names_it_and_a_way_out() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let port: u16 = address(&sandbox).trim_start_matches("127.0.0.1:").parse()?;
    let error = Sandbox::builder().port(port).start().await.err().ok_or("two on one port")?;
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    let message = error.to_string();
    assert!(
        message.contains(&format!("127.0.0.1:{port}")) && message.contains("choose another port"),
        "{message}"
    );
    Ok(())
}

#[tokio::test]
async fn a_shutdown_frees_the_port_although_a_client_keeps_its_connection() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    wire.init().await?;
    let address = address(&sandbox);
    sandbox.shutdown().await;
    let refused = TcpStream::connect(&address).await.err().ok_or("still listening")?;
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    Ok(())
}

#[tokio::test]
async fn a_dropped_sandbox_stops_listening() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let address = address(&sandbox);
    drop(sandbox);
    // The listener is closed by its task, which needs a turn.
    let closed = async {
        while TcpStream::connect(&address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, closed).await?;
    Ok(())
}

#[tokio::test]
async fn serving_lasts_until_the_future_resolves() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let address = address(&sandbox);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(sandbox.serve_until(async { drop(stopped.await) }));
    assert!(wire.init().await?.status().is_success());
    drop(stop);
    serving.await?;
    assert!(TcpStream::connect(&address).await.is_err());
    Ok(())
}

#[tokio::test]
async fn the_credentials_at_start_sign_in_and_make_the_same_account() -> Result {
    use broker_session_sandbox::kotak::Account;

    let sandbox = Sandbox::builder().start().await?;
    let pairs = sandbox.credentials();
    assert_eq!(pairs.last(), Some(&("KOTAK_BASE_URL", sandbox.base_url().to_owned())));
    assert_eq!(&Account::from_credentials(pairs), sandbox.account());
    Ok(())
}

#[tokio::test]
async fn open_connections_are_counted_until_they_are_closed() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    assert_eq!(sandbox.open_connections(), 0, "a listener is none");
    let wire = Wire::new(&sandbox)?;
    wire.init().await?;
    let second = TcpStream::connect(address(&sandbox)).await?;
    open_connections(&sandbox, 2).await?;
    drop(wire);
    open_connections(&sandbox, 1).await?;
    drop(second);
    open_connections(&sandbox, 0).await?;
    Ok(())
}
