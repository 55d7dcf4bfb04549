//! Carts, purchases, orders, payments and refunds.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE carts (
    id {uuid} PRIMARY KEY,
    user_id {uuid} REFERENCES users (id),
    secret_hash text,
    status text NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CONSTRAINT carts_owner CHECK (user_id IS NOT NULL OR secret_hash IS NOT NULL)
);
CREATE UNIQUE INDEX carts_open ON carts (user_id) WHERE status = 'open';

CREATE TABLE cart_lines (
    cart_id {uuid} NOT NULL REFERENCES carts (id),
    variant_id {uuid} NOT NULL REFERENCES variants (id),
    quantity integer NOT NULL,
    note text,
    added_at {time} NOT NULL,
    PRIMARY KEY (cart_id, variant_id),
    CONSTRAINT cart_lines_quantity CHECK (quantity > 0)
);

CREATE TABLE purchases (
    id {uuid} PRIMARY KEY,
    buyer_id {uuid} NOT NULL REFERENCES users (id),
    payment_method text NOT NULL,
    goods_total bigint NOT NULL,
    shipping_total bigint NOT NULL,
    tax_total bigint NOT NULL,
    discount_total bigint NOT NULL,
    total bigint NOT NULL,
    shipping_address text NOT NULL,
    created_at {time} NOT NULL,
    CONSTRAINT purchases_total CHECK (total >= 0 AND total = goods_total + shipping_total + tax_total - discount_total)
);
CREATE INDEX purchases_buyer ON purchases (buyer_id, id);

CREATE TABLE orders (
    id {uuid} PRIMARY KEY,
    number text NOT NULL,
    purchase_id {uuid} NOT NULL REFERENCES purchases (id),
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    buyer_id {uuid} NOT NULL REFERENCES users (id),
    status text NOT NULL,
    payment_method text NOT NULL,
    goods_total bigint NOT NULL,
    shipping_total bigint NOT NULL,
    tax_total bigint NOT NULL,
    discount_total bigint NOT NULL,
    total bigint NOT NULL,
    delivery_method text NOT NULL,
    delivery_date text,
    delivery_window text,
    placed_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CONSTRAINT orders_total CHECK (total >= 0 AND total = goods_total + shipping_total + tax_total - discount_total)
);
CREATE UNIQUE INDEX orders_number ON orders (number);
CREATE INDEX orders_purchase ON orders (purchase_id);
CREATE INDEX orders_vendor ON orders (vendor_id, id);
CREATE INDEX orders_buyer ON orders (buyer_id, id);

CREATE TABLE order_lines (
    id {uuid} PRIMARY KEY,
    order_id {uuid} NOT NULL REFERENCES orders (id),
    variant_id {uuid} NOT NULL REFERENCES variants (id),
    product_id {uuid} NOT NULL REFERENCES products (id),
    title text NOT NULL,
    sku text NOT NULL,
    options text NOT NULL,
    unit text NOT NULL,
    unit_price bigint NOT NULL,
    quantity integer NOT NULL,
    line_total bigint NOT NULL,
    note text,
    reservation text NOT NULL,
    position integer NOT NULL,
    CONSTRAINT order_lines_quantity CHECK (quantity > 0),
    CONSTRAINT order_lines_total CHECK (unit_price >= 0 AND line_total = unit_price * quantity)
);
CREATE INDEX order_lines_order ON order_lines (order_id, position);
CREATE INDEX order_lines_held ON order_lines (variant_id) WHERE reservation = 'held';

CREATE TABLE order_events (
    id {uuid} PRIMARY KEY,
    order_id {uuid} NOT NULL REFERENCES orders (id),
    from_status text NOT NULL,
    to_status text NOT NULL,
    actor text NOT NULL,
    actor_id {uuid},
    note text,
    job_id {uuid} NOT NULL,
    created_at {time} NOT NULL
);
CREATE INDEX order_events_order ON order_events (order_id, id);

CREATE TABLE payments (
    id {uuid} PRIMARY KEY,
    purchase_id {uuid} NOT NULL REFERENCES purchases (id),
    buyer_id {uuid} NOT NULL REFERENCES users (id),
    method text NOT NULL,
    status text NOT NULL,
    amount bigint NOT NULL,
    refunded bigint NOT NULL,
    expires_at {time},
    paid_at {time},
    proof_key text,
    confirmed_by {uuid},
    note text,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CONSTRAINT payments_amount CHECK (amount >= 0 AND refunded >= 0 AND refunded <= amount)
);
CREATE UNIQUE INDEX payments_purchase ON payments (purchase_id);
CREATE INDEX payments_status ON payments (status, id);

CREATE TABLE refunds (
    id {uuid} PRIMARY KEY,
    payment_id {uuid} NOT NULL REFERENCES payments (id),
    order_id {uuid} NOT NULL REFERENCES orders (id),
    amount bigint NOT NULL,
    status text NOT NULL,
    created_at {time} NOT NULL,
    done_at {time},
    CONSTRAINT refunds_amount CHECK (amount > 0)
);
CREATE UNIQUE INDEX refunds_order ON refunds (order_id);
CREATE INDEX refunds_payment ON refunds (payment_id);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::drop_tables(
            manager,
            &[
                "refunds",
                "payments",
                "order_events",
                "order_lines",
                "orders",
                "purchases",
                "cart_lines",
                "carts",
            ],
        )
        .await
    }
}
