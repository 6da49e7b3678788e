//! Issuers with a placeholder for a tenant, such as Microsoft Entra's `https://login.microsoftonline.com/{tenantid}/v2.0`.

use glowband_core::{Refusal, Value, Verified};
use std::fmt;

/// The placeholder of an issuer, which is replaced with each tenant of a list.
pub(crate) const PLACEHOLDER: &str = "{tenantid}";

/// The issuers of the listed tenants.
#[derive(Clone, Debug)]
pub(crate) struct Tenants {
    /// Issuer and tenant, sorted by issuer.
    pairs: Vec<(String, String)>,
}

/// Why a list of tenants cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TenantError {
    /// The issuer does not contain `{tenantid}`.
    NoPlaceholder(String),
    /// The issuer has another placeholder, or the same one twice.
    OtherPlaceholder(String),
    /// The list is empty.
    NoTenant,
    /// A tenant is not a GUID.
    NotGuid(String),
}

impl Tenants {
    /// Replaces the placeholder with each tenant.
    pub(crate) fn expand<S: AsRef<str>>(
        template: &str,
        tenants: impl IntoIterator<Item = S>,
    ) -> Result<Self, TenantError> {
        let (before, after) =
            template.split_once(PLACEHOLDER).ok_or_else(|| TenantError::NoPlaceholder(template.to_owned()))?;
        if has_placeholder(before) || has_placeholder(after) {
            return Err(TenantError::OtherPlaceholder(template.to_owned()));
        }
        let mut pairs = Vec::new();
        for tenant in tenants {
            let tenant = tenant.as_ref();
            if !is_guid(tenant) {
                return Err(TenantError::NotGuid(tenant.to_owned()));
            }
            // Entra writes tenants in lower case.
            let tenant = tenant.to_ascii_lowercase();
            pairs.push((format!("{before}{tenant}{after}"), tenant));
        }
        if pairs.is_empty() {
            return Err(TenantError::NoTenant);
        }
        pairs.sort_unstable();
        pairs.dedup();
        Ok(Self { pairs })
    }

    pub(crate) fn issuers(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(issuer, _)| issuer.as_str())
    }

    /// Requires the claim `tid` to be the tenant that the issuer names.
    ///
    /// # Errors
    /// [`Refusal::IssuerMismatch`].
    pub(crate) fn check(&self, verified: &Verified<'_>) -> Result<(), Refusal> {
        let issuer = verified.issuer().ok_or(Refusal::IssuerMissing)?.to_string();
        let place = self.pairs.binary_search_by(|(own, _)| own.as_str().cmp(issuer.as_str()));
        let tenant = place.ok().and_then(|place| self.pairs.get(place)).map(|(_, tenant)| tenant);
        match (verified.claim("tid"), tenant) {
            (Some(Value::Text(tid)), Some(tenant)) if tid == **tenant => Ok(()),
            _ => Err(Refusal::IssuerMismatch),
        }
    }
}

/// Returns true if a text contains a placeholder. A URL contains no braces (RFC 3986 §2).
pub(crate) fn has_placeholder(issuer: &str) -> bool {
    issuer.contains(['{', '}'])
}

/// Eight, four, four, four and twelve hexadecimal digits (RFC 9562 §4).
fn is_guid(text: &str) -> bool {
    let mut parts = text.split('-');
    let lengths = [8, 4, 4, 4, 12];
    let fits = |length: usize, part: Option<&str>| {
        part.is_some_and(|part| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    lengths.into_iter().all(|length| fits(length, parts.next())) && parts.next().is_none()
}

impl fmt::Display for TenantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPlaceholder(issuer) => {
                write!(f, "a list of tenants needs {PLACEHOLDER} in the issuer, and {issuer:?} does not have it")
            }
            Self::OtherPlaceholder(issuer) => {
                write!(
                    f,
                    "the issuer {issuer:?} has a placeholder; only one {PLACEHOLDER} is allowed, with a list of tenants"
                )
            }
            Self::NoTenant => write!(f, "the list of tenants is empty; allowed is at least one GUID"),
            Self::NotGuid(tenant) => {
                write!(f, "the tenant {tenant:?} is not a GUID such as \"72f988bf-86f1-41af-91ab-2d7cd011db47\"")
            }
        }
    }
}

impl std::error::Error for TenantError {}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    const ENTRA: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";

    #[test]
    fn each_tenant_makes_an_issuer() {
        let tenants = Tenants::expand(ENTRA, [TENANT.to_uppercase().as_str(), TENANT]).unwrap();
        let issuers: Vec<_> = tenants.issuers().collect();
        assert_eq!(issuers, ["https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0"]);
        let old = Tenants::expand("https://sts.windows.net/{tenantid}/", [TENANT]).unwrap();
        assert_eq!(old.issuers().collect::<Vec<_>>(), [format!("https://sts.windows.net/{TENANT}/")]);
    }

    #[test]
    fn what_cannot_be_expanded_is_named() {
        let error = |template: &str, tenants: &[&str]| Tenants::expand(template, tenants).unwrap_err();
        assert_eq!(error("https://id.example", &[TENANT]), TenantError::NoPlaceholder("https://id.example".into()));
        for other in ["{tenantid}/{x}", "{a}{tenantid}", "{tenantid}{tenantid}", "{{tenantid}}"] {
            assert_eq!(error(other, &[TENANT]), TenantError::OtherPlaceholder(other.into()), "{other}");
        }
        assert_eq!(error(ENTRA, &[]), TenantError::NoTenant);
        for tenant in ["", "common", "contoso.onmicrosoft.com", "72f988bf86f141af91ab2d7cd011db47", "{tenantid}"] {
            assert_eq!(error(ENTRA, &[tenant]), TenantError::NotGuid(tenant.into()), "{tenant}");
            assert!(error(ENTRA, &[tenant]).to_string().contains("GUID"));
        }
        for long in [format!("{TENANT}-1"), format!("{TENANT}/"), format!(" {TENANT}")] {
            assert_eq!(error(ENTRA, &[&long]), TenantError::NotGuid(long.clone()));
        }
    }
}
