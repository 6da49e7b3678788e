//! Settings from environment variables such as `GLOWBAND_PUBLIC_URL`.

use super::error::ConfigError;
use super::names::{CONFIG_VARIABLE, Setting, VARIABLES};
use super::nearest::nearest;
use super::raw::Raw;
use super::value::{SettingSource, Value};
use std::ffi::OsString;
use std::path::PathBuf;

/// The settings in the environment.
#[derive(Default)]
pub(crate) struct Environment {
    pub(crate) raw: Raw,
    /// The settings file, from `GLOWBAND_CONFIG`.
    pub(crate) config: Option<PathBuf>,
    /// Remarks about unknown variables with the prefix `GLOWBAND_`.
    pub(crate) remarks: Vec<String>,
}

/// Reads all variables with the prefix `GLOWBAND_`.
///
/// A name that is similar to a setting is refused as a typing error. Other unknown names only cause a remark, because
/// container managers create variables with this prefix for a service called `glowband`.
///
/// # Errors
/// Returns one error for each wrong variable.
pub(crate) fn read(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<Environment, Vec<ConfigError>> {
    let mut environment = Environment::default();
    let known: Vec<(String, &Setting)> = Setting::all().map(|setting| (setting.variable(), setting)).collect();
    let rests = || known.iter().map(|(name, _)| name.as_str()).chain([CONFIG_VARIABLE]).filter_map(rest);
    let mut wrong = Vec::new();
    for (name, value) in variables {
        let Some(name) = name.to_str().filter(|name| name.starts_with(VARIABLES)) else {
            continue;
        };
        if name == CONFIG_VARIABLE {
            environment.config = Some(PathBuf::from(value)).filter(|path| !path.as_os_str().is_empty());
            continue;
        }
        let Some((_, setting)) = known.iter().find(|(own, _)| own == name) else {
            match nearest(rest(name).unwrap_or(name), rests()) {
                Some(meant) => {
                    let text = format!("there is no variable {name}; did you mean {VARIABLES}{meant}?");
                    wrong.push(ConfigError::new(text));
                }
                None if is_of_a_container(name) => {}
                None => environment.remarks.push(format!("the variable {name} is ignored: there is no such setting")),
            }
            continue;
        };
        match value.to_str() {
            Some(text) => environment.raw.say(setting, Value::of_text(text, setting.form), SettingSource::Variable),
            None => wrong.push(ConfigError::new(format!("{name} is not UTF-8"))),
        }
    }
    wrong.sort_by_key(ToString::to_string);
    environment.remarks.sort();
    if wrong.is_empty() { Ok(environment) } else { Err(wrong) }
}

/// Returns the name without its prefix.
fn rest(name: &str) -> Option<&str> {
    name.strip_prefix(VARIABLES)
}

/// Returns whether Kubernetes creates this variable for a service called `glowband`.
fn is_of_a_container(name: &str) -> bool {
    let rest = rest(name).unwrap_or(name);
    rest == "PORT" || rest.starts_with("PORT_") || rest.starts_with("SERVICE_HOST") || rest.starts_with("SERVICE_PORT")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(variables: &[(&str, &str)]) -> Result<Environment, Vec<String>> {
        let read = read(variables.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        read.map_err(|errors| errors.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn variables_become_settings() {
        let read = read_all(&[
            ("GLOWBAND_MAX_CONNECTIONS", "12"),
            ("GLOWBAND_TRUSTED_PROXIES", "10.0.0.0/8 ::1"),
            ("GLOWBAND_REGISTRATION", "false"),
            ("GLOWBAND_CONFIG", "/etc/glowband.toml"),
            ("HOME", "/root"),
        ])
        .unwrap();
        let said = |name| read.raw.get(name).map(|given| given.value.to_string());
        assert_eq!(said("max-connections").as_deref(), Some("12"));
        assert_eq!(said("trusted-proxies").as_deref(), Some("[\"10.0.0.0/8\", \"::1\"]"));
        assert_eq!(said("registration").as_deref(), Some("false"));
        assert_eq!(said("listen"), None);
        assert_eq!(read.config, Some("/etc/glowband.toml".into()));
        assert!(read.remarks.is_empty());
    }

    #[test]
    fn a_slip_is_refused_and_a_stranger_remarked_upon() {
        let wrong = read_all(&[("GLOWBAND_REGISTRATON", "false"), ("GLOWBAND_LISTENS", "x")]).err().unwrap();
        assert_eq!(
            wrong,
            [
                "there is no variable GLOWBAND_LISTENS; did you mean GLOWBAND_LISTEN?",
                "there is no variable GLOWBAND_REGISTRATON; did you mean GLOWBAND_REGISTRATION?",
            ]
        );
        let read = read_all(&[
            ("GLOWBAND_PORT", "tcp://10.0.0.7:80"),
            ("GLOWBAND_PORT_80_TCP_ADDR", "10.0.0.7"),
            ("GLOWBAND_SERVICE_HOST", "10.0.0.7"),
            ("GLOWBAND_SOMETHING_ELSE", "1"),
        ])
        .unwrap();
        assert_eq!(read.remarks, ["the variable GLOWBAND_SOMETHING_ELSE is ignored: there is no such setting"]);
    }
}
