//! How far the shops of the office's list have come, and which shops became one.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};

use crate::kernel::{Cursor, Page, VendorMergeId};
use crate::vendors::entity::merge;
use crate::web::query::PageOf;

/// The shops of one district, step by step.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Funnel {
    pub district_code: String,
    pub listed: i64,
    pub letters: i64,
    pub codes: i64,
    pub claimed: i64,
    pub signed_in: i64,
    pub with_product: i64,
    pub with_order: i64,
}

/// Of each shop of the list, which steps it has taken.
const STEPS: &str = "
SELECT v.district_code AS district_code, COUNT(*) AS listed,
    SUM(CASE WHEN EXISTS (SELECT 1 FROM claim_codes c WHERE c.vendor_id = v.id AND c.kind = 'letter') THEN 1 ELSE 0 END) AS letters,
    SUM(CASE WHEN EXISTS (SELECT 1 FROM claim_codes c WHERE c.vendor_id = v.id AND c.kind = 'phone') THEN 1 ELSE 0 END) AS codes,
    SUM(CASE WHEN cl.vendor_id IS NOT NULL THEN 1 ELSE 0 END) AS claimed,
    SUM(CASE WHEN cl.method <> 'officer' OR EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = cl.user_id
        AND COALESCE(s.last_used_at, s.created_at) >= cl.created_at) THEN 1 ELSE 0 END) AS signed_in,
    SUM(CASE WHEN cl.vendor_id IS NOT NULL AND EXISTS (SELECT 1 FROM products p WHERE p.vendor_id = v.id
        AND p.status = 'published') THEN 1 ELSE 0 END) AS with_product,
    SUM(CASE WHEN cl.vendor_id IS NOT NULL AND EXISTS (SELECT 1 FROM orders o WHERE o.vendor_id = v.id
        AND o.placed_at >= cl.created_at) THEN 1 ELSE 0 END) AS with_order
FROM vendors v LEFT JOIN vendor_claims cl ON cl.vendor_id = v.id
WHERE v.source_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM vendor_merges m WHERE m.from_id = v.id)
GROUP BY v.district_code ORDER BY v.district_code";

/// The shops of the list by district; one statement.
pub async fn funnel(db: &impl ConnectionTrait) -> Result<Vec<Funnel>, DbErr> {
    Funnel::find_by_statement(Statement::from_string(db.get_database_backend(), STEPS)).all(db).await
}

/// One page of shops that became others, the latest first.
pub async fn merges(db: &impl ConnectionTrait, page: &PageOf) -> Result<Page<merge::Model>, DbErr> {
    let after = page.after.as_ref().map(|after| merge::Column::Id.lt(VendorMergeId(after.id)));
    let rows = merge::Entity::find()
        .filter(Condition::all().add_option(after))
        .order_by_desc(merge::Column::Id)
        .limit(page.limit + 1)
        .all(db)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}
