//! What a product is called: its texts in other languages, and its slug.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::catalog::entity::translation;
use crate::catalog::model::content::{Text, Texts};
use crate::catalog::model::draft;
use crate::catalog::query::content::translated;
use crate::catalog::query::{product_of, translations};
use crate::catalog::service;
use crate::kernel::fields::Fault;
use crate::kernel::{Fields, Problem, ProductId, Slug, VendorId};
use crate::web::authz::{VENDOR_LEADS, VENDOR_MEMBERS};
use crate::web::{Area, Caller, IfMatch, PathIds, Policy, ValidJson, etag};

const MEMBERS: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Catalog);

pub const GET_TRANSLATIONS: Policy = MEMBERS;
pub const SET_TRANSLATIONS: Policy = MEMBERS.if_match();
pub const RENAME_PRODUCT: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").area(Area::Catalog);

/// Names that are other things under `/v1/products/`.
const RESERVED: [&str; 1] = ["changes"];

/// A product in other languages; Indonesian is what the product itself says.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductTranslations {
    /// English; `null` for none.
    en: Option<ProductTexts>,
    /// German; `null` for none.
    de: Option<ProductTexts>,
}

/// What a product says in one language.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductTexts {
    /// 3 to 150 characters.
    title: String,
    /// Plain text, at most 10,000 characters; the Indonesian one is shown when it is empty.
    #[serde(default)]
    description: String,
}

/// Another slug.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RenameProduct {
    /// Lower-case letters, digits and `-`, 3 to 80; made of the title when absent.
    #[schema(example = "keripik-tempe-bu-siti")]
    slug: Option<String>,
}

/// The slug of a product.
#[derive(Serialize, ToSchema)]
pub struct ProductSlug {
    id: ProductId,
    slug: String,
}

/// The translations of a product.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/products/{product_id}/translations", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)), responses(
    (status = 200, body = ProductTranslations, headers(("etag" = String, description = "The version of the product")))))]
pub async fn get_product_translations(
    State(app): State<App>,
    PathIds((vendor_id, product_id)): PathIds<(VendorId, ProductId)>,
) -> Result<impl IntoResponse, Problem> {
    let product = product_of(app.db.read(), vendor_id, product_id).await?;
    let rows = translations::of_product(app.db.read(), product_id).await?;
    Ok((etag(product.version), Json(ProductTranslations::from(rows))))
}

/// Set the translations of a product anew; a language that is absent is taken away. Where edits are moderated, those of a
/// published product wait as part of its `revision`; the answer is what the public reads.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/products/{product_id}/translations", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path), ("if-match" = String, Header)),
    request_body = ProductTranslations, responses(
    (status = 200, body = ProductTranslations, headers(("etag" = String, description = "The version of the product"))),
    (status = 422, description = "`invalid`, `banned-words`")))]
pub async fn set_product_translations(
    State(app): State<App>,
    caller: Caller,
    PathIds(ids): PathIds<(VendorId, ProductId)>,
    IfMatch(version): IfMatch,
    ValidJson(body): ValidJson<ProductTranslations>,
) -> Result<impl IntoResponse, Problem> {
    let texts = body.parse()?;
    let version = service::translate(&app, ids, (caller.user_id, version), texts).await?;
    let rows = translations::of_product(app.db.read(), ids.1).await?;
    Ok((etag(version), Json(ProductTranslations::from(rows))))
}

/// Give a product another slug. The old ones keep leading to it, and no other product gets them. Where edits are moderated,
/// the slug of a published product waits as part of its `revision`; the answer carries the slug that leads there now.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/products/{product_id}/rename", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)), request_body = RenameProduct,
    responses((status = 200, body = ProductSlug, headers(("etag" = String, description = "The version of the product"))),
    (status = 409, description = "`slug-taken`"), (status = 422, description = "`invalid`, `banned-words`"),
    (status = 429, description = "`too-many-names`")))]
pub async fn rename_product(
    State(app): State<App>,
    caller: Caller,
    PathIds(ids): PathIds<(VendorId, ProductId)>,
    ValidJson(body): ValidJson<RenameProduct>,
) -> Result<impl IntoResponse, Problem> {
    let mut fields = Fields::new();
    let wished = fields.take_opt("/slug", body.slug.as_deref().map(slug));
    let wished = wished.ok_or_else(|| fields.into_problem())?;
    let (slug, version) = service::rename(&app, ids, caller.user_id, wished).await?;
    Ok((etag(version), Json(ProductSlug { id: ids.1, slug })))
}

/// A slug as it is written; it must be what would be made of it, so that two never look alike.
fn slug(text: &str) -> Result<Slug, Fault> {
    let slug = Slug::of(text);
    let is_id = text.parse::<ProductId>().is_ok();
    if slug.as_str() == text && text.len() >= 3 && !is_id && !RESERVED.contains(&text) {
        return Ok(slug);
    }
    Err(Fault::new(
        "slug",
        "Huruf kecil, angka dan tanda hubung, 3 sampai 80.",
        "Lower-case letters, digits and hyphens, 3 to 80.",
    ))
}

impl ProductTranslations {
    /// Checks everything; all faults are named at once.
    pub fn parse(self) -> Result<Texts, Problem> {
        let mut fields = Fields::new();
        let mut checked = |name: &str, texts: Option<ProductTexts>| {
            let texts = texts?;
            let title = fields.take(&format!("/{name}/title"), draft::title(&texts.title));
            let description =
                fields.take(&format!("/{name}/description"), draft::description(&texts.description));
            title.zip(description).map(|(title, description)| Text { title, description })
        };
        let texts = Texts { en: checked("en", self.en), de: checked("de", self.de) };
        fields.check()?;
        Ok(texts)
    }
}

impl From<Vec<translation::Model>> for ProductTranslations {
    fn from(rows: Vec<translation::Model>) -> Self {
        let texts = translated(&rows);
        let shown = |text: Text| ProductTexts { title: text.title, description: text.description };
        Self { en: texts.en.map(shown), de: texts.de.map(shown) }
    }
}
