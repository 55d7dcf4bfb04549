//! What answers look like. The public learns whether something is in stock, its shop how much.

mod goods;
mod images;
mod public;
mod vendor;

pub use images::ProductImage;
pub use public::{ProductPage, ProductRow};
pub use vendor::{ProductStatus, VendorProduct, VendorProductRow};
