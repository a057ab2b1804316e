//! Reports, the roster and the schools to files, as an operator over the whole county sees them.

use super::{CliError, serve};
use clap::{Args, ValueEnum};
use serde::Serialize;
use shixun_api::{
    access::Actor,
    chance::Chance,
    clock::Clock,
    config::Config,
    http::table::{Book, FileFormat},
    imports::export::{self as roster, ExportOptions},
    org::export::schools,
    people::{self, service::Wanted},
    policy::PolicyCache,
    problem::{ApiError, Language},
    reports::{
        service::{self, ReportWish},
        sheets,
    },
};
use shixun_domain::{
    AreaCode, Id,
    access::{Role, Scope},
    id::OrganisationId,
};
use shixun_persistence::{
    Conn,
    org::{self, OrganisationRow},
};
use std::{path::PathBuf, process::ExitCode};

/// What to export.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// The table.
    name: Exported,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// The form; otherwise the ending of the file's name tells.
    #[arg(long)]
    format: Option<Form>,
    /// Six-digit code of the county, such as 331123.
    #[arg(long)]
    area: AreaCode,
    /// One organisation of the completion table or the roster, such as org_…; the whole county where it is not given.
    #[arg(long)]
    organisation: Option<OrganisationId>,
    /// The cycle, such as 2016-2020; the running one where it is not given.
    #[arg(long)]
    cycle: Option<String>,
    /// The day at whose close everything is judged, or on which those of the roster are employed, such as 2020-12-31.
    #[arg(long)]
    as_of: Option<chrono::NaiveDate>,
    /// English headers instead of Chinese ones.
    #[arg(long)]
    english: bool,
    /// Begin a CSV file with a byte order mark, for Excel.
    #[arg(long)]
    bom: bool,
}

/// The tables. Roster and schools have the columns that an import reads; personal data in the roster is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Exported {
    SchoolCompletion,
    CountySummary,
    Roster,
    Organisations,
}

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Json,
    Csv,
    Xlsx,
}

/// Writes a table to a file.
pub(super) fn export(config: &Config, args: ExportArgs) -> Result<ExitCode, CliError> {
    let form = form(&args)?;
    let language = if args.english { Language::En } else { Language::Zh };
    let db = serve::open(config, &Chance::from_system())?;
    let (cycle, now) = (args.cycle.clone(), Clock::System.now());
    let wish = ReportWish { cycle, as_of: args.as_of, known_at: None, now };
    let bytes = db
        .read_blocking(|conn| -> Result<Vec<u8>, ApiError> {
            let (actor, cache) = (operator(conn, args.area)?, PolicyCache::default());
            match args.name {
                Exported::SchoolCompletion => {
                    let view = service::school_completion(conn, &cache, &actor, args.organisation, &wish)?;
                    write(form, language, args.bom, &view, || sheets::completion(&view, language))
                }
                Exported::CountySummary => {
                    let view = service::county_summary(conn, &cache, &actor, Some(args.area), &wish)?;
                    write(form, language, args.bom, &view, || sheets::summary(&view, language))
                }
                Exported::Roster => {
                    let today = now.china_date();
                    let employed = Wanted::employed(args.organisation, args.as_of.unwrap_or(today));
                    let options = ExportOptions {
                        xlsx: form == Form::Xlsx,
                        clear: false,
                        bom: args.bom,
                        language: language.into(),
                    };
                    roster::file(&people::service::list_all(conn, &actor, employed, today)?, options)
                }
                Exported::Organisations => {
                    let format = if form == Form::Xlsx { FileFormat::Xlsx } else { FileFormat::Csv };
                    schools(conn, &actor, Some(args.area))?.write(format, language.into(), args.bom)
                }
            }
        })
        .map_err(refused)?;
    std::fs::write(&args.output, bytes)
        .map_err(|error| CliError::File(format!("cannot write {}: {error}", args.output.display())))?;
    Ok(ExitCode::SUCCESS)
}

fn form(args: &ExportArgs) -> Result<Form, CliError> {
    let ending = || args.output.extension().and_then(|ending| Form::from_str(ending.to_str()?, true).ok());
    let is_file = matches!(args.name, Exported::Roster | Exported::Organisations);
    let forms = if is_file { ".csv or .xlsx" } else { ".json, .csv or .xlsx" };
    args.format.or_else(ending).filter(|form| !is_file || *form != Form::Json).ok_or_else(|| {
        CliError::Refused(format!(
            "{} does not tell the form: end it in {forms}, or say --format",
            args.output.display()
        ))
    })
}

fn write<V: Serialize>(
    form: Form,
    language: Language,
    bom: bool,
    view: &V,
    book: impl FnOnce() -> Book,
) -> Result<Vec<u8>, ApiError> {
    match form {
        Form::Json => serde_json::to_vec_pretty(view).map_err(|error| ApiError::internal(error.to_string())),
        Form::Csv => book().write(FileFormat::Csv, language.into(), bom),
        Form::Xlsx => book().write(FileFormat::Xlsx, language.into(), bom),
    }
}

/// Somebody at the machine, who sees the whole county.
pub(super) fn operator(conn: &mut Conn, area: AreaCode) -> Result<Actor, ApiError> {
    let is_top = |row: &OrganisationRow| row.parent.is_none() && row.kind.stands_at_the_top();
    let top = org::all(conn, area)?.into_iter().find(is_top).ok_or_else(|| ApiError::no_area(area))?;
    let scope = Scope { area, organisation: top.id.number(), kind: top.kind, path: top.path };
    Ok(Actor { account: Id::new(area, 0), person: None, reach: vec![(Role::SystemAdministrator, scope)] })
}

/// A refusal in one line.
pub(super) fn refused(problem: ApiError) -> CliError {
    match problem.cause() {
        Some(cause) => CliError::from(cause.clone()),
        None => {
            let document = problem.document(Language::En, "command line");
            let first = document.errors.first().map(|fault| format!(" First: {} {}", fault.pointer, fault.detail));
            CliError::Refused(format!("{}{}", document.detail, first.unwrap_or_default()))
        }
    }
}
