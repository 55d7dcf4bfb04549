//! Decoding within limits, turning upright, scaling, and encoding as JPEG.

use std::io::Cursor;

use bytes::Bytes;
use fast_image_resize::{ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder, Limits, RgbImage};

use super::sniff::Kind;
use super::{FULL, ImageError, Picture, THUMBNAILS};

/// JPEG quality of what we store.
const QUALITY: u8 = 80;
/// Memory for the parts of a PNG that are not pixels (colour profiles and texts can be bombs).
const PNG_EXTRAS: u64 = 16 * 1024 * 1024;

/// Makes the stored forms of an upload.
pub(super) fn picture(kind: Kind, upload: &[u8], max_pixels: u64) -> Result<Picture, ImageError> {
    let image = match kind {
        Kind::Jpeg => decode(reader(JpegDecoder::new(Cursor::new(upload)))?, max_pixels),
        Kind::Png => {
            let mut limits = Limits::default();
            limits.max_alloc = Some(PNG_EXTRAS);
            decode(reader(PngDecoder::with_limits(Cursor::new(upload), limits))?, max_pixels)
        }
        Kind::WebP => decode(reader(WebPDecoder::new(Cursor::new(upload)))?, max_pixels),
    }?;
    let full = scale(image, FULL)?;
    let large = scaled(&full, THUMBNAILS[1])?;
    let small = scaled(&full, THUMBNAILS[0])?;
    Ok(Picture {
        width: full.width(),
        height: full.height(),
        thumbnails: [encode(&small)?, encode(&large)?],
        full: encode(&full)?,
    })
}

fn reader<D>(opened: image::ImageResult<D>) -> Result<D, ImageError> {
    opened.map_err(|error| match error {
        image::ImageError::Limits(_) => ImageError::TooLarge,
        _ => ImageError::Unreadable,
    })
}

fn decode(mut decoder: impl ImageDecoder, max_pixels: u64) -> Result<RgbImage, ImageError> {
    let (width, height) = decoder.dimensions();
    // Four bytes a pixel: deep colours are allowed, with fewer pixels.
    let max_bytes = max_pixels.saturating_mul(4);
    if width == 0 || height == 0 {
        return Err(ImageError::Unreadable);
    }
    if u64::from(width) * u64::from(height) > max_pixels || decoder.total_bytes() > max_bytes {
        return Err(ImageError::TooLarge);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(max_bytes);
    reader(decoder.set_limits(limits))?;
    // A broken orientation is no reason to refuse a good photo.
    let orientation = decoder.orientation().ok();
    let mut image = reader(DynamicImage::from_decoder(decoder))?;
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    Ok(flatten(image))
}

/// Lays transparent pictures on white; a JPEG has no transparency.
fn flatten(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let image = image.into_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [r, g, b, a] = image.get_pixel(x, y).0;
        let over_white = |c: u8| {
            let (c, a) = (u32::from(c), u32::from(a));
            u8::try_from((c * a + 255 * (255 - a) + 127) / 255).unwrap_or(u8::MAX)
        };
        image::Rgb([over_white(r), over_white(g), over_white(b)])
    })
}

fn scale(image: RgbImage, longest: u32) -> Result<RgbImage, ImageError> {
    if image.width().max(image.height()) <= longest {
        return Ok(image);
    }
    scaled(&image, longest)
}

/// Never larger than it was.
fn scaled(image: &RgbImage, longest: u32) -> Result<RgbImage, ImageError> {
    let (width, height) = image.dimensions();
    let side = width.max(height);
    if side <= longest {
        return Ok(image.clone());
    }
    let fit = |length: u32| {
        let exact = (u64::from(length) * u64::from(longest) + u64::from(side) / 2) / u64::from(side);
        u32::try_from(exact).unwrap_or(longest).max(1)
    };
    let mut small = DynamicImage::ImageRgb8(RgbImage::new(fit(width), fit(height)));
    let options =
        ResizeOptions::new().resize_alg(ResizeAlg::Convolution(fast_image_resize::FilterType::Lanczos3));
    let source = fast_image_resize::images::ImageRef::new(
        width,
        height,
        image.as_raw(),
        fast_image_resize::PixelType::U8x3,
    )
    .map_err(|_| ImageError::Unreadable)?;
    Resizer::new().resize(&source, &mut small, &options).map_err(|_| ImageError::Unreadable)?;
    Ok(small.into_rgb8())
}

fn encode(image: &RgbImage) -> Result<Bytes, ImageError> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, QUALITY)
        .encode_image(image)
        .map_err(|_| ImageError::Unreadable)?;
    Ok(out.into())
}
