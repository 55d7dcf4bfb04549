//! What the typesetter promises.

use super::*;

const TEMPLATES: &[Template] = &[
    ("hello.typ", "#import \"/frame.typ\": frame\n#let data = json(\"/data.json\")\n#frame[#data.name]"),
    ("frame.typ", "#let frame(body) = rect[#datetime.today().display() #body]"),
    ("broken.typ", "#nothing-of-that-name"),
    ("climbs.typ", "#read(\"../../etc/passwd\")"),
    ("downloads.typ", "#import \"@preview/cetz:0.3.0\""),
];

fn pdf(folder: &Path) -> Pdf {
    Pdf::new(folder, 1, TEMPLATES).unwrap()
}

fn paper(template: &'static str, name: &str) -> Paper {
    let at = "2026-11-24T03:00:00Z".parse().unwrap();
    Paper { template, data: serde_json::json!({"name": name}), ident: "1".to_owned(), at }
}

fn text(pdf: &[u8]) -> String {
    pdf_extract::extract_text_from_mem(pdf).unwrap()
}

#[tokio::test]
async fn the_same_data_gives_the_same_bytes() {
    let (one, other) = (pdf(Path::new("")), pdf(Path::new("")));
    let first = one.render(paper("hello.typ", "Kerupuk Udang")).await.unwrap();
    assert!(first.starts_with(b"%PDF-"));
    assert_eq!(one.render(paper("hello.typ", "Kerupuk Udang")).await.unwrap(), first);
    assert_eq!(other.render(paper("hello.typ", "Kerupuk Udang")).await.unwrap(), first);
    assert_ne!(one.render(paper("hello.typ", "Kerupuk Ikan")).await.unwrap(), first);
    assert!(text(&first).contains("2026-11-24 Kerupuk Udang"), "{}", text(&first));
}

#[tokio::test]
async fn what_people_wrote_is_never_a_template() {
    let nasty = "#read(\"/hello.typ\") *tebal* $x$ \\ <b> @preview";
    let made = pdf(Path::new("")).render(paper("hello.typ", nasty)).await.unwrap();
    assert!(text(&made).replace('\n', " ").contains("#read(\"/hello.typ\") *tebal* $x$"), "{}", text(&made));
}

#[tokio::test]
async fn an_office_can_replace_a_part() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("frame.typ"), "#let frame(body) = [Dinas Perindustrian: #body]")
        .unwrap();
    let made = pdf(folder.path()).render(paper("hello.typ", "Batik")).await.unwrap();
    assert!(text(&made).contains("Dinas Perindustrian: Batik"), "{}", text(&made));
}

#[tokio::test]
async fn a_template_sees_nothing_else() {
    for bad in ["broken.typ", "climbs.typ", "downloads.typ", "absent.typ"] {
        let made = pdf(Path::new("")).render(paper(bad, "x")).await;
        assert!(matches!(made, Err(PdfError::Template(..))), "{bad}: {made:?}");
    }
    assert!(matches!(Pdf::new(Path::new("/no/such/folder"), 1, TEMPLATES), Err(PdfError::Folder(_))));
}
