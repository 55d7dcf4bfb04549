//! An owner lets the office help with the shop's catalogue for a while, and takes that back.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};
use serde_json::json;

use crate::app::App;
use crate::identity::entity::assistance::{self, Column, Entity};
use crate::kernel::{UserId, VendorId};
use crate::platform::audit::{self, Deed, Who};
use crate::web::authz::Assisted;

/// Lets officers work in the shop's catalogue until a moment; another word replaces the one before.
pub async fn grant(
    app: &App,
    (actor, who): (UserId, &Who),
    vendor_id: VendorId,
    expires_at: DateTime<Utc>,
) -> Result<assistance::Model, DbErr> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let row =
        assistance::Model { vendor_id, granted_by: actor, granted_at: now, expires_at, revoked_at: None };
    let active = assistance::ActiveModel {
        vendor_id: Set(vendor_id),
        granted_by: Set(actor),
        granted_at: Set(now),
        expires_at: Set(expires_at),
        revoked_at: Set(None),
    };
    let again = OnConflict::column(Column::VendorId)
        .update_columns([Column::GrantedBy, Column::GrantedAt, Column::ExpiresAt, Column::RevokedAt])
        .to_owned();
    Entity::insert(active).on_conflict(again).exec_without_returning(&txn).await?;
    let detail = json!({"expires_at": expires_at});
    let deed = Deed { action: "assistance.granted", object: ("vendor", vendor_id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// Takes the word back. Doing it again, or without having given it, changes nothing.
pub async fn revoke(app: &App, who: &Who, vendor_id: VendorId) -> Result<(), DbErr> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let taken = Entity::update_many()
        .set(assistance::ActiveModel { revoked_at: Set(Some(now)), ..Default::default() })
        .filter(Column::VendorId.eq(vendor_id))
        .filter(Column::RevokedAt.is_null())
        .exec(&txn)
        .await?;
    if taken.rows_affected > 0 {
        let deed =
            Deed { action: "assistance.revoked", object: ("vendor", vendor_id.into()), detail: json!({}) };
        audit::record(&txn, &app.sealer, who, deed, now).await?;
    }
    app.commit(txn).await?;
    Ok(())
}

/// Writes down what an officer is about to do in the place of the owner; what cannot be written down is not done.
pub async fn write_down(app: &App, act: Assisted) -> Result<(), DbErr> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let detail = json!({"operation": act.operation});
    let deed = Deed { action: "assistance.used", object: ("vendor", act.shop), detail };
    audit::record(&txn, &app.sealer, &act.who, deed, now).await?;
    app.commit(txn).await?;
    Ok(())
}
