//! Reading the statement of a bank: CSV as Indonesian banks write it. Pure rules.

use std::collections::HashMap;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::reference_code;
use crate::kernel::{Rupiah, hex};
use crate::payments::entity::bank_line::Direction;

/// Most lines of one statement.
const MAX_LINES: usize = 20_000;
/// Rows in which the names of the columns are looked for; banks put the account and the period above them.
const HEAD: usize = 40;
/// Longest description that is kept.
const MAX_TEXT: usize = 500;

/// A line of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Same for the same line, different for a second one that reads alike.
    pub key: String,
    /// From 1, as an editor shows it.
    pub position: i32,
    pub date: NaiveDate,
    pub description: String,
    pub direction: Direction,
    pub amount: Rupiah,
}

/// Why a file is no statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// No row names a date and amounts.
    #[error("no row names the columns")]
    Columns,
    /// More lines than are taken at once.
    #[error("more than {MAX_LINES} lines")]
    TooLong,
    /// A line cannot be read.
    #[error("line {0}: the date cannot be read")]
    Date(usize),
    /// A line cannot be read.
    #[error("line {0}: the amount cannot be read")]
    Amount(usize),
}

/// Which column holds what.
#[derive(Debug, Default)]
struct Columns {
    date: Option<usize>,
    description: Vec<usize>,
    debit: Option<usize>,
    credit: Option<usize>,
    amount: Option<usize>,
    kind: Option<usize>,
    /// A column without a name behind the amount: some banks write CR and DB there.
    unnamed: Option<usize>,
    balance: Option<usize>,
}

/// Reads a statement.
pub fn read(bytes: &[u8]) -> Result<Vec<Line>, StatementError> {
    let text = decode(bytes);
    let found = [b';', b',', b'\t'].into_iter().find_map(|delimiter| {
        let rows = rows(&text, delimiter);
        let at = rows.iter().take(HEAD).position(|(_, row)| columns(row).is_whole())?;
        Some((rows, at))
    });
    let (rows, at) = found.ok_or(StatementError::Columns)?;
    let columns = rows.get(at).map(|(_, row)| columns(row)).unwrap_or_default();
    let mut lines = Vec::new();
    let mut seen: HashMap<String, u32> = HashMap::new();
    for (number, row) in rows.into_iter().skip(at + 1) {
        if let Some(line) = columns.line(number, &row, &mut seen)? {
            lines.push(line);
        }
        if lines.len() > MAX_LINES {
            return Err(StatementError::TooLong);
        }
    }
    Ok(lines)
}

/// UTF-8, or the older Western encoding that banks still write.
fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn rows(text: &str, delimiter: u8) -> Vec<(usize, Vec<String>)> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let rows = reader.records().filter_map(Result::ok);
    let cells = |row: csv::StringRecord| {
        let line = row.position().map_or(0, csv::Position::line);
        let cells = row.iter().map(|cell| cell.trim().trim_start_matches('\'').to_owned()).collect();
        (usize::try_from(line).unwrap_or(0), cells)
    };
    rows.map(cells).collect()
}

fn columns(row: &[String]) -> Columns {
    let mut columns = Columns::default();
    for (at, cell) in row.iter().enumerate() {
        let name: String = cell.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        match name.trim() {
            "" => {}
            _ if has(&["saldo", "balance"]) => columns.balance = Some(at),
            _ if has(&["tanggal", "tgl", "date"]) => {
                columns.date.get_or_insert(at);
            }
            "dk" | "db cr" | "dbcr" | "tipe" | "jenis" | "type" | "dr cr" => columns.kind = Some(at),
            _ if has(&["debet", "debit", "keluar", "withdrawal"]) => columns.debit = Some(at),
            _ if has(&["kredit", "credit", "masuk", "deposit"]) => columns.credit = Some(at),
            _ if has(&["jumlah", "nominal", "amount", "mutasi"]) => columns.amount = Some(at),
            _ if has(&["keterangan", "uraian", "deskripsi", "description", "remark", "berita", "detail"]) => {
                columns.description.push(at);
            }
            _ => {}
        }
    }
    let nameless = |at: &usize| row.get(*at).is_none_or(|cell| !cell.chars().any(char::is_alphanumeric));
    columns.unnamed = columns.amount.map(|at| at + 1).filter(nameless);
    columns
}

impl Columns {
    fn is_whole(&self) -> bool {
        self.date.is_some() && (self.credit.is_some() || self.amount.is_some())
    }

    fn line(
        &self,
        number: usize,
        row: &[String],
        seen: &mut HashMap<String, u32>,
    ) -> Result<Option<Line>, StatementError> {
        let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).map_or("", String::as_str);
        let moved = self.moved(number, &cell)?;
        let Some((direction, amount)) = moved.filter(|_| !cell(self.date).is_empty()) else {
            return Ok(None);
        };
        let Some(date) = date(cell(self.date)) else {
            // The rows below the last line: opening balance, sums.
            let words = cell(self.date).chars().any(char::is_alphabetic);
            return if words { Ok(None) } else { Err(StatementError::Date(number)) };
        };
        let direction = direction.ok_or(StatementError::Amount(number))?;
        let parts: Vec<&str> = self.description.iter().map(|at| cell(Some(*at))).collect();
        let description = parts.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        let description: String = description.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect();
        let says = format!("{date}|{direction:?}|{}|{description}|{}", amount.get(), cell(self.balance));
        let nth = seen.entry(says.clone()).or_insert(0);
        *nth += 1;
        let key = hex(&Sha256::digest(format!("{says}|{nth}").as_bytes()));
        let position = i32::try_from(number).unwrap_or(i32::MAX);
        Ok(Some(Line { key, position, date, description, direction, amount }))
    }

    /// What moved and where to; no direction if the line names one that nobody knows.
    fn moved<'a>(
        &self,
        number: usize,
        cell: &impl Fn(Option<usize>) -> &'a str,
    ) -> Result<Option<(Option<Direction>, Rupiah)>, StatementError> {
        let read = |text: &str| amount(text).ok_or(StatementError::Amount(number));
        for (at, direction) in [(self.credit, Direction::Credit), (self.debit, Direction::Debit)] {
            let text = cell(at);
            if is_mark(text) {
                let (amount, _) = read(text)?;
                if !amount.is_zero() {
                    return Ok(Some((Some(direction), amount)));
                }
            }
        }
        let text = cell(self.amount);
        if text.is_empty() {
            return Ok(None);
        }
        let (amount, said) = match amount(text) {
            Some(read) => read,
            // A heading or a sum in words below the lines.
            None if !text.bytes().any(|byte| byte.is_ascii_digit()) => return Ok(None),
            None => return Err(StatementError::Amount(number)),
        };
        let kind = cell(self.kind).to_uppercase();
        // Some banks name no column for CR and DB: it stands in the one behind the amount.
        let behind = cell(self.amount.map(|at| at + 1)).to_uppercase();
        let word = [kind.as_str(), behind.as_str()].into_iter().find_map(direction);
        // A number there is a balance. Where nothing says more, what is no minus came in.
        let unnamed = cell(self.unnamed);
        let strange =
            is_mark(&kind) || (is_mark(unnamed) && !unnamed.bytes().any(|byte| byte.is_ascii_digit()));
        let direction = said.or(word).or((!strange).then_some(Direction::Credit));
        Ok((!amount.is_zero()).then_some((direction, amount)))
    }
}

/// False for a cell that says nothing.
fn is_mark(cell: &str) -> bool {
    !cell.is_empty() && cell != "-"
}

fn direction(word: &str) -> Option<Direction> {
    match word.trim() {
        "CR" | "C" | "K" | "KR" | "KREDIT" | "CREDIT" => Some(Direction::Credit),
        "DB" | "DR" | "D" | "DEBIT" | "DEBET" => Some(Direction::Debit),
        _ => None,
    }
}

/// `1.055.499,00`, `1,055,499.00`, `1055499` or `Rp 1.055.499,00 CR`; fractions of a rupiah are none.
fn amount(text: &str) -> Option<(Rupiah, Option<Direction>)> {
    let upper = text.trim().to_uppercase();
    let plain = upper.trim_start_matches("RP").trim_start_matches("IDR").trim_start_matches(['.', ' ']);
    let letters = plain.find(|c: char| c.is_alphabetic()).unwrap_or(plain.len());
    let (number, word) = plain.split_at(letters);
    let said = direction(word);
    if said.is_none() && !word.trim().is_empty() {
        return None;
    }
    let number = number.trim();
    let (number, minus) = match number.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (number.trim_start_matches('+'), false),
    };
    let said = if minus { Some(Direction::Debit) } else { said };
    Some((Rupiah::new(whole(number)?).ok()?, said))
}

fn whole(number: &str) -> Option<i64> {
    let decimals =
        number.len().checked_sub(3).filter(|at| matches!(number.as_bytes().get(*at), Some(b'.' | b',')));
    let (integer, point) = match decimals {
        Some(at) if &number[at + 1..] == "00" => (&number[..at], number.chars().nth(at)),
        Some(_) => return None,
        None => (number, None),
    };
    let parts: Vec<&str> = integer.split(['.', ',']).collect();
    let grouped = parts.len() == 1 || parts.iter().skip(1).all(|part| part.len() == 3);
    let first = parts.first().map_or(0, |part| part.len());
    let fits = parts.len() == 1 || (1..=3).contains(&first);
    // One kind of separator, and not that of the decimals.
    let separators: Vec<char> = integer.chars().filter(|c| matches!(c, '.' | ',')).collect();
    let one_kind = separators.windows(2).all(|pair| pair[0] == pair[1]);
    let other = separators.first().is_none_or(|separator| Some(*separator) != point);
    let digits: String = parts.concat();
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if grouped && fits && one_kind && other && plain { digits.parse().ok() } else { None }
}

fn date(text: &str) -> Option<NaiveDate> {
    // The time of day does not matter.
    let day = text.split([' ', 'T']).next()?;
    let formats = ["%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%y", "%d-%m-%y"];
    let sane = |date: &NaiveDate| {
        use chrono::Datelike as _;
        (2000..2100).contains(&date.year())
    };
    formats.iter().find_map(|format| NaiveDate::parse_from_str(day, format).ok().filter(sane))
}

/// What may be references of payments in a description, however it was broken and typed.
pub fn references(description: &str) -> Vec<String> {
    let upper = description.to_uppercase();
    let text: Vec<char> = upper.chars().filter(char::is_ascii_alphanumeric).collect();
    let starts = text.windows(super::REFERENCE_LEN);
    let mut found: Vec<String> = starts.filter_map(reference_code).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BJB: &str = "Rekening;0012345678\nPeriode;01/11/2026 - 30/11/2026\n\n\
        Tanggal;Uraian Transaksi;Debit;Kredit;Saldo\n\
        24/11/2026;TRF BYR7F3K9QXB ANI SURYANI;;1.055.499,00;2.055.499,00\n\
        24/11/2026;BIAYA ADM;6.500,00;;2.048.999,00\n\
        ;Saldo Akhir;;;2.048.999,00\n";

    #[test]
    fn columns_of_debit_and_credit_are_read() {
        let lines = read(BJB.as_bytes()).unwrap();
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[0].amount.get(), lines[0].direction), (1_055_499, Direction::Credit));
        assert_eq!((lines[1].amount.get(), lines[1].direction), (6_500, Direction::Debit));
        assert_eq!(lines[0].date.to_string(), "2026-11-24");
        assert_eq!(references(&lines[0].description), ["BYR7F3K9QXB"]);
        assert_eq!(read(BJB.as_bytes()).unwrap(), lines);
    }

    #[test]
    fn an_amount_with_cr_and_db_is_read() {
        let text = "\u{feff}Tanggal,Keterangan,Cabang,Jumlah,,Saldo\n\
            '24/11/2026,\"TRSF E-BANKING CR, BYR 7F3K 9QXB\",0000,\"300,000.00\",CR,\"1,300,000.00\"\n\
            '24/11/2026,TRSF E-BANKING DB,0000,\"50,000.00\",DB,\"1,250,000.00\"\n\
            Saldo Awal,,,\"1,000,000.00\",,\n";
        let lines = read(text.as_bytes()).unwrap();
        let seen: Vec<_> = lines.iter().map(|line| (line.direction, line.amount.get())).collect();
        assert_eq!(seen, [(Direction::Credit, 300_000), (Direction::Debit, 50_000)]);
        assert_eq!(references(&lines[0].description), ["BYR7F3K9QXB"]);
    }

    #[test]
    fn a_mark_that_nobody_knows_is_no_income() {
        let of = |heads: &str, row: &str| {
            let text = format!("Tanggal,Keterangan,{heads}\n24/11/2026,TRF,{row}\n");
            read(text.as_bytes()).map(|lines| lines[0].direction)
        };
        for (heads, row) in [
            ("Jumlah,Tipe", "1.000,RV"),
            ("Tipe,Jumlah", "?,1.000"),
            ("Jumlah,", "1.000,RV"),
            ("Jumlah", "1.000,RV"),
        ] {
            assert_eq!(of(heads, row), Err(StatementError::Amount(2)), "{heads}: {row}");
        }
        // Nothing behind the amount, a balance or a column of another kind says nothing.
        for (heads, row) in [
            ("Jumlah,Tipe", "1.000,-"),
            ("Jumlah,", "1.000,"),
            ("Jumlah,", "1.000,5.000"),
            ("Jumlah,Saldo", "1.000,5.000"),
            ("Jumlah,Cabang", "1.000,BEKASI"),
        ] {
            assert_eq!(of(heads, row), Ok(Direction::Credit), "{heads}: {row}");
        }
        assert_eq!(of("Jumlah,Tipe", "-1.000,RV"), Ok(Direction::Debit));
        assert_eq!(of("Jumlah,Cabang", "1.000,DB"), Ok(Direction::Debit));
    }

    #[test]
    fn lines_that_read_alike_are_two() {
        let text = "Tanggal;Keterangan;Kredit\n24/11/2026;TRF;1.000\n24/11/2026;TRF;1.000\n";
        let lines = read(text.as_bytes()).unwrap();
        assert_eq!(lines.len(), 2);
        assert_ne!(lines[0].key, lines[1].key);
    }

    #[test]
    fn amounts_are_whole_rupiah_in_either_spelling() {
        let read = |text| amount(text).map(|(amount, _)| amount.get());
        for (text, value) in [
            ("1.055.499,00", 1_055_499),
            ("1,055,499.00", 1_055_499),
            ("1055499", 1_055_499),
            ("1055499.00", 1_055_499),
            ("Rp 1.055.499", 1_055_499),
            ("Rp. 500", 500),
            ("65.000,00 CR", 65_000),
            ("-6.500,00", 6_500),
            ("0,00", 0),
        ] {
            assert_eq!(read(text), Some(value), "{text}");
        }
        for text in ["", "1.055,50", "1.0555", "10.55.499", "1.055.499.00", "abc", "12 XX", "1,2,3"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn faults_name_their_line() {
        let text = |row: &str| format!("Tanggal;Keterangan;Kredit\n24/11/2026;TRF;1.000\n{row}\n");
        assert_eq!(read(text("99/99/2026;TRF;1.000").as_bytes()), Err(StatementError::Date(3)));
        assert_eq!(read(text("24/11/2026;TRF;1.0,5").as_bytes()), Err(StatementError::Amount(3)));
        assert_eq!(read(b"a;b\n1;2\n"), Err(StatementError::Columns));
        assert_eq!(read(b""), Err(StatementError::Columns));
    }

    proptest! {
        #[test]
        fn every_amount_goes_round(value in 0..=Rupiah::MAX.get()) {
            let shown = Rupiah::new(value).unwrap().to_string();
            prop_assert_eq!(amount(&format!("{shown},00")).unwrap().0.get(), value);
            prop_assert_eq!(amount(&shown.replace('.', ",")).unwrap().0.get(), value);
        }

        #[test]
        fn no_file_stops_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&[b"Tanggal;Keterangan;Kredit\n".as_slice(), &bytes].concat());
        }
    }
}
