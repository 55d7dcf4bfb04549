//! Pictures and their addresses.

use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use crate::catalog::entity::image;
use crate::catalog::model::media;
use crate::kernel::ImageId;
use crate::platform::images::THUMBNAILS;

/// A picture.
#[derive(Serialize, ToSchema)]
pub struct ProductImage {
    id: ImageId,
    url: String,
    width: i32,
    height: i32,
    /// What is to be seen.
    alt: Option<String>,
    thumbnails: Vec<Thumbnail>,
}

/// A smaller form of a picture.
#[derive(Serialize, ToSchema)]
pub struct Thumbnail {
    /// Longest side, in pixels.
    size: u32,
    url: String,
}

impl ProductImage {
    /// With its addresses.
    pub fn new(base: &Url, image: &image::Model) -> Self {
        Self {
            id: image.id,
            url: media::url(base, image.id, None),
            width: image.width,
            height: image.height,
            alt: image.alt.clone(),
            thumbnails: THUMBNAILS
                .map(|size| Thumbnail { size, url: media::url(base, image.id, Some(size)) })
                .into(),
        }
    }
}

/// All pictures of a product.
pub fn images(base: &Url, images: &[image::Model]) -> Vec<ProductImage> {
    images.iter().map(|image| ProductImage::new(base, image)).collect()
}

/// The picture of a list: the smaller thumbnail.
pub fn cover(base: &Url, id: Option<ImageId>) -> Option<String> {
    id.map(|id| media::url(base, id, Some(THUMBNAILS[0])))
}
