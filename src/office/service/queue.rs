//! The review queue: who looks at which shop, and decisions about many at once.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::identity::entity::membership;
use crate::kernel::{Problem, UserId, VendorId};
use crate::office::entity::assignment::{ActiveModel, Column, Entity};
use crate::office::error::OfficeError;
use crate::platform::audit::{self, Deed, Who};
use crate::vendors::entity::vendor;
use crate::vendors::model::Decision;
use crate::vendors::service::decide;
use crate::web::authz::Scope;
use crate::web::{Caller, Role};

/// Gives shops to an officer, or to nobody; all or none.
pub async fn assign(
    app: &App,
    (by, who): (UserId, &Who),
    shops: &[VendorId],
    officer: Option<UserId>,
) -> Result<(), OfficeError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let known =
        vendor::Entity::find().filter(vendor::Column::Id.is_in(shops.iter().copied())).count(&txn).await?;
    if known != shops.len() as u64 {
        return Err(OfficeError::NoSuchShop);
    }
    if let Some(officer) = officer {
        let held = membership::Entity::find()
            .filter(membership::Column::UserId.eq(officer))
            .filter(membership::Column::Scope.eq(Scope::Platform.name()))
            .filter(membership::Column::ScopeId.eq(Uuid::nil()))
            .filter(membership::Column::Role.eq(Role::Officer.name()));
        if held.count(&txn).await? == 0 {
            return Err(OfficeError::NoOfficer);
        }
        let rows = shops.iter().map(|shop| ActiveModel {
            vendor_id: Set(*shop),
            officer_id: Set(officer),
            assigned_by: Set(by),
            created_at: Set(now),
        });
        let again = OnConflict::column(Column::VendorId)
            .update_columns([Column::OfficerId, Column::AssignedBy, Column::CreatedAt])
            .to_owned();
        Entity::insert_many(rows).on_conflict(again).exec_without_returning(&txn).await?;
    } else {
        Entity::delete_many().filter(Column::VendorId.is_in(shops.iter().copied())).exec(&txn).await?;
    }
    for shop in shops {
        let detail = json!({"officer": officer});
        let deed = Deed { action: "vendor.assigned", object: ("vendor", (*shop).into()), detail };
        audit::record(&txn, &app.sealer, who, deed, now).await?;
    }
    app.commit(txn).await?;
    Ok(())
}

/// Decides about many shops, each in a transaction of its own: one that is refused holds up none of the others.
pub async fn decide_many(
    app: &App,
    (caller, who): (&Caller, &Who),
    wishes: Vec<(VendorId, Decision)>,
) -> Vec<(VendorId, Result<vendor::Status, Problem>)> {
    let mut outcomes = Vec::with_capacity(wishes.len());
    for (id, decision) in wishes {
        let decided = decide(app, (caller, who), id, decision).await;
        outcomes.push((id, decided.map(|vendor| vendor.status).map_err(Problem::from)));
    }
    outcomes
}
