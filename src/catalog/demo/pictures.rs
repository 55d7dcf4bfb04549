//! Simple pictures for some products: coloured patterns, the same one within a category.

use std::collections::BTreeMap;
use std::io::Cursor;

use bytes::Bytes;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use sea_orm::{EntityTrait, QueryOrder};

use crate::app::App;
use crate::catalog::entity::product;
use crate::catalog::error::CatalogError;
use crate::catalog::import::ImportError;
use crate::catalog::service::add_image;
use crate::kernel::{CategoryId, ProductId, VendorId};

/// Products of a category that get a picture.
const PER_CATEGORY: usize = 3;
/// Patterns; categories share them.
const PATTERNS: u32 = 12;
const WIDTH: u32 = 480;
const HEIGHT: u32 = 360;

/// Draws patterns and gives them to the newest products of each category, which lists show first. Returns how many got one.
pub async fn draw(app: &App) -> Result<usize, ImportError> {
    let products = product::Entity::find().order_by_desc(product::Column::Id).all(app.db.read()).await?;
    let mut chosen: BTreeMap<CategoryId, Vec<(VendorId, ProductId)>> = BTreeMap::new();
    for product in products {
        let list = chosen.entry(product.category_id).or_default();
        if list.len() < PER_CATEGORY {
            list.push((product.vendor_id, product.id));
        }
    }
    let mut patterns = Vec::new();
    for number in 0..PATTERNS {
        let upload = png(&pattern(number))?;
        patterns.push(app.images.process(upload).await.map_err(CatalogError::from)?);
    }
    let mut drawn = 0;
    for (picture, products) in patterns.iter().cycle().zip(chosen.into_values()) {
        for (vendor_id, product_id) in products {
            add_image(app, (vendor_id, product_id), None, picture.clone()).await?;
            drawn += 1;
        }
    }
    Ok(drawn)
}

fn png(image: &RgbImage) -> Result<Bytes, ImportError> {
    let mut out = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(image.clone())
        .write_to(&mut out, ImageFormat::Png)
        .map_err(|error| ImportError::Unreadable(error.to_string()))?;
    Ok(out.into_inner().into())
}

/// Diamonds and dots in two colours that depend on the number.
fn pattern(number: u32) -> RgbImage {
    let (ground, figure) = (colour(number * 47, 70), colour(number * 47 + 120, 45));
    let cell = 40 + number % 5 * 12;
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let (dx, dy) = ((x % cell).abs_diff(cell / 2), (y % cell).abs_diff(cell / 2));
        let inside = match number % 3 {
            0 => dx + dy < cell / 3,
            1 => dx * dx + dy * dy < cell * cell / 9,
            _ => dx.abs_diff(dy) < cell / 8,
        };
        if inside { figure } else { ground }
    })
}

/// A colour by its hue (degrees) and lightness (per cent).
fn colour(hue: u32, lightness: u32) -> Rgb<u8> {
    let channel = |shift: u32| {
        let angle = (hue + shift) % 360;
        // A triangle wave: full at 0, empty at 180.
        let wave = angle.abs_diff(180) * 255 / 180;
        u8::try_from((wave * 40 + 255 * lightness) / (40 + 100)).unwrap_or(u8::MAX)
    };
    Rgb([channel(0), channel(240), channel(120)])
}
