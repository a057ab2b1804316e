//! `openapi`: writes the contract document and holds it to what was promised. `openapi --help` explains the commands.

use clap::{Parser, Subcommand};
use serde_json::Value;
use shixun_openapi::{compat, generate, lint};
use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};
use thiserror::Error;

/// The committed document.
const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

/// How many differences `check` shows: enough to see what happened, few enough to read.
const DIFFERENCES_SHOWN: usize = 20;

/// Writes the OpenAPI document of shixun and checks it.
#[derive(Debug, Parser)]
#[command(name = "openapi", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the document that the program serves to the committed file.
    Generate {
        /// The file to write.
        #[arg(long, default_value = COMMITTED)]
        file: PathBuf,
    },
    /// Fail if the committed file is not the document that the program serves.
    Check {
        /// The committed file.
        #[arg(long, default_value = COMMITTED)]
        file: PathBuf,
    },
    /// Fail if the document breaks a rule for people or client generators.
    Lint {
        /// A file to read instead of the document that the program serves.
        #[arg(long)]
        file: Option<PathBuf>,
    },
    /// Fail if clients of the older document would stop working with the newer one.
    Compat {
        /// The older document.
        old: PathBuf,
        /// The newer document.
        new: PathBuf,
        /// Breaking changes that are meant, one a line: rule, place, reason.
        #[arg(long, value_name = "FILE")]
        declared: Option<PathBuf>,
    },
}

#[derive(Debug, Error)]
enum Fault {
    #[error("cannot read {path}: {cause}")]
    Read { path: PathBuf, cause: io::Error },
    #[error("cannot write {path}: {cause}")]
    Write { path: PathBuf, cause: io::Error },
    #[error("{path} is not JSON: {cause}")]
    Json { path: PathBuf, cause: serde_json::Error },
    #[error("{path}: {cause}")]
    Declared { path: PathBuf, cause: compat::BadDeclaration },
    #[error("cannot write the document as JSON: {0}")]
    Text(#[from] serde_json::Error),
    #[error("cannot print: {0}")]
    Print(#[from] io::Error),
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            // Nothing is left to be told if even the error stream is gone.
            let _ = writeln!(io::stderr(), "openapi: {fault}");
            ExitCode::from(2)
        }
    }
}

/// Whether the document is as it should be.
fn run(command: Command) -> Result<bool, Fault> {
    let mut out = io::stdout().lock();
    match command {
        Command::Generate { file } => {
            let text = generate::text(&shixun_api::document::value())?;
            fs::write(&file, text).map_err(|cause| Fault::Write { path: file.clone(), cause })?;
            writeln!(out, "wrote {}", file.display())?;
            Ok(true)
        }
        Command::Check { file } => check(&mut out, &file),
        Command::Lint { file } => {
            let document = file.map_or_else(|| Ok(shixun_api::document::value()), |file| read(&file))?;
            let findings = lint::lint(&document);
            for finding in &findings {
                writeln!(out, "{finding}")?;
            }
            writeln!(out, "{} findings", findings.len())?;
            Ok(findings.is_empty())
        }
        Command::Compat { old, new, declared } => compatible(&mut out, &old, &new, declared.as_deref()),
    }
}

/// Whether nothing breaks but what is declared.
fn compatible(out: &mut impl Write, old: &Path, new: &Path, declared: Option<&Path>) -> Result<bool, Fault> {
    let changes = compat::compare(&read(old)?, &read(new)?);
    let declared = match declared {
        Some(path) => {
            let text = fs::read_to_string(path).map_err(|cause| Fault::Read { path: path.to_owned(), cause })?;
            compat::declarations(&text).map_err(|cause| Fault::Declared { path: path.to_owned(), cause })?
        }
        None => Vec::new(),
    };
    let (mut breaking, mut warnings) = (0_u32, 0_u32);
    for change in &changes {
        match declared.iter().find(|one| one.covers(change)) {
            Some(meant) => writeln!(out, "declared {change}, because: {}", meant.reason)?,
            None if change.severity == compat::Severity::Breaking => {
                breaking += 1;
                writeln!(out, "{change}")?;
            }
            None => {
                warnings += 1;
                writeln!(out, "{change}")?;
            }
        }
    }
    for done in declared.iter().filter(|one| !changes.iter().any(|change| one.covers(change))) {
        writeln!(out, "needs no declaration any more: {} {}", done.rule, done.at)?;
    }
    writeln!(out, "{breaking} breaking changes that are not declared, {warnings} warnings")?;
    if breaking > 0 {
        writeln!(out, "Keep what clients rely on, or declare each in openapi/breaking.txt: rule, place, reason.")?;
    }
    Ok(breaking == 0)
}

fn check(out: &mut impl Write, file: &Path) -> Result<bool, Fault> {
    let served = shixun_api::document::value();
    let committed = fs::read_to_string(file).map_err(|cause| Fault::Read { path: file.to_owned(), cause })?;
    if committed == generate::text(&served)? {
        writeln!(out, "{} is up to date", file.display())?;
        return Ok(true);
    }
    let committed = serde_json::from_str(&committed).map_err(|cause| Fault::Json { path: file.to_owned(), cause })?;
    let differences = generate::differences(&committed, &served);
    writeln!(out, "{} is not the document that the program serves:", file.display())?;
    for line in differences.iter().take(DIFFERENCES_SHOWN) {
        writeln!(out, "  {line}")?;
    }
    match differences.len() {
        0 => writeln!(out, "  only the order or the white space differs")?,
        all if all > DIFFERENCES_SHOWN => writeln!(out, "  and {} more", all - DIFFERENCES_SHOWN)?,
        _ => {}
    }
    writeln!(out, "Run `cargo run -p shixun-openapi -- generate` and commit the file with the change that caused it.")?;
    Ok(false)
}

fn read(path: &Path) -> Result<Value, Fault> {
    let text = fs::read_to_string(path).map_err(|cause| Fault::Read { path: path.to_owned(), cause })?;
    serde_json::from_str(&text).map_err(|cause| Fault::Json { path: path.to_owned(), cause })
}
