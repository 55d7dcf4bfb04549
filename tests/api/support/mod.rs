//! The harness: each test gets a service of its own with its own database, once on SQLite and once on PostgreSQL.
//!
//! `both![name, other with "catalog.moderation = true"];` registers `async fn name(app: TestApp)`. After the test the harness runs the
//! jobs that are due and checks the invariants, so every test also tests those.

mod accounts;
mod app;
mod backend;
mod books;
mod config;
mod coverage;
pub mod database;
pub mod forge;
pub mod gateway;
pub mod invariants;
pub mod openapi;
pub mod people;
mod picture;
mod request;
pub mod run;
pub mod shop;
pub mod state;

pub use accounts::SecondFactor;
pub use app::{Served, TestApp};
pub use backend::Backend;
pub use people::Person;
pub use picture::png;
pub use request::{Reply, Request};
pub use run::run;
pub use shop::{Checkout, Product, Purchase, Shop, list, text};

/// Registers async functions as tests on both databases; a settings text (TOML) may follow a name after `with`.
macro_rules! both {
    ($($name:ident $(with $settings:expr)?),+ $(,)?) => {$(
        mod $name {
            use $crate::support::{Backend, run};

            const SETTINGS: &str = concat!("", $($settings)?);

            #[test]
            fn sqlite() {
                run(Backend::Sqlite, module_path!(), SETTINGS, super::$name);
            }

            #[test]
            fn postgres() {
                run(Backend::Postgres, module_path!(), SETTINGS, super::$name);
            }
        }
    )+};
}
pub(crate) use both;
