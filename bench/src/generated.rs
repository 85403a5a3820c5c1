//! The sign-in with the generated client, without the states and the guards of broker-session.

use bench_programs::{Outcome, run};
use broker_session_runtime::{Credential, Deadlines, HttpClientBuilder, Secret, Transport};
use kotak_session_api::{
    API, Client,
    types::{LoginByUserid, SecondFactorAccessCode},
};

const USER: &str = "S4MPL3";

fn client(base: String) -> Outcome<Client> {
    let deadlines = Deadlines::default();
    let token = |value: &str| Credential::Token(Secret::from(value));
    let transport = Transport::builder(&API)
        .credential("accessToken", token("made-up-bearer"))
        .credential("consumerKey", token("made-up-consumer-key"))
        .credential("ip", token(""))
        .credential("appId", token("made-up-app"))
        .deadlines(deadlines)
        .build();
    Ok(Client::new_with_client(&base, HttpClientBuilder::new().build(deadlines)?, transport))
}

async fn sign_in_and_out(client: &Client) -> Outcome {
    client.session_init(USER).await?;
    let body = LoginByUserid { userid: USER.to_owned(), password: Secret::from("made-up-password").into() };
    let token = client.session_login_userid(&body).await?.into_inner().one_time_token;
    let body = SecondFactorAccessCode { userid: USER.to_owned(), access_code: Secret::from("0000").into() };
    let session = client.session_2fa_accesscode_post(&token, &body).await?.into_inner();
    client.session_logout(&session.session_token, USER).await?;
    Ok(())
}

fn main() -> Outcome {
    run(async |base| client(base), sign_in_and_out)
}
