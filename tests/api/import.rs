//! Spreadsheets: what is taken, repaired, asked about and refused; and the data for trying it out.

use std::time::Duration;

use lapak::catalog::demo;
use lapak::catalog::import::{self, CreateShops, ProductOptions, Progress, Report, Sheet};
use lapak::platform::feed;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::support::shop::{list, text};
use crate::support::{TestApp, both};

both![
    products_are_imported_and_brought_up_to_date,
    faulty_products_are_refused_by_line_and_column,
    shops_of_products_are_made_as_asked,
    what_is_promised_stays_on_hand,
    a_list_goes_by_the_rules_of_edits,
    the_list_of_shops_is_repaired_where_it_is_certain,
    the_demo_has_everything,
    many_products_are_the_same_every_time,
];

const HEADER: &str =
    "sku,nib,nama_usaha,kategori,judul,deskripsi,varian,satuan,harga,harga_grosir,min_order,stok";

const SHOPS: &str = "nama_usaha,pemilik,nik,nib,npwp,kbli,sektor,kecamatan,desa,alamat,kode_pos,telepon,email,omzet_per_bulan";

fn sheet(header: &str, rows: &[&str]) -> Sheet {
    Sheet::parse(format!("{header}\n{}\n", rows.join("\n")).as_bytes()).unwrap()
}

async fn products(app: &TestApp, create_shops: CreateShops, rows: &[&str]) -> Report {
    let options = ProductOptions { create_shops, draft: false };
    let sheet = sheet(HEADER, rows);
    import::products(app, &sheet, options, &mut Progress::silent()).await.unwrap()
}

async fn shops(app: &TestApp, rows: &[&str]) -> Report {
    let sheet = sheet(SHOPS, rows);
    import::vendors(app, &sheet, false, &mut Progress::silent()).await.unwrap()
}

/// The report as a person reads it, without its header.
fn lines(report: &Report) -> Vec<String> {
    let mut out = Vec::new();
    report.write(&mut out).unwrap();
    let mut reader = csv::Reader::from_reader(out.as_slice());
    let short = |row: csv::StringRecord| format!("{} {} {} {}", &row[0], &row[1], &row[2], &row[3]);
    reader.records().map(|row| short(row.unwrap())).collect()
}

fn counts(report: &Report) -> (usize, usize, usize, usize) {
    (report.created, report.updated, report.unchanged, report.shops_created)
}

async fn page(app: &TestApp) -> Value {
    let rows = app.get("/v1/products").send().await.expect(200).json();
    let id = text(&list(&rows["items"])[0]["id"]);
    app.get(&format!("/v1/products/{id}")).send().await.expect(200).json()
}

async fn products_are_imported_and_brought_up_to_date(app: TestApp) {
    let first = "P1,,Toko Kulit,sepatu-kulit/barang-kulit,Jaket kulit,Bagus,warna:hitam|merah,pcs,900000,6:850000,2,5";
    let report = products(&app, CreateShops::Active, &[first]).await;
    assert_eq!(counts(&report), (1, 0, 0, 1));
    let before = page(&app).await;
    assert_eq!((&before["category"], &before["min_order"]), (&json!("barang-kulit"), &json!(2)));
    let skus: Vec<_> = list(&before["variants"]).iter().map(|variant| &variant["sku"]).collect();
    assert_eq!(skus, ["P1-HITAM", "P1-MERAH"]);
    let most: Vec<_> = list(&before["variants"]).iter().map(|variant| &variant["max_quantity"]).collect();
    assert_eq!(most, [3, 2]);

    let again = products(&app, CreateShops::Active, &[first]).await;
    assert_eq!(counts(&again), (0, 0, 1, 0));
    let fed = feed::Entity::find().all(app.db.read()).await.unwrap().len();
    let second = "P1,,TOKO KULIT,barang-kulit,Jaket kulit domba,Bagus,warna:hitam|biru,pcs,950000,,2,20";
    let changed = products(&app, CreateShops::No, &[second]).await;
    assert_eq!(counts(&changed), (0, 1, 0, 0));
    let after = page(&app).await;
    assert_eq!((&after["id"], &after["slug"]), (&before["id"], &before["slug"]));
    assert_eq!((&after["title"], &after["price_max"]), (&json!("Jaket kulit domba"), &json!(950_000)));
    let variants: Vec<_> = list(&after["variants"])
        .iter()
        .map(|variant| (text(&variant["sku"]), variant["max_quantity"].as_i64().unwrap()))
        .collect();
    let expected = [("P1-HITAM", 10), ("P1-MERAH", 0), ("P1-BIRU", 10)];
    assert_eq!(variants, expected.map(|(sku, most)| (sku.to_owned(), most)));
    let now = feed::Entity::find().all(app.db.read()).await.unwrap().len();
    assert_eq!(now, fed + 1);
}

async fn faulty_products_are_refused_by_line_and_column(app: TestApp) {
    let report = products(
        &app,
        CreateShops::Active,
        &[
            "A1,,Toko Satu,keripik,Keripik tempe,,,pcs,5000,,1,10",
            "A2,,Toko Satu,tidak-ada,Keripik tahu,,,pcs,5000,,1,10",
            "A3,,Toko Satu,keripik,Ke,,,pcs,-5,,0,x",
            "A1,,Toko Satu,keripik,Keripik lagi,,,pcs,5000,,1,10",
            "A5,,Toko Satu,keripik",
            ",,,,,,,,,,,",
            "A7,12,Toko Satu,keripik,Keripik apa,,warna,pcs,5000,2:6000,1,1",
            "A8,,Toko Satu,keripik,Keripik singkong,,,pcs,\"Rp 6.000\",,1,",
        ],
    )
    .await;
    assert_eq!(counts(&report), (2, 0, 0, 1));
    assert_eq!(
        lines(&report),
        [
            "3 refused kategori unknown-category",
            "4 refused judul too-short",
            "4 refused min_order out-of-range",
            "4 refused harga out-of-range",
            "4 refused stok number",
            "5 refused sku sku-repeated",
            "6 refused  columns",
            "7 skipped  empty-row",
            "8 refused nib nib",
            "8 refused harga_grosir not-falling",
            "8 refused varian options",
        ]
    );
    let other = Sheet::parse(b"a,b\n1,2\n").unwrap();
    let options = ProductOptions { create_shops: CreateShops::No, draft: false };
    let error = import::products(&app, &other, options, &mut Progress::silent()).await.unwrap_err();
    assert!(error.to_string().contains("no column sku"), "{error}");
}

async fn shops_of_products_are_made_as_asked(app: TestApp) {
    let row = |sku: &str, nib: &str, shop: &str| {
        format!("{sku},{nib},{shop},keripik,Keripik tempe,,,pcs,5000,,1,10")
    };
    let mine = app.vendor("Keripik Bu Siti").await;
    let rows = [
        row("A1", "", "keripik  bu SITI"),
        row("A2", "9912345678901", "Baru Satu"),
        row("A3", "9912345678901", "Nama Lain"),
        row("A4", "", "Baru Satu"),
    ];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let refused = products(&app, CreateShops::No, &rows).await;
    assert_eq!(counts(&refused), (1, 0, 0, 0));
    assert_eq!(lines(&refused)[0], "3 refused nama_usaha unknown-shop");
    let made = products(&app, CreateShops::Unclaimed, &rows).await;
    assert_eq!(counts(&made), (3, 0, 1, 1));
    let items = app.get("/v1/products?limit=9").send().await.json();
    let orderable: Vec<_> = list(&items["items"])
        .iter()
        .map(|item| (item["vendor"]["id"] == mine.id.as_str(), item["orderable"].as_bool().unwrap()))
        .collect();
    assert_eq!(orderable.len(), 4);
    assert!(orderable.iter().all(|(mine, orderable)| mine == orderable));
}

async fn what_is_promised_stays_on_hand(app: TestApp) {
    let row = |stock: i32| format!("A1,,Toko Janji,keripik,Keripik tempe,,,pcs,5000,,1,{stock}");
    products(&app, CreateShops::Active, &[&row(5)]).await;
    let found = page(&app).await;
    let product = crate::support::shop::Product {
        id: text(&found["id"]),
        slug: text(&found["slug"]),
        shop_id: text(&found["vendor"]["id"]),
        variants: vec![text(&found["variants"][0]["id"])],
    };
    let buyer = app.buyer("Eka").await;
    buyer.checkout().item(&product, 3).send().await.expect(201);
    products(&app, CreateShops::No, &[&row(1)]).await;
    assert_eq!(page(&app).await["in_stock"], false);
    products(&app, CreateShops::No, &[&row(4)]).await;
    assert_eq!(page(&app).await["variants"][0]["max_quantity"], 1);
}

/// A sale that runs, a bundle without a shelf, and words that the office banned.
async fn a_list_goes_by_the_rules_of_edits(app: TestApp) {
    let shop = app.vendor("Toko Kulit").await;
    let part = shop.product("Sabun").stock(9).create().await;
    let variants = json!([{"sku": "P1", "price": 10_000, "stock": 5, "options": {"isi": "satuan"}},
        {"sku": "P1-PAKET", "price": 18_000, "parts": [{"variant_id": part.variant(), "quantity": 2}], "options": {"isi": "paket"}}]);
    let soap = shop.product("Sabun sereh").with("variants", variants).create().await;
    let sale = json!({"price": 8_000, "to": app.now() + Duration::from_secs(86_400)});
    let path = shop.path(&format!("/variants/{}/sale", soap.variant()));
    let seen = shop.owner.get(&shop.path(&format!("/products/{}", soap.id))).send().await.expect(200);
    shop.owner.put(&path).if_match(&seen).json(sale).send().await.expect(200);

    let row = |price: i64, title: &str| format!("P1,,Toko Kulit,batik,{title},,isi:satuan,pcs,{price},,1,7");
    let dearer = products(&app, CreateShops::No, &[&row(12_000, "Sabun sereh wangi")]).await;
    assert_eq!(counts(&dearer), (0, 1, 0, 0));
    let page = app.get(&format!("/v1/products/{}", soap.id)).send().await.expect(200).json();
    assert_eq!((&page["price_min"], &page["price_max"]), (&json!(8_000), &json!(18_000)), "the sale goes on");
    let shelf: Vec<_> = list(&page["variants"]).iter().map(|variant| &variant["max_quantity"]).collect();
    assert_eq!(shelf, [7, 4], "a bundle is as many as its parts are");

    let cheaper = products(&app, CreateShops::No, &[&row(7_000, "Sabun sereh wangi")]).await;
    assert_eq!(
        (counts(&cheaper), lines(&cheaper)),
        ((0, 0, 0, 0), vec!["2 refused harga sale-not-lower".to_owned()])
    );
    app.officer()
        .await
        .post("/v1/admin/banned-words")
        .json(json!({"word": "wangi"}))
        .send()
        .await
        .expect(201);
    let banned = products(&app, CreateShops::No, &[&row(12_000, "Sabun w4ngi")]).await;
    assert_eq!(
        (counts(&banned), lines(&banned)),
        ((0, 0, 0, 0), vec!["2 refused judul banned-words".to_owned()])
    );
}

async fn the_list_of_shops_is_repaired_where_it_is_certain(app: TestApp) {
    let rows = [
        "Toko Ani,Ani,3216105203979843,9926646254526,,15201,kuliner,Cikarang Utara,Tanjungsari,Jl. Raya 1,17534,081234567890,,5000000",
        "Toko\u{a0}Budi ,Budi,321605 620383 9443,,,KBLI 15201,Kuliner,Kec. Tambun Selatan,Tambun,Jl. Raya 2,17.510,WA 0812-3456-7891,,15 jt",
        "Toko Ani,Ani,3216105203979843,9926646254526,,15201,kuliner,Cikarang Utara,Tanjungsari,Jl. Raya 1,17534,081234567890,,5000000",
        "Toko Cici,Cici,\"3,21622E+15\",,,15201,kuliner,Bekasi Timur,Ridogalih,=1+1,17534,belum ada,,± 10jt",
        ",,,,,,,,,,,,,",
        "JUMLAH,,,,,,,,,,,,,900",
        "Toko Dedi,Dedi,3216105203979843,,,15201,kuliner,Cikarang Utara,Tanjungsari,Jl. Raya 3,17534,081234567893,,5000000",
    ];
    let report = shops(&app, &rows).await;
    assert_eq!(counts(&report), (2, 0, 0, 0));
    assert_eq!(
        lines(&report),
        [
            "3 repaired nama_usaha repaired",
            "3 repaired nik repaired",
            "3 repaired kecamatan repaired",
            "3 repaired kode_pos repaired",
            "3 repaired telepon repaired",
            "3 repaired kbli repaired",
            "3 repaired sektor repaired",
            "3 repaired omzet_per_bulan repaired",
            "4 skipped  repetition",
            "5 asked omzet_per_bulan unclear",
            "5 refused nik nik",
            "5 refused alamat formula",
            "5 refused kecamatan district",
            "5 refused telepon phone",
            "6 skipped  empty-row",
            "7 skipped  total-row",
            "8 refused nik number-taken",
        ]
    );
    let again = shops(&app, &rows).await;
    assert_eq!(counts(&again), (0, 0, 2, 0));
    // They can be found, and cannot be ordered from.
    products(&app, CreateShops::No, &["A1,,Toko Budi,keripik,Keripik tempe,,,pcs,5000,,1,10"]).await;
    assert_eq!(page(&app).await["orderable"], false);
}

async fn the_demo_has_everything(app: TestApp) {
    let said = demo::seed(&app).await.unwrap();
    assert!(said.starts_with("110 shops, 1371 products, "), "{said}");
    assert!(demo::seed(&app).await.unwrap().contains("not empty"));
    let env = std::fs::read_to_string(app.config.data_path("demo.env")).unwrap();
    let value = |name: &str| {
        let line = env.lines().find_map(|line| line.strip_prefix(&format!("LAPAK_DEMO_{name}=")));
        line.unwrap_or_else(|| panic!("no {name}")).to_owned()
    };
    for role in ["BUYER", "VENDOR_OWNER", "OFFICER", "OPERATOR", "RECEIVER", "UNIT_AUDITOR"] {
        let body =
            json!({"login": value(&format!("{role}_LOGIN")), "password": value(&format!("{role}_PASSWORD"))});
        app.post("/v1/auth/login").json(body).send().await.expect(200);
    }
    let rows = app.get("/v1/products?category=batik").send().await.json();
    assert!(list(&rows["items"]).iter().any(|item| item["image"].is_string()));
    let shop = format!("/v1/products?vendor={}", value("VENDOR_ID"));
    assert!(!list(&app.get(&shop).send().await.json()["items"]).is_empty());
}

async fn many_products_are_the_same_every_time(app: TestApp) {
    let said = demo::scale(&app, 1, &mut Progress::silent()).await.unwrap();
    assert!(said.starts_with("1000 products created, 0 were"), "{said}");
    let again = demo::scale(&app, 1, &mut Progress::silent()).await.unwrap();
    assert!(again.starts_with("0 products created, 1000 were"), "{again}");
    let rows = app.get("/v1/products?limit=2").send().await.json();
    let seen: Vec<_> = list(&rows["items"])
        .iter()
        .map(|item| {
            (text(&item["title"]), item["price_min"].as_i64().unwrap(), text(&item["vendor"]["name"]))
        })
        .collect();
    let shop = "Toko Uji 00009".to_owned();
    let expected = [
        ("Tas Makrame Selempang Halus Asli".to_owned(), 237_100, shop.clone()),
        ("Hiasan Dinding Makrame Bohemian Asli".to_owned(), 73_500, shop),
    ];
    assert_eq!(seen, expected);
}
