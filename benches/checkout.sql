-- A checkout of one line as Lapak does it, for pgbench: one transaction, the same statements in the same order (a test compares
-- them). Number k is the cart of this turn; the keys of whatever is written are made of it and grow, as ours do.
\set k :n * :clients + :client_id
\set n :n + 1
BEGIN;

INSERT INTO idempotency_keys (principal, route, key, body_hash, status, answer, created_at)
VALUES
    (:buyer, 'POST /v1/checkouts', 'pgbench-' || :k::text, repeat('0', 64), 0, '', now())
ON CONFLICT (principal, route, key) DO NOTHING;

UPDATE carts SET status = 'checked_out', updated_at = now()
WHERE id = ('01990000-0000-7000-8000-' || lpad(to_hex(:k::bigint), 12, '0'))::uuid
    AND status = 'open' AND (user_id = :buyer OR (user_id IS NULL AND secret_hash = 'pgbench'));

SELECT variants.id AS variant_id, variants.sku, variants.price, variants.tiers, variants.options, variants.weight_g,
    variants.product_id, variants.vendor_id, variants.is_bundle, variants.sale_price, variants.sale_from,
    variants.sale_to, products.title, products.unit, products.min_order, products.lead_time_days, products.stock_mode,
    products.quantity_step, products.category_id, products.tax_class, meal_plans.cutoff_hours, meal_plans.cutoff_days,
    meal_plans.cutoff_minute, meal_plans.weekdays AS meal_weekdays, meal_plans.windows AS meal_windows,
    meal_plans.districts AS meal_districts, CASE WHEN variants.is_bundle THEN COALESCE(( SELECT MIN(CASE WHEN
    part_product.status = 'published' THEN (part_stock.on_hand - part_stock.reserved) / bundle_parts.quantity ELSE 0
    END) FROM bundle_parts JOIN stock part_stock ON part_stock.variant_id = bundle_parts.part_id JOIN variants part ON
    part.id = bundle_parts.part_id JOIN products part_product ON part_product.id = part.product_id WHERE
    bundle_parts.bundle_id = variants.id), 0) ELSE stock.on_hand - stock.reserved END AS available, products.slug AS
    product_slug, products.status AS product_status, products.personalisation AS personal_fields,
    vendor_storefronts.reopens_on, vendors.slug AS vendor_slug, vendors.name AS vendor_name, vendors.status AS
    vendor_status, cart_lines.quantity, cart_lines.note, cart_lines.personalisation FROM carts LEFT JOIN cart_lines ON
    cart_lines.cart_id = carts.id LEFT JOIN variants ON variants.id = cart_lines.variant_id LEFT JOIN products ON
    products.id = variants.product_id LEFT JOIN vendors ON vendors.id = variants.vendor_id LEFT JOIN stock ON
    stock.variant_id = variants.id LEFT JOIN meal_plans ON meal_plans.product_id = variants.product_id LEFT JOIN
    vendor_storefronts ON vendor_storefronts.vendor_id = variants.vendor_id WHERE carts.id = ('01990000-0000-7000-8000-' || lpad(to_hex(:k::bigint), 12, '0'))::uuid AND carts.status = 'checked_out'
    ORDER BY vendors.id ASC, cart_lines.added_at ASC, cart_lines.variant_id ASC
\gset

UPDATE stock SET reserved = stock.reserved + 1
WHERE stock.variant_id = :variant_id AND stock.on_hand - stock.reserved >= 1
RETURNING stock.on_hand - stock.reserved, EXISTS(SELECT 1 FROM bundle_parts
    WHERE bundle_parts.part_id = stock.variant_id AND bundle_parts.quantity > stock.on_hand - stock.reserved
        AND bundle_parts.quantity <= (stock.on_hand - stock.reserved) + 1);

INSERT INTO purchases (id, buyer_id, payment_method, goods_total, shipping_total, tax_total, discount_total, total,
    shipping_address, created_at)
VALUES
    (('01990001-0000-7000-8000-' || lpad(to_hex(:k::bigint), 12, '0'))::uuid, :buyer, 'sandbox', :price, 0, 0, 0,
    :price, '{"recipient": "Ani Suryani", "phone": "081234567890", "line": "Jl. Melati 5, RT 02/03", "district_code":
    "32.16.09"}', now());

INSERT INTO news (id, job_id, kind, audience, audience_id, object_kind, object_id, data, created_at)
VALUES
    (('01990007-0000-7000-8000-' || lpad(to_hex(:k::bigint), 12, '0'))::uuid, ('01990005-0000-7000-8000-' ||
    lpad(to_hex(:k::bigint), 12, '0'))::uuid, 'order.awaiting_payment', 'user', :buyer, 'order',
    ('01990002-0000-7000-8000-' || lpad(to_hex(:k::bigint), 12, '0'))::uuid, '{"number": "PG-0", "total": 50000,
    "purchase_id": "01990001-0000-7000-8000-000000000000", "payment_method": "sandbox"}', now()),
    (('01990008-0000-7000-8000-' || lpad(to_hex(:k::bigint), 12, '0'))::uuid, ('01990005-0000-7000-8000-' ||
    lpad(to_hex(:k::bigint), 12, '0'))::uuid, 'order.awaiting_payment', 'vendor', :vendor_id, 'order',
    ('01990002-0000-7000-8000-' || lpad(to_hex(:k::bigint), 12, '0'))::uuid, '{"number": "PG-0", "total": 50000,
    "purchase_id": "01990001-0000-7000-8000-000000000000", "payment_method": "sandbox"}', now());

INSERT INTO orders (id, number, purchase_id, vendor_id, buyer_id, status, payment_method, goods_total, shipping_total,
    tax_total, discount_total, total, delivery_method, delivery_date, delivery_window, placed_at, updated_at, channel,
    refunded, accept_days, ship_days, complete_days, return_days, dispute_days, accept_by, ship_by, delivered_at,
    complete_at, return_by, dispute_by, reminded, shipments, open_returns, open_disputes, end_reason)
VALUES
    (('01990002-0000-7000-8000-' || lpad(to_hex(:k::bigint), 12, '0'))::uuid, 'PG-' || :k::text,
    ('01990001-0000-7000-8000-' || lpad(to_hex(:k::bigint), 12, '0'))::uuid, :vendor_id, :buyer, 'awaiting_payment',
    'sandbox', :price, 0, 0, 0, :price, 'pickup', NULL, NULL, now(), now(), 'marketplace', 0, 2, 3, 3, 2, 7, NULL, NULL,
    NULL, NULL, NULL, NULL, 0, 0, 0, 0, NULL);

INSERT INTO order_lines (id, order_id, variant_id, product_id, title, sku, options, unit, unit_price, quantity,
    line_total, note, reservation, position, personalisation, surcharge, parent_id, portion_date, shipped, returned)
VALUES
    (('01990003-0000-7000-8000-' || lpad(to_hex(:k::bigint), 12, '0'))::uuid, ('01990002-0000-7000-8000-' ||
    lpad(to_hex(:k::bigint), 12, '0'))::uuid, :variant_id, :product_id, :title, :sku, :options, :unit, :price, 1,
    :price, NULL, 'held', 0, NULL, 0, NULL, NULL, 0, 0);

SELECT vendors.id, vendors.legal_form, vendors.npwp_sealed, vendors.nik_sealed, vendor_profiles.is_pkp,
    tax_profiles.owes_pbjt, tax_years.turnover, tax_letters.kind AS letter, commission_rules.id AS rule_id,
    commission_rules.scope AS rule_scope, commission_rules.scope_id AS rule_scope_id, commission_rules.rate_bp AS
    rule_rate_bp, commission_rules.floor AS rule_floor, commission_rules.cap AS rule_cap, commission_rules.on_shipping
    AS rule_on_shipping, commission_rules.tax_bp AS rule_tax_bp, commission_rules.valid_from AS rule_valid_from,
    commission_rules.valid_to AS rule_valid_to, commission_rules.note AS rule_note, commission_rules.created_by AS
    rule_created_by, commission_rules.created_at AS rule_created_at FROM vendors LEFT JOIN vendor_profiles ON vendors.id
    = vendor_profiles.vendor_id LEFT JOIN tax_profiles ON vendors.id = tax_profiles.vendor_id LEFT JOIN tax_years ON
    vendors.id = tax_years.vendor_id AND tax_years.year = 2026 LEFT JOIN tax_letters ON vendors.id = tax_letters.vendor_id
    AND (tax_letters.valid_from <= '2026-11-25' AND tax_letters.valid_to >= '2026-11-25') LEFT JOIN commission_rules ON
    commission_rules.valid_from <= '2026-11-25' AND (commission_rules.valid_to IS NULL OR commission_rules.valid_to >= '2026-11-25') AND
    (commission_rules.scope <> 'vendor' OR commission_rules.scope_id = vendors.id) WHERE vendors.id IN (:vendor_id);

INSERT INTO order_terms (order_id, vendor_id, buyer_total, seller_net, courier_net, commission, commission_tax,
    remitted_by_platform, withheld_by_treasurer, platform_discounts, net_total, cash_due, created_at)
VALUES
    (('01990002-0000-7000-8000-' || lpad(to_hex(:k::bigint), 12, '0'))::uuid, :vendor_id, :price, :price, 0, 0, 0, 0, 0,
    0, :price, false, now());

INSERT INTO payments (id, purchase_id, buyer_id, method, status, amount, refunded, expires_at, paid_at, proof_key,
    confirmed_by, note, created_at, updated_at, reference)
VALUES
    (('01990004-0000-7000-8000-' || lpad(to_hex(:k::bigint), 12, '0'))::uuid, ('01990001-0000-7000-8000-' ||
    lpad(to_hex(:k::bigint), 12, '0'))::uuid, :buyer, 'sandbox', 'pending', :price, 0, now() + interval '1 day', NULL,
    NULL, NULL, NULL, now(), now(), 'PG-' || :k::text);

INSERT INTO jobs (id, kind, payload, state, run_at, attempts, max_attempts, locked_by, locked_until, last_error,
    created_at, done_at)
VALUES
    (('01990005-0000-7000-8000-' || lpad(to_hex(:k::bigint), 12, '0'))::uuid, 'notifications.carry', '{"payment_id":
    "01990004-0000-7000-8000-000000000000"}', 'queued', now(), 0, 10, NULL, NULL, NULL, now(), NULL),
    (('01990006-0000-7000-8000-' || lpad(to_hex(:k::bigint), 12, '0'))::uuid, 'checkout.expire', '{"payment_id":
    "01990004-0000-7000-8000-000000000000"}', 'queued', now() + interval '1 day', 0, 10, NULL, NULL, NULL, now(), NULL);

UPDATE idempotency_keys SET status = 201, answer = repeat('x', 600)
WHERE principal = :buyer AND route = 'POST /v1/checkouts' AND key = 'pgbench-' || :k::text;
COMMIT;
