//! Pictures to upload, made on the spot.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use serde_json::Value;

use super::shop::{Product, Shop, text};

/// A PNG with a colour gradient.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let shade = |at: u32, of: u32| u8::try_from(at * 255 / of.max(1)).unwrap_or(u8::MAX);
    let picture = RgbImage::from_fn(width, height, |x, y| Rgb([shade(x, width), shade(y, height), 90]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

impl Shop {
    /// Adds a picture to a product and returns its id.
    pub async fn picture(&self, product: &Product) -> String {
        text(&self.upload(product).await["id"])
    }

    /// The same, returning the whole answer.
    pub async fn upload(&self, product: &Product) -> Value {
        let path = self.path(&format!("/products/{}/images", product.id));
        let request = self.owner.post(&path).file("batik.png", "image/png", &png(640, 480));
        request.send().await.expect(201).json()
    }
}
