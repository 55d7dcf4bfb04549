//! Typesetting an issued paper and putting it on the shelf; done outside of any transaction, once.

use bytes::Bytes;
use qrcode::QrCode;
use qrcode::render::svg;
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, QuerySelect, Set};
use serde_json::{Value, json};

use super::issue::person_place;
use crate::app::App;
use crate::documents::entity::{document, file};
use crate::documents::error::DocumentError;
use crate::documents::jobs::DeleteDocumentFile;
use crate::documents::model;
use crate::documents::query::{self, Owner};
use crate::kernel::address::ERASED_NAME;
use crate::kernel::{DocumentId, UserId};
use crate::platform::files::FileKey;
use crate::platform::jobs::{self, NewJob};
use crate::platform::pdf::Paper;
use crate::platform::person;

/// A paper that is not on the shelf yet.
pub struct Typeset {
    id: DocumentId,
    pdf: Bytes,
    /// Whom it names.
    person: Option<UserId>,
}

/// Makes the file of a paper, unless it is there already.
pub async fn render(app: &App, id: DocumentId) -> Result<(), DocumentError> {
    match typeset(app, id).await? {
        Some(paper) => keep(app, paper).await,
        None => Ok(()),
    }
}

/// Typesets a paper; nothing if its file is there.
pub async fn typeset(app: &App, id: DocumentId) -> Result<Option<Typeset>, DocumentError> {
    let found = query::one(app.db.read(), Owner::Office, id).await?;
    let (document, file) = found.ok_or(DocumentError::NotFound)?;
    if file.is_some() {
        return Ok(None);
    }
    let (paper, person) = paper(app, &document).await?;
    let pdf = Bytes::from(app.pdf.render(paper).await?);
    Ok(Some(Typeset { id, pdf, person }))
}

/// Puts a paper on the shelf. If the person that it names was erased meanwhile, its file is removed again.
pub async fn keep(app: &App, paper: Typeset) -> Result<(), DocumentError> {
    let Typeset { id, pdf, person } = paper;
    let sha256 = model::sha256(&pdf);
    // The hash is a part of the name: two workers never write over each other's file.
    let key = FileKey::private("documents", &format!("{id}-{}.pdf", &sha256[..16]));
    let bytes = i64::try_from(pdf.len()).unwrap_or(i64::MAX);
    app.files.put(&key, pdf).await?;
    let row = file::ActiveModel {
        document_id: Set(id),
        sha256: Set(sha256),
        file_key: Set(key.as_str().to_owned()),
        bytes: Set(bytes),
        made_at: Set(app.now()),
    };
    let txn = app.db.begin().await?;
    if let Some(person) = person
        && person::entity::Entity::find_by_id(person).lock_shared().one(&txn).await?.is_none()
    {
        let delete = DeleteDocumentFile { file_key: key.as_str().to_owned() };
        jobs::enqueue(&txn, vec![NewJob::now::<App, _>(app.now(), &delete)?]).await?;
    }
    // Whoever was faster made the file that counts.
    let faster = OnConflict::column(file::Column::DocumentId).do_nothing().to_owned();
    file::Entity::insert(row).on_conflict(faster).try_insert().exec_without_returning(&txn).await?;
    app.commit(txn).await?;
    Ok(())
}

/// What the template gets: the frozen facts, who bought, and the QR code; and whom it names.
async fn paper(app: &App, document: &document::Model) -> Result<(Paper, Option<UserId>), DocumentError> {
    let mut data: Value = serde_json::from_str(&document.data)?;
    let mut named = None;
    if let (Some(sealed), Some(buyer)) = (&document.person_sealed, document.buyer_id) {
        let key = person::find(app.db.read(), &app.sealer, buyer).await?;
        let opened = key.and_then(|key| key.open(&person_place(document.id), sealed).ok());
        data["buyer"] = match opened {
            Some(person) => {
                named = Some(buyer);
                serde_json::from_str(&person)?
            }
            // Erased between issuing and typesetting.
            None => json!({"name": ERASED_NAME, "lines": []}),
        };
    }
    data["qr"] = qr(data["verify_url"].as_str().unwrap_or_default())?.into();
    let template = document.kind.template();
    let paper = Paper { template, data, ident: document.id.to_string(), at: document.issued_at };
    Ok((paper, named))
}

fn qr(text: &str) -> Result<String, DocumentError> {
    let code = QrCode::new(text.as_bytes()).map_err(|error| DocumentError::Other(error.to_string()))?;
    Ok(code.render::<svg::Color<'_>>().quiet_zone(false).build())
}
