//! What the tables of accounts say about one person.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::catalog::entity::report;
use crate::identity::entity::{api_key, consent, contact_change, membership, second_factor, session, user};
use crate::kernel::{AuditEventId, UserId};
use crate::office::entity::{claim, claim_code};
use crate::platform::audit;

/// The account.
pub async fn account(db: &impl ConnectionTrait, id: UserId) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(id).one(db).await
}

/// The second factor, without its secret for whoever reads on.
pub async fn factor(db: &impl ConnectionTrait, id: UserId) -> Result<Option<second_factor::Model>, DbErr> {
    second_factor::Entity::find_by_id(id).one(db).await
}

/// The logins that are still kept.
pub async fn sessions(db: &impl ConnectionTrait, id: UserId) -> Result<Vec<session::Model>, DbErr> {
    session::Entity::find()
        .filter(session::Column::UserId.eq(id))
        .order_by_desc(session::Column::Id)
        .all(db)
        .await
}

/// Everything that was agreed to or taken back.
pub async fn consents(db: &impl ConnectionTrait, id: UserId) -> Result<Vec<consent::Model>, DbErr> {
    consent::Entity::find()
        .filter(consent::Column::UserId.eq(id))
        .order_by_desc(consent::Column::Id)
        .all(db)
        .await
}

/// Roles in shops, work units and on the platform.
pub async fn memberships(db: &impl ConnectionTrait, id: UserId) -> Result<Vec<membership::Model>, DbErr> {
    membership::Entity::find()
        .filter(membership::Column::UserId.eq(id))
        .order_by_asc(membership::Column::Id)
        .all(db)
        .await
}

/// Keys of programs.
pub async fn api_keys(db: &impl ConnectionTrait, id: UserId) -> Result<Vec<api_key::Model>, DbErr> {
    api_key::Entity::find()
        .filter(api_key::Column::UserId.eq(id))
        .order_by_desc(api_key::Column::Id)
        .all(db)
        .await
}

/// Addresses and numbers that were or are to be replaced.
pub async fn contact_changes(
    db: &impl ConnectionTrait,
    id: UserId,
) -> Result<Vec<contact_change::Model>, DbErr> {
    contact_change::Entity::find()
        .filter(contact_change::Column::UserId.eq(id))
        .order_by_desc(contact_change::Column::Id)
        .all(db)
        .await
}

/// What the person reported as wrong.
pub async fn content_reports(db: &impl ConnectionTrait, id: UserId) -> Result<Vec<report::Model>, DbErr> {
    report::Entity::find()
        .filter(report::Column::ReporterId.eq(id))
        .order_by_desc(report::Column::Id)
        .all(db)
        .await
}

/// Shops of the office's list that the person claimed.
pub async fn claims(db: &impl ConnectionTrait, id: UserId) -> Result<Vec<claim::Model>, DbErr> {
    claim::Entity::find()
        .filter(claim::Column::UserId.eq(id))
        .order_by_asc(claim::Column::VendorId)
        .all(db)
        .await
}

/// Codes that the person claimed shops with.
pub async fn claim_codes(db: &impl ConnectionTrait, id: UserId) -> Result<Vec<claim_code::Model>, DbErr> {
    claim_code::Entity::find()
        .filter(claim_code::Column::UsedBy.eq(id))
        .order_by_asc(claim_code::Column::Id)
        .all(db)
        .await
}

/// The next acts of a person in the audit trail, the oldest first.
pub async fn acts_after(
    db: &impl ConnectionTrait,
    id: UserId,
    after: Option<AuditEventId>,
    most: u64,
) -> Result<Vec<audit::entity::Model>, DbErr> {
    use audit::entity::{Column, Entity};
    Entity::find()
        .filter(Column::ActorId.eq(id))
        .filter(Condition::all().add_option(after.map(|after| Column::Id.gt(after))))
        .order_by_asc(Column::Id)
        .limit(most)
        .all(db)
        .await
}
