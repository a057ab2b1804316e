//! Texts that the program gives out.

use super::CliError;
use std::{io::Write, path::Path, process::ExitCode};

/// Writes a text to the standard output.
pub(super) fn print(text: &str) -> Result<ExitCode, CliError> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        // Whoever reads has seen enough, as with `| head`.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(CliError::File(format!("cannot write to the standard output: {error}"))),
    }
}

/// Writes the OpenAPI document.
pub(super) fn openapi(output: Option<&Path>) -> Result<ExitCode, CliError> {
    let text = serde_json::to_string_pretty(&shixun_api::document::value())
        .map_err(|error| CliError::File(format!("the document cannot be written: {error}")))?;
    match output {
        None => print(&format!("{text}\n")),
        Some(path) => std::fs::write(path, text)
            .map(|()| ExitCode::SUCCESS)
            .map_err(|error| CliError::File(format!("cannot write {}: {error}", path.display()))),
    }
}
