//! What happens between the order and its end: deadlines, parcels, returns, quarrels, and what people say about it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbErr;

use crate::sql::{self, Cell, Seeds};

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE holidays (
    id {uuid} PRIMARY KEY,
    day text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    created_by {uuid} REFERENCES users (id),
    created_at {time} NOT NULL
);
CREATE UNIQUE INDEX holidays_day ON holidays (day);

ALTER TABLE orders ADD COLUMN accept_days integer NOT NULL DEFAULT 3;
ALTER TABLE orders ADD COLUMN ship_days integer NOT NULL DEFAULT 5;
ALTER TABLE orders ADD COLUMN complete_days integer NOT NULL DEFAULT 3;
ALTER TABLE orders ADD COLUMN return_days integer NOT NULL DEFAULT 2;
ALTER TABLE orders ADD COLUMN dispute_days integer NOT NULL DEFAULT 7;
ALTER TABLE orders ADD COLUMN accept_by {time};
ALTER TABLE orders ADD COLUMN ship_by {time};
ALTER TABLE orders ADD COLUMN delivered_at {time};
ALTER TABLE orders ADD COLUMN complete_at {time};
ALTER TABLE orders ADD COLUMN return_by {time};
ALTER TABLE orders ADD COLUMN dispute_by {time};
ALTER TABLE orders ADD COLUMN reminded integer NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN shipments integer NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN open_returns integer NOT NULL DEFAULT 0 CHECK (open_returns >= 0);
ALTER TABLE orders ADD COLUMN open_disputes integer NOT NULL DEFAULT 0 CHECK (open_disputes >= 0);
ALTER TABLE orders ADD COLUMN end_reason text;

ALTER TABLE order_lines ADD COLUMN shipped integer NOT NULL DEFAULT 0 CHECK (shipped >= 0 AND shipped <= quantity);
ALTER TABLE order_lines ADD COLUMN returned integer NOT NULL DEFAULT 0 CHECK (returned >= 0 AND returned <= quantity);

CREATE TABLE shipments (
    id {uuid} PRIMARY KEY,
    order_id {uuid} NOT NULL REFERENCES orders (id),
    number integer NOT NULL,
    status text NOT NULL,
    carrier text,
    tracking_number text,
    note text,
    sent_by {uuid} NOT NULL REFERENCES users (id),
    sent_at {time} NOT NULL,
    delivered_by {uuid} REFERENCES users (id),
    delivered_at {time},
    recipient_name text,
    recipient_position text,
    recipient_phone text,
    photo_id {uuid},
    received_at {time},
    receipt_note text,
    CONSTRAINT shipments_numbered CHECK (number >= 1)
);
CREATE UNIQUE INDEX shipments_number ON shipments (order_id, number);

CREATE TABLE shipment_lines (
    shipment_id {uuid} NOT NULL REFERENCES shipments (id),
    line_id {uuid} NOT NULL REFERENCES order_lines (id),
    quantity integer NOT NULL,
    received integer,
    problem text,
    PRIMARY KEY (shipment_id, line_id),
    CONSTRAINT shipment_lines_quantity CHECK (quantity > 0),
    CONSTRAINT shipment_lines_received CHECK (received IS NULL OR received >= 0)
);

CREATE TABLE returns (
    id {uuid} PRIMARY KEY,
    order_id {uuid} NOT NULL REFERENCES orders (id),
    number integer NOT NULL,
    status text NOT NULL,
    note text,
    requested_by {uuid} NOT NULL REFERENCES users (id),
    decide_by {time} NOT NULL,
    decided_by {uuid} REFERENCES users (id),
    decided_at {time},
    answer text,
    ship_back_by {time},
    carrier text,
    tracking_number text,
    shipped_back_at {time},
    received_at {time},
    reminded integer NOT NULL DEFAULT 0,
    refund_amount bigint,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CONSTRAINT returns_refund CHECK (refund_amount IS NULL OR refund_amount >= 0)
);
CREATE UNIQUE INDEX returns_number ON returns (order_id, number);
CREATE INDEX returns_status ON returns (status, id);

CREATE TABLE return_lines (
    return_id {uuid} NOT NULL REFERENCES returns (id),
    line_id {uuid} NOT NULL REFERENCES order_lines (id),
    quantity integer NOT NULL,
    reason text NOT NULL,
    restocked integer NOT NULL DEFAULT 0,
    lost integer NOT NULL DEFAULT 0,
    PRIMARY KEY (return_id, line_id),
    CONSTRAINT return_lines_quantity CHECK (quantity > 0 AND restocked >= 0 AND lost >= 0 AND restocked + lost <= quantity)
);
CREATE INDEX return_lines_line ON return_lines (line_id);

CREATE TABLE disputes (
    id {uuid} PRIMARY KEY,
    order_id {uuid} NOT NULL REFERENCES orders (id),
    return_id {uuid} REFERENCES returns (id),
    status text NOT NULL,
    opened_as text NOT NULL,
    opened_by {uuid} NOT NULL REFERENCES users (id),
    reason text NOT NULL,
    text text,
    outcome text,
    amount bigint,
    payer text,
    restock {bool} NOT NULL,
    ruling text,
    ended_by {uuid} REFERENCES users (id),
    ended_at {time},
    created_at {time} NOT NULL,
    CONSTRAINT disputes_amount CHECK (amount IS NULL OR amount >= 0)
);
CREATE UNIQUE INDEX disputes_open ON disputes (order_id) WHERE status = 'open';
CREATE INDEX disputes_order ON disputes (order_id, id);
CREATE INDEX disputes_status ON disputes (status, id);

CREATE TABLE dispute_posts (
    id {uuid} PRIMARY KEY,
    dispute_id {uuid} NOT NULL REFERENCES disputes (id),
    author text NOT NULL,
    author_id {uuid} NOT NULL REFERENCES users (id),
    text text,
    created_at {time} NOT NULL
);
CREATE INDEX dispute_posts_dispute ON dispute_posts (dispute_id, id);

CREATE TABLE order_files (
    id {uuid} PRIMARY KEY,
    order_id {uuid} NOT NULL REFERENCES orders (id),
    side text NOT NULL,
    uploaded_by {uuid} NOT NULL REFERENCES users (id),
    file_key text,
    use_of text,
    object_id {uuid},
    created_at {time} NOT NULL
);
CREATE INDEX order_files_order ON order_files (order_id, id);
CREATE INDEX order_files_loose ON order_files (created_at) WHERE use_of IS NULL;

CREATE TABLE order_acts (
    id {uuid} PRIMARY KEY,
    order_id {uuid} NOT NULL REFERENCES orders (id),
    kind text NOT NULL,
    actor text NOT NULL,
    actor_id {uuid},
    object_id {uuid} NOT NULL,
    detail text NOT NULL,
    created_at {time} NOT NULL
);
CREATE INDEX order_acts_order ON order_acts (order_id, id);

CREATE TABLE conversations (
    id {uuid} PRIMARY KEY,
    buyer_id {uuid} NOT NULL REFERENCES users (id),
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    buyer_unread integer NOT NULL,
    vendor_unread integer NOT NULL,
    last_message_id {uuid} NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CONSTRAINT conversations_unread CHECK (buyer_unread >= 0 AND vendor_unread >= 0)
);
CREATE UNIQUE INDEX conversations_pair ON conversations (buyer_id, vendor_id);
CREATE INDEX conversations_vendor ON conversations (vendor_id, last_message_id);

CREATE TABLE conversation_messages (
    id {uuid} PRIMARY KEY,
    conversation_id {uuid} NOT NULL REFERENCES conversations (id),
    side text NOT NULL,
    author_id {uuid} NOT NULL REFERENCES users (id),
    order_id {uuid} REFERENCES orders (id),
    product_id {uuid} REFERENCES products (id),
    text text,
    created_at {time} NOT NULL
);
CREATE INDEX conversation_messages_conversation ON conversation_messages (conversation_id, id);
CREATE INDEX conversation_messages_order ON conversation_messages (order_id, id);
CREATE INDEX conversation_messages_author ON conversation_messages (author_id, id);
";

/// The last made first.
const TABLES: &[&str] = &[
    "conversation_messages",
    "conversations",
    "order_acts",
    "order_files",
    "dispute_posts",
    "disputes",
    "return_lines",
    "returns",
    "shipment_lines",
    "shipments",
    "holidays",
];

const OF_LINES: &[&str] = &["returned", "shipped"];

const OF_ORDERS: &[&str] = &[
    "end_reason",
    "open_disputes",
    "open_returns",
    "shipments",
    "reminded",
    "dispute_by",
    "return_by",
    "complete_at",
    "delivered_at",
    "ship_by",
    "accept_by",
    "dispute_days",
    "return_days",
    "complete_days",
    "ship_days",
    "accept_days",
];

/// The holidays that every installation starts with. Operators change the list afterwards.
const HOLIDAYS: &str = include_str!("../../config/data/holidays.csv");

/// Ids are the same everywhere: UUIDv7 of 2026-11-24 with the number of the row.
const FIRST_ID: u128 = 0x019a_b30d_d800_7000_8000_0000_0002_0000;

fn holidays() -> Result<InsertStatement, DbErr> {
    sql::seeds(&Seeds {
        table: "holidays",
        columns: &[("day", Cell::Text), ("name", Cell::Text), ("kind", Cell::Text)],
        file: ("config/data/holidays.csv", HOLIDAYS),
        first_id: FIRST_ID,
    })
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await?;
        manager.execute(holidays()?).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::drop_tables(manager, TABLES).await?;
        for (table, columns) in [("order_lines", OF_LINES), ("orders", OF_ORDERS)] {
            for column in columns {
                let drop = format!("ALTER TABLE {table} DROP COLUMN {column}");
                manager.get_connection().execute_unprepared(&drop).await?;
            }
        }
        Ok(())
    }
}
