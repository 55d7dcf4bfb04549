//! Data for trying it out: a small marketplace, and many made-up products.

mod accounts;
mod pictures;
mod scale;

use sea_orm::{DbErr, EntityTrait};

use super::import::{self, CreateShops, ImportError, Outcome, ProductOptions, Progress, Sheet};
use crate::app::App;
use crate::identity::entity::user;
use crate::vendors::entity::vendor;

pub use scale::scale;

const VENDORS: &str = include_str!("../../../config/demo/vendors.csv");
const PRODUCTS: &str = include_str!("../../../config/demo/products.csv");

/// What is said instead of seeding a database that is not empty.
pub const LEFT_OUT: &str = "The database is not empty; the demo data were left out.";

/// True as long as there is nobody and no shop.
pub async fn is_wanted(app: &App) -> Result<bool, DbErr> {
    let user = user::Entity::find().one(app.db.read()).await?;
    let shop = vendor::Entity::find().one(app.db.read()).await?;
    Ok(user.is_none() && shop.is_none())
}

/// Fills an empty database with shops, products, pictures and an account for every role. Returns what it did, in a sentence.
pub async fn seed(app: &App) -> Result<String, ImportError> {
    if !is_wanted(app).await? {
        return Ok(LEFT_OUT.to_owned());
    }
    let vendors = Sheet::parse(VENDORS.as_bytes())?;
    let shops = import::vendors(app, &vendors, true, &mut Progress::new(vendors.len())).await?;
    let products = Sheet::parse(PRODUCTS.as_bytes())?;
    let options = ProductOptions { create_shops: CreateShops::Active, draft: false };
    let goods = import::products(app, &products, options, &mut Progress::new(products.len())).await?;
    let pictures = pictures::draw(app).await?;
    let path = accounts::create(app).await?;
    let refused = shops.rows(Outcome::Refused) + goods.rows(Outcome::Refused);
    if refused > 0 {
        tracing::warn!(refused, "rows of the demo data were refused");
    }
    Ok(format!(
        "{} shops, {} products, {pictures} pictures. Accounts for every role are in {}.",
        shops.created + goods.shops_created,
        goods.created,
        path.display()
    ))
}
