//! One issuer of the policy file: its policy, its rules about claims and the source of its keys.

use super::key_origin::KeyOrigin;
use crate::policy_settings::{LimitSettings, PolicySettings};
use glowband_core::Algorithm;
use glowband_http::{ClaimRule, ClaimValue};
use glowband_text::policy_file::{IssuerTable, OneOrMany, PolicyFile, Require, RuleValue};
use glowband_verify::OwnedPolicy;
use std::path::Path;

/// An issuer whose every setting was checked.
pub(super) struct IssuerSettings {
    /// The name in log lines and metrics.
    pub(super) name: String,
    pub(super) policy: OwnedPolicy,
    pub(super) keys: KeyOrigin,
    pub(super) rules: Vec<ClaimRule>,
}

impl IssuerSettings {
    /// Reads every issuer of a policy file: the one at its top level, or those in `[[issuers]]`. Starts to fetch keys from
    /// addresses.
    ///
    /// # Errors
    /// Returns which setting is wrong and what is allowed.
    pub(super) fn all(raw: &mut PolicyFile, beside: &Path, remarks: &mut Vec<String>) -> Result<Vec<Self>, String> {
        let limits = LimitSettings {
            token_bytes: raw.limits.token_bytes,
            members: raw.limits.members,
            keys_tried: raw.limits.keys_tried,
        };
        limits.check(|name| format!("[limits] {name}"))?;
        if raw.issuers.is_empty() {
            let any = raw.danger_any_issuer_any_audience;
            let table = raw.single();
            any_issuer(&table, any, remarks)?;
            return Ok(vec![Self::read(table, !any, limits, beside, remarks)?]);
        }
        if let Some(name) = raw.first_of_one_issuer() {
            return Err(format!("{name} is not allowed above [[issuers]]; move it into the table of an issuer"));
        }
        let tables = std::mem::take(&mut raw.issuers);
        let read = |(index, table): (usize, IssuerTable)| {
            let table = with_defaults(table, raw);
            let name = table.issuer.as_ref().and_then(|issuer| issuer.iter().next()).unwrap_or_default().to_owned();
            let named = if name.is_empty() { String::new() } else { format!(" ({name:?})") };
            Self::read(table, true, limits, beside, remarks)
                .map_err(|error| format!("[[issuers]] {}{named}: {error}", index + 1))
        };
        tables.into_iter().enumerate().map(read).collect()
    }

    fn read(
        table: IssuerTable,
        expects: bool,
        limits: LimitSettings,
        beside: &Path,
        remarks: &mut Vec<String>,
    ) -> Result<Self, String> {
        let settings = policy_settings(&table, limits)?;
        if expects && settings.issuers.is_empty() {
            return Err("issuer is missing; set it to the iss of the tokens, such as \"https://id.example\"".into());
        }
        if expects && settings.audiences.is_empty() {
            return Err("audience is missing; set it to the aud of the tokens, such as \"orders-api\"".into());
        }
        settings.refuse_placeholders()?;
        let policy = settings.policy().map_err(|error| format!("tenants: {error}"))?;
        let keys =
            table.keys.as_ref().ok_or("[keys] is missing; it needs one of discover, jwks-url, file and secret-file")?;
        let template = (!settings.tenants.is_empty()).then(|| settings.issuers.first()).flatten();
        let keys = KeyOrigin::read(keys, beside, template.map(String::as_str))?;
        if settings.danger_allow_padding {
            remarks.push("danger-allow-padding: tokens with padding are accepted, although RFC 7515 forbids it".into());
        }
        let mut rules = rules(&table.require)?;
        let clients = texts("client", table.client.as_ref())?;
        if !clients.is_empty() {
            rules.push(ClaimRule::any_client_of(clients));
        }
        let name = settings.issuers.first().cloned().unwrap_or_else(|| "any issuer".to_owned());
        Ok(Self { name, policy, keys, rules })
    }
}

fn any_issuer(table: &IssuerTable, any: bool, remarks: &mut Vec<String>) -> Result<(), String> {
    if any && table.issuer.is_some() && table.audience.is_some() {
        return Err(
            "danger-any-issuer-any-audience cannot be used with both issuer and audience; remove it, or one of \
                    them"
                .into(),
        );
    }
    if any {
        remarks
            .push("danger-any-issuer-any-audience: tokens that are meant for other services are accepted".to_owned());
    }
    Ok(())
}

/// Fills settings that are missing in an issuer's table with those above the tables.
fn with_defaults(mut table: IssuerTable, raw: &PolicyFile) -> IssuerTable {
    table.token_type = table.token_type.or_else(|| raw.token_type.clone());
    table.algorithms = table.algorithms.or_else(|| raw.algorithms.clone());
    table.leeway = table.leeway.or(raw.leeway);
    table.max_age = table.max_age.or(raw.max_age);
    table
}

fn policy_settings(table: &IssuerTable, limits: LimitSettings) -> Result<PolicySettings, String> {
    let (subjects, mut subject_prefixes) = subjects(table.subject.as_ref())?;
    subject_prefixes.extend(texts("subject-prefix", table.subject_prefix.as_ref())?);
    let algorithms = texts("algorithms", table.algorithms.as_ref())?;
    let algorithms = algorithms.iter().map(|name| {
        Algorithm::from_name(name).ok_or_else(|| {
            let allowed: Vec<_> = Algorithm::ALL.iter().map(|algorithm| algorithm.name()).collect();
            format!("algorithms: {name:?} is not known; allowed: {}", allowed.join(", "))
        })
    });
    let tenants = table.tenants.clone().unwrap_or_default();
    if table.tenants.is_some() && tenants.is_empty() {
        return Err("tenants is an empty list; remove it, or list at least one tenant".into());
    }
    Ok(PolicySettings {
        issuers: texts("issuer", table.issuer.as_ref())?,
        tenants,
        audiences: texts("audience", table.audience.as_ref())?,
        subjects,
        subject_prefixes,
        token_types: texts("token-type", table.token_type.as_ref())?,
        algorithms: algorithms.collect::<Result<_, String>>()?,
        leeway: table.leeway.map_or(OwnedPolicy::DEFAULT_LEEWAY, |leeway| leeway.0),
        max_age: table.max_age.map(|age| age.0),
        allow_missing_expiry: table.allow_missing_expiry,
        danger_allow_padding: table.danger_allow_padding,
        limits,
    })
}

/// Returns the subjects, and the prefixes of subjects, which end with `*` in the file.
fn subjects(given: Option<&OneOrMany>) -> Result<(Vec<String>, Vec<String>), String> {
    let (mut names, mut prefixes) = (Vec::new(), Vec::new());
    for subject in texts("subject", given)? {
        match subject.strip_suffix('*') {
            Some("") => return Err("subject = \"*\" is not allowed; remove subject to accept every subject".into()),
            Some(prefix) if !prefix.contains('*') => prefixes.push(prefix.to_owned()),
            None if !subject.contains('*') => names.push(subject),
            _ => {
                return Err(format!(
                    "subject = {subject:?} has a * before its end; allowed: one * at the end, which stands for any \
                     characters"
                ));
            }
        }
    }
    Ok((names, prefixes))
}

/// Returns the values of a setting, or an empty list if the setting is absent. Refuses empty lists and empty texts.
pub(super) fn texts(name: &str, given: Option<&OneOrMany>) -> Result<Vec<String>, String> {
    let Some(given) = given else {
        return Ok(Vec::new());
    };
    let texts: Vec<_> = given.iter().map(str::to_owned).collect();
    if texts.is_empty() {
        return Err(format!("{name} is an empty list; remove it, or list at least one value"));
    }
    texts.iter().try_for_each(|text| named(name, text))?;
    Ok(texts)
}

/// Refuses an empty text, which is more likely a mistake than intended.
pub(super) fn named(name: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() { Err(format!("{name} is an empty text; remove it, or give a value")) } else { Ok(()) }
}

/// Returns the rules of `[[require]]`.
pub(super) fn rules(given: &[Require]) -> Result<Vec<ClaimRule>, String> {
    let rule = |require: &Require| {
        let claim = &require.claim;
        let wrong = |error: String| format!("[[require]] claim = {claim:?}: {error}");
        let (values, all) = match (&require.any_of, &require.all_of) {
            (Some(values), None) => (values, false),
            (None, Some(values)) => (values, true),
            _ => return Err(wrong("give exactly one of any-of and all-of".into())),
        };
        if values.is_empty() {
            return Err(wrong("the list of values is empty, so every token would be refused".into()));
        }
        let values = values.iter().map(claim_value);
        let rule = if all { ClaimRule::all_of(claim, values) } else { ClaimRule::any_of(claim, values) };
        rule.map_err(|error| wrong(error.to_string()))
    };
    given.iter().map(rule).collect()
}

fn claim_value(value: &RuleValue) -> ClaimValue {
    match value {
        RuleValue::Text(text) => text.clone().into(),
        RuleValue::Number(number) => (*number).into(),
        RuleValue::Bool(truth) => (*truth).into(),
    }
}
