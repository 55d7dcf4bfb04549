//! The database schema of Lapak, in steps that are frozen once landed.
//!
//! Steps are SQL written by hand for both databases; only type names, sequences and triggers differ.
//! A later step expands, the code moves over, a still later step contracts.

mod sql;

mod m20261124_000001_platform;
mod m20261124_000002_identity;
mod m20261124_000003_vendors;
mod m20261124_000004_catalog;
mod m20261124_000005_shopping;
mod m20261124_000006_ledger;
mod m20261124_000007_category_tree;
mod m20261124_000008_accounts;
mod m20261124_000009_audit;
mod m20261124_000010_shops;
mod m20261124_000011_office;
mod m20261124_000012_goods;
mod m20261124_000013_listings;
mod m20261124_000014_accounts_again;
mod m20261124_000015_listings_again;
mod m20261124_000016_money;
mod m20261124_000017_payments;
mod m20261124_000018_fulfilment;
mod m20261124_000019_documents;
mod m20261124_000020_procurement;

pub use sea_orm_migration::migrator::Migration;
pub use sea_orm_migration::prelude::*;

/// All steps in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_000001_platform::Migration),
            Box::new(m20261124_000002_identity::Migration),
            Box::new(m20261124_000003_vendors::Migration),
            Box::new(m20261124_000004_catalog::Migration),
            Box::new(m20261124_000005_shopping::Migration),
            Box::new(m20261124_000006_ledger::Migration),
            Box::new(m20261124_000007_category_tree::Migration),
            Box::new(m20261124_000008_accounts::Migration),
            Box::new(m20261124_000009_audit::Migration),
            Box::new(m20261124_000010_shops::Migration),
            Box::new(m20261124_000011_office::Migration),
            Box::new(m20261124_000012_goods::Migration),
            Box::new(m20261124_000013_listings::Migration),
            Box::new(m20261124_000014_accounts_again::Migration),
            Box::new(m20261124_000015_listings_again::Migration),
            Box::new(m20261124_000016_money::Migration),
            Box::new(m20261124_000017_payments::Migration),
            Box::new(m20261124_000018_fulfilment::Migration),
            Box::new(m20261124_000019_documents::Migration),
            Box::new(m20261124_000020_procurement::Migration),
        ]
    }
}
