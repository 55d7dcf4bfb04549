//! Pictures that a list names: out of an archive, and from addresses that must not lead inside.

use std::io::{Cursor, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::routing::get;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use super::bulk::{counts, done, errors, products, send};
use crate::support::shop::list;
use crate::support::{Shop, TestApp, both, png};

both![
    pictures_come_from_the_archive,
    pictures_come_from_addresses with "catalog.fetch_networks = ['127.0.0.0/8']",
    no_address_leads_inside,
];

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn table(pictures: &[&str]) -> Vec<u8> {
    let rows: Vec<String> = (1..)
        .zip(pictures)
        .map(|(number, pictures)| format!("A-{number},Opak nomor {number},keripik,5000,{pictures},Depan"))
        .collect();
    format!("sku,judul,kategori,harga,gambar,gambar_alt\n{}\n", rows.join("\n")).into_bytes()
}

async fn pictures(shop: &Shop) -> Vec<usize> {
    let mut products = products(shop).await;
    products.sort_by_key(|product| product["title"].as_str().unwrap().to_owned());
    products.iter().map(|product| list(&product["images"]).len()).collect()
}

async fn pictures_come_from_the_archive(app: TestApp) {
    let shop = app.vendor("Toko Foto").await;
    let named = ["depan.png|foto/samping.png", "hilang.png|palsu.png|bom.png|../../naik.png"];
    // Kilobytes that unpack to more than a picture may have.
    let bomb = vec![0; 11 * 1024 * 1024];
    let files = archive(&[
        ("Foto/DEPAN.png", &png(40, 40)),
        ("foto/samping.png", &png(50, 40)),
        ("palsu.png", b"<script>alert(1)</script>"),
        ("bom.png", &bomb),
        ("../../naik.png", &png(8, 8)),
    ]);
    let import = done(&app, send(&shop, "", &table(&named), Some(&files)), &shop).await;
    assert_eq!(import["pictures"], json!({"named": 6, "added": 3, "failed": 3}));
    // A name that climbs is only a name: nothing is written where it points to.
    assert_eq!((counts(&import), pictures(&shop).await), ([2, 0, 0, 0], vec![2, 1]));
    let rows = errors(&shop, &import).await;
    let said: Vec<[&str; 4]> = rows.iter().map(|row| [0, 1, 2, 3].map(|at| row[at].as_str())).collect();
    let expected = [
        ["3", "gambar", "hilang.png", "picture-missing"],
        ["3", "gambar", "palsu.png", "unsupported-media-type"],
        ["3", "gambar", "bom.png", "picture-missing"],
    ];
    assert_eq!(said, expected);
    let first = products(&shop).await.into_iter().find(|one| one["title"] == "Opak nomor 1").unwrap();
    assert_eq!((&first["images"][0]["alt"], &first["images"][1]["alt"]), (&json!("Depan"), &Value::Null));
    // The same list again adds no picture twice; what failed is tried again.
    let again = done(&app, send(&shop, "", &table(&named), Some(&files)), &shop).await;
    assert_eq!(again["pictures"], json!({"named": 3, "added": 0, "failed": 3}));
    assert_eq!((counts(&again), pictures(&shop).await), ([0, 0, 2, 0], vec![2, 1]));
}

/// A server of somebody else, and how often it was asked for its picture.
async fn elsewhere() -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let picture = move || async move {
        count.fetch_add(1, Ordering::SeqCst);
        png(30, 20)
    };
    let to = |place: &'static str| get(move || async move { (StatusCode::FOUND, [(LOCATION, place)]) });
    let router = Router::new()
        .route("/a.png", get(picture))
        .route("/hop", to("/a.png?hop"))
        .route("/round", to("/round"))
        .route("/inside", to("http://169.254.169.254/latest/meta-data/"))
        .route("/file", to("file:///etc/passwd"))
        .route("/text", get(|| async { "no picture" }))
        .route("/large", get(|| async { vec![0_u8; 11 * 1024 * 1024] }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base, asked)
}

async fn pictures_come_from_addresses(app: TestApp) {
    let shop = app.vendor("Toko Tautan").await;
    let (base, asked) = elsewhere().await;
    let all = ["a.png", "hop", "round", "inside", "file", "text", "large", "none"];
    let named = all.map(|path| format!("{base}/{path}")).join("|");
    let import = done(&app, send(&shop, "", &table(&[&named]), None), &shop).await;
    assert_eq!(import["pictures"], json!({"named": 8, "added": 2, "failed": 6}));
    assert_eq!((pictures(&shop).await, asked.load(Ordering::SeqCst)), (vec![2], 2));
    let rows = errors(&shop, &import).await;
    let why: Vec<&str> = rows.iter().map(|row| row[5].as_str()).collect();
    for (why, expected) in
        why.iter().zip(["too many redirects", "private network", "only plain http", "", "too large", "404"])
    {
        assert!(why.contains(expected), "{expected}: {rows:?}");
    }
    // What was fetched is not fetched again.
    let again =
        done(&app, send(&shop, "", &table(&[&format!("{base}/a.png|{base}/hop")]), None), &shop).await;
    assert_eq!((&again["pictures"]["named"], asked.load(Ordering::SeqCst)), (&json!(0), 2));
    assert_eq!(counts(&again), [0, 0, 1, 0]);
}

async fn no_address_leads_inside(app: TestApp) {
    let shop = app.vendor("Toko Nakal").await;
    let (base, asked) = elsewhere().await;
    let port = base.rsplit(':').next().unwrap();
    let named = [
        format!("{base}/a.png"),
        format!("http://localhost:{port}/a.png"),
        format!("http://2130706433:{port}/a.png"),
        format!("http://[::ffff:127.0.0.1]:{port}/a.png"),
        "http://169.254.169.254/latest".to_owned(),
        "http://orang:rahasia@example.com/a.png".to_owned(),
        "file:///etc/passwd".to_owned(),
    ];
    let import = done(&app, send(&shop, "", &table(&[&named.join("|")]), None), &shop).await;
    assert_eq!(import["pictures"], json!({"named": 7, "added": 0, "failed": 7}));
    assert_eq!((pictures(&shop).await, asked.load(Ordering::SeqCst)), (vec![0], 0));
}
