//! The category tree that every installation starts with; the regency changes it afterwards in the table.
//!
//! The rows are data of this step: once it is frozen, `config/categories.csv` is, too.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::sea_orm::prelude::Uuid;

#[derive(DeriveMigrationName)]
pub struct Migration;

const TREE: &str = include_str!("../../config/categories.csv");

/// Ids are the same everywhere: UUIDv7 of 2026-11-24 with the number of the row.
const FIRST_ID: u128 = 0x019a_b30d_d800_7000_8000_0000_0000_0000;

const COLUMNS: [&str; 9] = [
    "id",
    "slug",
    "name_id",
    "name_en",
    "parent_id",
    "tax_class",
    "account_codes",
    "required_papers",
    "position",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.execute(insert(TREE)?).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.execute(Query::delete().from_table("categories").to_owned()).await
    }
}

fn insert(tree: &str) -> Result<InsertStatement, DbErr> {
    let bad = |error: &dyn std::fmt::Display| DbErr::Custom(format!("config/categories.csv: {error}"));
    let mut reader = csv::Reader::from_reader(tree.as_bytes());
    let rows: Vec<[String; 7]> =
        reader.deserialize().collect::<Result<_, _>>().map_err(|error| bad(&error))?;
    let mut insert = Query::insert();
    insert.into_table("categories").columns(COLUMNS);
    for (position, row) in (1_i32..).zip(&rows) {
        let [slug, name_id, name_en, parent, tax_class, account_codes, required_papers] = row;
        let parent = rows.iter().position(|other| &other[0] == parent);
        let number = u128::try_from(position).map_err(|error| bad(&error))?;
        insert
            .values([
                Uuid::from_u128(FIRST_ID + number).into(),
                slug.as_str().into(),
                name_id.as_str().into(),
                name_en.as_str().into(),
                parent.map(|index| Uuid::from_u128(FIRST_ID + 1 + index as u128)).into(),
                tax_class.as_str().into(),
                account_codes.as_str().into(),
                required_papers.as_str().into(),
                position.into(),
            ])
            .map_err(|error| bad(&error))?;
    }
    Ok(insert)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_whole() {
        let sql = insert(TREE).unwrap().to_string(SqliteQueryBuilder);
        assert_eq!(sql.matches("ppn_").count() + sql.matches("'pbjt_food'").count(), 64);
        // The roots and nothing else are without a parent.
        assert!(sql.matches("NULL").count() < 12, "{sql}");
    }
}
