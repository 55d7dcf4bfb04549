//! What people are told about an order, in Indonesian.

use crate::orders::entity::order::{self, Status};

/// Why somebody is told.
#[derive(Clone, Copy, Debug)]
pub enum Occasion {
    /// The order was placed.
    Placed,
    /// The order moved here.
    Moved(Status),
}

/// What the buyer is told; nothing about the buyer's own doing.
pub fn for_buyer(order: &order::Model, occasion: Occasion) -> Option<String> {
    let (number, total) = (&order.number, order.total);
    Some(match occasion {
        Occasion::Placed if order.status == Status::AwaitingPayment => {
            format!("Pesanan {number} senilai {total} kami terima. Mohon selesaikan pembayarannya.")
        }
        Occasion::Placed => format!("Pesanan {number} senilai {total} kami teruskan ke toko."),
        Occasion::Moved(Status::Paid) => {
            format!("Pembayaran {total} untuk pesanan {number} sudah kami terima.")
        }
        Occasion::Moved(Status::Accepted) => format!("Pesanan {number} sedang disiapkan toko."),
        Occasion::Moved(Status::Shipped) => format!("Pesanan {number} sedang dikirim."),
        Occasion::Moved(Status::Delivered) => {
            format!("Pesanan {number} sudah sampai. Mohon konfirmasi penerimaannya.")
        }
        Occasion::Moved(Status::Expired) => format!("Pesanan {number} berakhir karena melewati batas waktu."),
        Occasion::Moved(Status::Declined) => {
            format!("Toko tidak dapat memenuhi pesanan {number}. Uang yang sudah dibayar dikembalikan.")
        }
        Occasion::Moved(Status::Returned) => format!("Pengembalian pesanan {number} sudah kami catat."),
        Occasion::Moved(_) => return None,
    })
}

/// What the shop is told; nothing about its own doing.
pub fn for_shop(order: &order::Model, occasion: Occasion) -> Option<String> {
    let (number, total) = (&order.number, order.total);
    Some(match occasion {
        Occasion::Placed if order.status != Status::Placed => return None,
        Occasion::Placed | Occasion::Moved(Status::Paid) => {
            format!("Ada pesanan baru {number} senilai {total}. Mohon segera diterima atau ditolak.")
        }
        Occasion::Moved(Status::Cancelled) => format!("Pesanan {number} dibatalkan pembeli."),
        Occasion::Moved(Status::Completed) => format!("Pesanan {number} selesai; {total} menjadi hak toko."),
        Occasion::Moved(Status::Returned) => format!("Pesanan {number} dikembalikan."),
        Occasion::Moved(_) => return None,
    })
}
