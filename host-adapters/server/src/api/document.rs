//! The OpenAPI document, generated from the handlers.

use super::answers::{
    BadRequest, Conflict, Forbidden, Internal, NotFound, OAuthBadRequest, OAuthInternal, OAuthSlow, OAuthTooLarge,
    OAuthUnauthorized, OAuthUnavailable, Slow, TooLarge, TooMany, Unauthorized, Unavailable, WrongType,
};
use super::client_mode::ClientMode;
use super::docs_page::DocsPage;
use super::problem::ProblemDetails;
use super::published::{Documents, Published};
use super::scope::{EMAIL, OPENID};
use super::{account, index, logins, oauth, refresh_cookie, revocations, well_known};
use crate::config::Settings;
use serde_json::Value;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{OpenApi as Document, Ref, RefOr, Required, Server};
use utoipa::{Modify, OpenApi};

/// The API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "glowband",
        description = "Starts, refreshes and ends sessions of users, and tells services whether a token is valid.\n\n\
            Errors are problem details (RFC 9457). `name` identifies the error and does not change. `detail` explains it to a \
            person. `field` names the part of the request that is wrong. Routes under `/oauth` return OAuth errors \
            (RFC 6749 §5.2) instead.\n\n\
            Routes that return or accept refresh tokens require the header `Glowband-Client`.\n\n\
            `Glowband-Client: browser`: the refresh token is in a cookie that scripts cannot read. The request must come from \
            a page of this server or of an origin in the setting `allowed-origins`.\n\n\
            `Glowband-Client: native`: the refresh token is in the body. The request must not have headers that only \
            browsers send.",
    ),
    tags(
        (name = "Logins", description = "Start, refresh and end sessions."),
        (name = "Account", description = "Read and change the account of a user."),
        (name = "Services", description = "Check and revoke tokens. For services that accept the tokens of this server."),
        (name = "Issuer", description = "Public keys and metadata, for programs that verify tokens."),
        (name = "About", description = "List the routes and read this documentation."),
    ),
    paths(
        logins::register::register, logins::login::login, logins::refresh::refresh, logins::logout::logout, logins::logout::logout_all,
        account::me::me, account::sessions::list_sessions, account::sessions::close_session, account::password::change_password,
        account::personal_tokens::create_token, account::personal_tokens::list_tokens, account::personal_tokens::revoke_token,
        oauth::introspect::introspect, oauth::revoke::revoke, revocations::revocations,
        well_known::jwks, well_known::openid_configuration, well_known::oauth_authorization_server,
        index::index, index::openapi, index::docs,
    ),
    components(
        schemas(ProblemDetails, oauth::ErrorBody, ClientMode),
        responses(
            BadRequest, Unauthorized, Forbidden, NotFound, Slow, Conflict, TooLarge, WrongType, TooMany, Internal,
            Unavailable, OAuthBadRequest, OAuthUnauthorized, OAuthSlow, OAuthTooLarge, OAuthInternal, OAuthUnavailable,
        ),
    ),
    modifiers(&Credentials, &Everywhere),
)]
struct Api;

/// Returns the OpenAPI document, as JSON and as a page, of a server with this address and these settings.
pub(super) fn documents(public_url: &str, settings: &Settings) -> Documents {
    let document = document(public_url, settings);
    let page = DocsPage::of(&document);
    // Caches must revalidate: an update of the server changes the document.
    let cache_control = "no-cache";
    Documents {
        json: Published::new(document.to_string(), "application/json", cache_control),
        page: Published::new(page.html, "text/html; charset=utf-8", cache_control),
        content_security_policy: page.content_security_policy,
        routes: routes(&document),
    }
}

/// Returns the document as JSON.
fn document(public_url: &str, settings: &Settings) -> Value {
    let mut document = Api::openapi();
    document.servers = Some(vec![Server::new(public_url)]);
    // Cannot fail: the document consists of strings, numbers and maps with string keys.
    let mut document = serde_json::to_value(document).unwrap_or_default();
    let logins = settings.scopes.iter().map(String::as_str).chain([OPENID, EMAIL]);
    let personal = settings.personal_token_scopes.iter().map(String::as_str);
    for (schema, pattern) in [("Credentials", names_of(logins)), ("TokenRequest", names_of(personal))] {
        let pointer = format!("/components/schemas/{schema}/properties/scope");
        if let Some(Value::Object(scope)) = document.pointer_mut(&pointer) {
            scope.insert("pattern".to_owned(), pattern.into());
        }
    }
    document
}

/// Returns an ECMA-262 regular expression for any of these names, separated by spaces.
fn names_of<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let escape = |name: &str| {
        name.chars().fold(String::new(), |mut escaped, character| {
            if r"^$\.*+?()[]{}|/".contains(character) {
                escaped.push('\\');
            }
            escaped.push(character);
            escaped
        })
    };
    let names: Vec<String> = names.map(escape).collect();
    let any = names.join("|");
    format!("^(({any})( ({any}))*)?$")
}

fn routes(document: &Value) -> Vec<String> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let methods = |item: &Value| item.as_object().into_iter().flat_map(|item| item.keys().cloned()).collect::<Vec<_>>();
    let routes = paths.flat_map(|(path, item)| {
        methods(item).into_iter().map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    routes.collect()
}

/// Adds the credentials that a request can have.
struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut Document) {
        let Some(components) = document.components.as_mut() else {
            return;
        };
        let bearer = |format: &str, description: &str| {
            let mut scheme = Http::new(HttpAuthScheme::Bearer);
            scheme.bearer_format = Some(format.to_owned());
            scheme.description = Some(description.to_owned());
            SecurityScheme::Http(scheme)
        };
        let mut caller = Http::new(HttpAuthScheme::Basic);
        caller.description =
            Some("A service client: the `id` and the secret of an entry in the setting `callers`.".to_owned());
        let cookie = ApiKeyValue::with_description(
            refresh_cookie::NAME,
            "Browser mode: the refresh token. Scripts cannot read this cookie.",
        );
        let schemes = [
            ("access_token", bearer("JWT", "The access token of a session: a JWT or an opaque token.")),
            ("personal_token", bearer("gbp_…", "A personal token.")),
            ("caller", SecurityScheme::Http(caller)),
            ("refresh_cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie))),
        ];
        for (name, scheme) in schemes {
            components.add_security_scheme(name, scheme);
        }
    }
}

/// Adds the responses that every route can return.
struct Everywhere;

impl Modify for Everywhere {
    fn modify(&self, document: &mut Document) {
        for (path, item) in &mut document.paths.paths {
            let oauth = path.starts_with("/oauth/");
            let answer = |own: &'static str, oauths: &'static str| if oauth { oauths } else { own };
            let operations = [&mut item.get, &mut item.post, &mut item.delete];
            for operation in operations.into_iter().filter_map(Option::as_mut) {
                let with_body = operation.request_body.is_some();
                if let Some(RefOr::T(body)) = &mut operation.request_body {
                    // Browsers send no body, and neither do native clients that log out with an access token.
                    let optional =
                        operation.operation_id.as_deref().is_some_and(|id| ["refresh", "logout"].contains(&id));
                    body.required = Some(if optional { Required::False } else { Required::True });
                }
                may_answer(operation, "500", answer("Internal", "OAuthInternal"));
                may_answer(operation, "503", answer("Unavailable", "OAuthUnavailable"));
                if with_body {
                    may_answer(operation, "408", answer("Slow", "OAuthSlow"));
                    may_answer(operation, "413", answer("TooLarge", "OAuthTooLarge"));
                }
            }
        }
    }
}

/// Adds a response, unless the handler documents that status itself.
fn may_answer(operation: &mut Operation, status: &str, name: &str) {
    let answers = &mut operation.responses.responses;
    answers.entry(status.to_owned()).or_insert_with(|| RefOr::Ref(Ref::from_response_name(name)));
}
