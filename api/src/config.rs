//! Settings: defaults, then a file, then the environment, then the command line.

use crate::http::proxies::TrustedProxies;
use figment::{
    Figment, Source,
    error::Kind,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use shixun_domain::log::{NoteFault, VerifierKey};
use shixun_persistence::db::DbUrl;
use std::{fmt, net::SocketAddr, path::Path};
use strsim::damerau_levenshtein;
use thiserror::Error;

/// The defaults, with a comment for each.
pub const DEFAULTS: &str = include_str!("config.default.toml");

/// Variables with our prefix that are not settings of the program.
const NOT_SETTINGS: [&str; 1] = ["require_postgres"];

/// A value that is never printed.
#[derive(Clone, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The value. Never print or log it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Secret(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "(not set)" } else { "(set)" })
    }
}

/// The settings; `config.default.toml` explains each.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Config {
    pub listen: SocketAddr,
    pub database_url: Secret,
    pub workers: usize,
    pub connections: u32,
    pub write_queue: usize,
    pub statement_timeout_ms: u32,
    pub body_bytes_max: usize,
    pub file_bytes_max: usize,
    pub account_requests_per_second: u32,
    pub account_requests_burst: u32,
    pub address_requests_per_second: u32,
    pub address_requests_burst: u32,
    pub sign_ins_per_minute: u32,
    pub sign_ins_burst: u32,
    pub access_token_minutes: u32,
    pub refresh_token_days: u32,
    pub trusted_proxies: String,
    pub public_url: String,
    pub web_origins: String,
    pub issuer: String,
    pub audience: String,
    pub argon2_memory_kib: u32,
    pub argon2_passes: u32,
    pub roles_remembered_seconds: u32,
    pub log_witnesses: String,
    pub simulation_teachers_at_once: u32,
    pub simulation_teachers_a_step: u32,
    pub shutdown_seconds: u64,
    pub log: String,
    pub log_format: LogFormat,
    pub demo_password: Secret,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The settings cannot be used; the text says which and why.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct BadConfig(String);

/// Settings whose values are secrets.
const SECRETS: [&str; 2] = ["database_url", "demo_password"];

/// What is wrong with the settings, in one line and without a secret.
fn bad(error: &figment::Error) -> BadConfig {
    let name = error.path.last().map(String::as_str).unwrap_or_default();
    if let Some(secret) = SECRETS.iter().find(|secret| secret.eq_ignore_ascii_case(name)) {
        let variable = secret.to_uppercase();
        return BadConfig(format!(
            "{secret} must be text: put it in quotation marks, also in the variable (SHIXUN_{variable}='\"…\"')"
        ));
    }
    let place = match error.metadata.as_ref() {
        Some(from) if from.name.contains("environment") => "the variable SHIXUN_",
        _ => "",
    };
    let named = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}{}", name.to_uppercase()) };
    let file = error.metadata.as_ref().and_then(|from| from.source.as_ref()).and_then(Source::file_path);
    let file = file.map_or_else(String::new, |path| format!("{}: ", path.display()));
    let says = match &error.kind {
        Kind::UnknownField(unknown, known) => {
            let alike = known.iter().map(|name| (damerau_levenshtein(&unknown.to_lowercase(), name), name)).min();
            let hint = alike
                .filter(|(steps, name)| steps * 2 < name.len())
                .map(|(_, name)| format!("did you mean `{name}`? "));
            let named = if place.is_empty() { String::new() } else { format!(" ({})", named(unknown)) };
            let hint = hint.unwrap_or_default();
            format!("there is no setting `{unknown}`{named}; {hint}`shixun serve --print-defaults` shows all of them")
        }
        _ if name == "listen" => format!("{} must be an address with a port, such as 127.0.0.1:8080", named(name)),
        Kind::InvalidType(_, wanted)
            if wanted.trim_start_matches(['i', 'u']).parse::<u8>().is_ok() || wanted == "usize" =>
        {
            format!("{} must be a whole number", named(name))
        }
        Kind::UnknownVariant(_, known) => format!("{} must be one of {}", named(name), known.join(", ")),
        kind if !name.is_empty() => format!("{}: {kind}", named(name)),
        _ => return not_toml(error),
    };
    BadConfig(format!("{file}{says}"))
}

/// A file that is no TOML is shown with the line in question, which may hold a secret: its number is enough.
fn not_toml(error: &figment::Error) -> BadConfig {
    let quotes =
        |line: &str| line.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == ' ').starts_with('|');
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().filter(|line| !quotes(line)).map(str::trim).collect();
    BadConfig(lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(": "))
}

impl Config {
    /// Reads the settings. `overrides` are those of the command line; `database` stands in for the default database.
    ///
    /// # Errors
    /// [`BadConfig`] names the setting.
    pub fn read(
        file: Option<&Path>,
        database: Option<&str>,
        overrides: &[(&str, String)],
    ) -> Result<Config, BadConfig> {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        if let Some(database) = database {
            figment = figment.merge(Serialized::default("database_url", database));
        }
        if let Some(path) = file {
            if !path.is_file() {
                return Err(BadConfig(format!("the configuration file {} does not exist", path.display())));
            }
            figment = figment.merge(Toml::file_exact(path));
        }
        figment = figment.merge(Env::prefixed("SHIXUN_").ignore(&NOT_SETTINGS));
        for (name, value) in overrides {
            figment = figment.merge(Serialized::default(name, value));
        }
        figment.extract::<Config>().map_err(|error| bad(&error)).and_then(Config::checked)
    }

    /// The defaults, for tests.
    ///
    /// # Errors
    /// [`BadConfig`] where the embedded text is wrong.
    pub fn defaults() -> Result<Config, BadConfig> {
        let defaults = Figment::from(Toml::string(DEFAULTS)).extract::<Config>();
        defaults.map_err(|error| BadConfig(error.to_string())).and_then(Config::checked)
    }

    fn checked(mut self) -> Result<Config, BadConfig> {
        if self.public_url.is_empty() {
            self.public_url = format!("http://{}", self.listen);
        }
        let within = |name: &str, value: u64, least: u64, most: u64| {
            if (least..=most).contains(&value) {
                Ok(())
            } else {
                Err(BadConfig(format!("{name} is {value}; it must lie between {least} and {most}")))
            }
        };
        let wide = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        within("connections", self.connections.into(), 1, 256)?;
        within("write_queue", wide(self.write_queue), 1, 65_536)?;
        within("workers", wide(self.workers), 0, 256)?;
        within("access_token_minutes", self.access_token_minutes.into(), 1, 15)?;
        within("refresh_token_days", self.refresh_token_days.into(), 1, 366)?;
        within("simulation_teachers_at_once", self.simulation_teachers_at_once.into(), 1, 1_000_000)?;
        within("simulation_teachers_a_step", self.simulation_teachers_a_step.into(), 1, 100_000)?;
        within("argon2_memory_kib", self.argon2_memory_kib.into(), 8, 1_048_576)?;
        within("argon2_passes", self.argon2_passes.into(), 1, 64)?;
        within("body_bytes_max", wide(self.body_bytes_max), 1_024, 16_777_216)?;
        within("file_bytes_max", wide(self.file_bytes_max), 1_024, 1_073_741_824)?;
        for (name, value) in [
            ("account_requests_per_second", self.account_requests_per_second),
            ("account_requests_burst", self.account_requests_burst),
            ("address_requests_per_second", self.address_requests_per_second),
            ("address_requests_burst", self.address_requests_burst),
            ("sign_ins_per_minute", self.sign_ins_per_minute),
            ("sign_ins_burst", self.sign_ins_burst),
        ] {
            within(name, value.into(), 1, 10_000_000)?;
        }
        self.witnesses()?;
        self.proxies()?;
        self.origins()?;
        let url = &self.public_url;
        let plain = url.bytes().all(|byte| byte.is_ascii_graphic()) && !url.ends_with('/') && url.len() <= 100;
        if !plain || !(url.starts_with("https://") || url.starts_with("http://")) {
            return Err(BadConfig(format!(
                "public_url is {url}; it must begin with https:// or http:// and not end with a slash, in at most 100 characters"
            )));
        }
        self.url().map(|_| self)
    }

    /// The verifier keys of the witnesses.
    ///
    /// # Errors
    /// [`BadConfig`] where one of them is no such key.
    pub fn witnesses(&self) -> Result<Vec<VerifierKey>, BadConfig> {
        let keys = self.log_witnesses.split(',').map(str::trim).filter(|key| !key.is_empty());
        let bad = |fault: NoteFault| BadConfig(format!("log_witnesses: {fault}"));
        keys.map(|key| key.parse().map_err(bad)).collect()
    }

    /// The proxies in front.
    ///
    /// # Errors
    /// [`BadConfig`] where one of them is neither an address nor a network.
    pub fn proxies(&self) -> Result<TrustedProxies, BadConfig> {
        self.trusted_proxies.parse().map_err(|part: String| {
            BadConfig(format!(
                "trusted_proxies: {part} is neither an address nor a network: write them as 192.0.2.7 or 10.0.0.0/8, with commas between"
            ))
        })
    }

    /// Whose web pages may call the server.
    ///
    /// # Errors
    /// [`BadConfig`] where one of them is no origin.
    pub fn origins(&self) -> Result<Vec<String>, BadConfig> {
        let parts = self.web_origins.split(',').map(str::trim).filter(|part| !part.is_empty());
        let read = |part: &str| {
            let host = part.strip_prefix("https://").or_else(|| part.strip_prefix("http://")).unwrap_or_default();
            let is_host = !host.is_empty() && host.bytes().all(|sign| sign.is_ascii_graphic() && sign != b'/');
            if part == "*" || is_host {
                return Ok(part.to_owned());
            }
            Err(BadConfig(format!(
                "web_origins: {part} is no origin: write them as https://web.example.cn, without a slash at the end and with commas between"
            )))
        };
        parts.map(read).collect()
    }

    /// The address of the database.
    ///
    /// # Errors
    /// [`BadConfig`] where its scheme is unknown.
    pub fn url(&self) -> Result<DbUrl, BadConfig> {
        self.database_url.reveal().parse().map_err(|bad: shixun_persistence::db::BadDbUrl| BadConfig(bad.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_setting_is_refused_by_name() {
        let refused = Config::read(None, None, &[("lisen", "127.0.0.1:1".into())]).unwrap_err().to_string();
        assert!(refused.contains("lisen"), "{refused}");
    }

    #[test]
    fn the_public_address_is_one_that_a_code_can_lead_to() {
        let read = |url: &str| Config::read(None, None, &[("public_url", url.to_owned())]);
        assert_eq!(read("https://px.example.cn/shixun").unwrap().public_url, "https://px.example.cn/shixun");
        for url in ["px.example.cn", "https://px.example.cn/", "ftp://px.example.cn", "https://px example.cn"] {
            let refused = read(url).unwrap_err().to_string();
            assert!(refused.contains("public_url"), "{refused}");
        }
    }

    #[test]
    fn web_pages_are_named_by_their_origin() {
        let read = |origins: &str| Config::read(None, None, &[("web_origins", origins.to_owned())]);
        let read_well = read("https://web.example.cn, http://localhost:5173").unwrap().origins().unwrap();
        assert_eq!(read_well, ["https://web.example.cn", "http://localhost:5173"]);
        assert_eq!(read("*").unwrap().origins().unwrap(), ["*"]);
        for origin in ["web.example.cn", "https://web.example.cn/", "https://", "https://web example.cn"] {
            assert!(read(origin).unwrap_err().to_string().contains("web_origins"), "{origin}");
        }
    }

    #[test]
    fn where_nothing_else_is_said_everybody_reaches_the_server_where_it_listens() {
        let read = Config::read(None, None, &[("listen", "127.0.0.1:9090".into())]).unwrap();
        assert_eq!(read.public_url, "http://127.0.0.1:9090");
    }

    #[test]
    fn secrets_are_not_printed() {
        let config = Config::read(None, None, &[("database_url", "postgres://me:hush@db/x".into())]).unwrap();
        assert!(!format!("{config:?}").contains("hush"));
        for (url, shown) in [
            ("postgres://me:hush@db/x", "postgres://db/x"),
            ("postgres://db/x?password=hush", "postgres://db/x"),
            ("postgres://me:a@hush@db/x", "postgres://…"),
            ("postgres://me:a/hush@db/x", "postgres://…"),
            ("postgres://db/x?password=a@hush", "postgres://…"),
        ] {
            let config = Config::read(None, None, &[("database_url", url.into())]).unwrap();
            assert_eq!(config.url().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn a_database_of_another_kind_is_refused_with_the_two_that_are_known() {
        let refused = Config::read(None, None, &[("database_url", "mysql://x".into())]).unwrap_err().to_string();
        assert!(refused.contains("sqlite:PATH") && refused.contains("postgres://"), "{refused}");
    }
}
