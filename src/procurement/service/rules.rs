//! Adding dated rules. What was decided by earlier ones stays as it is.

use sea_orm::{ActiveModelTrait, DbErr, EntityTrait};
use serde_json::json;

use crate::app::App;
use crate::platform::audit::{self, Deed, Who};
use crate::platform::db::Unique;
use crate::procurement::entity::{approval_rule, duty_rule};
use crate::procurement::error::ProcurementError;

const DUTY_CODE: Unique =
    Unique { name: "duty_rules_code", columns: "duty_rules.code, duty_rules.valid_from" };
const APPROVAL_CODE: Unique =
    Unique { name: "approval_rules_code", columns: "approval_rules.code, approval_rules.valid_from" };

/// Adds a rule about which duties are of different people.
pub async fn add_duty(
    app: &App,
    who: &Who,
    row: duty_rule::Model,
) -> Result<duty_rule::Model, ProcurementError> {
    let txn = app.db.begin().await?;
    let added = duty_rule::Entity::insert(duty_rule::ActiveModel::from(row.clone()).reset_all());
    added.exec_without_returning(&txn).await.map_err(|error| taken(&DUTY_CODE, error))?;
    let detail = json!({
        "code": row.code, "unit_kind": row.unit_kind, "above": row.above, "apart": row.apart,
        "valid_from": row.valid_from, "valid_to": row.valid_to,
    });
    let deed = Deed { action: "duty_rule.added", object: ("duty_rule", row.id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, row.created_at).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// Adds a rule about who approves.
pub async fn add_approval(
    app: &App,
    who: &Who,
    row: approval_rule::Model,
) -> Result<approval_rule::Model, ProcurementError> {
    let txn = app.db.begin().await?;
    let added = approval_rule::Entity::insert(approval_rule::ActiveModel::from(row.clone()).reset_all());
    added.exec_without_returning(&txn).await.map_err(|error| taken(&APPROVAL_CODE, error))?;
    let detail = json!({
        "code": row.code, "unit_kind": row.unit_kind, "above": row.above, "steps": row.steps, "form": row.form,
        "valid_from": row.valid_from, "valid_to": row.valid_to,
    });
    let deed = Deed { action: "approval_rule.added", object: ("approval_rule", row.id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, row.created_at).await?;
    app.commit(txn).await?;
    Ok(row)
}

fn taken(unique: &Unique, error: DbErr) -> ProcurementError {
    if unique.broken_by(&error) { ProcurementError::RuleExists } else { error.into() }
}
