//! Lists of products over HTTP: the same columns both ways, rows that are refused, pictures, and what a list must not do.

use std::io::{Cursor, Write};

use lapak::catalog::import;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::support::shop::{list, text};
use crate::support::{Reply, Request, Shop, TestApp, both, png};

both![
    a_list_comes_back_as_it_went,
    what_has_the_same_sku_is_brought_up_to_date,
    faulty_rows_come_back_with_their_reasons,
    a_dry_run_keeps_nothing,
    a_long_list_is_done_step_by_step,
    pictures_come_from_the_archive,
    pictures_come_from_addresses with "catalog.fetch_networks = ['127.0.0.0/8']",
    no_address_leads_inside,
    edits_of_published_products_are_not_slipped_in with "catalog.moderation = 'all'",
    what_is_no_list_is_refused,
];

const HEADER: &str = "produk,sku,judul,deskripsi,kategori,atribut,satuan,min_order,lead_time_hari,mode_stok,pilihan,harga,\
    harga_grosir,stok,berat_gram,gambar";

fn file(rows: &[&str]) -> Vec<u8> {
    format!("{HEADER}\n{}\n", rows.join("\n")).into_bytes()
}

fn send(shop: &Shop, query: &str, table: &[u8], archive: Option<&[u8]>) -> Request {
    const EDGE: &str = "lapak-bulk-boundary";
    let mut body = Vec::new();
    for (name, content) in [("file", Some(table)), ("images", archive)] {
        let Some(content) = content else { continue };
        let head =
            format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"x\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{EDGE}--\r\n").as_bytes());
    let request = shop.owner.post(&shop.path(&format!("/product-imports{query}")));
    request.body(&format!("multipart/form-data; boundary={EDGE}"), body)
}

/// Sends a list, lets the jobs do it, and reads how it went.
async fn done(app: &TestApp, request: Request, shop: &Shop) -> Value {
    let id = text(&request.send().await.expect(202).json()["id"]);
    app.run_jobs().await;
    let import =
        shop.owner.get(&shop.path(&format!("/product-imports/{id}"))).send().await.expect(200).json();
    assert_eq!(import["status"], "done", "{import}");
    import
}

fn counts(import: &Value) -> [i64; 4] {
    ["created", "updated", "unchanged", "refused"].map(|name| import[name].as_i64().unwrap())
}

async fn export(shop: &Shop, format: &str) -> Reply {
    shop.owner.get(&shop.path(&format!("/products/export?format={format}"))).send().await.expect(200)
}

async fn products(shop: &Shop) -> Vec<Value> {
    let rows = shop.owner.get(&shop.path("/products?limit=100")).send().await.expect(200).json();
    let mut products = Vec::new();
    for row in list(&rows["items"]) {
        let path = shop.path(&format!("/products/{}", text(&row["id"])));
        products.push(shop.owner.get(&path).send().await.expect(200).json());
    }
    products
}

async fn a_list_comes_back_as_it_went(app: TestApp) {
    let shop = app.vendor("Toko Bolak-balik").await;
    let variants = json!([
        {"price": 90_000, "stock": 3, "sku": "=KM;M", "options": {"ukuran": "M", "catatan": "a:b;c\\d"}, "weight_g": 250,
            "tiers": [{"min_quantity": 6, "price": 85_000}, {"min_quantity": 12, "price": 80_000}]},
        {"price": 95_000, "stock": 0, "options": {"ukuran": "L", "catatan": "-"}},
    ]);
    let shirt = shop
        .product("=SUM(A1) \"kemeja\", batik")
        .with("description", json!("Baris satu;\nbaris dua: 'tes'"))
        .with("attributes", json!({"bahan": "katun", "=1+1": "+62", "asal": "Bekasi;Cikarang"}))
        .with("variants", variants)
        .create()
        .await;
    shop.picture(&shirt).await;
    let ordered = json!("made_to_order");
    shop.product("Kue ulang tahun")
        .with("stock_mode", ordered)
        .with("lead_time_days", json!(3))
        .draft()
        .create()
        .await;
    let before = products(&shop).await;
    let csv = export(&shop, "csv").await;
    let written = csv.text();
    assert!(written.starts_with(HEADER), "{written}");
    assert!(csv.header("content-disposition").contains("produk.csv"));
    for cell in csv::Reader::from_reader(written.as_bytes())
        .records()
        .flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
    {
        assert!(!cell.starts_with(['=', '+', '-', '@']), "a spreadsheet would calculate {cell}");
    }
    let xlsx = export(&shop, "xlsx").await;
    for list in [&csv, &xlsx] {
        let import = done(&app, send(&shop, "", &list.body, None), &shop).await;
        assert_eq!(counts(&import), [0, 0, 2, 0]);
        assert_eq!(import["pictures"], json!({"named": 1, "added": 1, "failed": 0}));
    }
    assert_eq!(products(&shop).await, before);
    assert_eq!(export(&shop, "csv").await.text(), written);
    // A fresh shop makes the same of it.
    let other = app.vendor("Toko Kembar").await;
    let import = done(&app, send(&other, "", &xlsx.body, None), &other).await;
    assert_eq!(counts(&import), [2, 0, 0, 0]);
    let same = |text: String| {
        let mut rows: Vec<Vec<String>> = csv::Reader::from_reader(text.as_bytes())
            .records()
            .map(|row| row.unwrap().iter().skip(1).take(14).map(str::to_owned).collect())
            .collect();
        rows.sort();
        rows
    };
    assert_eq!(same(export(&other, "csv").await.text()), same(written));
    export(&other, "xlsx").await;
    let wrong = shop.owner.get(&shop.path("/products/export?format=pdf")).send().await;
    wrong.expect_problem(422, "invalid");
}

async fn what_has_the_same_sku_is_brought_up_to_date(app: TestApp) {
    let shop = app.vendor("Toko Perbarui").await;
    let first = file(&[
        "kaos,K-M,Kaos polos,Adem,fesyen,bahan:katun,pcs,1,0,,ukuran:M,50000,,5,200,",
        "kaos,K-L,Kaos polos,Adem,fesyen,bahan:katun,pcs,1,0,,ukuran:L,55000,,7,220,",
        ",,Opak,,keripik,,,,,,,\"Rp 5.000\",12:4500,,,",
    ]);
    let import = done(&app, send(&shop, "", &first, None), &shop).await;
    assert_eq!(counts(&import), [2, 0, 0, 0]);
    assert!(products(&shop).await.iter().all(|product| product["status"] == "draft"));
    // The file again, published: what has no SKU got one that is not made twice... in the same import only.
    let second = file(&[
        "kaos,K-L,Kaos polos,Adem sekali,fesyen,bahan:katun,pcs,2,0,,ukuran:L,60000,,9,220,",
        "kaos,K-XL,Kaos polos,Adem sekali,fesyen,bahan:katun,pcs,2,0,,ukuran:XL,65000,,1,240,",
    ]);
    let import = done(&app, send(&shop, "?publish=true", &second, None), &shop).await;
    assert_eq!(counts(&import), [0, 1, 0, 0]);
    let all = products(&shop).await;
    let shirt = all.iter().find(|product| product["title"] == "Kaos polos").unwrap();
    assert_eq!((&shirt["status"], &shirt["min_order"]), (&json!("published"), &json!(2)));
    let mut stock: Vec<(String, i64, i64)> = list(&shirt["variants"])
        .iter()
        .map(|row| (text(&row["sku"]), row["price"].as_i64().unwrap(), row["stock"].as_i64().unwrap()))
        .collect();
    stock.sort();
    let expected = [("K-L", 60_000, 9), ("K-M", 50_000, 5), ("K-XL", 65_000, 1)];
    assert_eq!(stock, expected.map(|(sku, price, stock)| (sku.to_owned(), price, stock)));
    // The journal tells where the numbers came from.
    let journal = shop.owner.get(&shop.path("/stock/movements?reason=count")).send().await.expect(200).json();
    assert_eq!(list(&journal["items"]).len(), 1);
    let all = shop.owner.get(&shop.path("/product-imports")).send().await.expect(200).json();
    assert_eq!(list(&all["items"]).len(), 2);
}

async fn faulty_rows_come_back_with_their_reasons(app: TestApp) {
    let shop = app.vendor("Toko Keliru").await;
    let table = file(&[
        "a,A-1,Opak enak,,keripik,,,,,,,5000,,5,,",
        "b,B-1,X,,tidak-ada,,,0,,antah,,gratis,1:1,-1,,",
        "c,C-1,Kaos polos,,fesyen,,,,,,ukuran:M,50000,,5,,",
        "c,C-2,Kaos lain,,fesyen,,,,,,ukuran:L,50000,,5,,",
        "d,A-1,Opak lagi,,keripik,,,,,,,5000,,5,,",
        "e,E-1,N4rkoba murah,,keripik,,,,,,,5000,,5,,",
        "f,F-1,Dodol,,tidak-ada,,,,,,,'=5000,,5,,",
        "g,G-1,terlalu,sedikit",
    ]);
    let import = done(&app, send(&shop, "", &table, None), &shop).await;
    assert_eq!(counts(&import), [1, 0, 0, 6]);
    let path = shop.path(&format!("/product-imports/{}/errors", text(&import["id"])));
    let errors = shop.owner.get(&path).send().await.expect(200).text();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(errors.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let lines: Vec<&str> = rows.iter().map(|row| row.get(16).unwrap()).collect();
    assert_eq!(lines, ["3", "5", "6", "7", "8", "9"]);
    for name in ["judul", "min_order", "mode_stok", "harga", "stok", "harga_grosir"] {
        assert!(rows[0].get(17).unwrap().contains(name), "{name}: {:?}", rows[0]);
    }
    assert!(rows[1].get(17).unwrap().contains("baris 4"));
    assert!(rows[2].get(17).unwrap().contains("baris 2"));
    assert!(rows[3].get(17).unwrap().contains("narkoba"));
    assert_eq!(rows[4].get(11).unwrap(), "'=5000");
    assert_eq!(products(&shop).await.len(), 1);
}

async fn a_dry_run_keeps_nothing(app: TestApp) {
    let shop = app.vendor("Toko Coba").await;
    shop.product("Opak").with("variants", json!([{"price": 5_000, "stock": 5, "sku": "O-1"}])).create().await;
    let before = (products(&shop).await, export(&shop, "csv").await.text());
    let table = file(&[
        "a,O-1,Opak ketan,,keripik,,,,,,,6000,,5,,",
        "b,B-1,Dodol,,keripik,,,,,,,5000,,5,,tidak-ada.png",
        "c,C-1,X,,keripik,,,,,,,5000,,5,,",
    ]);
    let import = done(&app, send(&shop, "?dry_run=true&publish=true", &table, None), &shop).await;
    assert_eq!(counts(&import), [1, 1, 0, 1]);
    assert_eq!(import["pictures"]["named"], 0);
    assert_eq!((products(&shop).await, export(&shop, "csv").await.text()), before);
}

async fn a_long_list_is_done_step_by_step(app: TestApp) {
    let shop = app.vendor("Toko Panjang").await;
    let rows: Vec<String> =
        (0..450).map(|number| format!(",,Opak nomor {number},,keripik,,,,,,,5000,,1,,")).collect();
    let table = file(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let sent = send(&shop, "", &table, None).send().await.expect(202).json();
    let id: lapak::kernel::ProductImportId = text(&sent["id"]).parse().unwrap();
    let path = shop.path(&format!("/product-imports/{id}"));
    // Two workers at the same step, as when one was thought dead: nothing is made twice.
    let (one, two) = tokio::join!(import::step(&app, id), import::step(&app, id));
    one.unwrap();
    two.unwrap();
    let halfway = shop.owner.get(&path).send().await.expect(200).json();
    assert_eq!((&halfway["status"], &halfway["products"]), (&json!("running"), &json!(450)));
    let so_far = halfway["done"].as_i64().unwrap();
    assert!((200..=400).contains(&so_far), "{halfway}");
    app.run_jobs().await;
    let import = shop.owner.get(&path).send().await.expect(200).json();
    assert_eq!((&import["status"], &import["done"]), (&json!("done"), &json!(450)));
    let rows = export(&shop, "csv").await.text();
    assert_eq!(csv::Reader::from_reader(rows.as_bytes()).records().count(), 450);
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

async fn pictures_come_from_the_archive(app: TestApp) {
    let shop = app.vendor("Toko Foto").await;
    let table = file(&[
        "a,A-1,Opak enak,,keripik,,,,,,,5000,,5,,depan.png|foto/samping.png",
        "b,B-1,Dodol,,keripik,,,,,,,5000,,5,,hilang.png|palsu.png|bom.png|../../naik.png",
    ]);
    // Kilobytes that unpack to more than a picture may have.
    let bomb = vec![0; 11 * 1024 * 1024];
    let files = archive(&[
        ("depan.png", &png(40, 40)),
        ("foto/samping.png", &png(50, 40)),
        ("palsu.png", b"<script>alert(1)</script>"),
        ("bom.png", &bomb),
        ("../../naik.png", &png(8, 8)),
    ]);
    let import = done(&app, send(&shop, "", &table, Some(&files)), &shop).await;
    assert_eq!(import["pictures"], json!({"named": 6, "added": 3, "failed": 3}));
    // The same list again adds no picture twice.
    let again = done(&app, send(&shop, "", &table, Some(&files)), &shop).await;
    assert_eq!(again["pictures"], json!({"named": 6, "added": 3, "failed": 3}));
    let mut pictures: Vec<usize> =
        products(&shop).await.iter().map(|product| list(&product["images"]).len()).collect();
    pictures.sort_unstable();
    // A name that climbs is only a name: nothing is written where it points to.
    assert_eq!(pictures, [1, 2]);
    let path = shop.path(&format!("/product-imports/{}/errors", text(&import["id"])));
    let errors = shop.owner.get(&path).send().await.expect(200).text();
    assert!(errors.contains("Gambar tidak ada di arsip ZIP"), "{errors}");
}

async fn pictures_come_from_addresses(app: TestApp) {
    let shop = app.vendor("Toko Tautan").await;
    let sample = shop.product("Contoh").create().await;
    shop.picture(&sample).await;
    let served = app.serve().await;
    let page = app.get(&format!("/v1/products/{}", sample.id)).send().await.expect(200).json();
    let path = text(&page["images"][0]["url"]);
    let path = path.split_once("/files/").unwrap().1;
    let base = served.base();
    let row = format!(
        "a,A-1,Opak enak,,keripik,,,,,,,5000,,5,,{base}/files/{path}|{base}/v1/products|{base}/files/public/products/x.jpg"
    );
    let import = done(&app, send(&shop, "", &file(&[&row]), None), &shop).await;
    assert_eq!(import["pictures"], json!({"named": 3, "added": 1, "failed": 2}));
    let all = products(&shop).await;
    let made = all.iter().find(|product| product["title"] == "Opak enak").unwrap();
    assert_eq!(list(&made["images"]).len(), 1);
}

async fn no_address_leads_inside(app: TestApp) {
    let shop = app.vendor("Toko Nakal").await;
    let served = app.serve().await;
    let base = served.base();
    let row = format!(
        "a,A-1,Opak enak,,keripik,,,,,,,5000,,5,,{base}/healthz|http://169.254.169.254/latest|http://[::ffff:127.0.0.1]/|file:///etc/passwd"
    );
    let import = done(&app, send(&shop, "", &file(&[&row]), None), &shop).await;
    assert_eq!(import["pictures"], json!({"named": 4, "added": 0, "failed": 4}));
}

async fn edits_of_published_products_are_not_slipped_in(app: TestApp) {
    let shop = app.vendor("Toko Selundup").await;
    let variants = json!([{"price": 5_000, "stock": 5, "sku": "O-1"}]);
    let opak =
        shop.product("Opak").with("variants", variants).with("category", json!("keripik")).create().await;
    let approve = format!("/v1/admin/products/{}/approve", opak.id);
    app.officer().await.post(&approve).send().await.expect(200);
    let described = "Opak, buatan Bekasi";
    let row = |title: &str, price: i64| format!("a,O-1,{title},\"{described}\",keripik,,,,,,,{price},,5,,");
    let slipped = done(&app, send(&shop, "", &file(&[&row("Opak ajaib", 6_000)]), None), &shop).await;
    assert_eq!(counts(&slipped), [0, 0, 0, 1]);
    let priced = done(&app, send(&shop, "", &file(&[&row("Opak", 6_000)]), None), &shop).await;
    assert_eq!(counts(&priced), [0, 1, 0, 0]);
}

async fn what_is_no_list_is_refused(app: TestApp) {
    let shop = app.vendor("Toko Acak").await;
    for table in [b"".as_slice(), b"judul,harga\nOpak,5000\n", &png(8, 8), b"PK\x03\x04rusak"] {
        send(&shop, "", table, None).send().await.expect_problem(422, "unreadable-list");
    }
    let table = file(&["a,A-1,Opak,,keripik,,,,,,,5000,,5,,"]);
    send(&shop, "", &table, Some(b"bukan zip")).send().await.expect_problem(422, "unreadable-list");
    send(&shop, "?dry_run=mungkin", &table, None).send().await.expect_problem(422, "invalid");
    let plain = shop.owner.post(&shop.path("/product-imports")).json(json!({}));
    plain.send().await.expect_problem(415, "unsupported-media-type");
}
