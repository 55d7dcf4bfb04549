//! The five papers, read back; who gets which, and when.

use lapak::documents::service::render;
use lapak::payments::entity::refund;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{by_buyer, file_of, issued, sold};
use crate::settlement;
use crate::support::people::PASSWORD;
use crate::support::shop::{Purchase, Shop, list, text};
use crate::support::{Person, TestApp, both};

both![
    five_papers_say_what_they_should,
    what_is_taken_off_a_price_is_called_so,
    papers_follow_from_what_happens with "documents.automatic = true",
    papers_are_for_those_they_concern,
    an_erased_buyer_takes_the_files_along,
    who_is_erased_meanwhile_is_named_by_no_file,
];

/// The words of a PDF, with single blanks between; the file is kept where a person can look at it.
fn read(name: &str, pdf: &[u8]) -> String {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("papers");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.pdf")), pdf).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    let text = pdf_extract::extract_text_from_mem(pdf).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn says(text: &str, what: &[&str]) {
    for piece in what {
        assert!(text.contains(piece), "no {piece:?} in {text}");
    }
}

async fn by_shop(shop: &Shop, order_id: &str, body: Value) -> Value {
    let path = shop.path(&format!("/orders/{order_id}/documents"));
    shop.owner.post(&path).json(body).send().await.expect(201).json()
}

async fn of_shop(shop: &Shop, document: &Value) -> Vec<u8> {
    let path = shop.path(&format!("/documents/{}/file", text(&document["id"])));
    let reply = shop.owner.get(&path).send().await.expect(200);
    assert_eq!(reply.header("content-type"), "application/pdf");
    let name = text(&document["number"]).replace('/', "-");
    assert!(reply.header("content-disposition").contains(&name));
    reply.body.to_vec()
}

async fn five_papers_say_what_they_should(app: TestApp) {
    let (shop, ani, purchase) = sold(&app).await;
    let order = &purchase.orders[0];
    let order_number = text(&purchase.answer["orders"][0]["number"]);
    let invoice = by_buyer(&ani, order, "invoice").await;
    let receipt = by_buyer(&ani, order, "receipt").await;
    let slip = by_shop(&shop, order, json!({"kind": "packing_slip"})).await;
    let note = credit_note(&app, &shop, &ani).await;
    app.run_jobs().await;
    assert_eq!(text(&invoice["number"]), format!("INV/{}/2026/00001", shop.slug.to_uppercase()));
    invoice_and_receipt(&ani, (&invoice, &receipt), &order_number).await;
    let text_of = read("packing_slip", &of_shop(&shop, &slip).await);
    says(
        &text_of,
        &["SURAT JALAN", "Ani Lestari", "Batik tulis sutra", "Serbet bordir", "Penerima", "Kurir toko"],
    );
    assert!(!text_of.contains("2.600.000"), "a parcel does not tell prices: {text_of}");
    let text_of = read("credit_note", &of_shop(&shop, &note).await);
    says(
        &text_of,
        &[
            "NOTA KREDIT",
            "Ani Lestari",
            "Pengembalian 1 pcs Batik cap",
            "Dikembalikan kepada pembeli",
            "Rp 75.000",
            "tujuh puluh lima ribu rupiah",
        ],
    );
    let text_of = statement(&app, (&shop, &ani, &purchase)).await;
    says(
        &text_of,
        &["LAPORAN SALDO TOKO", "Toko Batik Melati", "November 2026", "Saldo awal", "Penjualan selesai"],
    );
    says(&text_of, &[&order_number, "5.247.500", "Saldo akhir"]);
}

/// What the buyer of the sale holds in hands.
async fn invoice_and_receipt(ani: &Person, (invoice, receipt): (&Value, &Value), order_number: &str) {
    let text_of = read("invoice", &file_of(ani, invoice).await);
    says(&text_of, &["FAKTUR", "Toko Batik Melati", "Ani Lestari", order_number, "24 November 2026"]);
    says(
        &text_of,
        &["Batik tulis sutra", "2.600.000", "5.200.000", "37.500", "Rp 5.247.500", "Ongkos kirim"],
    );
    says(&text_of, &["lima juta dua ratus empat puluh tujuh ribu lima ratus rupiah", "Halaman 1 dari 1"]);
    let text_of = read("receipt", &file_of(ani, receipt).await);
    says(
        &text_of,
        &[
            "KUITANSI",
            "Sudah terima dari",
            "Ani Lestari",
            "Uang sejumlah",
            "Rp 5.247.500",
            "Untuk pembayaran",
        ],
    );
    says(
        &text_of,
        &["lima juta dua ratus empat puluh tujuh ribu lima ratus rupiah", order_number, "bea meterai"],
    );
    says(&text_of, &["lebih dari Rp 5.000.000", "Rp 10.000"]);
}

/// An order that the shop cannot fulfil after it was paid.
async fn credit_note(app: &TestApp, shop: &Shop, ani: &Person) -> Value {
    let cloth = shop.product("Batik cap").price(75_000).create().await;
    let purchase: Purchase = ani.checkout().item(&cloth, 1).send().await.into();
    ani.settle(&purchase).await.expect(200);
    shop.moves(&purchase.orders[0], "decline").await.expect(200);
    let order_id: lapak::kernel::OrderId = purchase.orders[0].parse().unwrap();
    let refund = refund::Entity::find().filter(refund::Column::OrderId.eq(order_id));
    let refund = refund.one(app.db.read()).await.unwrap().unwrap();
    let path = shop.path(&format!("/orders/{order_id}/documents"));
    let missing = shop.owner.post(&path).json(json!({"kind": "credit_note"})).send().await;
    assert_eq!(missing.expect_problem(422, "invalid")["errors"][0]["pointer"], "/refund_id");
    let foreign = json!({"kind": "credit_note", "refund_id": order_id});
    shop.owner.post(&path).json(foreign).send().await.expect_problem(404, "not-found");
    by_shop(shop, &purchase.orders[0], json!({"kind": "credit_note", "refund_id": refund.id})).await
}

async fn what_is_taken_off_a_price_is_called_so(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Batik Melati").await, app.buyer("ani").await);
    let cloth = shop.product("Batik cap").price(75_000).create().await;
    let purchase: Purchase = ani.checkout().item(&cloth, 1).send().await.into();
    ani.settle(&purchase).await.expect(200);
    let order = &purchase.orders[0];
    let back = json!({"amount": 10_000});
    let refund =
        settlement::refund(&app.finance().await, order, "potongan-satu", back).await.expect(201).json();
    let body = json!({"kind": "credit_note", "refund_id": refund["id"]});
    let note = by_shop(&shop, order, body).await;
    app.run_jobs().await;
    let text_of = read("credit_note_part", &of_shop(&shop, &note).await);
    says(&text_of, &["NOTA KREDIT", "Potongan harga Batik cap", "Rp 10.000"]);
    assert!(!text_of.contains("Pengembalian 0"), "{text_of}");
}

/// The order completes, the month ends, and the shop has its statement.
async fn statement(app: &TestApp, (shop, ani, purchase): (&Shop, &Person, &Purchase)) -> String {
    ani.moves(&purchase.orders[0], "receive").await.expect(200);
    let path = shop.path("/statement-documents");
    let month = json!({"month": "2026-11"});
    shop.owner.post(&path).json(month.clone()).send().await.expect_problem(409, "month-not-over");
    for wrong in ["", "2026-13", "November"] {
        shop.owner.post(&path).json(json!({"month": wrong})).send().await.expect_problem(422, "invalid");
    }
    app.advance(chrono::Duration::days(10));
    let paper = shop.owner.post(&path).json(month.clone()).send().await.expect(201).json();
    let again = shop.owner.post(&path).json(month).send().await.expect(200).json();
    assert_eq!(paper["id"], again["id"]);
    app.run_jobs().await;
    // Whoever finds it can check it, and learns nothing of what the shop earns.
    let public = app.get(&format!("/v1/documents/verify/{}", text(&paper["code"]))).send().await;
    let shown = public.expect(200).json();
    assert_eq!((&shown["number"], &shown["total"]), (&paper["number"], &Value::Null));
    read("vendor_statement", &of_shop(shop, &paper).await)
}

async fn papers_follow_from_what_happens(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(150_000).create().await;
    let purchase = ani.buy(&cloth).await;
    app.run_jobs().await;
    assert_eq!(issued(&app).await, []);
    ani.settle(&purchase).await.expect(200);
    app.run_jobs().await;
    let kinds = async || -> Vec<String> {
        let page = ani.get("/v1/me/documents").send().await.expect(200);
        assert_eq!(page.statements, 2, "one finds the caller");
        list(&page.json()["items"]).iter().map(|row| text(&row["kind"])).collect()
    };
    assert_eq!(kinds().await, ["receipt", "invoice"]);
    for act in ["accept", "ship"] {
        shop.moves(&purchase.orders[0], act).await.expect(200);
    }
    app.run_jobs().await;
    assert_eq!(kinds().await, ["packing_slip", "receipt", "invoice"]);
    // Asked for again, it is the same.
    let again = by_buyer(&ani, &purchase.orders[0], "invoice").await;
    assert_eq!(again["number"], issued(&app).await[0].number);
    assert!(again["sha256"].is_string(), "{again}");
    assert_eq!(issued(&app).await.len(), 3);
    // Cash on delivery: no receipt before the cash.
    let cod: Purchase = ani.checkout().item(&cloth, 1).pay_by("cod").send().await.into();
    shop.moves(&cod.orders[0], "accept").await.expect(200);
    app.run_jobs().await;
    let page =
        ani.get(&format!("/v1/me/documents?order_id={}", cod.orders[0])).send().await.expect(200).json();
    assert_eq!(list(&page["items"]).len(), 1);
    let early = json!({"kind": "receipt"});
    let path = format!("/v1/orders/{}/documents", cod.orders[0]);
    ani.post(&path).json(early).send().await.expect_problem(409, "document-too-early");
}

async fn papers_are_for_those_they_concern(app: TestApp) {
    let (shop, ani, purchase) = sold(&app).await;
    let (other, budi) = (app.vendor("Toko Lain").await, app.buyer("budi").await);
    let paper = by_buyer(&ani, &purchase.orders[0], "invoice").await;
    let id = text(&paper["id"]);
    ani.get(&format!("/v1/me/documents/{id}/file")).send().await.expect_problem(409, "document-not-ready");
    app.run_jobs().await;
    budi.get(&format!("/v1/me/documents/{id}/file")).send().await.expect_problem(404, "not-found");
    let theirs = other.path(&format!("/documents/{id}/file"));
    other.owner.get(&theirs).send().await.expect_problem(404, "not-found");
    let path = format!("/v1/orders/{}/documents", purchase.orders[0]);
    budi.post(&path).json(json!({"kind": "invoice"})).send().await.expect_problem(404, "not-found");
    let wrong = ani.post(&path).json(json!({"kind": "packing_slip"})).send().await;
    assert_eq!(wrong.expect_problem(422, "invalid")["errors"][0]["pointer"], "/kind");
    let finance = app.finance().await;
    let all = finance.get("/v1/admin/documents?kind=invoice").send().await.expect(200).json();
    assert_eq!(list(&all["items"])[0]["number"], paper["number"]);
    let file = finance.get(&format!("/v1/admin/documents/{id}/file")).send().await.expect(200);
    assert_eq!(file.body.to_vec(), file_of(&ani, &paper).await);
    let page = shop.owner.get(&shop.path("/documents")).send().await.expect(200).json();
    assert_eq!(list(&page["items"]).len(), 1);
}

async fn an_erased_buyer_takes_the_files_along(app: TestApp) {
    let (shop, ani, purchase) = sold(&app).await;
    let paper = by_buyer(&ani, &purchase.orders[0], "invoice").await;
    app.run_jobs().await;
    ani.moves(&purchase.orders[0], "receive").await.expect(200);
    app.run_jobs().await;
    ani.post("/v1/me/erase").json(json!({"password": PASSWORD})).send().await.expect(204);
    app.run_jobs().await;
    let path = shop.path(&format!("/documents/{}/file", text(&paper["id"])));
    shop.owner.get(&path).send().await.expect_problem(410, "document-erased");
    let public = format!("/v1/documents/verify/{}", text(&paper["code"]));
    assert_eq!(app.get(&public).send().await.expect(200).json()["number"], paper["number"]);
    let row = issued(&app).await.remove(0);
    assert!(row.person_sealed.is_some() && !row.data.contains("Ani"), "{}", row.data);
}

async fn who_is_erased_meanwhile_is_named_by_no_file(app: TestApp) {
    let (shop, ani, purchase) = sold(&app).await;
    ani.moves(&purchase.orders[0], "receive").await.expect(200);
    app.run_jobs().await;
    let paper = by_buyer(&ani, &purchase.orders[0], "invoice").await;
    let id = text(&paper["id"]);
    let typeset = render::typeset(&app, id.parse().unwrap()).await.unwrap().unwrap();
    ani.post("/v1/me/erase").json(json!({"password": PASSWORD})).send().await.expect(204);
    render::keep(&app, typeset).await.unwrap();
    app.run_jobs().await;
    let path = shop.path(&format!("/documents/{id}/file"));
    shop.owner.get(&path).send().await.expect_problem(410, "document-erased");
}
