//! The office invites somebody to sell: a draft waits for its owner, who comes with the code that was sent to the phone.

use sea_orm::DatabaseTransaction;

use super::merge::{has_members, void_invitations};
use crate::app::App;
use crate::identity::IdentityError;
use crate::identity::entity::invitation;
use crate::identity::model::Term;
use crate::identity::service::invitations::{Invite, offer};
use crate::identity::service::throttle::{self, Counter};
use crate::kernel::{Phone, VendorId};
use crate::office::error::OfficeError;
use crate::platform::audit::Who;
use crate::platform::messages::Address;
use crate::vendors::VendorError;
use crate::vendors::entity::vendor::{self, Status};
use crate::vendors::model::{Act, Facts};
use crate::vendors::query;
use crate::vendors::service::create_draft;
use crate::web::Role;

/// A draft and the invitation that makes an owner.
pub type Invited = (vendor::Model, invitation::Model);

/// Opens a draft for somebody and invites them by the phone of the shop.
pub async fn invite(app: &App, who: &Who, facts: Facts) -> Result<Invited, OfficeError> {
    let phone = facts.phone.clone();
    throttle::pass(app, &[Counter::invitations(app, phone.as_str())]).await?;
    let txn = app.db.begin().await?;
    let shop = create_draft(&txn, &app.sealer, facts, app.now()).await?;
    let invitation = owner_by_phone(app, (&txn, who), shop.id, phone).await?;
    app.commit(txn).await?;
    Ok((shop, invitation))
}

/// Invites once more: the invitation before ran out, was lost, or went to a wrong phone. It is void from now on.
pub async fn invite_again(
    app: &App,
    who: &Who,
    id: VendorId,
    phone: Option<Phone>,
) -> Result<Invited, OfficeError> {
    let now = app.now();
    let known = query::find(app.db.read(), id).await?.ok_or(OfficeError::NotFound)?;
    let phone = phone.or_else(|| Phone::parse(&known.phone).ok()).ok_or(OfficeError::NotFound)?;
    throttle::pass(app, &[Counter::invitations(app, phone.as_str())]).await?;
    let txn = app.db.begin().await?;
    let shop = query::locked(&txn, id).await?.ok_or(OfficeError::NotFound)?;
    if shop.status != Status::Draft || has_members(&txn, id).await? {
        return Err(VendorError::State { status: shop.status, act: Act::Claim }.into());
    }
    void_invitations(&txn, id, now).await?;
    let invitation = owner_by_phone(app, (&txn, who), id, phone).await?;
    app.commit(txn).await?;
    Ok((shop, invitation))
}

async fn owner_by_phone(
    app: &App,
    (txn, who): (&DatabaseTransaction, &Who),
    id: VendorId,
    phone: Phone,
) -> Result<invitation::Model, OfficeError> {
    let invite = Invite {
        scope_id: id.into(),
        role: Role::VendorOwner,
        permissions: None,
        decree: None,
        term: Term::default(),
        to: Some(Address::Phone(phone)),
    };
    let (row, _) = offer(app, txn, who, &invite).await.map_err(IdentityError::from)?;
    Ok(row)
}
