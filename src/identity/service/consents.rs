//! Agreeing and taking it back: rows are only added, so that it can be shown what held when.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, Set};

use super::throttle::{self, Counter};
use crate::app::App;
use crate::identity::entity::{consent, user};
use crate::identity::error::IdentityError;
use crate::identity::model::ConsentKind;
use crate::identity::query;
use crate::kernel::fields::Fault;
use crate::kernel::{ConsentId, UserId};

/// What a person said about one kind.
#[derive(Clone, Debug)]
pub struct Said {
    /// About what.
    pub kind: ConsentKind,
    /// Agreed, or took it back.
    pub given: bool,
    /// Edition that the person was shown.
    pub version: String,
}

/// Writes down what a person says now, unless it is what holds already.
pub async fn say(app: &App, user_id: UserId, said: Said) -> Result<consent::Model, IdentityError> {
    if said.given && said.version != app.config.auth.consent_version {
        let fault = Fault::new("edition", "Edisi ini tidak berlaku.", "This edition is not in force.");
        return Err(IdentityError::Field(fault.at("/version")));
    }
    throttle::pass(app, &[Counter::consents(app, user_id)]).await?;
    let txn = app.db.begin().await?;
    // Two answers at once are two rows in a row.
    query::lock_user(&txn, user_id)
        .await?
        .filter(|user| user.status == user::Status::Active)
        .ok_or(IdentityError::NoSuchAccount)?;
    let latest = query::consents(&txn, user_id).await?.into_iter().find(|row| row.kind == said.kind.name());
    let holds = latest.filter(|row| row.given == said.given && row.version == said.version);
    let row = match holds {
        Some(row) => row,
        None => add(&txn, user_id, said, app.now()).await?,
    };
    app.commit(txn).await?;
    Ok(row)
}

/// Writes down one thing that a person said.
pub async fn add(
    txn: &DatabaseTransaction,
    user_id: UserId,
    said: Said,
    now: DateTime<Utc>,
) -> Result<consent::Model, DbErr> {
    let row = consent::Model {
        id: ConsentId::generate(),
        user_id,
        kind: said.kind.name().to_owned(),
        version: said.version,
        given: said.given,
        created_at: now,
    };
    consent::Entity::insert(active(&row)).exec_without_returning(txn).await?;
    Ok(row)
}

/// Writes down what a new person agreed to, in one statement.
pub async fn agreed(
    txn: &DatabaseTransaction,
    user_id: UserId,
    kinds: &[ConsentKind],
    version: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let once = ConsentKind::ALL.into_iter().filter(|kind| kinds.contains(kind));
    let rows: Vec<_> = once
        .map(|kind| consent::ActiveModel {
            id: Set(ConsentId::generate()),
            user_id: Set(user_id),
            kind: Set(kind.name().to_owned()),
            version: Set(version.to_owned()),
            given: Set(true),
            created_at: Set(now),
        })
        .collect();
    if !rows.is_empty() {
        consent::Entity::insert_many(rows).exec_without_returning(txn).await?;
    }
    Ok(())
}

fn active(row: &consent::Model) -> consent::ActiveModel {
    consent::ActiveModel {
        id: Set(row.id),
        user_id: Set(row.user_id),
        kind: Set(row.kind.clone()),
        version: Set(row.version.clone()),
        given: Set(row.given),
        created_at: Set(row.created_at),
    }
}
