//! What is odd about this broker's wire in responses that go well.

use broker_session::Error;
use contract_tests::{
    MockBroker,
    brokers::neo::{CODE, MPIN, Neo, client, trade, view},
    secret,
};
use serde_json::{Value, json};

fn with(fields: Value) -> Value {
    let mut data = json!({ "token": "made-up-token", "sid": "made-up-sid", "kType": "Trade",
        "baseUrl": "https://e43.kotaksecurities.com" });
    data.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!({ "data": data })
}

#[tokio::test]
async fn code_and_mpin_keep_leading_zeros() -> Result<(), Error> {
    let broker = MockBroker::<Neo>::new().await;
    let view = client(&broker.at())?.login_totp(&secret("000042")).await?;
    view.validate(&secret("000007")).await?;
    let bodies: Vec<Value> =
        broker.requests().iter().map(|request| serde_json::from_slice(request.body_ref()).unwrap()).collect();
    assert_eq!((&bodies[0]["totp"], &bodies[1]["mpin"]), (&json!("000042"), &json!("000007")));
    Ok(())
}

#[tokio::test]
async fn null_empty_or_mistyped_fields_are_tolerated() -> Result<(), Error> {
    let odd = with(json!({
        "rid": null, "hsServerId": 5, "isUserPwdExpired": "N", "ucc": 12345, "greetingName": {},
        "isTrialAccount": null, "dataCenter": [], "searchAPIKey": {}, "mfAccess": "1", "dataCenterMap": [],
        "kId": null, "incRange": "2-5", "rcFlag": null, "feedUrl": {}, "rtUrl": null, "new": { "deep": [1, null] },
    }));
    let broker =
        MockBroker::<Neo>::new().await.with("trade_api_validate", &odd).with("trade_api_login", &odd);
    let session = trade(&broker.at()).await?;
    let profile = session.profile();
    assert_eq!((&profile.greeting_name, &profile.is_trial_account, &profile.k_id), (&None, &None, &None));
    assert!(profile.data_center_map.is_none() && profile.feed_url.is_none());
    session.logout().await
}

#[tokio::test]
async fn a_map_of_data_centres_may_hold_anything() -> Result<(), Error> {
    for map in [
        json!({}),
        json!({ "E43": "made up" }),
        json!({ "E43": null }),
        json!({ "E43": { "x": 1 } }),
        json!(5),
    ] {
        let broker =
            MockBroker::<Neo>::new().await.with("trade_api_validate", &with(json!({ "dataCenterMap": map })));
        trade(&broker.at()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn profile_is_safe_for_a_terminal() -> Result<(), Error> {
    let commands = "red\u{1b}[31m\u{7}\r\n";
    let odd = with(json!({ "greetingName": commands, "dataCenter": commands, "clientGroup": commands,
        "derivativesRiskDisclosure": commands, "dataCenterMap": { commands: commands } }));
    let broker =
        MockBroker::<Neo>::new().await.with("trade_api_validate", &odd).with("trade_api_login", &odd);
    for profile in [view(&broker.at()).await?.profile().clone(), trade(&broker.at()).await?.profile().clone()]
    {
        let shown = [
            &profile.greeting_name,
            &profile.data_center,
            &profile.client_group,
            &profile.derivatives_risk_disclosure,
        ];
        for text in shown
            .into_iter()
            .flatten()
            .chain(profile.data_center_map.iter().flatten().flat_map(|(name, text)| [name, text]))
        {
            assert!(text.starts_with("red") && !text.chars().any(char::is_control), "{text:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn client_ip_may_be_many_or_none() -> Result<(), Error> {
    for (data, count) in [
        (json!([]), 0),
        (json!([{}]), 1),
        (json!([{ "ip": null }, { "ip": "192.0.2.1\u{1b}[2J", "time": 5 }, { "more": true }]), 3),
    ] {
        let broker = MockBroker::<Neo>::new().await.with("get_client_ip", &json!({ "data": data }));
        let addresses = trade(&broker.at()).await?.client_ip().await?;
        assert_eq!(addresses.len(), count, "{data}");
        let shown = addresses.iter().filter_map(|address| address.ip.as_deref());
        assert!(shown.into_iter().all(|ip| !ip.chars().any(char::is_control)), "{addresses:?}");
    }
    Ok(())
}

#[tokio::test]
async fn dormant_account_still_gets_a_session() -> Result<(), Error> {
    let odd = with(json!({ "isUserPwdExpired": true, "dormancyStatus": "D", "isTrialAccount": true }));
    let broker =
        MockBroker::<Neo>::new().await.with("trade_api_login", &odd).with("trade_api_validate", &odd);
    let view = client(&broker.at())?.login_totp(&secret(CODE)).await?;
    assert_eq!(view.profile().is_user_pwd_expired, Some(true));
    let session = view.validate(&secret(MPIN)).await?;
    assert_eq!(session.profile().dormancy_status.as_deref(), Some("D"));
    Ok(())
}
