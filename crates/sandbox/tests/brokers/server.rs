//! Starting and stopping.

use std::{io::ErrorKind, time::Duration};

use broker_session_sandbox::kotak::Sandbox;
use tokio::{net::TcpStream, time::timeout};

use crate::{
    Result,
    kotak::{INIT, at, start},
};

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
    let (sandbox, mut wire) = start(Sandbox::builder()).await?;
    wire.send(INIT).await?;
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
    let (sandbox, mut wire) = start(Sandbox::builder()).await?;
    let address = address(&sandbox);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(sandbox.serve_until(async { drop(stopped.await) }));
    assert!(wire.send(INIT).await?.status == 200);
    drop(stop);
    serving.await?;
    assert!(TcpStream::connect(&address).await.is_err());
    Ok(())
}

#[tokio::test]
async fn open_connections_are_counted_until_they_are_closed() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    assert_eq!(sandbox.open_connections(), 0, "a listener is none");
    let mut wire = at(sandbox.base_url())?;
    wire.send(INIT).await?;
    let second = TcpStream::connect(address(&sandbox)).await?;
    open_connections(&sandbox, 2).await?;
    drop(wire);
    open_connections(&sandbox, 1).await?;
    drop(second);
    open_connections(&sandbox, 0).await?;
    Ok(())
}
