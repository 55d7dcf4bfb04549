//! Dated rules of the commission.

use sea_orm::{ActiveModelTrait, EntityTrait};
use serde_json::json;

use crate::app::App;
use crate::platform::audit::{self, Deed, Who};
use crate::platform::db::Unique;
use crate::settlement::entity::commission_rule;
use crate::settlement::error::SettlementError;

const RULES_PLACE: Unique = Unique {
    name: "commission_rules_place",
    columns: "commission_rules.scope, commission_rules.scope_id, commission_rules.valid_from",
};

/// Adds a dated rule. Orders that were placed keep what was frozen then.
pub async fn add_rule(
    app: &App,
    who: &Who,
    row: commission_rule::Model,
) -> Result<commission_rule::Model, SettlementError> {
    let txn = app.db.begin().await?;
    let added = commission_rule::Entity::insert(commission_rule::ActiveModel::from(row.clone()).reset_all());
    match added.exec_without_returning(&txn).await {
        Ok(_) => {}
        Err(error) if RULES_PLACE.broken_by(&error) => return Err(SettlementError::RuleExists),
        Err(error) => return Err(error.into()),
    }
    let detail = json!({
        "scope": row.scope, "scope_id": row.scope_id, "rate_bp": row.rate_bp, "floor": row.floor, "cap": row.cap,
        "on_shipping": row.on_shipping, "tax_bp": row.tax_bp, "valid_from": row.valid_from, "valid_to": row.valid_to,
    });
    let deed = Deed { action: "commission_rule.added", object: ("commission_rule", row.id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, app.now()).await?;
    app.commit(txn).await?;
    Ok(row)
}
