//! Lists of products over HTTP: the same columns both ways, what is brought up to date, and rows that are refused.

use lapak::catalog::import::list::{header, step};
use lapak::kernel::ProductImportId;
use serde_json::{Value, json};

use crate::support::shop::{Product, Purchase, list, text};
use crate::support::{Reply, Request, Shop, TestApp, both, png};

both![
    a_list_comes_back_as_it_went,
    a_fresh_shop_makes_the_same_of_it,
    what_has_the_same_sku_is_brought_up_to_date,
    faulty_rows_come_back_with_their_reasons,
    stock_that_is_promised_stays,
    a_dry_run_keeps_nothing,
    a_long_list_is_done_step_by_step,
    an_export_asks_a_fixed_number_of_questions,
    what_is_no_list_is_refused,
];

pub fn send(shop: &Shop, query: &str, table: &[u8], archive: Option<&[u8]>) -> Request {
    form(shop.owner.post(&shop.path(&format!("/product-imports{query}"))), table, archive)
}

pub fn form(request: Request, table: &[u8], archive: Option<&[u8]>) -> Request {
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
    request.body(&format!("multipart/form-data; boundary={EDGE}"), body)
}

/// Sends a list, lets the jobs do it, and reads how it went.
pub async fn done(app: &TestApp, request: Request, shop: &Shop) -> Value {
    let id = text(&request.send().await.expect(202).json()["id"]);
    app.run_jobs().await;
    let path = shop.path(&format!("/product-imports/{id}"));
    let import = shop.owner.get(&path).send().await.expect(200).json();
    assert_eq!((&import["status"], &import["rows_done"]), (&json!("done"), &import["rows"]), "{import}");
    import
}

/// Created, updated, unchanged, refused.
pub fn counts(import: &Value) -> [i64; 4] {
    ["created", "updated", "unchanged", "refused"].map(|name| import[name].as_i64().unwrap())
}

pub async fn errors(shop: &Shop, import: &Value) -> Vec<Vec<String>> {
    let path = shop.path(&format!("/product-imports/{}/errors", text(&import["id"])));
    let file = shop.owner.get(&path).send().await.expect(200).text();
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let expected = ["baris", "kolom", "nilai", "kode", "alasan", "reason", "saran"];
    assert_eq!(reader.headers().unwrap(), expected.as_slice());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

pub async fn export(shop: &Shop, format: &str) -> Reply {
    shop.owner.get(&shop.path(&format!("/products/export?format={format}"))).send().await.expect(200)
}

pub async fn products(shop: &Shop) -> Vec<Value> {
    let rows = shop.owner.get(&shop.path("/products?limit=100")).send().await.expect(200).json();
    let mut products = Vec::new();
    for row in list(&rows["items"]) {
        let path = shop.path(&format!("/products/{}", text(&row["id"])));
        products.push(shop.owner.get(&path).send().await.expect(200).json());
    }
    products
}

/// Products of every kind: variants with tiers, made for somebody, by the day, a bundle, in other languages.
async fn every_kind(shop: &Shop) {
    let variants = json!([
        {"price": 90_000, "stock": 3, "sku": "=KM;M", "options": {"ukuran": "M", "catatan": "a:b;c\\d"}, "weight_g": 250,
            "tiers": [{"min_quantity": 6, "price": 85_000}, {"min_quantity": 12, "price": 80_000}]},
        {"price": 95_000, "stock": 0, "sku": "KM-L", "options": {"ukuran": "L", "catatan": "-"},
            "content": {"amount": 2, "unit": "pcs"}},
    ]);
    let personal = json!([{"name": "bordir", "max_length": 20, "surcharge": 5_000}, {"name": "warna", "choices": ["a", "b"]}]);
    let shirt = shop
        .product("=SUM(A1) \"kemeja\", batik")
        .with("description", json!("Baris satu;\nbaris dua: 'tes'"))
        .with(
            "attributes",
            json!({"bahan": "katun", "=1+1": "+62", "asal": "Bekasi;Cikarang", "halal": "ID1"}),
        )
        .with("personalisation", personal)
        .with("min_order", json!(2))
        .with("quantity_step", json!(2))
        .with("variants", variants)
        .create()
        .await;
    shop.picture(&shirt).await;
    let path = shop.path(&format!("/products/{}", shirt.id));
    let images = shop.owner.get(&path).send().await.expect(200).json()["images"].clone();
    let described = json!({"items": [{"id": images[0]["id"], "alt": "-tampak|depan"}]});
    shop.owner.put(&format!("{path}/images")).json(described).send().await.expect(200);
    let texts = json!({"en": {"title": "@shirt", "description": "Soft\nand cool"}, "de": null});
    let seen = shop.owner.get(&path).send().await;
    let put = shop.owner.put(&format!("{path}/translations")).if_match(&seen);
    put.json(texts).send().await.expect(200);
    let cake = shop.product("Kue ulang tahun").with("stock_mode", json!("made_to_order"));
    cake.with("lead_time_days", json!(3)).with("tax_class", json!("ppn_exempt")).draft().create().await;
    let meal = shop.product("Nasi kotak").with("category", json!("nasi-kotak")).draft().create().await;
    let path = shop.path(&format!("/products/{}", meal.id));
    let plan = json!({"weekdays": [50, 50, 50, 50, 50, 20, 0], "cutoff_days": 1, "cutoff_time": "15:00",
        "windows": ["10:00-12:00"], "districts": ["32.16.09"]});
    let seen = shop.owner.get(&path).send().await;
    shop.owner.put(&format!("{path}/meal-plan")).if_match(&seen).json(plan).send().await.expect(200);
    let part = json!([{"variant_id": shirt.variants[1], "quantity": 2}]);
    let bundle = json!([{"price": 175_000, "sku": "PAKET", "parts": part}]);
    shop.product("Paket kemeja").with("variants", bundle).create().await;
    let old = shop.product("Produk lama").create().await;
    shop.owner.post(&shop.path(&format!("/products/{}/archive", old.id))).send().await.expect(200);
}

async fn a_list_comes_back_as_it_went(app: TestApp) {
    let shop = app.vendor("Toko Bolak-balik").await;
    every_kind(&shop).await;
    let before = products(&shop).await;
    let csv = export(&shop, "csv").await;
    let written = csv.text();
    assert!(written.starts_with(&header().join(",")), "{written}");
    assert!(csv.header("content-disposition").contains("produk.csv"));
    let mut reader = csv::Reader::from_reader(written.as_bytes());
    let cells = reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
    for cell in cells {
        assert!(!cell.starts_with(['=', '+', '-', '@']), "a spreadsheet would calculate {cell}");
    }
    let xlsx = export(&shop, "xlsx").await;
    for list in [&csv, &xlsx] {
        let import = done(&app, send(&shop, "", &list.body, None), &shop).await;
        assert_eq!(counts(&import), [0, 0, 5, 0], "{:?}", errors(&shop, &import).await);
        assert_eq!(import["pictures"]["named"], 0);
        assert!(errors(&shop, &import).await.is_empty());
    }
    // Not even a version was counted.
    assert_eq!(products(&shop).await, before);
    assert_eq!(export(&shop, "csv").await.text(), written);
    shop.owner.get(&shop.path("/products/export?format=pdf")).send().await.expect_problem(422, "invalid");
}

async fn a_fresh_shop_makes_the_same_of_it(app: TestApp) {
    let shop = app.vendor("Toko Asal").await;
    every_kind(&shop).await;
    let other = app.vendor("Toko Kembar").await;
    let import = done(&app, send(&other, "", &export(&shop, "xlsx").await.body, None), &other).await;
    assert_eq!(counts(&import), [5, 0, 0, 0], "{:?}", errors(&other, &import).await);
    assert_eq!(import["pictures"], json!({"named": 1, "added": 1, "failed": 0}));
    // All but the slug and the address of the picture, which are its own.
    let own = ["produk", "gambar"].map(|name| header().iter().position(|column| *column == name).unwrap());
    let rows = |text: String| {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut rows: Vec<Vec<String>> = reader
            .records()
            .map(|row| {
                let cells = row.unwrap();
                let cells = cells.iter().enumerate().filter(|(at, _)| !own.contains(at));
                cells.map(|(_, cell)| cell.to_owned()).collect()
            })
            .collect();
        rows.sort();
        rows
    };
    assert_eq!(rows(export(&other, "csv").await.text()), rows(export(&shop, "csv").await.text()));
    let again = done(&app, send(&other, "", &export(&shop, "csv").await.body, None), &other).await;
    assert_eq!((counts(&again), &again["pictures"]["named"]), ([0, 0, 5, 0], &json!(0)));
}

async fn what_has_the_same_sku_is_brought_up_to_date(app: TestApp) {
    let shop = app.vendor("Toko Perbarui").await;
    let first = "produk,sku,judul,deskripsi,kategori,atribut,satuan,pilihan,harga,harga_grosir,stok,status\n\
        kaos,K-M,Kaos polos,Adem,fesyen,bahan:katun,pcs,ukuran:M,50000,,5,\n\
        kaos,K-L,,,,,,ukuran:L,55000,,7,\n\
        ,,Opak,,makanan/keripik,,,,Rp 5.000,12:4500,,draft\n";
    let import = done(&app, send(&shop, "", first.as_bytes(), None), &shop).await;
    assert_eq!(counts(&import), [2, 0, 0, 0], "{:?}", errors(&shop, &import).await);
    assert!(products(&shop).await.iter().all(|product| product["status"] == "draft"));
    // What has no SKU got one that is the same every time.
    let again = done(&app, send(&shop, "", first.as_bytes(), None), &shop).await;
    assert_eq!(counts(&again), [0, 0, 2, 0]);
    // Columns and variants that the list has not stay as they are.
    let second = "produk,sku,min_order,pilihan,harga,stok,status\n\
        kaos,K-L,2,ukuran:L,60000,9,published\n\
        kaos,K-XL,2,ukuran:XL,65000,1,published\n";
    let import = done(&app, send(&shop, "", second.as_bytes(), None), &shop).await;
    assert_eq!(counts(&import), [0, 1, 0, 0], "{:?}", errors(&shop, &import).await);
    let all = products(&shop).await;
    let shirt = all.iter().find(|product| product["title"] == "Kaos polos").unwrap();
    assert_eq!((&shirt["status"], &shirt["min_order"]), (&json!("published"), &json!(2)));
    assert_eq!((&shirt["description"], &shirt["attributes"]["bahan"]), (&json!("Adem"), &json!("katun")));
    let mut stock: Vec<(String, i64, i64)> = list(&shirt["variants"])
        .iter()
        .map(|row| (text(&row["sku"]), row["price"].as_i64().unwrap(), row["stock"].as_i64().unwrap()))
        .collect();
    stock.sort();
    let expected = [("K-L", 60_000, 9), ("K-M", 50_000, 5), ("K-XL", 65_000, 1)];
    assert_eq!(stock, expected.map(|(sku, price, stock)| (sku.to_owned(), price, stock)));
    // The journal tells where the numbers came from, and who it was.
    let journal = shop.owner.get(&shop.path("/stock/movements?reason=count")).send().await.expect(200).json();
    assert_eq!(list(&journal["items"]).len(), 1);
    assert_eq!(journal["items"][0]["delta"], 2);
    let all = shop.owner.get(&shop.path("/product-imports")).send().await.expect(200).json();
    assert_eq!(list(&all["items"]).len(), 3);
}

async fn faulty_rows_come_back_with_their_reasons(app: TestApp) {
    let shop = app.vendor("Toko Keliru").await;
    let table = "produk,sku,judul,kategori,mode_stok,pilihan,harga,stok,isi_paket,status\n\
        a,A-1,Opak enak,keripik,,,5000,5,,\n\
        b,B-1,Opak,kripik,trackd,,gratis,-1,,\n\
        b2,B-2,X,kripik,,,5000,-1,,\n\
        c,C-1,Kaos polos,fesyen,,ukuran:M,50000,5,,\n\
        c,C-2,Kaos lain,fesyen,,ukuran:L,50000,5,,\n\
        d,A-1,Opak lagi,keripik,,,5000,5,,\n\
        e,E-1,N4rkoba murah,keripik,,,5000,5,,published\n\
        f,F-1,Dodol,kripik,,,5000,5,,\n\
        h,H-1,Parsel,parsel-hampers,,,90000,,TIDAK-ADA:2,\n\
        g,G-1,terlalu,sedikit\n";
    let import = done(&app, send(&shop, "", table.as_bytes(), None), &shop).await;
    let rows = errors(&shop, &import).await;
    assert_eq!(counts(&import), [2, 0, 0, 7], "{rows:?}");
    let note = |line: &str, column: &str| {
        let found = rows.iter().find(|row| row[0] == line && row[1] == column);
        found.unwrap_or_else(|| panic!("nothing at {line} {column}: {rows:?}")).clone()
    };
    assert_eq!(note("3", "mode_stok")[2..4], ["trackd", "unknown-code"]);
    assert_eq!(note("3", "mode_stok")[6], "tracked");
    assert_eq!(note("3", "harga")[2..4], ["gratis", "number"]);
    assert_eq!(note("4", "judul")[3], "too-short");
    assert_eq!(note("4", "stok")[3], "out-of-range");
    assert_eq!(note("6", "judul")[3], "product-differs");
    assert_eq!(note("7", "sku")[3], "sku-repeated");
    assert!(note("7", "sku")[4].contains("baris 2"));
    // Kept, as by hand, but not shown.
    assert_eq!(note("8", "status")[3], "banned-words");
    assert_eq!(note("9", "kategori")[2..4], ["kripik", "unknown-category"]);
    assert_eq!(note("9", "kategori")[6], "keripik");
    assert_eq!(note("10", "isi_paket")[2..4], ["TIDAK-ADA", "unknown-part"]);
    assert_eq!(note("11", "")[3], "columns");
    let mut kept: Vec<String> = products(&shop).await.iter().map(|one| text(&one["title"])).collect();
    kept.sort();
    assert_eq!(kept, ["N4rkoba murah", "Opak enak"]);
}

async fn sku_of(shop: &Shop, product: &Product) -> String {
    let path = shop.path(&format!("/products/{}", product.id));
    text(&shop.owner.get(&path).send().await.expect(200).json()["variants"][0]["sku"])
}

async fn stock_that_is_promised_stays(app: TestApp) {
    let shop = app.vendor("Toko Janji").await;
    let opak = shop.product("Opak").stock(10).create().await;
    let _: Purchase = app.buyer("ani").await.checkout().item(&opak, 4).send().await.into();
    let sku = sku_of(&shop, &opak).await;
    let row = |price: i64, stock: i64| format!("sku,harga,stok\n{sku},{price},{stock}\n").into_bytes();
    let low = done(&app, send(&shop, "", &row(9_000, 3), None), &shop).await;
    assert_eq!(counts(&low), [0, 0, 0, 1]);
    let rows = errors(&shop, &low).await;
    assert_eq!(rows[0][..4], ["2", "stok", "3", "stock-reserved"]);
    assert_eq!(rows[0][6], "4");
    // All of a product or nothing: the price stays, too.
    assert_eq!(products(&shop).await[0]["variants"][0]["price"], 50_000);
    let fine = done(&app, send(&shop, "", &row(9_000, 4), None), &shop).await;
    assert_eq!(counts(&fine), [0, 1, 0, 0]);
    assert_eq!(app.stock(opak.variant()).await, (4, 4));
}

async fn a_dry_run_keeps_nothing(app: TestApp) {
    let shop = app.vendor("Toko Coba").await;
    shop.product("Opak").with("variants", json!([{"price": 5_000, "stock": 5, "sku": "O-1"}])).create().await;
    let before = (products(&shop).await, export(&shop, "csv").await.text());
    let table = "sku,judul,kategori,harga,isi_paket,gambar,status\n\
        O-1,Opak ketan,keripik,6000,,,\n\
        P-1,Parsel,parsel-hampers,90000,O-1;B-1:2,,published\n\
        B-1,Dodol,keripik,5000,,tidak-ada.png,published\n\
        C-1,X,keripik,5000,,,\n";
    let import = done(&app, send(&shop, "?dry_run=true", table.as_bytes(), None), &shop).await;
    assert_eq!((counts(&import), &import["dry_run"]), ([2, 1, 0, 1], &json!(true)));
    assert_eq!(import["pictures"]["named"], 0);
    assert_eq!(errors(&shop, &import).await.len(), 1);
    assert_eq!((products(&shop).await, export(&shop, "csv").await.text()), before);
    let import = done(&app, send(&shop, "", table.as_bytes(), None), &shop).await;
    assert_eq!(counts(&import), [2, 1, 0, 1]);
}

async fn a_long_list_is_done_step_by_step(app: TestApp) {
    let shop = app.vendor("Toko Panjang").await;
    let rows: Vec<String> =
        (0..450).map(|number| format!("S-{number},Opak nomor {number},keripik,5000,1")).collect();
    let table = format!("sku,judul,kategori,harga,stok\n{}\n", rows.join("\n"));
    let sent = send(&shop, "", table.as_bytes(), None).send().await.expect(202).json();
    let id: ProductImportId = text(&sent["id"]).parse().unwrap();
    let path = shop.path(&format!("/product-imports/{id}"));
    // Two workers at the same step, as when one was thought dead: nothing is made twice.
    let (one, two) = tokio::join!(step(&app, id), step(&app, id));
    one.unwrap();
    two.unwrap();
    let halfway = shop.owner.get(&path).send().await.expect(200).json();
    assert_eq!((&halfway["status"], &halfway["rows"]), (&json!("running"), &json!(450)));
    let so_far = halfway["rows_done"].as_i64().unwrap();
    assert!([200, 400].contains(&so_far), "{halfway}");
    assert_eq!(halfway["created"], so_far);
    app.run_jobs().await;
    let import = shop.owner.get(&path).send().await.expect(200).json();
    assert_eq!((&import["status"], &import["rows_done"]), (&json!("done"), &json!(450)));
    assert_eq!(counts(&import), [450, 0, 0, 0]);
    let rows = export(&shop, "csv").await.text();
    assert_eq!(csv::Reader::from_reader(rows.as_bytes()).records().count(), 450);
    let again = done(&app, send(&shop, "", table.as_bytes(), None), &shop).await;
    assert_eq!(counts(&again), [0, 0, 450, 0]);
}

async fn an_export_asks_a_fixed_number_of_questions(app: TestApp) {
    let shop = app.vendor("Toko Hitung").await;
    every_kind(&shop).await;
    let few = export(&shop, "xlsx").await.statements;
    every_kind(&app.vendor("Toko Lain").await).await;
    for number in 0..20 {
        shop.product(&format!("Opak {number}")).draft().create().await;
    }
    let many = export(&shop, "xlsx").await;
    assert_eq!(many.statements, few);
    assert!(few <= 10, "{few} statements");
}

async fn what_is_no_list_is_refused(app: TestApp) {
    let shop = app.vendor("Toko Acak").await;
    let unknown = b"sku,judul,hrga\nA,Opak,5000\n".as_slice();
    for table in [b"".as_slice(), b"judul,harga\nOpak,5000\n", unknown, &png(8, 8), b"PK\x03\x04rusak"] {
        send(&shop, "", table, None).send().await.expect_problem(422, "unreadable-list");
    }
    let table = b"sku,judul,kategori,harga\nA-1,Opak,keripik,5000\n".as_slice();
    send(&shop, "", table, Some(b"bukan zip")).send().await.expect_problem(422, "unreadable-list");
    send(&shop, "?dry_run=mungkin", table, None).send().await.expect_problem(422, "invalid");
    send(&shop, "", &vec![b'a'; 11 * 1024 * 1024], None).send().await.expect_problem(413, "too-large");
    let plain = shop.owner.post(&shop.path("/product-imports")).json(json!({}));
    plain.send().await.expect_problem(415, "unsupported-media-type");
}
