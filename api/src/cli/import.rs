//! Imports from the command line, with progress on a terminal.

use super::{CliError, export::print, report::refused, serve};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use shixun_api::{
    chance::Chance,
    clock::Clock,
    config::Config,
    imports::{
        service::{self, ImportOptions, Listener, Progress},
        wire::ImportView,
    },
    problem::Language,
};
use shixun_domain::{
    AreaCode,
    imports::{ImportKind, ImportMode},
};
use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

/// What to import.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// The file: an .xlsx workbook, or CSV in UTF-8 or GB18030.
    file: PathBuf,
    /// Six-digit code of the county, such as 331123.
    #[arg(long)]
    area: AreaCode,
    /// What it holds. Hours of the provincial platform are uploaded by whoever enters them: POST /v1/imports.
    #[arg(long, default_value = "roster")]
    kind: Kind,
    /// all_or_nothing, or row_by_row to import the good rows where others have faults.
    #[arg(long, default_value = "all_or_nothing")]
    mode: ImportMode,
    /// The day from which what the file states holds; today where it is not given.
    #[arg(long)]
    effective_on: Option<chrono::NaiveDate>,
    /// The sheet to read, where it must be one.
    #[arg(long)]
    sheet: Option<String>,
    /// Check and report, write nothing.
    #[arg(long)]
    dry_run: bool,
    /// The report in English instead of Chinese.
    #[arg(long)]
    english: bool,
}

/// What a file may hold here: not hours from outside, because an account has to stand behind each as the one who entered it.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Roster,
    Organisations,
}

impl From<Kind> for ImportKind {
    fn from(kind: Kind) -> ImportKind {
        match kind {
            Kind::Roster => ImportKind::Roster,
            Kind::Organisations => ImportKind::Organisations,
        }
    }
}

/// Imports a file and prints the report as JSON. Exit code 1 where a trial finds that the file would be refused.
pub(super) fn import(config: &Config, args: ImportArgs) -> Result<ExitCode, CliError> {
    let bytes = std::fs::read(&args.file)
        .map_err(|error| CliError::File(format!("cannot read {}: {error}", args.file.display())))?;
    let db = serve::open(config, &Chance::from_system())?;
    let options = ImportOptions {
        kind: args.kind.into(),
        mode: args.mode,
        dry_run: args.dry_run,
        file_name: args.file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        effective_on: args.effective_on,
        sheet: args.sheet,
    };
    let bar = bar();
    let listener: Listener = {
        let bar = bar.clone();
        Arc::new(move |progress| step(&bar, progress))
    };
    let imported = service::import_file(&db, args.area, &bytes, options, None, Clock::System.now(), &listener);
    bar.finish_and_clear();
    let imported = imported.map_err(refused)?;
    let language = if args.english { Language::En } else { Language::Zh };
    let view = ImportView::read(&imported, language);
    let text = serde_json::to_string_pretty(&view)
        .map_err(|error| CliError::File(format!("the report cannot be written: {error}")))?;
    print(&format!("{text}\n"))?;
    Ok(if imported.acceptable() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Drawn on a terminal only.
fn bar() -> ProgressBar {
    let bar = ProgressBar::new(4);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {bar:24} {msg} ({elapsed})") {
        bar.set_style(style);
    }
    bar.set_message("reading 读取");
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn step(bar: &ProgressBar, progress: Progress) {
    let message = match progress {
        Progress::Read { rows, refused } => format!("{rows} rows, {refused} with faults; comparing 比对"),
        Progress::Compared => "writing 写入".to_owned(),
        Progress::Written => "committing 提交".to_owned(),
        Progress::Committed => "done 完成".to_owned(),
    };
    bar.set_message(message);
    bar.inc(1);
}
