//! Who claimed a shop was not its owner: the shop waits again.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use serde_json::json;

use super::codes::void;
use crate::app::App;
use crate::identity::entity::{assistance, membership};
use crate::kernel::VendorId;
use crate::office::entity::{claim, claim_code};
use crate::office::error::OfficeError;
use crate::office::service::merge::{members_of, under_way, void_invitations};
use crate::platform::audit::{self, Deed, Who};
use crate::vendors::VendorError;
use crate::vendors::entity::vendor;
use crate::vendors::model::Act;
use crate::vendors::query;
use crate::vendors::service::unclaim as unclaim_vendor;
use crate::web::Caller;
use crate::web::authz::Scope;

/// Takes a claimed shop from whoever claimed it, and from everybody let in since: members, invitations, the bank account, the phone,
/// the office's own leave to help. Orders under way are ended first, since somebody waits for them.
pub async fn unclaim(
    app: &App,
    (caller, who): (&Caller, &Who),
    id: VendorId,
    reason: &str,
) -> Result<vendor::Model, OfficeError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let shop = query::locked(&txn, id).await?.ok_or(OfficeError::NotFound)?;
    if caller.roles_in(Scope::Vendor, id.into()).next().is_some() {
        return Err(VendorError::OwnShop.into());
    }
    let Some(claimed) = claim::Entity::find_by_id(id).one(&txn).await? else {
        return Err(refused(&shop));
    };
    if under_way(&txn, id).await? {
        return Err(refused(&shop));
    }
    claim::Entity::delete_by_id(id).exec(&txn).await?;
    // The next code goes to the phone that the office knew, not to the one that was entered since.
    let freed = unclaim_vendor(&txn, id, (caller.user_id, reason), &claimed.phone, now).await?;
    membership::Entity::delete_many().filter(members_of(id)).exec(&txn).await?;
    void_invitations(&txn, id, now).await?;
    void(&txn, Condition::all().add(claim_code::Column::VendorId.eq(id)), now).await?;
    assistance::Entity::update_many()
        .col_expr(assistance::Column::RevokedAt, Expr::value(now))
        .filter(assistance::Column::VendorId.eq(id))
        .filter(assistance::Column::RevokedAt.is_null())
        .exec(&txn)
        .await?;
    let detail = json!({"from": shop.status});
    let deed = Deed { action: Act::Unclaim.deed(), object: ("vendor", id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(freed)
}

fn refused(shop: &vendor::Model) -> OfficeError {
    VendorError::State { status: shop.status, act: Act::Unclaim }.into()
}
