//! What the broker says about the user when a session begins.

use std::collections::BTreeMap;

use broker_session_runtime::Secret;
use kotak_session_api::types::{Host, Session};

use crate::secrets::Secrets;

/// The user's profile. Whatever the broker leaves out is `None` or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// The client code (`clientCode`).
    pub client_code: Option<String>,
    /// The client's name (`clientName`).
    pub client_name: Option<String>,
    /// Whether the account is dormant; `-` if not (`dormantType`).
    pub dormant_type: Option<String>,
    /// The e-mail address (`emailId`).
    pub email: Option<String>,
    /// The phone number (`phoneNo`).
    pub phone: Option<String>,
    /// Whether the user is a non-resident Indian (`isNRI`).
    pub is_nri: Option<bool>,
    /// The exchanges by segment (`enabledExchangeSegments`).
    pub exchanges: BTreeMap<String, Vec<ExchangeStatus>>,
    /// The products open to the user (`enabledProducts`).
    pub products: Vec<String>,
    /// The segments open to the user (`enabledSegments`).
    pub segments: Vec<String>,
    /// Whether the margin product is open to the user (`marginProduct.isEnabled`).
    pub margin_product: Option<bool>,
    /// Not explained by the broker (`stwtFlag`).
    pub stwt_flag: Option<bool>,
    /// The user id as the session's answer spells it (`userId`).
    pub user_id: Option<String>,
}

/// Whether an exchange is open to the user.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExchangeStatus {
    /// `NSE`, `BSE` or `MCX`.
    pub exchange: String,
    /// Whether the status is `ACTIVE`.
    pub active: bool,
}

/// The addresses of the broker's services. They are what the broker says, and not on the list of allowed
/// hosts by that alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Services {
    /// Charts (`advancedChart`).
    pub advanced_chart: Option<Service>,
    /// An older API (`apiToken.redirect`).
    pub api_token_redirect: Option<Service>,
    /// The session of that older API (`apiToken.sessionId`).
    pub api_token_session_id: Option<Secret>,
    /// The price stream (`broadcast`).
    pub broadcast: Option<Service>,
    /// Last traded prices (`getLtp`).
    pub get_ltp: Option<Service>,
    /// Market data (`marketData`).
    pub market_data: Option<Service>,
    /// The Trade API itself (`redirect`).
    pub redirect: Option<Service>,
    /// The search (`search`).
    pub search: Option<Service>,
    /// The Trade API itself (`service`).
    pub service: Option<Service>,
    /// The web site (`weblink`).
    pub weblink: Option<Service>,
}

/// The address of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Service {
    /// A URL or a host name, as the broker writes it.
    pub host: String,
    /// The TCP port.
    pub port: Option<u16>,
}

/// Takes the profile and the services out of the answer that began a session.
pub(super) fn split(session: Session, secrets: &Secrets) -> (Profile, Services) {
    let printable = |text| secrets.printable(text);
    // The broker leaves flags and hosts empty where it has nothing to say.
    let flag = |flag: Option<String>| {
        flag.filter(|flag| !flag.is_empty()).map(|flag| flag.eq_ignore_ascii_case("Y"))
    };
    let exchanges = session.enabled_exchange_segments.unwrap_or_default().into_iter();
    let profile = Profile {
        client_code: printable(session.client_code),
        client_name: printable(session.client_name),
        dormant_type: printable(session.dormant_type),
        email: printable(session.email_id),
        phone: printable(session.phone_no),
        is_nri: flag(session.is_nri),
        exchanges: exchanges
            .map(|(segment, exchanges)| (segment, exchanges.into_iter().map(exchange).collect()))
            .collect(),
        products: session.enabled_products.unwrap_or_default(),
        segments: session.enabled_segments.unwrap_or_default(),
        margin_product: flag(session.margin_product.and_then(|product| product.is_enabled)),
        stwt_flag: flag(session.stwt_flag),
        user_id: printable(session.user_id),
    };
    let (api_redirect, api_session) = match session.api_token {
        Some(token) => (token.redirect, token.session_id),
        None => (None, None),
    };
    let services = Services {
        advanced_chart: service(session.advanced_chart),
        api_token_redirect: service(api_redirect),
        api_token_session_id: api_session,
        broadcast: service(session.broadcast),
        get_ltp: service(session.get_ltp),
        market_data: service(session.market_data),
        redirect: service(session.redirect),
        search: service(session.search),
        service: service(session.service),
        weblink: service(session.weblink),
    };
    (profile, services)
}

fn exchange(status: kotak_session_api::types::ExchangeStatus) -> ExchangeStatus {
    let active = status.status.is_some_and(|status| status.eq_ignore_ascii_case("ACTIVE"));
    ExchangeStatus { exchange: status.exchange.unwrap_or_default(), active }
}

fn service(host: Option<Host>) -> Option<Service> {
    let Host { host, port, .. } = host?;
    let host = host.filter(|host| !host.is_empty())?;
    Some(Service { host, port: port.and_then(|port| u16::try_from(port).ok()) })
}
