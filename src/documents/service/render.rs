//! Typesetting an issued paper and putting it on the shelf; done outside of any transaction, once.

use bytes::Bytes;
use qrcode::QrCode;
use qrcode::render::svg;
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, Set};
use serde_json::{Value, json};

use super::issue::person_place;
use crate::app::App;
use crate::documents::entity::{document, file};
use crate::documents::error::DocumentError;
use crate::documents::{model, query};
use crate::kernel::DocumentId;
use crate::kernel::address::ERASED_NAME;
use crate::platform::files::FileKey;
use crate::platform::pdf::Paper;
use crate::platform::person;

/// Makes the file of a paper, unless it is there already.
pub async fn render(app: &App, id: DocumentId) -> Result<(), DocumentError> {
    let document = query::find(app.db.read(), id).await?.ok_or(DocumentError::NotFound)?;
    if query::file(app.db.read(), id).await?.is_some() {
        return Ok(());
    }
    let paper = paper(app, &document).await?;
    let pdf = app.pdf.render(paper).await?;
    let sha256 = model::sha256(&pdf);
    // The hash is a part of the name: two workers never write over each other's file.
    let key = FileKey::private("documents", &format!("{id}-{}.pdf", &sha256[..16]));
    let bytes = i64::try_from(pdf.len()).unwrap_or(i64::MAX);
    app.files.put(&key, Bytes::from(pdf)).await?;
    let row = file::ActiveModel {
        document_id: Set(id),
        sha256: Set(sha256),
        file_key: Set(key.as_str().to_owned()),
        bytes: Set(bytes),
        made_at: Set(app.now()),
    };
    let txn = app.db.begin().await?;
    // Whoever was faster made the file that counts.
    let faster = OnConflict::column(file::Column::DocumentId).do_nothing().to_owned();
    file::Entity::insert(row).on_conflict(faster).try_insert().exec_without_returning(&txn).await?;
    app.commit(txn).await?;
    Ok(())
}

/// What the template gets: the frozen facts, who bought, and the QR code.
async fn paper(app: &App, document: &document::Model) -> Result<Paper, DocumentError> {
    let mut data: Value = serde_json::from_str(&document.data)?;
    if let (Some(sealed), Some(buyer)) = (&document.person_sealed, document.buyer_id) {
        let key = person::find(app.db.read(), &app.sealer, buyer).await?;
        let opened = key.and_then(|key| key.open(&person_place(document.id), sealed).ok());
        data["buyer"] = match opened {
            Some(person) => serde_json::from_str(&person)?,
            // Erased between issuing and typesetting.
            None => json!({"name": ERASED_NAME, "lines": []}),
        };
    }
    data["qr"] = qr(data["verify_url"].as_str().unwrap_or_default())?.into();
    Ok(Paper {
        template: document.kind.template(),
        data,
        ident: document.id.to_string(),
        at: document.issued_at,
    })
}

fn qr(text: &str) -> Result<String, DocumentError> {
    let code = QrCode::new(text.as_bytes()).map_err(|error| DocumentError::Other(error.to_string()))?;
    Ok(code.render::<svg::Color<'_>>().quiet_zone(false).build())
}
