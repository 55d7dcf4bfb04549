//! `lapak rotate-keys`, and which keys the sealed values of the database want.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::{CliError, say, start};
use crate::app::{App, StartError};
use crate::identity::service::reseal::second_factors;
use crate::office::service::reseal as office;
use crate::platform::db::Db;
use crate::platform::person;
use crate::platform::sealed::{Resealed, Sealer};
use crate::vendors;

/// Rows of one transaction, so that nobody waits long beside a running service.
const BATCH: u64 = 200;

/// Every column that is sealed with the key of the service.
const SEALED: [(&str, &str); 10] = [
    ("vendors", "nik_sealed"),
    ("vendors", "npwp_sealed"),
    ("vendor_profiles", "signer_sealed"),
    ("vendor_bank_accounts", "number_sealed"),
    ("vendor_bank_accounts", "holder_sealed"),
    ("person_keys", "key_sealed"),
    ("second_factors", "secret_sealed"),
    ("vendor_register", "owner_sealed"),
    ("vendor_register", "email_sealed"),
    ("vendor_duplicates", "row_sealed"),
];

/// Seals everything anew with the newest key and says how much that was. What was done stays done if it is stopped.
pub async fn rotate_keys() -> Result<(), CliError> {
    let app = start().await?;
    let (mut lines, mut left) = (Vec::new(), 0);
    for (what, Resealed { done, unreadable, refused }) in reseal(&app).await.map_err(StartError::Database)? {
        lines.push(format!("{what}: {done} sealed anew, {unreadable} unreadable, {refused} refused"));
        left += unreadable + refused;
    }
    app.db.clone().close().await.map_err(StartError::Database)?;
    say(&lines.join("\n"))?;
    if left == 0 { Ok(()) } else { Err(CliError::NotResealed(left)) }
}

/// Seals everything anew that is not under the newest key.
pub async fn reseal(app: &App) -> Result<Vec<(&'static str, Resealed)>, DbErr> {
    let (db, sealer) = (&app.db, &app.sealer);
    let numbers = in_batches(async |at| vendors::service::reseal(db, sealer, at, BATCH).await).await?;
    let signers =
        in_batches(async |at| vendors::service::reseal_signers(db, sealer, at, BATCH).await).await?;
    let accounts =
        in_batches(async |at| vendors::service::bank::reseal_accounts(db, sealer, at, BATCH).await).await?;
    let keys = in_batches(async |at| person::reseal(db, sealer, at, BATCH).await).await?;
    let factors = in_batches(async |at| second_factors(db, sealer, at, BATCH).await).await?;
    // What the office's lists say of people.
    let mut lists = in_batches(async |at| office::owners(db, sealer, at, BATCH).await).await?;
    lists += in_batches(async |at| office::waiting_rows(db, sealer, at, BATCH).await).await?;
    Ok(vec![
        ("identity numbers", numbers),
        ("signers", signers),
        ("bank accounts", accounts),
        ("keys of persons", keys),
        ("second factors", factors),
        ("lists of shops", lists),
    ])
}

/// Goes through a table batch by batch: a step does the rows after an id and tells how far it came.
async fn in_batches<Id>(
    step: impl AsyncFn(Option<Id>) -> Result<Option<(Id, Resealed)>, DbErr>,
) -> Result<Resealed, DbErr> {
    let (mut sum, mut at) = (Resealed::default(), None);
    while let Some((id, more)) = step(at).await? {
        sum += more;
        at = Some(id);
    }
    Ok(sum)
}

/// How the sealed values stand: fine and in which way, or which keys are missing.
pub async fn standing(db: &Db, sealer: &Sealer) -> Result<Result<String, String>, DbErr> {
    let ours: Vec<&str> = sealer.key_ids().collect();
    let (mut newest, mut older, mut missing) = (0, 0, Vec::new());
    for (table, column) in SEALED {
        for (key, count) in counts(db, table, column).await? {
            match ours.iter().position(|id| *id == key) {
                Some(0) => newest += count,
                Some(_) => older += count,
                // Sealed before keys had names; rotating tells whether they open.
                None if key.is_empty() => older += count,
                None => missing.push(format!("{count} values in {table}.{column} need the key {key}")),
            }
        }
    }
    if missing.is_empty() {
        let rest = if older > 0 {
            format!(", {older} under older ones; run `lapak rotate-keys`")
        } else {
            String::new()
        };
        return Ok(Ok(format!("{newest} values are sealed with the newest key{rest}")));
    }
    Ok(Err(format!(
        "{}; it is in neither auth.field_key nor auth.previous_field_keys. Put it back, or read in the README what to do \
         when a key is lost",
        missing.join(", ")
    )))
}

/// Logs which keys are missing; the shops and the books go on without them.
pub async fn warn(app: &App) {
    match standing(&app.db, &app.sealer).await {
        Ok(Ok(_)) => {}
        Ok(Err(missing)) => tracing::error!("sealed values are unreadable: {missing}"),
        Err(error) => tracing::warn!(error = %error, "sealed values could not be looked at"),
    }
}

/// How many values of a column are sealed with which key; the empty id stands for values from before keys had names.
async fn counts(db: &Db, table: &str, column: &str) -> Result<BTreeMap<String, i64>, DbErr> {
    // `v2.` and twelve characters of the id.
    let sql = format!(
        "SELECT CASE WHEN {column} LIKE 'v2.%' THEN substr({column}, 4, 12) ELSE '' END AS id, COUNT(*) AS count
         FROM {table} WHERE {column} IS NOT NULL GROUP BY 1"
    );
    let rows = db.read().query_all_raw(Statement::from_string(db.backend(), sql)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "count")?))).collect()
}
