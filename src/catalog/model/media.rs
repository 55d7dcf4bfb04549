//! Where the files of a picture are, and under which addresses the public finds them.

use url::Url;

use crate::kernel::ImageId;
use crate::platform::files::FileKey;
use crate::platform::images::THUMBNAILS;

/// The keys of a picture: the large one, then its thumbnails.
pub fn keys(id: ImageId) -> [FileKey; 3] {
    [name(id, None), name(id, Some(THUMBNAILS[0])), name(id, Some(THUMBNAILS[1]))]
        .map(|name| FileKey::public("products", &name))
}

/// The address of a picture, or of its thumbnail.
pub fn url(base: &Url, id: ImageId, thumbnail: Option<u32>) -> String {
    let base = base.as_str().trim_end_matches('/');
    format!("{base}/files/public/products/{}", name(id, thumbnail))
}

fn name(id: ImageId, thumbnail: Option<u32>) -> String {
    match thumbnail {
        None => format!("{id}.jpg"),
        Some(side) => format!("{id}-{side}.jpg"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_the_keys() {
        let id = ImageId(uuid::Uuid::from_u128(7));
        let base = Url::parse("https://lapak.example/").unwrap();
        let thumbnails = [None, Some(THUMBNAILS[0]), Some(THUMBNAILS[1])];
        for (key, thumbnail) in keys(id).iter().zip(thumbnails) {
            assert_eq!(url(&base, id, thumbnail), format!("https://lapak.example/files/{key}"));
            assert_eq!(FileKey::parse(key.as_str()).as_ref(), Some(key));
        }
    }
}
