//! Writing what taxes depend on: rules, letters, what shops say, and the turnover of the year. Taxes of orders are frozen here.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::entity::{letter, order_tax, profile, rule, year};
use super::error::TaxError;
use super::model::Due;
use crate::app::App;
use crate::kernel::clock::business_date;
use crate::kernel::{ExemptionId, OrderId, OrderTaxId, Rupiah, UserId, VendorId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::db::Unique;

const RULES_CODE: Unique = Unique { name: "tax_rules_code", columns: "tax_rules.code, tax_rules.valid_from" };
const LETTERS_ONCE: Unique = Unique {
    name: "tax_letters_once",
    columns: "tax_letters.vendor_id, tax_letters.kind, tax_letters.valid_from",
};

/// Adds a dated rule. What was frozen at earlier sales stays as it is.
pub async fn add_rule(app: &App, who: &Who, row: rule::Model) -> Result<rule::Model, TaxError> {
    let txn = app.db.begin().await?;
    let added = rule::Entity::insert(rule::ActiveModel::from(row.clone()).reset_all());
    match added.exec_without_returning(&txn).await {
        Ok(_) => {}
        Err(error) if RULES_CODE.broken_by(&error) => return Err(TaxError::RuleExists),
        Err(error) => return Err(error.into()),
    }
    let detail = json!({
        "code": row.code, "base": [row.base_num, row.base_den], "rate": [row.rate_num, row.rate_den],
        "valid_from": row.valid_from, "valid_to": row.valid_to,
    });
    let deed = Deed { action: "tax_rule.added", object: ("tax_rule", row.id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, app.now()).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// A letter that is about to be recorded.
#[derive(Clone, Debug)]
pub struct NewLetter {
    pub kind: letter::Kind,
    pub document_no: Option<String>,
    pub valid: (NaiveDate, NaiveDate),
}

/// Records a letter of a shop or about it.
pub async fn add_letter(
    app: &App,
    (actor, who): (UserId, &Who),
    vendor_id: VendorId,
    new: NewLetter,
) -> Result<letter::Model, TaxError> {
    let now = app.now();
    let row = letter::Model {
        id: ExemptionId::generate(),
        vendor_id,
        kind: new.kind,
        document_no: new.document_no,
        valid_from: new.valid.0.to_string(),
        valid_to: new.valid.1.to_string(),
        recorded_by: actor,
        created_at: now,
    };
    let txn = app.db.begin().await?;
    crate::vendors::query::find(&txn, vendor_id).await?.ok_or(TaxError::NotFound)?;
    // It begins on the day on which it is given, so the constraint alone would take one every day.
    if row.kind == letter::Kind::Crossed && stated(&txn, &row).await? {
        return Err(TaxError::StatementExists);
    }
    let added = letter::Entity::insert(letter::ActiveModel::from(row.clone()).reset_all());
    match added.exec_without_returning(&txn).await {
        Ok(_) => {}
        Err(error) if LETTERS_ONCE.broken_by(&error) => return Err(TaxError::StatementExists),
        Err(error) => return Err(error.into()),
    }
    let detail = json!({
        "letter_id": row.id, "kind": row.kind, "valid_from": row.valid_from, "valid_to": row.valid_to,
    });
    let deed = Deed { action: "tax_letter.recorded", object: ("vendor", vendor_id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// True if a letter of the kind was given for the same year.
async fn stated(txn: &DatabaseTransaction, new: &letter::Model) -> Result<bool, DbErr> {
    let same = letter::Entity::find()
        .filter(letter::Column::VendorId.eq(new.vendor_id))
        .filter(letter::Column::Kind.eq(new.kind))
        .filter(letter::Column::ValidTo.eq(new.valid_to.as_str()));
    Ok(same.one(txn).await?.is_some())
}

/// Keeps what a shop says about its taxes.
pub async fn set_profile(
    app: &App,
    who: &Who,
    vendor_id: VendorId,
    owes_pbjt: bool,
) -> Result<profile::Model, TaxError> {
    let now = app.now();
    let row = profile::Model { vendor_id, owes_pbjt, updated_at: now };
    let txn = app.db.begin().await?;
    let again = OnConflict::column(profile::Column::VendorId)
        .update_columns([profile::Column::OwesPbjt, profile::Column::UpdatedAt])
        .to_owned();
    profile::Entity::insert(profile::ActiveModel::from(row.clone()).reset_all())
        .on_conflict(again)
        .exec_without_returning(&txn)
        .await?;
    let deed = Deed {
        action: "tax_profile.changed",
        object: ("vendor", vendor_id.into()),
        detail: json!({"owes_pbjt": owes_pbjt}),
    };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// Freezes what was due when orders were placed.
pub async fn freeze(
    txn: &DatabaseTransaction,
    taxes: impl IntoIterator<Item = (OrderId, Due)>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = |(order_id, due): (OrderId, Due)| order_tax::ActiveModel {
        id: Set(OrderTaxId::generate()),
        order_id: Set(order_id),
        order_line_id: Set(due.line_id),
        rule_id: Set(due.rule_id),
        kind: Set(due.kind),
        net: Set(due.net),
        base: Set(due.base),
        rate_num: Set(due.rate.base.0 * due.rate.tax.0),
        rate_den: Set(due.rate.base.1 * due.rate.tax.1),
        amount: Set(due.amount),
        payer: Set(due.payer),
        in_price: Set(due.in_price),
        created_at: Set(now),
    };
    let rows: Vec<_> = taxes.into_iter().map(row).collect();
    if !rows.is_empty() {
        order_tax::Entity::insert_many(rows).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// Adds a sale to the year of a shop, or takes one back; true if it crossed the threshold just now.
pub async fn turn_over(
    txn: &DatabaseTransaction,
    vendor_id: VendorId,
    (amount, threshold): (i64, Rupiah),
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    use year::Column;
    let of_year = business_date(now).year();
    let row = year::ActiveModel {
        vendor_id: Set(vendor_id),
        year: Set(of_year),
        turnover: Set(amount),
        crossed_at: Set(None),
    };
    let more = Expr::col((year::Entity, Column::Turnover)).add(amount);
    let add = OnConflict::columns([Column::VendorId, Column::Year]).value(Column::Turnover, more).to_owned();
    year::Entity::insert(row).on_conflict(add).exec_without_returning(txn).await?;
    let crossed = year::Entity::update_many()
        .col_expr(Column::CrossedAt, Expr::value(now))
        .filter(Column::VendorId.eq(vendor_id))
        .filter(Column::Year.eq(of_year))
        .filter(Column::Turnover.gt(threshold.get()))
        .filter(Column::CrossedAt.is_null())
        .exec(txn)
        .await?;
    Ok(crossed.rows_affected == 1)
}
