//! Carts over HTTP.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::error::CartError;
use super::model::{Access, Basket, Line, LineFault, MAX_QUANTITY, goods_total};
use super::query;
use super::service::{self, Wanted};
use crate::app::App;
use crate::catalog::model::personal::Chosen;
use crate::kernel::fields::{number, text};
use crate::kernel::{CartId, Fields, Problem, ProductId, Rupiah, VariantId, VendorId};
use crate::platform::random;
use crate::web::{Api, Area, Caller, PathId, PathIds, Policy, ValidJson};

/// Routes of this feature.
pub fn routes() -> Api<App> {
    Api::new()
        .route(CREATE_CART, routes!(create_cart))
        .route(GET_CART, routes!(get_cart))
        .route(PUT_CART_LINE, routes!(put_cart_line))
}

const CREATE_CART: Policy = Policy::PUBLIC;
const GET_CART: Policy = Policy::PUBLIC;
const PUT_CART_LINE: Policy = Policy::PUBLIC;

impl<S: Send + Sync> FromRequestParts<S> for Access {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Anybody may come to a cart, so that no policy looks at the scopes of a key: one that is not for buying is a visitor's.
        let write = parts.method != Method::GET;
        let caller = parts.extensions.get::<Caller>().filter(|caller| caller.reaches(Area::Orders, write));
        let secret = parts.headers.get("x-cart-secret").and_then(|secret| secret.to_str().ok());
        Ok(Self {
            user_id: caller.map(|caller| caller.user_id),
            secret_hash: secret.filter(|secret| !secret.is_empty()).map(random::digest),
        })
    }
}

/// A new cart.
#[derive(Serialize, ToSchema)]
pub struct CartOpened {
    id: CartId,
    /// Send it as `X-Cart-Secret`; `null` for a signed-in person's cart.
    secret: Option<String>,
}

/// What a line is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutCartLine {
    /// Pieces; 0 removes the line.
    quantity: i32,
    /// A wish for this article, e.g. size or engraving.
    #[serde(default)]
    note: Option<String>,
    /// What is to be made of it: values by the names of the product's personalisation fields.
    #[serde(default)]
    personalisation: BTreeMap<String, String>,
}

/// A cart.
#[derive(Serialize, ToSchema)]
pub struct CartOut {
    id: CartId,
    lines: Vec<CartLineOut>,
    groups: Vec<CartGroupOut>,
    goods_total: Rupiah,
}

/// One article in a cart.
#[derive(Serialize, ToSchema)]
pub struct CartLineOut {
    variant_id: VariantId,
    product_id: ProductId,
    product_slug: String,
    vendor_id: VendorId,
    title: String,
    sku: String,
    #[schema(value_type = Object)]
    options: Value,
    unit: String,
    quantity: i32,
    /// Price of one piece in this quantity, with what the buyer's wishes cost.
    unit_price: Rupiah,
    /// What the wishes cost for one piece.
    surcharge: Rupiah,
    personalisation: Vec<Chosen>,
    line_total: Rupiah,
    note: Option<String>,
    /// Why the line cannot be bought as it is; `null` if it can.
    fault: Option<LineFault>,
}

/// The articles of one shop.
#[derive(Serialize, ToSchema)]
pub struct CartGroupOut {
    vendor: CartVendorOut,
    variant_ids: Vec<VariantId>,
    goods_total: Rupiah,
}

/// The shop of a group.
#[derive(Serialize, ToSchema)]
pub struct CartVendorOut {
    id: VendorId,
    slug: String,
    name: String,
}

/// Open a cart, or get the open one of a signed-in person.
#[utoipa::path(post, path = "/v1/carts", tag = "cart", responses((status = 201, body = CartOpened)))]
async fn create_cart(
    State(app): State<App>,
    access: Access,
) -> Result<(StatusCode, Json<CartOpened>), Problem> {
    let opened = service::open(&app, access.user_id).await?;
    Ok((StatusCode::CREATED, Json(CartOpened { id: opened.id, secret: opened.secret })))
}

/// Read a cart.
#[utoipa::path(get, path = "/v1/carts/{cart_id}", tag = "cart",
    params(("cart_id" = CartId, Path), ("x-cart-secret" = Option<String>, Header, description = "Secret of a guest's cart")),
    responses((status = 200, body = CartOut), (status = 404, description = "No such cart, or not yours")))]
async fn get_cart(
    State(app): State<App>,
    access: Access,
    PathId(id): PathId<CartId>,
) -> Result<Json<CartOut>, Problem> {
    let basket = query::basket(app.db.read(), id, &access, app.now()).await?.ok_or(CartError::NotFound)?;
    Ok(Json(CartOut::of(&basket)?))
}

/// Set the quantity of one article; 0 removes it.
#[utoipa::path(put, path = "/v1/carts/{cart_id}/lines/{variant_id}", tag = "cart", request_body = PutCartLine,
    params(("cart_id" = CartId, Path), ("variant_id" = VariantId, Path),
        ("x-cart-secret" = Option<String>, Header, description = "Secret of a guest's cart")),
    responses((status = 200, body = CartOut), (status = 404, description = "No such cart or article"),
        (status = 422, description = "Invalid, below the minimum order, or the cart is full")))]
async fn put_cart_line(
    State(app): State<App>,
    access: Access,
    PathIds((cart_id, variant_id)): PathIds<(CartId, VariantId)>,
    ValidJson(body): ValidJson<PutCartLine>,
) -> Result<Json<CartOut>, Problem> {
    let wanted = body.check(variant_id)?;
    let basket = service::put_line(&app, cart_id, &access, wanted).await?;
    Ok(Json(CartOut::of(&basket)?))
}

impl PutCartLine {
    fn check(self, variant_id: VariantId) -> Result<Wanted, Problem> {
        let mut fields = Fields::new();
        let quantity = fields.take("/quantity", number(self.quantity, 0, MAX_QUANTITY));
        let note = fields.take_opt("/note", self.note.map(|note| text(&note, 0, 200, true)));
        match (quantity, note) {
            (Some(quantity), Some(note)) => {
                let note = note.filter(|note| !note.is_empty());
                Ok(Wanted { variant_id, quantity, note, personalisation: self.personalisation })
            }
            _ => Err(fields.into_problem()),
        }
    }
}

impl CartOut {
    fn of(basket: &Basket) -> Result<Self, CartError> {
        let groups =
            basket.groups().filter_map(|lines| lines.first().map(|first| CartGroupOut::of(first, lines)));
        Ok(Self {
            id: basket.cart_id,
            goods_total: basket.goods_total()?,
            groups: groups.collect::<Result<_, _>>()?,
            lines: basket.lines.iter().map(CartLineOut::of).collect::<Result<_, _>>()?,
        })
    }
}

impl CartGroupOut {
    fn of(first: &Line, lines: &[Line]) -> Result<Self, CartError> {
        Ok(Self {
            vendor: CartVendorOut {
                id: first.vendor_id,
                slug: first.vendor_slug.clone(),
                name: first.vendor_name.clone(),
            },
            variant_ids: lines.iter().map(|line| line.variant_id).collect(),
            goods_total: goods_total(lines)?,
        })
    }
}

impl CartLineOut {
    fn of(line: &Line) -> Result<Self, CartError> {
        Ok(Self {
            variant_id: line.variant_id,
            product_id: line.product_id,
            product_slug: line.product_slug.clone(),
            vendor_id: line.vendor_id,
            title: line.title.clone(),
            sku: line.sku.clone(),
            options: serde_json::from_str(&line.options).unwrap_or_default(),
            unit: line.unit.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price()?,
            surcharge: line.surcharge()?,
            personalisation: line.chosen().unwrap_or_default(),
            line_total: line.total()?,
            note: line.note.clone(),
            fault: line.fault(),
        })
    }
}
