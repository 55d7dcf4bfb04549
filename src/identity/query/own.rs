//! Reads of what belongs to a person.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use crate::identity::entity::{address, consent};
use crate::kernel::{AddressId, UserId};

/// The addresses that a person saved, the default first.
pub async fn addresses(db: &impl ConnectionTrait, user_id: UserId) -> Result<Vec<address::Model>, DbErr> {
    address::Entity::find()
        .filter(address::Column::UserId.eq(user_id))
        .order_by_desc(address::Column::IsDefault)
        .order_by_asc(address::Column::Id)
        .all(db)
        .await
}

/// One of a person's addresses.
pub async fn address(
    db: &impl ConnectionTrait,
    user_id: UserId,
    id: AddressId,
) -> Result<Option<address::Model>, DbErr> {
    address::Entity::find_by_id(id).filter(address::Column::UserId.eq(user_id)).one(db).await
}

/// What a person said last about each kind of consent.
pub async fn consents(db: &impl ConnectionTrait, user_id: UserId) -> Result<Vec<consent::Model>, DbErr> {
    use consent::Column;
    let later = Alias::new("later");
    let is_later = |column: Column| Expr::col((later.clone(), column));
    let this = |column: Column| Expr::col((consent::Entity, column));
    let said_later = Query::select()
        .expr(Expr::value(1))
        .from_as(consent::Entity, later.clone())
        .and_where(is_later(Column::UserId).eq(this(Column::UserId)))
        .and_where(is_later(Column::Kind).eq(this(Column::Kind)))
        .and_where(is_later(Column::Id).gt(this(Column::Id)))
        .take();
    consent::Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Expr::exists(said_later).not())
        .order_by_asc(Column::Id)
        .all(db)
        .await
}
