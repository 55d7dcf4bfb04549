//! Data for trying it out: a small marketplace, and many made-up products.

mod accounts;
mod pictures;
mod scale;

use sea_orm::{EntityTrait, PaginatorTrait};

use super::import::{self, CreateShops, ImportError, Outcome, ProductOptions, Progress, Sheet};
use crate::app::App;
use crate::identity::entity::user;
use crate::vendors::entity::vendor;

pub use scale::scale;

const VENDORS: &str = include_str!("../../../config/demo/vendors.csv");
const PRODUCTS: &str = include_str!("../../../config/demo/products.csv");

/// Fills an empty database with shops, products, pictures and an account for every role. Returns what it did, in a sentence.
pub async fn seed(app: &App) -> Result<String, ImportError> {
    let users = user::Entity::find().count(app.db.read()).await?;
    let shops = vendor::Entity::find().count(app.db.read()).await?;
    if users + shops > 0 {
        return Ok("The database is not empty; the demo data were left out.".to_owned());
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
