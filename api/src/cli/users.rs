//! Accounts from the command line: the first administrator, and a lost password.

use super::{CliError, export::print, serve};
use clap::Subcommand;
use shixun_api::{chance::Chance, clock::Clock, config::Config};
use shixun_domain::{AreaCode, access::Role, id::OrganisationId, time::DateSpan};
use shixun_persistence::{
    DbError, Keep, WriteTx,
    accounts::{self, AddedAccount},
    org::{self, NewOrganisation, OrganisationFilter, Saved},
};
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Make an account with a role over the whole area. The area's bureau is entered if it is missing.
    Add {
        /// What is typed to sign in.
        username: String,
        /// Six-digit code of the area, such as 331123.
        #[arg(long)]
        area: AreaCode,
        /// The role, such as system_administrator, bureau or centre.
        #[arg(long, default_value = "system_administrator")]
        role: Role,
        /// The name of the bureau, where it is to be entered.
        #[arg(long, default_value = "教育局")]
        bureau: String,
    },
    /// Give an account a new random password and lift its lock.
    Password {
        /// What is typed to sign in.
        username: String,
    },
}

/// Runs a command on accounts.
pub(super) fn run(config: &Config, command: UserCommand) -> Result<ExitCode, CliError> {
    let (chance, now) = (Chance::from_system(), Clock::System.now());
    let db = serve::open(config, &chance)?;
    let password = chance.password();
    let hash = shixun_api::auth::Passwords::new(config)
        .hash(&password)
        .ok_or_else(|| CliError::Refused("the operating system gave no randomness".into()))?;
    match command {
        UserCommand::Add { username, area, role, bureau } => {
            let name = username.clone();
            let added = db.write_blocking(now, Keep::Commit, move |tx| -> Result<_, DbError> {
                let top = top(tx, area, &bureau)?;
                let AddedAccount::New(id) = accounts::add(tx, area, &name, &hash, None, false)? else {
                    return Ok(false);
                };
                let span = DateSpan { from: tx.at().china_date(), to: None };
                accounts::grant(tx, id, role, top, span, None)?;
                Ok(true)
            })?;
            if !added {
                return Err(CliError::Refused(format!(
                    "the user name {username} is taken: choose another, or `shixun user password {username}` gives that account a new password"
                )));
            }
            print(&format!("user name  {username}\npassword   {password}\nrole       {role} ({})\n", role.zh()))
        }
        UserCommand::Password { username } => {
            let name = username.clone();
            let known = db.write_blocking(now, Keep::Commit, move |tx| -> Result<_, DbError> {
                let Some(account) = accounts::find_by_username(tx.conn(), &name)? else { return Ok(false) };
                accounts::set_password(tx, account.id, &hash, false)?;
                Ok(true)
            })?;
            if !known {
                return Err(CliError::Refused(format!(
                    "there is no user name {username}: `shixun user add {username} --area CODE` makes the account"
                )));
            }
            print(&format!("user name  {username}\npassword   {password}\n"))
        }
    }
}

/// The organisation at the top of an area, entered where there is none.
fn top(tx: &mut WriteTx<'_>, area: AreaCode, name: &str) -> Result<OrganisationId, DbError> {
    use shixun_domain::{access::Scope, words::OrganisationKind};
    let everywhere = Scope { area, organisation: 0, kind: OrganisationKind::Bureau, path: "/".into() };
    let filter = OrganisationFilter { kind: Some(OrganisationKind::Bureau), ..OrganisationFilter::default() };
    let bureaus = org::list(tx.conn(), &everywhere, area, &filter, None, 100)?;
    if let Some(bureau) = bureaus.into_iter().find(|bureau| bureau.parent.is_none()) {
        return Ok(bureau.id);
    }
    let new = NewOrganisation {
        kind: OrganisationKind::Bureau,
        code: None,
        name: name.to_owned(),
        parent: None,
        stage: None,
        setting: None,
        small_class: false,
    };
    match org::add(tx, area, &new)? {
        Saved::Done(id) => Ok(id),
        other => Err(DbError::Other(format!("the bureau was not entered: {other:?}"))),
    }
}
