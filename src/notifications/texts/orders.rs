//! Orders and their delivery.

use super::Row;
use super::Side::{Person, Shop};

/// See the head of the module.
pub const ROWS: &[Row] = &[
    (
        "order.awaiting_payment",
        Person,
        [
            "Pesanan {number}",
            "Pesanan {number} senilai {rp:total} kami terima. Mohon selesaikan pembayarannya.",
        ],
        ["Order {number}", "We have your order {number} for {rp:total}. Please complete the payment."],
    ),
    (
        "order.placed",
        Person,
        ["Pesanan {number}", "Pesanan {number} senilai {rp:total} kami teruskan ke toko."],
        ["Order {number}", "Your order {number} for {rp:total} has been passed to the shop."],
    ),
    (
        "order.placed",
        Shop,
        [
            "Pesanan {number}",
            "Ada pesanan baru {number} senilai {rp:total}. Mohon segera diterima atau ditolak.",
        ],
        ["Order {number}", "There is a new order {number} for {rp:total}. Please accept or decline it soon."],
    ),
    (
        "order.paid",
        Person,
        ["Pesanan {number}", "Pembayaran {rp:total} untuk pesanan {number} sudah kami terima."],
        ["Order {number}", "We have received {rp:total} for order {number}."],
    ),
    (
        "order.paid",
        Shop,
        [
            "Pesanan {number}",
            "Ada pesanan baru {number} senilai {rp:total}. Mohon segera diterima atau ditolak.",
        ],
        ["Order {number}", "There is a new order {number} for {rp:total}. Please accept or decline it soon."],
    ),
    (
        "order.accepted",
        Person,
        ["Pesanan {number}", "Pesanan {number} sedang disiapkan toko."],
        ["Order {number}", "The shop is preparing order {number}."],
    ),
    (
        "order.shipped",
        Person,
        ["Pesanan {number}", "Pesanan {number} sedang dikirim."],
        ["Order {number}", "Order {number} is on its way."],
    ),
    (
        "order.delivered",
        Person,
        ["Pesanan {number}", "Pesanan {number} sudah sampai. Mohon konfirmasi penerimaannya."],
        ["Order {number}", "Order {number} has arrived. Please confirm that you received it."],
    ),
    (
        "order.completed",
        Shop,
        ["Pesanan {number}", "Pesanan {number} selesai; {rp:total} menjadi hak toko."],
        ["Order {number}", "Order {number} is complete; {rp:total} belongs to the shop."],
    ),
    (
        "order.expired",
        Person,
        ["Pesanan {number}", "Pesanan {number} berakhir karena melewati batas waktu."],
        ["Order {number}", "Order {number} has ended because its time ran out."],
    ),
    (
        "order.declined",
        Person,
        [
            "Pesanan {number}",
            "Toko tidak dapat memenuhi pesanan {number}. Uang yang sudah dibayar dikembalikan.",
        ],
        ["Order {number}", "The shop cannot fulfil order {number}. What you paid will be returned."],
    ),
    (
        "order.cancelled",
        Shop,
        ["Pesanan {number}", "Pesanan {number} dibatalkan pembeli."],
        ["Order {number}", "The buyer has cancelled order {number}."],
    ),
    (
        "order.returned",
        Person,
        ["Pesanan {number}", "Pengembalian pesanan {number} sudah kami catat."],
        ["Order {number}", "The return of order {number} has been recorded."],
    ),
    (
        "order.returned",
        Shop,
        ["Pesanan {number}", "Pesanan {number} dikembalikan."],
        ["Order {number}", "Order {number} has been returned."],
    ),
];
