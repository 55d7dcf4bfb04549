-- Carts for pgbench, filled like those of the driver. The key of a cart is made of its number.
INSERT INTO carts (id, user_id, secret_hash, status, created_at, updated_at)
SELECT ('01990000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid, NULL, 'pgbench', 'open', now(), now()
FROM generate_series(0, :carts - 1) AS number;

WITH articles AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many FROM variants
)
INSERT INTO cart_lines (cart_id, variant_id, quantity, added_at)
SELECT ('01990000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid, articles.id, 1, now()
FROM generate_series(0, :carts - 1) AS number
JOIN articles ON articles.place = number * 7919 % articles.many;
