//! Pictures: taken, refused, served and removed.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};

use super::own;
use crate::support::shop::{list, text};
use crate::support::{TestApp, both};

both![
    a_picture_is_stored_and_served,
    what_is_no_plain_picture_is_refused,
    a_product_has_ten_pictures,
    only_public_files_are_served,
];

pub fn picture(format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let image = RgbImage::from_fn(900, 600, |x, _| {
        image::Rgb([u8::try_from(x % 256).unwrap(), 80, 120])
    });
    DynamicImage::ImageRgb8(image)
        .write_to(&mut file, format)
        .unwrap();
    file.into_inner()
}

/// The part of an address after the host.
fn path(url: &str) -> String {
    url::Url::parse(url).unwrap().path().to_owned()
}

async fn a_picture_is_stored_and_served(app: TestApp) {
    let shop = app.vendor("Toko Gambar").await;
    let product = shop.product("Vas tanah liat").create().await;
    let images = format!("{}/images", own(&shop, &product));
    let formats = [
        (ImageFormat::Jpeg, "jpg"),
        (ImageFormat::Png, "png"),
        (ImageFormat::WebP, "webp"),
    ];
    let mut files = Vec::new();
    for (format, end) in formats {
        // The name and the type that the client gives do not matter.
        let upload =
            shop.owner
                .post(&images)
                .file(&format!("../../etc/x.{end}"), "text/html", &picture(format));
        let image = upload.send().await.expect(201).json();
        assert_eq!(
            (image["width"].as_i64(), image["height"].as_i64()),
            (Some(900), Some(600))
        );
        let thumbnails = list(&image["thumbnails"]);
        let urls = thumbnails
            .iter()
            .chain([&image])
            .map(|file| path(&text(&file["url"])));
        let sizes: Vec<i64> = thumbnails
            .iter()
            .map(|file| file["size"].as_i64().unwrap())
            .collect();
        assert_eq!(sizes, [320, 800]);
        files.extend(urls);
    }
    for file in &files {
        let reply = app.get(file).send().await.expect(200);
        assert_eq!(reply.header("content-type"), "image/jpeg");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert!(reply.header("cache-control").contains("immutable"));
        assert!(reply.header("content-security-policy").contains("sandbox"));
        assert!(reply.body.starts_with(&[0xFF, 0xD8, 0xFF]));
    }
    let page = app
        .get(&format!("/v1/products/{}", product.slug))
        .send()
        .await
        .json();
    assert_eq!(list(&page["images"]).len(), 3);
    let rows = app.get("/v1/products").send().await.json();
    assert_eq!(path(&text(&rows["items"][0]["image"])), files[0]);

    let first = text(&page["images"][0]["id"]);
    let foreign = app.vendor("Toko Iseng").await;
    let other = foreign.product("Lain").create().await;
    let wrong = format!("{}/images/{first}", own(&foreign, &other));
    foreign
        .owner
        .delete(&wrong)
        .send()
        .await
        .expect_problem(404, "not-found");
    shop.owner
        .delete(&format!("{images}/{first}"))
        .send()
        .await
        .expect(204);
    shop.owner
        .delete(&format!("{images}/{first}"))
        .send()
        .await
        .expect_problem(404, "not-found");
    app.run_jobs().await;
    app.get(&files[0]).send().await.expect_problem(404, "not-found");
    let page = app
        .get(&format!("/v1/products/{}", product.slug))
        .send()
        .await
        .json();
    assert_eq!(list(&page["images"]).len(), 2);
}

async fn what_is_no_plain_picture_is_refused(app: TestApp) {
    let shop = app.vendor("Toko Curang").await;
    let product = shop.product("Tas").create().await;
    let images = format!("{}/images", own(&shop, &product));
    let jpeg = picture(ImageFormat::Jpeg);
    let with = |tail: &[u8]| [jpeg.as_slice(), tail].concat();
    for (file, status, code) in [
        (Vec::new(), 415, "unsupported-media-type"),
        (b"hello".to_vec(), 415, "unsupported-media-type"),
        (
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(),
            415,
            "unsupported-media-type",
        ),
        (b"<html></html>".to_vec(), 415, "unsupported-media-type"),
        (
            b"GIF89a/*\x01\0*/=1;alert(1)".to_vec(),
            415,
            "unsupported-media-type",
        ),
        (b"%PDF-1.7".to_vec(), 415, "unsupported-media-type"),
        (with(b"<script>alert(1)</script>"), 422, "image-not-plain"),
        (
            with(b"PK\x03\x04..PK\x01\x02..PK\x05\x06................"),
            422,
            "image-not-plain",
        ),
        (jpeg[..20].to_vec(), 422, "image-unreadable"),
    ] {
        let upload = shop.owner.post(&images).file("x.jpg", "image/jpeg", &file);
        upload.send().await.expect_problem(status, code);
    }
    let none = shop
        .owner
        .post(&images)
        .body("multipart/form-data; boundary=x", "--x--\r\n");
    none.send().await.expect_problem(422, "invalid");
    let large = vec![0; 11 * 1024 * 1024];
    let upload = shop.owner.post(&images).file("x.jpg", "image/jpeg", &large);
    upload.send().await.expect_problem(413, "too-large");
    let page = app
        .get(&format!("/v1/products/{}", product.slug))
        .send()
        .await
        .json();
    assert_eq!(list(&page["images"]).len(), 0);
}

async fn a_product_has_ten_pictures(app: TestApp) {
    let shop = app.vendor("Toko Penuh").await;
    let product = shop.product("Guci").create().await;
    let images = format!("{}/images", own(&shop, &product));
    let file = picture(ImageFormat::Jpeg);
    let upload = || shop.owner.post(&images).file("x.jpg", "image/jpeg", &file).send();
    for _ in 0..9 {
        upload().await.expect(201);
    }
    let (one, two) = tokio::join!(upload(), upload());
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    upload().await.expect_problem(409, "too-many-images");
}

async fn only_public_files_are_served(app: TestApp) {
    use lapak::platform::files::FileKey;

    let secret = FileKey::private("proofs", "a.jpg");
    app.files.put(&secret, "rahasia".into()).await.unwrap();
    for path in [
        "/files/private/proofs/a.jpg",
        "/files/public/../private/proofs/a.jpg",
        "/files/public/..%2fprivate%2fproofs/a.jpg",
        "/files/public/products/..%2f..%2fprivate%2fproofs%2fa.jpg",
        "/files/public/products/%252e%252e",
        "/files/public/products/..%5c..%5cprivate",
        "/files/public/products/%2fetc%2fpasswd",
        "/files/public/products/a%00.jpg",
        "/files/public/products/",
        "/files/public/products",
        "/files/public/.hidden/a",
        "/files/",
    ] {
        app.get(path).send().await.expect_problem(404, "not-found");
    }
    let long = format!("/files/public/products/{}", "a".repeat(5000));
    app.get(&long).send().await.expect_problem(404, "not-found");
}
