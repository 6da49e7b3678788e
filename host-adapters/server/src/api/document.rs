//! The OpenAPI document, made from the handlers themselves.

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
        description = "Logins: opened, refreshed, ended, and proved to services.\n\n\
            A request that is not done is answered with problem details (RFC 9457): `name` says what is wrong for programs, \
            `detail` for people, and `field` which part of the request it is. The routes of OAuth answer in OAuth's own form.\n\n\
            Routes that hand out or take refresh tokens need the header `Glowband-Client`. `browser`: the refresh token is in \
            a cookie that no script sees, and the request must come from a page of this server or of an origin in the \
            setting `allowed-origins`. `native`: the refresh token is in the body, and the request must show nothing of a \
            browser.",
    ),
    tags(
        (name = "Logins", description = "The life of a login."),
        (name = "Account", description = "What a user sees and changes of the account."),
        (name = "Services", description = "For services that take the tokens of this server."),
        (name = "Issuer", description = "What verifiers learn of this server by its address."),
        (name = "About", description = "About the server itself."),
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

/// Makes the documents of a server with this address and these settings.
pub(super) fn documents(public_url: &str, settings: &Settings) -> Documents {
    let document = document(public_url, settings);
    let page = DocsPage::of(&document);
    // To be asked for each time, since another version of the server has another document.
    let cache_control = "no-cache";
    Documents {
        json: Published::new(document.to_string(), "application/json", cache_control),
        page: Published::new(page.html, "text/html; charset=utf-8", cache_control),
        content_security_policy: page.content_security_policy,
        routes: routes(&document),
    }
}

/// The document as JSON.
fn document(public_url: &str, settings: &Settings) -> Value {
    let mut document = Api::openapi();
    document.servers = Some(vec![Server::new(public_url)]);
    // Made of texts, numbers and maps by text, which all JSON can hold.
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

/// Any of these names, with spaces between them, as a regular expression of ECMA-262.
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

/// How a request says who it comes from.
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
        caller.description = Some("A service of the setting `callers`: its id and its secret.".to_owned());
        let cookie = ApiKeyValue::with_description(
            refresh_cookie::NAME,
            "Browser mode: the refresh token, which only the browser itself sees.",
        );
        let schemes = [
            ("access_token", bearer("JWT", "The access token of a login, of the JWT form or opaque.")),
            ("personal_token", bearer("gbp_…", "A personal token.")),
            ("caller", SecurityScheme::Http(caller)),
            ("refresh_cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie))),
        ];
        for (name, scheme) in schemes {
            components.add_security_scheme(name, scheme);
        }
    }
}

/// What can become of any request.
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
                    // A browser needs none, and a native client none beside its access token.
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

/// Adds an answer, unless the handler has its own of that status.
fn may_answer(operation: &mut Operation, status: &str, name: &str) {
    let answers = &mut operation.responses.responses;
    answers.entry(status.to_owned()).or_insert_with(|| RefOr::Ref(Ref::from_response_name(name)));
}
