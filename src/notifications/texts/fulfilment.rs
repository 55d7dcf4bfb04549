//! Deadlines, parcels, returns, quarrels, messages.

use super::Row;
use super::Side::{Office, Person, Shop};

/// See the head of the module.
pub const ROWS: &[Row] = &[
    (
        "order.not_accepted",
        Person,
        [
            "Pesanan {number}",
            "Toko tidak menerima pesanan {number} dalam batas waktu. Uang yang sudah dibayar dikembalikan.",
        ],
        ["Order {number}", "The shop did not accept order {number} in time. What you paid will be returned."],
    ),
    (
        "order.not_accepted",
        Shop,
        ["Pesanan {number}", "Pesanan {number} berakhir karena tidak diterima dalam batas waktu."],
        ["Order {number}", "Order {number} has ended because it was not accepted in time."],
    ),
    (
        "order.cancelled_by_shop",
        Person,
        ["Pesanan {number}", "Toko membatalkan pesanan {number}. Uang yang sudah dibayar dikembalikan."],
        ["Order {number}", "The shop has called off order {number}. What you paid will be returned."],
    ),
    (
        "order.auto_completed",
        Person,
        ["Pesanan {number}", "Pesanan {number} dianggap sudah diterima."],
        ["Order {number}", "Order {number} counts as received."],
    ),
    (
        "order.auto_completed",
        Shop,
        ["Pesanan {number}", "Pesanan {number} selesai; {rp:total} menjadi hak toko."],
        ["Order {number}", "Order {number} is complete; {rp:total} belongs to the shop."],
    ),
    (
        "order.accept_reminder",
        Person,
        ["Pesanan {number}", "Pesanan {number} masih menunggu toko, paling lambat {day:until}."],
        ["Order {number}", "Order {number} still waits for the shop, until {day:until} at the latest."],
    ),
    (
        "order.accept_reminder",
        Shop,
        [
            "Pesanan {number}",
            "Pesanan {number} belum diterima. Terima atau tolak paling lambat {day:until}; setelah itu pesanan berakhir.",
        ],
        [
            "Order {number}",
            "Order {number} is not accepted yet. Accept or decline it by {day:until}; then it ends.",
        ],
    ),
    (
        "order.ship_reminder",
        Person,
        ["Pesanan {number}", "Pesanan {number} dikirim toko paling lambat {day:until}."],
        ["Order {number}", "The shop sends order {number} by {day:until} at the latest."],
    ),
    (
        "order.ship_reminder",
        Shop,
        ["Pesanan {number}", "Pesanan {number} harus dikirim paling lambat {day:until}."],
        ["Order {number}", "Order {number} has to be sent by {day:until}."],
    ),
    (
        "order.ship_overdue",
        Person,
        [
            "Pesanan {number}",
            "Pesanan {number} belum dikirim seluruhnya sampai batas waktu. Anda dapat membatalkannya atau meminta keputusan dinas.",
        ],
        [
            "Order {number}",
            "Order {number} was not sent in time. You may call it off or ask the office to decide.",
        ],
    ),
    (
        "order.ship_overdue",
        Shop,
        [
            "Pesanan {number}",
            "Batas waktu pengiriman pesanan {number} sudah lewat. Segera kirim; pembeli dapat membatalkannya.",
        ],
        [
            "Order {number}",
            "The time to send order {number} is over. Send it now; the buyer may call it off.",
        ],
    ),
    (
        "order.complete_reminder",
        Person,
        [
            "Pesanan {number}",
            "Konfirmasi penerimaan pesanan {number} atau ajukan pengembalian. Setelah {day:until} pesanan dianggap diterima.",
        ],
        [
            "Order {number}",
            "Confirm order {number} or ask to give something back. After {day:until} it counts as received.",
        ],
    ),
    (
        "order.complete_reminder",
        Shop,
        ["Pesanan {number}", "Pesanan {number} dianggap diterima setelah {day:until}."],
        ["Order {number}", "Order {number} counts as received after {day:until}."],
    ),
    (
        "shipment.sent",
        Person,
        ["Pesanan {number}", "Sebagian pesanan {number} sedang dikirim (kiriman ke-{shipment})."],
        ["Order {number}", "A part of order {number} is on its way (shipment {shipment})."],
    ),
    (
        "shipment.received_with_problems",
        Shop,
        [
            "Pesanan {number}",
            "Pembeli mencatat kekurangan atau masalah pada kiriman ke-{shipment} pesanan {number}.",
        ],
        [
            "Order {number}",
            "The buyer found something missing or wrong in shipment {shipment} of order {number}.",
        ],
    ),
    (
        "return.requested",
        Shop,
        [
            "Pesanan {number}",
            "Pembeli ingin mengembalikan barang dari pesanan {number}. Jawab paling lambat {day:until}; setelah itu dianggap setuju.",
        ],
        [
            "Order {number}",
            "The buyer wants to give back goods of order {number}. Answer by {day:until}; then it counts as agreed.",
        ],
    ),
    (
        "return.approved",
        Person,
        ["Pesanan {number}", "Pengembalian barang pesanan {number} disetujui. Silakan kirim barangnya."],
        ["Order {number}", "Your return of order {number} is agreed. Please send the goods."],
    ),
    (
        "return.approved",
        Shop,
        ["Pesanan {number}", "Pengembalian barang pesanan {number} disetujui otomatis karena tidak dijawab."],
        ["Order {number}", "The return of order {number} was agreed by itself because nobody answered."],
    ),
    (
        "return.refused",
        Person,
        [
            "Pesanan {number}",
            "Toko menolak pengembalian barang pesanan {number}. Anda dapat meminta keputusan dinas.",
        ],
        [
            "Order {number}",
            "The shop refused your return of order {number}. You may ask the office to decide.",
        ],
    ),
    (
        "return.shipped_back",
        Shop,
        ["Pesanan {number}", "Barang pesanan {number} sedang dikirim kembali ke toko."],
        ["Order {number}", "Goods of order {number} are on their way back to the shop."],
    ),
    (
        "return.received",
        Person,
        [
            "Pesanan {number}",
            "Toko menerima kembali barang pesanan {number}; {rp:amount} dikembalikan kepada Anda.",
        ],
        [
            "Order {number}",
            "The shop has the goods of order {number} back; {rp:amount} will be returned to you.",
        ],
    ),
    (
        "return.withdrawn",
        Person,
        ["Pesanan {number}", "Pengembalian barang pesanan {number} ditutup."],
        ["Order {number}", "The return of order {number} is closed."],
    ),
    (
        "return.withdrawn",
        Shop,
        ["Pesanan {number}", "Pengembalian barang pesanan {number} dibatalkan."],
        ["Order {number}", "The return of order {number} was taken back."],
    ),
    (
        "return.lapsed",
        Person,
        [
            "Pesanan {number}",
            "Pengembalian barang pesanan {number} gugur karena barang tidak dikirim dalam batas waktu.",
        ],
        [
            "Order {number}",
            "Your return of order {number} has lapsed because the goods were not sent in time.",
        ],
    ),
    (
        "return.lapsed",
        Shop,
        [
            "Pesanan {number}",
            "Pengembalian barang pesanan {number} gugur karena barang tidak dikirim dalam batas waktu.",
        ],
        [
            "Order {number}",
            "The return of order {number} has lapsed because the goods were not sent in time.",
        ],
    ),
    (
        "return.decide_reminder",
        Person,
        ["Pesanan {number}", "Toko menjawab pengembalian barang pesanan {number} paling lambat {day:until}."],
        ["Order {number}", "The shop answers the return of order {number} by {day:until}."],
    ),
    (
        "return.decide_reminder",
        Shop,
        [
            "Pesanan {number}",
            "Jawab pengembalian barang pesanan {number} paling lambat {day:until}; setelah itu dianggap setuju.",
        ],
        ["Order {number}", "Answer the return of order {number} by {day:until}; then it counts as agreed."],
    ),
    (
        "return.ship_back_reminder",
        Person,
        [
            "Pesanan {number}",
            "Kirim barang pesanan {number} kembali paling lambat {day:until}; setelah itu pengembalian gugur.",
        ],
        ["Order {number}", "Send the goods of order {number} back by {day:until}; then the return lapses."],
    ),
    (
        "return.ship_back_reminder",
        Shop,
        ["Pesanan {number}", "Pembeli mengirim barang pesanan {number} kembali paling lambat {day:until}."],
        ["Order {number}", "The buyer sends the goods of order {number} back by {day:until}."],
    ),
    (
        "dispute.opened",
        Person,
        ["Pesanan {number}", "Sengketa pesanan {number} diajukan ke dinas."],
        ["Order {number}", "A dispute about order {number} was brought to the office."],
    ),
    (
        "dispute.opened",
        Shop,
        ["Pesanan {number}", "Sengketa pesanan {number} diajukan ke dinas."],
        ["Order {number}", "A dispute about order {number} was brought to the office."],
    ),
    (
        "dispute.opened",
        Office,
        ["Pesanan {number}", "Sengketa pesanan {number} diajukan ke dinas."],
        ["Order {number}", "A dispute about order {number} was brought to the office."],
    ),
    (
        "dispute.answered",
        Person,
        ["Pesanan {number}", "Ada tanggapan baru pada sengketa pesanan {number}."],
        ["Order {number}", "There is a new answer in the dispute about order {number}."],
    ),
    (
        "dispute.answered",
        Shop,
        ["Pesanan {number}", "Ada tanggapan baru pada sengketa pesanan {number}."],
        ["Order {number}", "There is a new answer in the dispute about order {number}."],
    ),
    (
        "dispute.answered",
        Office,
        ["Pesanan {number}", "Ada tanggapan baru pada sengketa pesanan {number}."],
        ["Order {number}", "There is a new answer in the dispute about order {number}."],
    ),
    (
        "dispute.withdrawn",
        Person,
        ["Pesanan {number}", "Sengketa pesanan {number} dicabut."],
        ["Order {number}", "The dispute about order {number} was taken back."],
    ),
    (
        "dispute.withdrawn",
        Shop,
        ["Pesanan {number}", "Sengketa pesanan {number} dicabut."],
        ["Order {number}", "The dispute about order {number} was taken back."],
    ),
    (
        "dispute.withdrawn",
        Office,
        ["Pesanan {number}", "Sengketa pesanan {number} dicabut."],
        ["Order {number}", "The dispute about order {number} was taken back."],
    ),
    (
        "dispute.ruled",
        Person,
        [
            "Pesanan {number}",
            "Dinas sudah memutuskan sengketa pesanan {number}. Yang dikembalikan kepada pembeli: {rp:amount}.",
        ],
        [
            "Order {number}",
            "The office has decided the dispute about order {number}. Returned to the buyer: {rp:amount}.",
        ],
    ),
    (
        "dispute.ruled",
        Shop,
        [
            "Pesanan {number}",
            "Dinas sudah memutuskan sengketa pesanan {number}. Yang dikembalikan kepada pembeli: {rp:amount}.",
        ],
        [
            "Order {number}",
            "The office has decided the dispute about order {number}. Returned to the buyer: {rp:amount}.",
        ],
    ),
    (
        "message.received",
        Person,
        ["Pesan baru", "Ada pesan baru dari toko."],
        ["New message", "There is a new message from a shop."],
    ),
    (
        "message.received",
        Shop,
        ["Pesan baru", "Ada pesan baru dari pembeli."],
        ["New message", "There is a new message from a buyer."],
    ),
];
