//! How each operation of the spec is reached through `broker_session::ibkr::Gateway`, and what of its answer a
//! caller gets to see, written as the broker writes it.

use crate::{At, Reach, without_blanks};
use broker_session::{
    Error, Secret,
    ibkr::{AuthStatus, Compete, Expires, Gateway, LoginType, SignOn, Tickle},
};
use serde_json::{Value, json};

/// Every operation of the spec.
pub(super) const ALL: [Reach; 6] = [
    Reach {
        operation: "iserver_auth_status_post",
        drive: |at| Box::pin(async { Ok(status(&gateway(at)?.status().await?)) }),
        unseen: &[],
    },
    Reach {
        operation: "iserver_auth_ssodh_init_post",
        drive: |at| Box::pin(async { Ok(status(&gateway(at)?.init(Compete::Yield).await?)) }),
        unseen: &["passed"],
    },
    Reach {
        operation: "iserver_reauthenticate_post",
        drive: |at| {
            Box::pin(async {
                let found = gateway(at)?.reauthenticate().await?;
                Ok(found.as_ref().map_or_else(|| json!({}), status))
            })
        },
        unseen: &["message", "passed"],
    },
    Reach {
        operation: "sso_validate_get",
        drive: |at| Box::pin(async { Ok(sign_on(&gateway(at)?.validate().await?)) }),
        // What nobody has explained, and that it is alive, which is said by its being there.
        unseen: &["RESULT", "SF_ENABLED", "SF_CONFIG", "CREDENTIAL_TYPE", "took"],
    },
    Reach {
        operation: "tickle_post",
        drive: |at| Box::pin(async { Ok(tickle(&gateway(at)?.tickle().await?)) }),
        unseen: &[],
    },
    Reach {
        operation: "logout_post",
        drive: |at| Box::pin(async { gateway(at)?.logout().await.map(|()| json!({})) }),
        unseen: &["status", "confirmed"],
    },
];

/// The gateway, which is told two secrets.
fn gateway(at: &At) -> Result<Gateway, Error> {
    let builder = Gateway::builder().base_url(at.base()).connection(at.connection());
    builder.header("Cookie", at.secret("cookie")).header("Authorization", at.secret("authorization")).build()
}

/// A status as the broker would write it.
fn status(status: &AuthStatus) -> Value {
    without_blanks(json!({
        "authenticated": status.authenticated,
        "competing": status.competing,
        "connected": status.connected,
        "established": status.established,
        "message": status.message,
        "fail": status.fail,
        "MAC": status.mac,
        "serverInfo": { "serverName": status.server_name, "serverVersion": status.server_version },
        "hardware_info": status.hardware_info,
        "prompts": (!status.prompts.is_empty()).then_some(&status.prompts),
    }))
}

fn sign_on(sign_on: &SignOn) -> Value {
    let milliseconds = |time: &jiff::Timestamp| time.as_millisecond();
    let features = &sign_on.features;
    without_blanks(json!({
        "USER_ID": sign_on.user_id,
        "USER_NAME": sign_on.user_name,
        "AUTH_TIME": sign_on.auth_time.as_ref().map(milliseconds),
        "IS_FREE_TRIAL": sign_on.is_free_trial,
        "CREDENTIAL": sign_on.credential,
        "IP": sign_on.ip,
        // A time is written as one, so that it is told from what is left.
        "EXPIRES": sign_on.expires.map(|expires| match expires {
            Expires::In(left) => json!(i64::try_from(left.as_millis()).expect("a time that is left")),
            Expires::At(time) => json!(time.to_string()),
        }),
        "QUALIFIED_FOR_MOBILE_AUTH": sign_on.qualified_for_mobile_auth,
        "LANDING_APP": sign_on.landing_app,
        "IS_MASTER": sign_on.is_master,
        "lastAccessed": sign_on.last_accessed.as_ref().map(milliseconds),
        "LOGIN_TYPE": sign_on.login_type.map(|kind| match kind {
            LoginType::Live => 1,
            LoginType::Paper => 2,
            LoginType::Other(number) => number,
            other => panic!("a kind of account that no test knows: {other:?}"),
        }),
        "PAPER_USER_NAME": sign_on.paper_user_name,
        "features": {
            "env": features.env,
            "wlms": features.wlms,
            "realtime": features.realtime,
            "bond": features.bond,
            "optionChains": features.option_chains,
            "calendar": features.calendar,
            "newMf": features.new_mf,
        },
        "region": sign_on.region,
        "IS_PENDING_APPLICANT": sign_on.is_pending_applicant,
        "HARDWARE_INFO": sign_on.hardware_info,
        "UNIQUE_LOGIN_ID": sign_on.unique_login_id,
        "COUNTERPARTY": sign_on.counterparty,
        "CLIENT_APP": sign_on.client_app,
        "isGw": sign_on.is_gateway,
        "TOKEN": sign_on.token.as_ref().map(Secret::expose),
    }))
}

fn tickle(tickle: &Tickle) -> Value {
    without_blanks(json!({
        "session": tickle.session.as_ref().map(Secret::expose),
        "ssoExpires": tickle.sso_expires.map(|left| i64::try_from(left.as_millis()).expect("a time")),
        "collission": tickle.collision,
        "userId": tickle.user_id,
        "hmds": { "error": tickle.hmds_error, "authStatus": tickle.hmds_status.as_ref().map(status) },
        "connected": tickle.connected,
        "iserver": { "authStatus": tickle.status.as_ref().map(status) },
    }))
}
