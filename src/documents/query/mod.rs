//! Reading papers: of a buyer, of a shop, of anybody for the office, and by what stands on a copy.

use sea_orm::sea_query::{ExprTrait as _, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationDef,
};
use uuid::Uuid;

use super::entity::document::{self, Kind};
use super::entity::file;
use crate::kernel::{Cursor, DocumentId, OrderId, Page, RefundId, UserId, VendorId};
use crate::payments::entity::refund;
use crate::web::query::PageOf;

/// A paper with its file, once that is made.
pub type Filed = (document::Model, Option<file::Model>);

/// Whose papers.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    /// A buyer's.
    Buyer(UserId),
    /// Those of and about a shop.
    Vendor(VendorId),
    /// The same for its staff: without what the shop earns.
    Counter(VendorId),
    /// Everybody's.
    Office,
}

/// What a list is narrowed to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Of this kind.
    pub kind: Option<Kind>,
    /// About this order.
    pub order_id: Option<OrderId>,
}

fn of(owner: Owner) -> Condition {
    match owner {
        // What a shop keeps for itself is not the buyer's.
        Owner::Buyer(buyer) => Condition::all().add(document::Column::BuyerId.eq(buyer)),
        Owner::Vendor(vendor) => Condition::all().add(document::Column::VendorId.eq(vendor)),
        Owner::Counter(vendor) => Condition::all()
            .add(document::Column::VendorId.eq(vendor))
            .add(document::Column::Kind.ne(Kind::VendorStatement)),
        Owner::Office => Condition::all(),
    }
}

fn filed() -> RelationDef {
    document::Entity::belongs_to(file::Entity).from(document::Column::Id).to(file::Column::DocumentId).into()
}

/// One page of papers with their files, the newest first; one statement.
pub async fn list(
    conn: &impl ConnectionTrait,
    owner: Owner,
    filter: Filter,
    page: &PageOf,
) -> Result<Page<Filed>, DbErr> {
    let narrowed = of(owner)
        .add_option(filter.kind.map(|kind| document::Column::Kind.eq(kind)))
        .add_option(filter.order_id.map(about_order))
        .add_option(page.after.as_ref().map(|after| document::Column::Id.lt(DocumentId(after.id))));
    let rows: Vec<Filed> = document::Entity::find()
        .join(JoinType::LeftJoin, filed())
        .select_also(file::Entity)
        .filter(narrowed)
        .order_by_desc(document::Column::Id)
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    Ok(Page::cut(rows, page.limit, |(row, _)| Cursor::after(row.id)))
}

fn about_order(order_id: OrderId) -> Condition {
    let refunds = Query::select()
        .column(refund::Column::Id)
        .from(refund::Entity)
        .and_where(refund::Column::OrderId.eq(order_id))
        .take();
    let itself = document::Column::SubjectKind.eq("order").and(document::Column::SubjectId.eq(order_id.0));
    let of_refunds =
        document::Column::SubjectKind.eq("refund").and(document::Column::SubjectId.in_subquery(refunds));
    Condition::any().add(itself).add(of_refunds)
}

/// One paper with its file.
pub async fn one(conn: &impl ConnectionTrait, owner: Owner, id: DocumentId) -> Result<Option<Filed>, DbErr> {
    document::Entity::find_by_id(id)
        .join(JoinType::LeftJoin, filed())
        .select_also(file::Entity)
        .filter(of(owner))
        .one(conn)
        .await
}

/// The paper of a kind about something.
pub async fn about(
    conn: &impl ConnectionTrait,
    kind: Kind,
    (subject_kind, subject_id): (&str, Uuid),
) -> Result<Option<Filed>, DbErr> {
    let subject =
        document::Column::SubjectKind.eq(subject_kind).and(document::Column::SubjectId.eq(subject_id));
    by(conn, document::Column::Kind.eq(kind).and(subject)).await
}

/// The refund that a credit note is about.
pub async fn refund(conn: &impl ConnectionTrait, id: RefundId) -> Result<Option<refund::Model>, DbErr> {
    refund::Entity::find_by_id(id).one(conn).await
}

/// The paper with this code on it.
pub async fn by_code(conn: &impl ConnectionTrait, code: &str) -> Result<Option<Filed>, DbErr> {
    by(conn, document::Column::Code.eq(code)).await
}

/// The paper whose file has this hash.
pub async fn by_hash(conn: &impl ConnectionTrait, sha256: &str) -> Result<Option<Filed>, DbErr> {
    by(conn, file::Column::Sha256.eq(sha256)).await
}

async fn by(conn: &impl ConnectionTrait, filter: SimpleExpr) -> Result<Option<Filed>, DbErr> {
    document::Entity::find()
        .join(JoinType::LeftJoin, filed())
        .select_also(file::Entity)
        .filter(filter)
        .one(conn)
        .await
}

/// Where the files of a buyer's papers are.
pub async fn files_of(conn: &impl ConnectionTrait, buyer: UserId) -> Result<Vec<String>, DbErr> {
    file::Entity::find()
        .select_only()
        .column(file::Column::FileKey)
        .join(JoinType::InnerJoin, filed().rev())
        .filter(document::Column::BuyerId.eq(buyer))
        .into_tuple()
        .all(conn)
        .await
}
