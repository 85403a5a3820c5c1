//! The broker's own vectors, and made-up ones for what goes wrong elsewhere.

use serde_json::Value;

use http::{HeaderValue, Method, header::CONTENT_TYPE};
use url::Url;

use super::{exchange::Group, *};

macro_rules! vector {
    ($name:literal) => {
        include_str!(concat!("../../../../../tests/vectors/ibkr-oauth1a/", $name))
    };
}

fn vectors() -> Value {
    serde_json::from_str(vector!("vectors.json")).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len()).step_by(2).map(|place| u8::from_str_radix(&text[place..place + 2], 16).unwrap()).collect()
}

fn token(text: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(text).unwrap()
}

/// Credentials that can be used.
pub(in crate::ibkr) fn complete() -> CredentialsBuilder {
    let vectors = vectors();
    Credentials::builder()
        .consumer_key("MADEUPKEY")
        .access_token("00112233445566778899")
        .access_token_secret(vectors["access_token_secret_base64"].as_str().unwrap())
        .signature_key(vector!("made-up-signature.pkcs8.pem"))
        .encryption_key(vector!("made-up-encryption.pkcs8.pem"))
        .dh_parameters(vector!("dhparam.pem"))
}

#[test]
fn the_token_has_the_bytes_of_java() {
    let vectors = vectors();
    let group = Group::read(vector!("dhparam.pem")).unwrap();
    let exchange = Exchange::with_exponent(&group, &bytes(&vectors["a_hex"])).unwrap();
    assert_eq!(exchange.challenge, vectors["diffie_hellman_challenge"]);
    let secret = bytes(&vectors["access_token_secret_plain_hex"]);
    let cases = vectors["key_cases"].as_object().unwrap();
    assert_eq!(cases.len(), 4);
    for (name, case) in cases {
        let [response, proof] = ["diffie_hellman_response", "live_session_token_signature"]
            .map(|field| case[field].as_str().unwrap());
        let found = exchange.finish(&group, &secret, "MADEUPKEY", response, proof).unwrap();
        assert_eq!(*found, token(case["live_session_token"].as_str().unwrap()), "{name}");
        let other = exchange.finish(&group, &secret, "MADEUPKEX", response, proof);
        assert_eq!(other.unwrap_err(), Failed::Proof, "{name}");
    }
}

#[test]
fn a_small_prime_gives_the_token_of_another_client() {
    let number = |text: &str| bytes(&Value::from(text));
    let prime = number("ed016e7a503ade7c29060cc6c374296984cced37004e12b6fd104111c4a0712b");
    let group = Group::new(&prime, &[2]).unwrap();
    let exponent = number("2c093bfcaf858b676e8b81070e1f9b9e55f2000fe1e730dc0fe4bfcecc76f2b9");
    let exchange = Exchange::with_exponent(&group, &exponent).unwrap();
    assert_eq!(exchange.challenge, "7d04de39dec12123f206ba594052de12115dc493fa70b1b7497f640d6f6574f");
    let found = exchange.finish(
        &group,
        &number("be35c67ffb0452d0547c0d929565f7d1404cef05a63b582c496e3c401fd92603"),
        "ZCSGTLJAN",
        "b0d05da3a25be9de6aec64fa10adb199a3df941aabed737e43d89d0a1a8e0111",
        "a2007306e162a8e9c69c217a4cd3c157e7a35803",
    );
    assert_eq!(*found.unwrap(), token("vF0KfK5239p+7JfUbJmqFJFGkCE="));
}

#[test]
fn a_public_value_that_anybody_could_guess_is_refused() {
    let group = Group::read(vector!("dhparam.pem")).unwrap();
    let exchange = Exchange::begin(&group).unwrap();
    let prime = vectors()["dh_prime_hex"].as_str().unwrap().to_owned();
    let last = format!("{}e", &prime[..prime.len() - 1]);
    let longer = format!("1{prime}");
    for response in ["", "0", "1", "0001", &last, "xyz", "-2"] {
        let found = exchange.finish(&group, b"made-up", "MADEUPKEY", response, &"0".repeat(40));
        assert_eq!(found.unwrap_err(), Failed::Response, "{response}");
    }
    // It belongs to another prime.
    for response in [&prime, &longer] {
        let found = exchange.finish(&group, b"made-up", "MADEUPKEY", response, &"0".repeat(40));
        assert_eq!(found.unwrap_err(), Failed::Proof, "{response}");
    }
    for proof in ["", "00", "no", &"0".repeat(41)] {
        assert!(exchange.finish(&group, b"made-up", "MADEUPKEY", "3", proof).is_err(), "{proof}");
    }
}

#[test]
fn requests_are_signed_as_the_document_says() {
    let vectors = vectors();
    let official = &vectors["official"];
    let time = Timestamp::from_second(1_473_795_686).unwrap();
    let mut parameters = Parameters::at(time, "aecef17086308940e861", "TESTCONS", HMAC_SHA256);
    parameters.add("oauth_token", "6f531f8fd316915af53f");
    let url = Url::parse("http://localhost:12345/tradingapi/v1/marketdata/snapshot?conid=8314").unwrap();
    let text = parameters.base_string("", &Request::new(Method::GET, url));
    assert_eq!(*text, official["base_string"].as_str().unwrap());
    let signature = with_token(&token(official["live_session_token"].as_str().unwrap()), &text);
    assert_eq!(signature, official["signature"]);
    let key = token(vectors["key_cases"]["top-bit-set"]["live_session_token"].as_str().unwrap());
    for request in vectors["protected_requests"].as_array().unwrap() {
        let time = Timestamp::from_second(1_700_000_060).unwrap();
        let mut parameters = Parameters::at(time, "fedcba9876543210", "MADEUPKEY", HMAC_SHA256);
        parameters.add("oauth_token", "00112233445566778899");
        let method: Method = request["method"].as_str().unwrap().parse().unwrap();
        // The vector of the query has it in the base string alone. Both spellings of the comma mean the same.
        for comma in [",", "%2C"] {
            let mut url = Url::parse(request["url"].as_str().unwrap()).unwrap();
            if method == Method::GET {
                url.set_query(Some(&format!("fields=31{comma}84&conids=265598{comma}8314")));
            }
            let text = parameters.base_string("", &Request::new(method.clone(), url));
            assert_eq!(*text, request["base_string"].as_str().unwrap());
            assert_eq!(with_token(&key, &text), request["oauth_signature_raw"]);
        }
        let signature = request["oauth_signature_raw"].as_str().unwrap();
        let header = parameters.header("limited_poa", signature);
        assert_eq!(header.expose(), request["authorization"]);
    }
}

#[test]
fn the_request_for_a_token_is_signed_with_the_key() {
    let vectors = vectors();
    let request = &vectors["lst_request"];
    for pem in [vector!("made-up-signature.pkcs1.pem"), vector!("made-up-signature.pkcs8.pem")] {
        let time = Timestamp::from_second(1_700_000_000).unwrap();
        let header = request["authorization"].as_str().unwrap();
        let nonce = header.split("oauth_nonce=\"").nth(1).unwrap().split('"').next().unwrap();
        let mut parameters = Parameters::at(time, nonce, "MADEUPKEY", RSA_SHA256);
        parameters.add("oauth_token", "00112233445566778899");
        parameters.add("diffie_hellman_challenge", vectors["diffie_hellman_challenge"].as_str().unwrap());
        let prefix = vectors["access_token_secret_plain_hex"].as_str().unwrap();
        let url = Url::parse("https://api.ibkr.com/v1/api/oauth/live_session_token").unwrap();
        let text = parameters.base_string(prefix, &Request::new(Method::POST, url));
        assert_eq!(*text, request["base_string"].as_str().unwrap());
        let signature = BASE64_STANDARD.encode(with_key(&any_rsa(pem).unwrap(), &text).unwrap());
        assert_eq!(signature, request["oauth_signature_raw"]);
        assert_eq!(parameters.header("limited_poa", &signature).expose(), header);
    }
}

#[test]
fn a_nonce_is_new_for_each_signature() {
    let credentials = complete().build().unwrap();
    let names = credentials.names();
    let url = Url::parse("https://api.ibkr.com/v1/api/tickle").unwrap();
    let token = Secret::from("YBWbLw+9RYP2nWrPQHxHZkBb1aM=");
    let header = || {
        sign(names, &token, &Request::new(Method::POST, url.clone()), Timestamp::UNIX_EPOCH)
            .unwrap()
            .expose()
            .to_owned()
    };
    assert_ne!(header(), header());
}

#[test]
fn complete_credentials_have_no_problems() {
    let secret = vectors()["access_token_secret_base64"].as_str().unwrap().to_owned();
    let broken: Vec<&str> =
        secret.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    for builder in [
        complete(),
        complete().signature_key(vector!("made-up-signature.pkcs1.pem")),
        complete().encryption_key(vector!("made-up-encryption.pkcs1.pem").replace('\n', "\r\n")),
        complete().access_token_secret(broken.join("\n")),
        complete().realm("made-up-realm"),
        Credentials::builder()
            .consumer_key("MADEUPKEY")
            .signature_key(vector!("made-up-signature.pkcs8.pem"))
            .dh_parameters(vector!("dhparam.pem"))
            .third_party(),
    ] {
        assert_eq!(builder.problems().iter().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
        builder.build().unwrap();
    }
    let decrypted = complete().build().unwrap();
    assert_eq!(decrypted.secret().unwrap(), bytes(&vectors()["access_token_secret_plain_hex"]));
    assert_eq!(Credentials::builder().problems().len(), 6);
}

#[test]
fn what_is_wrong_with_credentials_is_named() {
    let (signature, encryption) =
        (vector!("made-up-signature.pkcs8.pem"), vector!("made-up-encryption.pkcs8.pem"));
    let secret = vectors()["access_token_secret_base64"].as_str().unwrap().to_owned();
    let lines: Vec<&str> = signature.lines().collect();
    let cut = format!("{}\n", lines[..lines.len() - 4].join("\n"));
    let middle = [&lines[..5], &lines[6..]].concat().join("\n");
    let ragged = signature.replacen("MII", "MI", 1);
    let public = signature.replace("PRIVATE", "PUBLIC");
    let key = |pem: &str| complete().signature_key(pem);
    for (builder, name, what) in [
        (complete().consumer_key(""), "CONSUMER_KEY", "empty"),
        (complete().consumer_key("MADE UP"), "CONSUMER_KEY", "blanks"),
        (complete().consumer_key("MADE\"UP"), "CONSUMER_KEY", "characters"),
        (complete().access_token("x".repeat(400)), "ACCESS_TOKEN", "something else"),
        (key(""), "SIGNATURE_KEY", "not PEM"),
        (key("private_signature.pem"), "SIGNATURE_KEY", "not PEM"),
        (key(&format!("x {signature}")), "SIGNATURE_KEY", "before"),
        (key(&format!("{signature} x")), "SIGNATURE_KEY", "after its end"),
        (key(&signature.replace('\n', "\\n")), "SIGNATURE_KEY", "line breaks"),
        (key(&cut), "SIGNATURE_KEY", "cut off"),
        (key(&middle), "SIGNATURE_KEY", "damaged"),
        (key(&ragged), "SIGNATURE_KEY", "not complete base64"),
        (key(&signature.replacen("MII", "M\u{e9}I", 1)), "SIGNATURE_KEY", "base64 has not"),
        (key(&public), "SIGNATURE_KEY", "belongs on the broker's page"),
        (key(vector!("dhparam.pem")), "SIGNATURE_KEY", "swapped"),
        (key(&signature.replace("PRIVATE", "ENCRYPTED PRIVATE")), "SIGNATURE_KEY", "passphrase"),
        (key(&signature.replace("PRIVATE", "EC PRIVATE")), "SIGNATURE_KEY", "wants RSA"),
        (complete().signature_key(encryption), "ENCRYPTION_KEY", "same key"),
        (complete().signature_key(encryption).encryption_key(signature), "ACCESS_TOKEN_SECRET", "swapped"),
        (complete().access_token_secret(&secret[..300]), "ACCESS_TOKEN_SECRET", "300 characters"),
        (
            complete().access_token_secret(&secret[..343]),
            "ACCESS_TOKEN_SECRET",
            "343 characters in place of 344",
        ),
        (complete().access_token_secret("65981deaef8db776"), "ACCESS_TOKEN_SECRET", "16 characters"),
        (complete().access_token_secret("a-b"), "ACCESS_TOKEN_SECRET", "not base64"),
        (
            complete().access_token_secret(BASE64_STANDARD.encode([1; 256])),
            "ACCESS_TOKEN_SECRET",
            "does not decrypt",
        ),
        (complete().dh_parameters(signature), "DH_PARAMETERS", "swapped"),
        (
            complete().dh_parameters(vector!("dhparam.pem").replacen("MIIB", "MIIA", 1)),
            "DH_PARAMETERS",
            "damaged",
        ),
        (
            complete()
                .dh_parameters("-----BEGIN DH PARAMETERS-----\nMAYCAQsCAQI=\n-----END DH PARAMETERS-----"),
            "DH_PARAMETERS",
            "4 bits",
        ),
    ] {
        let problems: Vec<String> = builder.problems().iter().map(ToString::to_string).collect();
        let [problem] = &*problems else { panic!("{name}, {what}: {problems:?}") };
        assert!(
            problem.contains(&format!("IBKR_OAUTH_{name} ")) && problem.contains(what),
            "{what}: {problem}"
        );
        assert!(builder.build().is_err());
    }
}

#[test]
fn the_fields_of_a_form_are_signed_and_json_is_not() {
    let url = Url::parse("https://api.ibkr.com/v1/api/iserver/auth/ssodh/init").unwrap();
    let text = |media_type: &'static str, body: &'static str| {
        let mut request = Request::new(Method::POST, url.clone());
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        *request.body_mut() = Some(body.into());
        let parameters = Parameters::at(Timestamp::UNIX_EPOCH, "1", "MADEUPKEY", HMAC_SHA256);
        parameters.base_string("", &request).to_string()
    };
    let form = text("application/x-www-form-urlencoded", "publish=true&compete=a+b");
    assert!(
        form.contains("&compete%3Da%20b%26oauth_consumer_key") && form.ends_with("%26publish%3Dtrue"),
        "{form}"
    );
    let json = text("application/json", "{\"publish\":true}");
    assert!(!json.contains("publish"), "{json}");
}

#[test]
fn an_end_that_cannot_be_right_is_refused() {
    let now = Timestamp::from_second(1_728_751_902).unwrap();
    let after = |hours: i64| now + SignedDuration::from_hours(hours);
    for (given, expected) in [
        (after(23).as_millisecond(), Some(after(23))),
        (now.as_millisecond(), Some(after(24))),
        ((now + SignedDuration::from_mins(10)).as_millisecond(), Some(after(24))),
        (after(48).as_millisecond(), Some(after(24))),
        (i64::MAX, Some(after(24))),
        (after(-2).as_millisecond(), None),
        (now.as_second(), None),
        (0, None),
        (i64::MIN, None),
    ] {
        assert_eq!(end(given, now), expected, "{given}");
    }
}
