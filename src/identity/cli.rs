//! `lapak user`: accounts and roles from the machine itself, for the first officer and for whoever is locked out.

use std::io::{self, BufRead as _, Write as _};

use clap::{ArgGroup, Args, Subcommand};
use secrecy::{ExposeSecret as _, SecretString};

use super::error::IdentityError;
use super::model::{Login, Registration, password};
use super::service::{accounts, office};
use crate::app::App;
use crate::kernel::{Lang, Problem};
use crate::platform::random;
use crate::web::Role;
use crate::web::authz::Scope;

/// What `lapak user` can do.
#[derive(Subcommand)]
pub enum UserCommand {
    /// Make an account with a role
    Create(CreateArgs),
    /// Give an account a role
    Grant(RoleArgs),
    /// Take a role away
    Revoke(RoleArgs),
    /// Set a new password and sign the account out everywhere
    Password(PasswordArgs),
    /// Take the second factor away from somebody who lost it, and sign the account out everywhere
    LostFactor(LostFactorArgs),
    /// Make a work unit, in which unit roles hold
    Unit(UnitArgs),
}

#[derive(Args)]
#[command(group = ArgGroup::new("address").required(true).multiple(true))]
pub struct CreateArgs {
    /// Together with or instead of a phone number
    #[arg(long, group = "address")]
    email: Option<String>,
    /// An Indonesian mobile number
    #[arg(long, group = "address")]
    phone: Option<String>,
    /// The e-mail address or phone number, if left out
    #[arg(long)]
    name: Option<String>,
    /// operator, officer, finance or auditor
    #[arg(long, value_parser = platform_role)]
    role: Role,
    /// Read the password from standard input; without this one is made and printed
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Args)]
pub struct RoleArgs {
    /// E-mail address or phone number of the account
    #[arg(long)]
    login: String,
    /// operator, officer, finance, auditor, or e.g. unit:receiver
    #[arg(long, value_parser = any_role)]
    role: Role,
    /// Code of the work unit, for unit roles
    #[arg(long)]
    unit: Option<String>,
}

#[derive(Args)]
pub struct PasswordArgs {
    /// E-mail address or phone number of the account
    #[arg(long)]
    login: String,
    /// Read the password from standard input; without this one is made and printed
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Args)]
pub struct LostFactorArgs {
    /// E-mail address or phone number of the account
    #[arg(long)]
    login: String,
}

#[derive(Args)]
pub struct UnitArgs {
    #[arg(long)]
    code: String,
    #[arg(long)]
    name: String,
}

/// Why a command was not carried out, in a sentence.
#[derive(Debug, thiserror::Error)]
pub enum UserCommandError {
    /// Something that was given is not usable.
    #[error("{0}")]
    Invalid(String),
    /// The accounts say no.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Standard input or output is closed.
    #[error("standard input or output cannot be used: {0}")]
    Terminal(#[from] io::Error),
}

impl UserCommandError {
    fn problem(problem: &Problem) -> Self {
        let fault = |error: &crate::kernel::FieldError| {
            let name = error.pointer.trim_start_matches('/');
            format!("{name}: {}", error.detail.in_lang(Lang::En))
        };
        Self::Invalid(problem.errors.iter().map(fault).collect::<Vec<_>>().join("; "))
    }
}

fn platform_role(name: &str) -> Result<Role, String> {
    Role::parse(Scope::Platform, name)
        .filter(|role| *role != Role::Buyer)
        .ok_or_else(|| "it must be operator, officer, finance or auditor".to_owned())
}

fn any_role(label: &str) -> Result<Role, String> {
    // Who works in a shop is the shop's own affair.
    let possible = |role: &Role| *role != Role::Buyer && role.scope() != Scope::Vendor;
    let roles = || Role::ALL.into_iter().filter(possible);
    roles().find(|role| role.label() == label).ok_or_else(|| {
        let labels: Vec<String> = roles().map(Role::label).collect();
        format!("it must be one of {}", labels.join(", "))
    })
}

/// Carries out one command.
pub async fn run(app: &App, command: UserCommand) -> Result<(), UserCommandError> {
    match command {
        UserCommand::Create(args) => create(app, args).await,
        UserCommand::Grant(args) => {
            office::grant(app, login(&args.login)?, args.role, args.unit.as_deref()).await?;
            say("Done.")
        }
        UserCommand::Revoke(args) => {
            office::revoke(app, login(&args.login)?, args.role, args.unit.as_deref()).await?;
            say("Done.")
        }
        UserCommand::Password(args) => set_password(app, args).await,
        UserCommand::LostFactor(args) => {
            office::lose_factor(app, login(&args.login)?).await?;
            say("The account has no second factor any more, and all sessions are over.")
        }
        UserCommand::Unit(args) => {
            let id = office::create_unit(app, &args.code, &args.name).await?;
            say(&format!("Made the work unit {id}."))
        }
    }
}

async fn create(app: &App, args: CreateArgs) -> Result<(), UserCommandError> {
    let chosen = choose(args.password_stdin)?;
    let address = args.email.clone().or_else(|| args.phone.clone());
    let name = args.name.or(address).unwrap_or_default();
    let form =
        Registration::parse(&name, chosen.expose_secret(), args.email.as_deref(), args.phone.as_deref())
            .map_err(|problem| UserCommandError::problem(&problem))?;
    let id = office::create(app, form, args.role).await?;
    say(&format!("Made the {} {id}.", args.role.name()))?;
    tell(args.password_stdin, &chosen)
}

async fn set_password(app: &App, args: PasswordArgs) -> Result<(), UserCommandError> {
    let chosen = choose(args.password_stdin)?;
    let checked = password(chosen.expose_secret(), &[&args.login]).map_err(|fault| {
        UserCommandError::Invalid(format!("password: {}", fault.detail.in_lang(Lang::En)))
    })?;
    accounts::reset_password(app, login(&args.login)?, checked).await?;
    say("The password is set, and all sessions are over.")?;
    tell(args.password_stdin, &chosen)
}

fn login(text: &str) -> Result<Login, UserCommandError> {
    Login::parse(text).ok_or_else(|| {
        UserCommandError::Invalid("login: neither an e-mail address nor a mobile number".to_owned())
    })
}

/// The first line of standard input, or a password that nobody has to invent.
fn choose(from_stdin: bool) -> Result<SecretString, UserCommandError> {
    if !from_stdin {
        return Ok(random::secret()[..20].to_owned().into());
    }
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned().into())
}

fn tell(from_stdin: bool, password: &SecretString) -> Result<(), UserCommandError> {
    if from_stdin {
        return Ok(());
    }
    say(&format!("Password, shown only now: {}", password.expose_secret()))
}

fn say(text: &str) -> Result<(), UserCommandError> {
    Ok(writeln!(io::stdout(), "{text}")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_named_as_in_the_api() {
        assert_eq!(platform_role("officer"), Ok(Role::Officer));
        assert!(platform_role("buyer").is_err());
        assert!(platform_role("owner").is_err());
        assert_eq!(any_role("unit:receiver"), Ok(Role::Receiver));
        assert_eq!(any_role("finance"), Ok(Role::Finance));
        assert!(any_role("vendor:owner").unwrap_err().contains("unit:treasurer"));
    }
}
