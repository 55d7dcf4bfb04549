//! Pictures: taken, refused, served and removed.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};
use serde_json::json;

use super::{has, ok, own, page, refused};
use crate::support::shop::{list, text};
use crate::support::{TestApp, both};

both![
    a_picture_is_stored_and_served,
    a_picture_is_removed_by_its_shop,
    what_is_no_plain_picture_is_refused,
    a_product_has_ten_pictures,
    only_public_files_are_served,
];

fn small() -> Vec<u8> {
    picture(ImageFormat::Jpeg, 40, 30)
}

fn picture(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let image =
        RgbImage::from_fn(width, height, |x, _| image::Rgb([u8::try_from(x % 256).unwrap(), 80, 120]));
    DynamicImage::ImageRgb8(image).write_to(&mut file, format).unwrap();
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
    let mut files = Vec::new();
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        // The name and the type that the client gives do not matter.
        let upload =
            shop.owner.post(&images).file("../../etc/x.svg", "text/html", &picture(format, 900, 600));
        let image = ok(upload).await.expect(201).json();
        has(&image, json!({"width": 900, "height": 600}));
        let thumbnails = list(&image["thumbnails"]);
        let sizes: Vec<_> = thumbnails.iter().map(|file| file["size"].as_i64().unwrap()).collect();
        assert_eq!(sizes, [320, 800]);
        files.extend(thumbnails.iter().chain([&image]).map(|file| path(&text(&file["url"]))));
    }
    for file in &files {
        let reply = ok(app.get(file)).await;
        assert_eq!(reply.header("content-type"), "image/jpeg");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert!(reply.header("cache-control").contains("immutable"));
        assert!(reply.header("content-security-policy").contains("sandbox"));
        assert!(reply.body.starts_with(&[0xFF, 0xD8, 0xFF]));
    }
    assert_eq!(list(&page(&app, &product).await["images"]).len(), 3);
    let rows = ok(app.get("/v1/products")).await.json();
    assert_eq!(path(&text(&rows["items"][0]["image"])), files[0]);
}

async fn a_picture_is_removed_by_its_shop(app: TestApp) {
    let shop = app.vendor("Toko Rapi").await;
    let product = shop.product("Vas").create().await;
    let images = format!("{}/images", own(&shop, &product));
    let upload = || shop.owner.post(&images).file("x.jpg", "image/jpeg", &small());
    let image = ok(upload()).await.json();
    ok(upload()).await;
    let id = text(&image["id"]);
    let foreign = app.vendor("Toko Iseng").await;
    let other = foreign.product("Lain").create().await;
    let wrong = format!("{}/images/{id}", own(&foreign, &other));
    refused(foreign.owner.delete(&wrong), 404, "not-found").await;
    refused(shop.owner.delete(&format!("{images}/..%2fx")), 404, "not-found").await;

    let delete = || shop.owner.delete(&format!("{images}/{id}"));
    ok(delete()).await.expect(204);
    refused(delete(), 404, "not-found").await;
    app.run_jobs().await;
    refused(app.get(&path(&text(&image["url"]))), 404, "not-found").await;
    assert_eq!(list(&page(&app, &product).await["images"]).len(), 1);
}

async fn what_is_no_plain_picture_is_refused(app: TestApp) {
    let shop = app.vendor("Toko Curang").await;
    let product = shop.product("Tas").create().await;
    let images = format!("{}/images", own(&shop, &product));
    let jpeg = small();
    let with = |tail: &[u8]| [jpeg.as_slice(), tail].concat();
    for (file, status, code) in [
        (Vec::new(), 415, "unsupported-media-type"),
        (b"hello".to_vec(), 415, "unsupported-media-type"),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), 415, "unsupported-media-type"),
        (b"<html></html>".to_vec(), 415, "unsupported-media-type"),
        (b"GIF89a/*\x01\0*/=1;alert(1)".to_vec(), 415, "unsupported-media-type"),
        (b"%PDF-1.7".to_vec(), 415, "unsupported-media-type"),
        (with(b"<script>alert(1)</script>"), 422, "image-not-plain"),
        (with(b"PK\x03\x04..PK\x01\x02..PK\x05\x06................"), 422, "image-not-plain"),
        (jpeg[..20].to_vec(), 422, "image-unreadable"),
    ] {
        let upload = shop.owner.post(&images).file("x.jpg", "image/jpeg", &file);
        upload.send().await.expect_problem(status, code);
    }
    let none = shop.owner.post(&images).body("multipart/form-data; boundary=x", "--x--\r\n");
    none.send().await.expect_problem(422, "invalid");
    let large = vec![0; 11 * 1024 * 1024];
    let upload = shop.owner.post(&images).file("x.jpg", "image/jpeg", &large);
    upload.send().await.expect_problem(413, "too-large");
    let page = app.get(&format!("/v1/products/{}", product.slug)).send().await.json();
    assert_eq!(list(&page["images"]).len(), 0);
}

async fn a_product_has_ten_pictures(app: TestApp) {
    let shop = app.vendor("Toko Penuh").await;
    let product = shop.product("Guci").create().await;
    let images = format!("{}/images", own(&shop, &product));
    let file = small();
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
