//! Pictures that people send: looked at with suspicion, decoded within limits, and written anew without metadata.

mod decode;
mod sniff;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;

pub use sniff::Kind;

/// How long a picture waits for its turn.
const WAIT: Duration = Duration::from_secs(10);
/// Longest side of the stored picture, in pixels.
pub const FULL: u32 = 2048;
/// Longest side of the thumbnails, in pixels.
pub const THUMBNAILS: [u32; 2] = [320, 800];

/// Why a picture was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// Neither JPEG nor PNG nor WebP.
    #[error("not a picture")]
    NotAPicture,
    /// It is also something else, or carries something that a browser or a program would run.
    #[error("the file is more than a picture")]
    MoreThanAPicture,
    /// More pixels than allowed.
    #[error("too many pixels")]
    TooLarge,
    /// Broken.
    #[error("the picture cannot be read")]
    Unreadable,
    /// Too many pictures are waiting.
    #[error("no time for the picture")]
    Busy,
}

/// A picture as we store it: JPEG without metadata, upright.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Width of `full`, in pixels.
    pub width: u32,
    /// Height of `full`, in pixels.
    pub height: u32,
    /// At most [`FULL`] pixels a side.
    pub full: Bytes,
    /// In the order of [`THUMBNAILS`].
    pub thumbnails: [Bytes; 2],
}

/// Turns uploads into [`Picture`]s, a few at a time.
#[derive(Clone, Debug)]
pub struct Images {
    gate: Arc<Semaphore>,
    max_pixels: u64,
}

impl Images {
    /// At most `parallel` pictures are in memory at once, none of more than `max_pixels`.
    pub fn new(max_pixels: u64, parallel: usize) -> Self {
        Self { gate: Arc::new(Semaphore::new(parallel)), max_pixels }
    }

    /// Checks, decodes and re-encodes one picture, off the request threads.
    pub async fn process(&self, upload: Bytes) -> Result<Picture, ImageError> {
        // What is plainly no picture is refused without waiting.
        let kind = sniff::kind(&upload)?;
        let turn = tokio::time::timeout(WAIT, self.gate.clone().acquire_owned())
            .await
            .map_err(|_| ImageError::Busy)?
            .map_err(|_| ImageError::Busy)?;
        let max_pixels = self.max_pixels;
        let work = tokio::task::spawn_blocking(move || {
            // The turn ends with the work, not with the request: a client that leaves must not let the next one in early.
            let _turn = turn;
            sniff::check(kind, &upload)?;
            decode::picture(kind, &upload, max_pixels)
        });
        work.await.map_err(|_| ImageError::Unreadable)?
    }
}

#[cfg(test)]
mod test_pictures {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat, RgbImage};

    fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        let shade = |n: u32| u8::try_from(n % 256).unwrap();
        let image = RgbImage::from_fn(width, height, |x, y| image::Rgb([shade(x), shade(y), 90]));
        DynamicImage::ImageRgb8(image).write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
        encoded(width, height, ImageFormat::Jpeg)
    }

    pub fn png(width: u32, height: u32) -> Vec<u8> {
        encoded(width, height, ImageFormat::Png)
    }

    /// A WebP with one more chunk at its end.
    pub fn webp_with(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let mut file = encoded(8, 8, ImageFormat::WebP);
        let length = u32::try_from(content.len()).unwrap();
        file.extend([&name[..], &length.to_le_bytes(), content].concat());
        if file.len() % 2 == 1 {
            file.push(0);
        }
        let size = u32::try_from(file.len() - 8).unwrap();
        file[4..8].copy_from_slice(&size.to_le_bytes());
        file
    }
}

#[cfg(test)]
mod tests {
    use super::test_pictures::{jpeg, png};
    use super::*;

    fn images() -> Images {
        Images::new(1_000_000, 2)
    }

    async fn refused(file: Vec<u8>) -> ImageError {
        images().process(file.into()).await.unwrap_err()
    }

    /// A PNG that claims to be this large and has next to nothing in it.
    fn bomb(width: u32, height: u32) -> Vec<u8> {
        let mut file = png(1, 1);
        file[16..20].copy_from_slice(&width.to_be_bytes());
        file[20..24].copy_from_slice(&height.to_be_bytes());
        let crc = crc32(&file[12..29]);
        file[29..33].copy_from_slice(&crc.to_be_bytes());
        file
    }

    fn crc32(bytes: &[u8]) -> u32 {
        let step = |crc: u32, byte: &u8| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
        };
        !bytes.iter().fold(!0, step)
    }

    /// A photo taken with the phone held upright: exif orientation 6.
    fn turned(file: &[u8]) -> Vec<u8> {
        let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        [&file[..2], &[0xFF, 0xE1], &length, exif, &file[2..]].concat()
    }

    #[tokio::test]
    async fn a_photo_is_stored_upright_small_and_without_metadata() {
        let photo = turned(&jpeg(1000, 600));
        let picture = images().process(photo.into()).await.unwrap();
        assert_eq!((picture.width, picture.height), (600, 1000));
        let sizes: Vec<_> = [&picture.full, &picture.thumbnails[0], &picture.thumbnails[1]]
            .map(|file| {
                let image = image::load_from_memory(file).unwrap();
                (image.width(), image.height())
            })
            .to_vec();
        assert_eq!(sizes, [(600, 1000), (192, 320), (480, 800)]);
        for file in [&picture.full, &picture.thumbnails[0], &picture.thumbnails[1]] {
            assert!(file.starts_with(&[0xFF, 0xD8, 0xFF]));
            assert!(!file.windows(4).any(|window| window == b"Exif"));
        }
    }

    #[tokio::test]
    async fn small_pictures_stay_as_they_are_and_large_ones_shrink() {
        let small = images().process(png(40, 30).into()).await.unwrap();
        assert_eq!((small.width, small.height), (40, 30));
        let large = Images::new(10_000_000, 1).process(jpeg(3000, 1500).into()).await.unwrap();
        assert_eq!((large.width, large.height), (FULL, FULL / 2));
    }

    #[tokio::test]
    async fn bombs_and_broken_files_are_refused() {
        assert_eq!(refused(bomb(50_000, 50_000)).await, ImageError::TooLarge);
        assert_eq!(refused(bomb(u32::MAX, u32::MAX)).await, ImageError::TooLarge);
        assert_eq!(refused(jpeg(1200, 1000)).await, ImageError::TooLarge);
        assert_eq!(refused(bomb(0, 10)).await, ImageError::Unreadable);
        assert_eq!(refused(bomb(100, 100)).await, ImageError::Unreadable);
        assert_eq!(refused(jpeg(100, 100)[..30].to_vec()).await, ImageError::Unreadable);
        assert_eq!(refused(b"GIF89a".to_vec()).await, ImageError::NotAPicture);
    }
}
