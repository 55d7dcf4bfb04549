//! Reading commissions, terms of sales, and payouts.

pub mod money;
pub mod statement;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult as _, IdenStatic as _,
    Iterable as _, QueryFilter, QueryOrder, QuerySelect, QueryTrait as _,
};

use super::entity::commission_rule::Scope;
use super::entity::{batch, commission_rule, order_commission, order_terms, payout};
use super::model::{Parents, Rule};
use crate::catalog::entity::category;
use crate::kernel::{BasisPoints, CategoryId, Cursor, OrderId, Page, PayoutBatchId, PayoutId, VendorId};
use crate::tax;
use crate::tax::model::Seller;
use crate::vendors::entity::vendor;
use crate::web::query::PageOf;

/// What matters of shops on a day, and the rules of the commission that hold for them, in one statement. `monthly` is the
/// turnover above which a caterer owes PBJT.
pub async fn sellers(
    db: &impl ConnectionTrait,
    shops: &[VendorId],
    (day, monthly): (NaiveDate, i64),
) -> Result<(HashMap<VendorId, Seller>, Vec<Rule>), DbErr> {
    use commission_rule::Column;
    // Each row of a shop beside each of its rules: of both there are few.
    let mut select = tax::query::select_sellers(shops, day);
    for column in Column::iter() {
        select = select.column_as(column, format!("{RULE}{}", column.as_str()));
    }
    QuerySelect::query(&mut select).left_join(commission_rule::Entity, holds(day));
    let rows = db.query_all(select.as_query()).await?;
    let mut rules = BTreeMap::new();
    for row in &rows {
        if let Some(rule) = commission_rule::Model::from_query_result_optional(row, RULE)? {
            rules.insert(rule.id, rule);
        }
    }
    let sellers = tax::query::sellers_of(&rows, shops, (day, monthly))?;
    Ok((sellers, rules.into_values().filter_map(parsed).collect()))
}

/// What the columns of a rule are called beside those of a shop.
const RULE: &str = "rule_";

/// A rule that holds on a day and may concern the shop beside it; days as stored compare like days.
fn holds(day: NaiveDate) -> Condition {
    use commission_rule::Column;
    let day = day.to_string();
    let own = Column::ScopeId.into_expr().equals((vendor::Entity, vendor::Column::Id));
    Condition::all()
        .add(Column::ValidFrom.lte(day.as_str()))
        .add(Column::ValidTo.is_null().or(Column::ValidTo.gte(day.as_str())))
        .add(Column::Scope.ne(Scope::Vendor).or(own))
}

/// All rules of the commission as stored, the newest first.
pub async fn rule_rows(db: &impl ConnectionTrait) -> Result<Vec<commission_rule::Model>, DbErr> {
    commission_rule::Entity::find().order_by_desc(commission_rule::Column::Id).all(db).await
}

fn parsed(row: commission_rule::Model) -> Option<Rule> {
    Some(Rule {
        id: row.id,
        scope: row.scope,
        scope_id: row.scope_id,
        rate: BasisPoints::new(u16::try_from(row.rate_bp).ok()?).ok()?,
        rate_bp: row.rate_bp,
        floor: row.floor,
        cap: row.cap,
        on_shipping: row.on_shipping,
        tax: BasisPoints::new(u16::try_from(row.tax_bp).ok()?).ok()?,
        valid_from: row.valid_from.parse().ok()?,
        valid_to: row.valid_to.map(|day| day.parse()).transpose().ok()?,
    })
}

/// Which category is in which.
pub async fn parents(db: &impl ConnectionTrait) -> Result<Parents, DbErr> {
    let rows: Vec<(CategoryId, Option<CategoryId>)> = category::Entity::find()
        .select_only()
        .columns([category::Column::Id, category::Column::ParentId])
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// What was frozen about an order.
pub async fn terms(db: &impl ConnectionTrait, id: OrderId) -> Result<Option<order_terms::Model>, DbErr> {
    order_terms::Entity::find_by_id(id).one(db).await
}

/// What each rule takes of an order.
pub async fn commissions(
    db: &impl ConnectionTrait,
    id: OrderId,
) -> Result<Vec<order_commission::Model>, DbErr> {
    order_commission::Entity::find().filter(order_commission::Column::OrderId.eq(id)).all(db).await
}

/// Any batch.
pub async fn batch(db: &impl ConnectionTrait, id: PayoutBatchId) -> Result<Option<batch::Model>, DbErr> {
    batch::Entity::find_by_id(id).one(db).await
}

/// A page of batches, the newest first.
pub async fn batches(db: &impl ConnectionTrait, page: &PageOf) -> Result<Page<batch::Model>, DbErr> {
    let after = page.after.as_ref().map(|cursor| batch::Column::Id.lt(PayoutBatchId(cursor.id)));
    let rows = batch::Entity::find()
        .filter(Condition::all().add_option(after))
        .order_by_desc(batch::Column::Id)
        .limit(page.limit + 1)
        .all(db)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// Any payout.
pub async fn payout(db: &impl ConnectionTrait, id: PayoutId) -> Result<Option<payout::Model>, DbErr> {
    payout::Entity::find_by_id(id).one(db).await
}

/// The payouts of a batch.
pub async fn of_batch(db: &impl ConnectionTrait, id: PayoutBatchId) -> Result<Vec<payout::Model>, DbErr> {
    payout::Entity::find()
        .filter(payout::Column::BatchId.eq(id))
        .order_by_asc(payout::Column::Id)
        .all(db)
        .await
}

/// A page of the payouts of a shop, the newest first.
pub async fn of_vendor(
    db: &impl ConnectionTrait,
    id: VendorId,
    page: &PageOf,
) -> Result<Page<payout::Model>, DbErr> {
    let after = page.after.as_ref().map(|cursor| payout::Column::Id.lt(PayoutId(cursor.id)));
    let rows = payout::Entity::find()
        .filter(Condition::all().add(payout::Column::VendorId.eq(id)).add_option(after))
        .order_by_desc(payout::Column::Id)
        .limit(page.limit + 1)
        .all(db)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// Orders of a shop whose cash the shop has, and that were not set against what it is owed yet.
pub async fn cash_due(
    db: &impl ConnectionTrait,
    id: VendorId,
    most: u64,
) -> Result<Vec<order_terms::Model>, DbErr> {
    order_terms::Entity::find()
        .filter(order_terms::Column::VendorId.eq(id))
        .filter(order_terms::Column::CashDue.eq(true))
        .order_by_asc(order_terms::Column::OrderId)
        .limit(most)
        .all(db)
        .await
}

/// Shops that have cash to be set against what they are owed.
pub async fn shops_with_cash(db: &impl ConnectionTrait) -> Result<Vec<VendorId>, DbErr> {
    order_terms::Entity::find()
        .select_only()
        .column(order_terms::Column::VendorId)
        .distinct()
        .filter(order_terms::Column::CashDue.eq(true))
        .into_tuple()
        .all(db)
        .await
}
