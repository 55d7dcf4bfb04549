//! More of what there is: a copy of a product, a variant for each combination of options, the order of pictures.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::answers::{ProductImage, VendorProduct};
use super::goods::{OptionIn, each_combination, new_variant};
use super::requests::CreateVariant;
use super::revisions::read_edit;
use crate::app::App;
use crate::catalog::model::content::Place;
use crate::catalog::model::draft::nested;
use crate::catalog::model::goods::Part;
use crate::catalog::model::{NewVariant, ProductPatch, VariantPatch};
use crate::catalog::service::{self, Edit, Seen};
use crate::kernel::fields::text;
use crate::kernel::{Fields, ImageId, Problem, ProductId, VendorId};
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::{Area, Caller, IfMatch, PathIds, Policy, ValidJson, etag};

const MEMBERS: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Catalog);

pub const COPY_PRODUCT: Policy = MEMBERS;
pub const COMBINE_VARIANTS: Policy = MEMBERS.if_match();
pub const ORDER_PRODUCT_IMAGES: Policy = MEMBERS;

/// Options whose combinations become variants.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CombineVariants {
    #[schema(min_items = 1, max_items = 5)]
    options: Vec<OptionIn>,
    /// What every new variant is like; its options and SKU are not looked at.
    template: CreateVariant,
}

/// The pictures of a product in their new order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderProductImages {
    /// Every picture exactly once; the first is shown in lists.
    #[schema(max_items = 10)]
    items: Vec<ImagePlace>,
}

/// One picture in the order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImagePlace {
    id: ImageId,
    /// What is to be seen, for those who cannot see it; at most 300 characters.
    alt: Option<String>,
}

/// The pictures of a product.
#[derive(Serialize, ToSchema)]
pub struct ProductImages {
    items: Vec<ProductImage>,
}

/// Copy a product with its variants, pictures, translations and plan of days, as a draft without stock and sales, with new numbers.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/products/{product_id}/copy", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)), responses(
    (status = 201, body = VendorProduct, headers(("etag" = String, description = "The version")))))]
pub async fn copy_product(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, product_id)): PathIds<(VendorId, ProductId)>,
) -> Result<impl IntoResponse, Problem> {
    let details = service::copy(&app, vendor_id, product_id, caller.user_id).await?;
    let product = VendorProduct::new(&app, details);
    Ok((StatusCode::CREATED, etag(product.version()), Json(product)))
}

/// Add a variant for each combination of options, e.g. sizes and colours.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/products/{product_id}/combinations", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path), ("if-match" = String, Header)),
    request_body = CombineVariants, responses(
    (status = 200, body = VendorProduct, headers(("etag" = String, description = "The version"))),
    (status = 422, description = "`invalid`")))]
pub async fn combine_variants(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, product_id)): PathIds<(VendorId, ProductId)>,
    IfMatch(version): IfMatch,
    ValidJson(body): ValidJson<CombineVariants>,
) -> Result<impl IntoResponse, Problem> {
    let seen = Seen { vendor_id, product_id, version, actor: caller.user_id };
    let (patch, request) = body.parse()?;
    let edit = Edit { patch, request, read: read_edit };
    let product = VendorProduct::of(&app, service::edit(&app, seen, edit).await?).await?;
    Ok((etag(product.version()), Json(product)))
}

/// Put the pictures of a product in order, and say what is to be seen; where edits are moderated, that waits for a
/// published product, and the answer is what the public sees.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/products/{product_id}/images", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)), request_body = OrderProductImages,
    responses((status = 200, body = ProductImages, headers(("etag" = String, description = "The version of the product"))),
    (status = 422, description = "`invalid`, `banned-words`")))]
pub async fn order_product_images(
    State(app): State<App>,
    caller: Caller,
    PathIds(ids): PathIds<(VendorId, ProductId)>,
    ValidJson(body): ValidJson<OrderProductImages>,
) -> Result<impl IntoResponse, Problem> {
    let (images, version) = service::order_images(&app, ids, caller.user_id, body.parse()?).await?;
    let base = &app.config.server.base_url;
    let items = images.iter().map(|image| ProductImage::new(base, image)).collect();
    Ok((etag(version), Json(ProductImages { items })))
}

impl CombineVariants {
    /// The edit, and the same as an edit of the product would have it, in case it waits for an officer.
    fn parse(self) -> Result<(ProductPatch, Value), Problem> {
        let mut faults = Vec::new();
        let template = nested(&mut faults, "/template", new_variant(self.template));
        let added = template
            .and_then(|template| nested(&mut faults, "/options", each_combination(&template, self.options)));
        match added {
            Some(added) => {
                let request = json!({"variants": added.iter().map(as_request).collect::<Vec<_>>()});
                let variants = added.into_iter().map(VariantPatch::Add).collect();
                Ok((ProductPatch { variants, ..ProductPatch::default() }, request))
            }
            None => Err(Problem::invalid(faults)),
        }
    }
}

fn as_request(new: &NewVariant) -> Value {
    let content =
        new.goods.content.map(|content| json!({"amount": content.amount, "unit": content.unit.name}));
    let part = |part: &Part| json!({"variant_id": part.variant_id, "quantity": part.quantity});
    json!({
        "price": new.price, "stock": new.stock, "weight_g": new.weight_g, "content": content,
        "options": new.options.clone().into_map(), "tiers": new.tiers.clone().into_list(),
        "parts": new.goods.parts.iter().map(part).collect::<Vec<_>>(),
    })
}

impl OrderProductImages {
    fn parse(self) -> Result<Vec<Place>, Problem> {
        let mut fields = Fields::new();
        let mut items = Vec::with_capacity(self.items.len());
        for (index, place) in self.items.into_iter().enumerate() {
            let alt = place.alt.map(|alt| text(&alt, 0, 300, false));
            let alt = fields.take_opt(&format!("/items/{index}/alt"), alt).flatten();
            items.push(Place { id: place.id, alt: alt.filter(|alt| !alt.is_empty()) });
        }
        if fields.any() { Err(fields.into_problem()) } else { Ok(items) }
    }
}
