//! Whoever holds a paper can check it, and learns nothing else.

use std::collections::BTreeSet;

use super::{by_buyer, file_of, sold};
use crate::support::shop::text;
use crate::support::{TestApp, both};

both![a_paper_can_be_checked];

async fn a_paper_can_be_checked(app: TestApp) {
    let (_, ani, purchase) = sold(&app).await;
    let paper = by_buyer(&ani, &purchase.orders[0], "invoice").await;
    let path = format!("/v1/documents/verify/{}", text(&paper["code"]));
    assert!(app.get(&path).send().await.expect(200).json()["sha256"].is_null());
    app.run_jobs().await;
    let shown = app.get(&path).send().await.expect(200).json();
    let members: BTreeSet<&str> = shown.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, BTreeSet::from(["kind", "number", "issuer", "date", "total", "sha256"]));
    assert_eq!((&shown["number"], shown["total"].as_i64()), (&paper["number"], Some(5_247_500)));
    assert_eq!(
        (text(&shown["issuer"]).as_str(), text(&shown["date"]).as_str()),
        ("Toko Batik Melati", "2026-11-24")
    );
    let page = app.get(&format!("{path}/page")).send().await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    for said in [text(&paper["number"]).as_str(), "Rp 5.247.500", "Toko Batik Melati", "24-11-2026"] {
        assert!(page.text().contains(said), "no {said} in {}", page.text());
    }
    assert!(!page.text().contains("Ani"), "{}", page.text());
    for nobody in ["x", "00000000000000000000000000000000", "%27%20OR%201=1"] {
        app.get(&format!("/v1/documents/verify/{nobody}")).send().await.expect_problem(404, "not-found");
    }
    // The file itself: as it is, and with one byte changed anywhere.
    let file = file_of(&ani, &paper).await;
    let check = async |bytes: &[u8]| {
        let sent = app.post("/v1/documents/verify").file("faktur.pdf", "application/pdf", bytes);
        sent.send().await.expect(200).json()
    };
    let genuine = check(&file).await;
    assert_eq!((&genuine["valid"], &genuine["sha256"]), (&true.into(), &shown["sha256"]));
    assert_eq!(genuine["document"], shown);
    for place in [8, file.len() / 2, file.len() - 1] {
        let mut forged = file.clone();
        forged[place] ^= 1;
        let verdict = check(&forged).await;
        assert_eq!((&verdict["valid"], verdict["document"].is_null()), (&false.into(), true));
    }
    let picture =
        app.post("/v1/documents/verify").file("x.pdf", "application/pdf", &crate::support::png(8, 8));
    picture.send().await.expect_problem(422, "file-type");
}
