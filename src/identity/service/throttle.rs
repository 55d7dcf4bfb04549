//! What stops guessing: attempts counted in the database, so that all processes count together.
//!
//! Who has to wait is refused by a look that costs next to nothing. An attempt is counted before any work is done for it, so
//! that many at once are no more than the same number one after the other. Keys are keyed hashes: the table names nobody.

use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Set,
};

use crate::app::App;
use crate::config;
use crate::identity::entity::throttle::{ActiveModel, Column, Entity, Model};
use crate::identity::error::IdentityError;
use crate::identity::jobs::AccountLocked;
use crate::identity::model::Device;
use crate::kernel::{Limit, UserId};
use crate::platform::jobs::{self, NewJob};

const FORGET_AT_ONCE: u64 = 200;

/// Guesses on one account.
const GROWING: [&str; 2] = ["login-account", "login-source"];
/// Archives that a person may have in a window.
const EXPORTS: u32 = 5;
/// Messages that a person may send in a window.
const MESSAGES: u32 = 60;
/// Consents that a person may give and take back in a window.
const CONSENTS: u32 = 20;

/// What is counted under one key.
#[derive(Clone, Debug)]
pub struct Counter {
    key: String,
    limit: Limit,
}

/// Why an attempt has to wait.
#[derive(Clone, Copy, Debug)]
pub struct Refused {
    /// What was reached.
    pub limit: Limit,
    /// How long.
    pub wait: StdDuration,
}

/// What is counted when somebody tries to prove to be the owner of an account. The names are in the order of the keys.
#[derive(Clone, Debug)]
pub struct Guess {
    /// On the account, from networks that it was never used from.
    account: Counter,
    /// From the network, on any account.
    network: Counter,
    /// On the account from the network.
    source: Counter,
}

impl Counter {
    /// `name` begins the key: keys are touched in the order of their names.
    fn new(app: &App, name: &'static str, quota: u32, of: &str) -> Self {
        let key = format!("{name}:{}", app.sealer.index(name, of));
        let window = app.config.throttle.window;
        Self { key, limit: Limit { name, quota, window } }
    }

    /// Each attempt over the limit waits longer than the one before. What many share only begins a new window instead: their
    /// mistakes must not add up.
    fn grows(&self) -> bool {
        GROWING.contains(&self.limit.name)
    }

    /// Archives of everything about a person: they take a while.
    pub fn exports(app: &App, user_id: UserId) -> Self {
        Self::new(app, "exports", EXPORTS, &user_id.to_string())
    }

    /// Messages to shops or buyers.
    pub fn messages(app: &App, user_id: UserId) -> Self {
        Self::new(app, "messages", MESSAGES, &user_id.to_string())
    }

    /// Accounts that one network makes.
    pub fn registrations(app: &App, device: &Device) -> Self {
        let quota = app.config.throttle.registrations_per_network;
        Self::new(app, "registrations", quota, &device.network)
    }

    /// Codes and links that are asked for, for one account, from one network, and for one from the other: who asks for
    /// somebody else's soon waits alone.
    pub fn codes(app: &App, who: &str, device: &Device) -> [Self; 3] {
        let settings = &app.config.throttle;
        let source = format!("{who}\0{}", device.network);
        [
            Self::new(app, "codes-account", settings.codes_per_account, who),
            Self::new(app, "codes-network", settings.codes_per_network, &device.network),
            Self::new(app, "codes-source", settings.codes_per_source, &source),
        ]
    }

    /// Invitations that are sent to one address, whoever invites.
    pub fn invitations(app: &App, to: &str) -> Self {
        Self::new(app, "invitations", app.config.throttle.codes_per_source, to)
    }

    /// What a person says about consents: each is a row for good.
    pub fn consents(app: &App, user_id: UserId) -> Self {
        Self::new(app, "consents", CONSENTS, &user_id.to_string())
    }
}

impl Guess {
    /// A guess about `who`: what was typed in at a login, or an id.
    pub fn new(app: &App, who: &str, device: &Device) -> Self {
        let settings = &app.config.throttle;
        let source = format!("{who}\0{}", device.network);
        Self {
            account: Counter::new(app, "login-account", settings.login_per_account, who),
            network: Counter::new(app, "login-network", settings.login_per_network, &device.network),
            source: Counter::new(app, "login-source", settings.login_per_source, &source),
        }
    }

    /// What counts: the owner is not locked out of a network that the account was used from, whatever others try elsewhere.
    pub fn counters(&self, at_home: bool) -> Vec<Counter> {
        let elsewhere = (!at_home).then(|| self.account.clone());
        elsewhere.into_iter().chain([self.network.clone(), self.source.clone()]).collect()
    }

    /// All of them.
    pub fn all(&self) -> Vec<Counter> {
        self.counters(false)
    }
}

/// How some keys stand.
pub struct Standing {
    rows: Vec<Model>,
    now: DateTime<Utc>,
}

impl Standing {
    /// Refuses an attempt that has to wait for one of the counters.
    pub fn refuse(&self, counters: &[Counter]) -> Result<(), IdentityError> {
        let waits = self.rows.iter().filter_map(|row| {
            let counter = counters.iter().find(|counter| counter.key == row.key)?;
            let wait = (row.blocked_until? - self.now).to_std().ok().filter(|wait| !wait.is_zero())?;
            Some(Refused { limit: counter.limit, wait })
        });
        match waits.max_by_key(|refused| refused.wait) {
            Some(refused) => {
                metrics::counter!("lapak_attempts_refused_total", "limit" => refused.limit.name).increment(1);
                Err(IdentityError::TooManyAttempts(refused))
            }
            None => Ok(()),
        }
    }
}

/// Looks how some keys stand, in one statement.
pub async fn look(app: &App, counters: &[Counter]) -> Result<Standing, DbErr> {
    let keys = counters.iter().map(|counter| counter.key.as_str());
    let rows = Entity::find().filter(Column::Key.is_in(keys)).all(app.db.read()).await?;
    Ok(Standing { rows, now: app.now() })
}

/// Looks, refuses or counts: for attempts that need nothing in between.
pub async fn pass(app: &App, counters: &[Counter]) -> Result<(), IdentityError> {
    look(app, counters).await?.refuse(counters)?;
    count(app, counters, None).await
}

/// Counts an attempt, in a transaction of its own. The attempt that reaches a limit is the last one for a while; the owner is
/// told when that is so for the account.
pub async fn count(
    app: &App,
    counters: &[Counter],
    locked: Option<AccountLocked>,
) -> Result<(), IdentityError> {
    let (now, settings) = (app.now(), &app.config.throttle);
    let txn = app.db.begin().await?;
    let rows = add_one(&txn, counters, settings, now).await?;
    let standing = Standing { rows, now };
    // Twins that looked at the same time meet here, one after the other.
    standing.refuse(counters)?;
    let mut tell = false;
    for counter in counters {
        let row = standing.rows.iter().find(|row| row.key == counter.key);
        let attempts = row.map_or(0, |row| row.attempts.unsigned_abs());
        if let Some(row) = row.filter(|_| attempts >= counter.limit.quota) {
            let (until, forgotten) = if counter.grows() {
                let until = now + wait_after(settings, counter.limit.quota, attempts);
                (until, until + memory(settings))
            } else {
                (row.expires_at, row.expires_at)
            };
            block(&txn, counter, until, forgotten).await?;
        }
        tell |= attempts == counter.limit.quota && counter.limit.name != "login-network";
    }
    if let Some(locked) = locked.filter(|_| tell) {
        jobs::enqueue(&txn, vec![NewJob::now(now, &locked)?]).await?;
    }
    app.commit(txn).await?;
    Ok(())
}

/// The first wait at the limit, then twice as long each time.
fn wait_after(settings: &config::Throttle, limit: u32, attempts: u32) -> Duration {
    let doublings = std::cmp::min(attempts.saturating_sub(limit), 20);
    let wait = std::cmp::min(settings.first_block.saturating_mul(1 << doublings), settings.longest_block);
    Duration::from_std(wait).unwrap_or(Duration::hours(1))
}

fn memory(settings: &config::Throttle) -> Duration {
    Duration::from_std(settings.block_memory).unwrap_or(Duration::days(1))
}

fn window(settings: &config::Throttle) -> Duration {
    Duration::from_std(settings.window).unwrap_or(Duration::minutes(15))
}

async fn add_one(
    txn: &DatabaseTransaction,
    counters: &[Counter],
    settings: &config::Throttle,
    now: DateTime<Utc>,
) -> Result<Vec<Model>, DbErr> {
    let expires_at = now + window(settings);
    let rows = counters.iter().map(|counter| ActiveModel {
        key: Set(counter.key.clone()),
        attempts: Set(1),
        since: Set(now),
        blocked_until: Set(None),
        expires_at: Set(expires_at),
    });
    // A window that is over is a clean slate. For guesses on an account it has to have been quiet.
    let over = Expr::col((Entity, Column::ExpiresAt)).lte(now);
    let grows = GROWING.iter().map(|name| Expr::col((Entity, Column::Key)).like(format!("{name}:%")));
    let until = CaseStatement::new()
        .case(grows.fold(over, ExprTrait::or), Expr::cust("excluded.expires_at"))
        .finally(Expr::col((Entity, Column::ExpiresAt)));
    let attempts = CaseStatement::new()
        .case(Expr::col((Entity, Column::ExpiresAt)).lte(now), Expr::value(1))
        .finally(Expr::col((Entity, Column::Attempts)).add(1));
    let again = OnConflict::column(Column::Key)
        .value(Column::Attempts, attempts)
        .value(Column::ExpiresAt, until)
        .update_column(Column::Since)
        .to_owned();
    Entity::insert_many(rows).on_conflict(again).exec_with_returning(txn).await
}

async fn block(
    txn: &DatabaseTransaction,
    counter: &Counter,
    until: DateTime<Utc>,
    forgotten: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::BlockedUntil, Expr::value(until))
        .col_expr(Column::ExpiresAt, Expr::value(forgotten))
        .filter(Column::Key.eq(counter.key.as_str()))
        .exec(txn)
        .await?;
    Ok(())
}

/// Whoever proved to be the owner guesses no more: the account is forgotten, and the network gets its attempt back.
pub async fn clear(txn: &DatabaseTransaction, guess: &Guess) -> Result<(), DbErr> {
    Entity::delete_by_id(&*guess.account.key).exec(txn).await?;
    let quota = i32::try_from(guess.network.limit.quota).unwrap_or(i32::MAX);
    let blocked_until = CaseStatement::new()
        .case(Column::Attempts.lte(quota), Expr::value(None::<DateTime<Utc>>))
        .finally(Expr::col(Column::BlockedUntil));
    Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1))
        .col_expr(Column::BlockedUntil, blocked_until.into())
        .filter(Column::Key.eq(guess.network.key.as_str()).and(Column::Attempts.gt(0)))
        .exec(txn)
        .await?;
    Entity::delete_by_id(&*guess.source.key).exec(txn).await?;
    Ok(())
}

/// Forgets some keys that have been quiet; tells how many.
pub async fn forget(app: &App) -> Result<u64, DbErr> {
    let txn = app.db.begin().await?;
    let old = Entity::find()
        .select_only()
        .column(Column::Key)
        .filter(Column::ExpiresAt.lte(app.now()))
        .limit(FORGET_AT_ONCE)
        .into_query();
    let gone = Entity::delete_many().filter(Column::Key.in_subquery(old)).exec(&txn).await?;
    txn.commit().await?;
    Ok(gone.rows_affected)
}
