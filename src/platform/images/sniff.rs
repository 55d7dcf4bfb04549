//! What a file is, by its bytes: a plain JPEG, PNG or WebP, and nothing else at the same time.
//!
//! We store only what we encode ourselves, so a hidden payload would not survive; it is refused all the same, since
//! nobody sends one by accident. What phones append to their photos (film clips, second pictures, maker's notes) passes.

use super::ImageError;

/// A format we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// ISO 10918.
    Jpeg,
    /// RFC 2083.
    Png,
    /// RFC 9649.
    WebP,
}

/// What browsers and servers run, in lower case. Long enough not to occur by chance in a film clip.
const MARKUP: &[&[u8]] = &[
    b"<script",
    b"<!doctype",
    b"<html>",
    b"<html ",
    b"<?php",
    b"<iframe",
    b"<svg ",
    b"<svg>",
    b"<svg/",
    b"javascript:",
];

/// A file taken apart.
struct Layout<'a> {
    /// Everything inside the picture that is not pixels.
    metadata: Vec<&'a [u8]>,
    /// What comes after its end.
    tail: &'a [u8],
}

/// What the first bytes say.
pub(super) fn kind(file: &[u8]) -> Result<Kind, ImageError> {
    if file.starts_with(&[0xFF, 0xD8, 0xFF]) {
        Ok(Kind::Jpeg)
    } else if file.starts_with(b"\x89PNG\r\n\x1a\n") {
        Ok(Kind::Png)
    } else if file.starts_with(b"RIFF") && file.get(8..12) == Some(b"WEBP") {
        Ok(Kind::WebP)
    } else {
        Err(ImageError::NotAPicture)
    }
}

/// Looks through the whole file for anything that is not the picture.
pub(super) fn check(kind: Kind, file: &[u8]) -> Result<(), ImageError> {
    let Layout { mut metadata, tail } = match kind {
        Kind::Jpeg => jpeg(file),
        Kind::Png => png(file),
        Kind::WebP => webp(file),
    };
    // Browsers look at the start for markup; a PDF may start anywhere in the first kilobyte (ISO 32000-1, annex H).
    metadata.extend([&file[..file.len().min(2048)], tail]);
    let hidden = metadata.iter().any(|part| holds_markup(part) || find(part, b"%PDF-").is_some());
    if hidden || starts_as_script(file) || ends_as_zip(file) || is_payload(tail) {
        return Err(ImageError::MoreThanAPicture);
    }
    Ok(())
}

/// Walks the segments up to the end-of-image marker (ISO 10918-1, annex B).
fn jpeg(file: &[u8]) -> Layout<'_> {
    let mut metadata = Vec::new();
    let mut at = 2;
    let end = loop {
        match (file.get(at), file.get(at + 1)) {
            (Some(0xFF), Some(0xD9)) => break at + 2,
            // Stuffed and fill bytes, restart markers and standalone ones have no length.
            (Some(0xFF), Some(0x00 | 0x01 | 0xD0..=0xD8)) => at += 2,
            (Some(0xFF), Some(0xFF)) => at += 1,
            (Some(0xFF), Some(_)) => {
                let length = be16(file, at + 2).unwrap_or(0).max(2);
                metadata.push(slice(file, at + 4, at + 2 + length));
                at += 2 + length;
            }
            (Some(0xFF), None) | (None, _) => break file.len(),
            // Entropy-coded data after a scan header.
            (Some(_), _) => at += memchr(&file[at..], 0xFF).unwrap_or(file.len() - at),
        }
    };
    Layout { metadata, tail: slice(file, end, file.len()) }
}

fn png(file: &[u8]) -> Layout<'_> {
    let mut metadata = Vec::new();
    let mut at = 8;
    while let (Some(length), Some(name)) = (be32(file, at), file.get(at + 4..at + 8)) {
        let end = at.saturating_add(12).saturating_add(length);
        if name != b"IDAT" && name != b"fdAT" {
            metadata.push(slice(file, at + 8, end.saturating_sub(4)));
        }
        at = end;
        if name == b"IEND" {
            break;
        }
    }
    Layout { metadata, tail: slice(file, at, file.len()) }
}

fn webp(file: &[u8]) -> Layout<'_> {
    let end = le32(file, 4).unwrap_or(0).saturating_add(8);
    let mut metadata = Vec::new();
    let mut at = 12;
    while at < end
        && let (Some(name), Some(length)) = (file.get(at..at + 4), le32(file, at + 4))
    {
        let next = at.saturating_add(8).saturating_add(length).saturating_add(length % 2);
        if !matches!(name, b"VP8 " | b"VP8L" | b"ALPH" | b"ANMF") {
            metadata.push(slice(file, at + 8, next));
        }
        at = next;
    }
    Layout { metadata, tail: slice(file, end.saturating_add(end % 2), file.len()) }
}

/// The first length field spells the start of a comment: how pictures are made that are scripts, too.
fn starts_as_script(file: &[u8]) -> bool {
    file.get(4..6) == Some(b"/*")
}

/// The directory of a zip archive is at its end, so any picture can have one after it.
fn ends_as_zip(file: &[u8]) -> bool {
    const END: &[u8] = b"PK\x05\x06";
    const DIRECTORY: &[u8] = b"PK\x01\x02";
    let last = &file[file.len().saturating_sub(65_557)..];
    find(last, END).is_some() && find(file, DIRECTORY).is_some()
}

fn holds_markup(part: &[u8]) -> bool {
    let mut rest = part;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'<' | b'j' | b'J')) {
        let from = &rest[at..];
        let starts =
            |markup: &&[u8]| from.get(..markup.len()).is_some_and(|text| text.eq_ignore_ascii_case(markup));
        if MARKUP.iter().any(starts) {
            return true;
        }
        rest = &from[1..];
    }
    false
}

/// True if what follows the picture is a program, an archive or a script.
fn is_payload(tail: &[u8]) -> bool {
    let tail = tail.trim_ascii_start();
    let tail = &tail[tail.iter().take_while(|byte| **byte == 0).count()..];
    if infer::is_archive(tail) || infer::is_app(tail) || find(tail, b"Rar!\x1a\x07").is_some() {
        return true;
    }
    // Maker's notes are binary; what reads as text and looks like code is no maker's note.
    let Ok(text) = std::str::from_utf8(tail) else {
        return false;
    };
    let plain = !text.chars().any(|c| c.is_control() && !c.is_whitespace());
    let words = ["#!", "script", "eval(", "function"];
    plain && (text.starts_with('<') || words.iter().any(|word| text.contains(word)))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn memchr(bytes: &[u8], wanted: u8) -> Option<usize> {
    bytes.iter().position(|byte| *byte == wanted)
}

/// A part of the file, as far as it is there.
fn slice(file: &[u8], from: usize, to: usize) -> &[u8] {
    let to = to.min(file.len());
    &file[from.min(to)..to]
}

fn be16(file: &[u8], at: usize) -> Option<usize> {
    let bytes = file.get(at..at + 2)?.try_into().ok()?;
    Some(usize::from(u16::from_be_bytes(bytes)))
}

fn be32(file: &[u8], at: usize) -> Option<usize> {
    let bytes = file.get(at..at.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(u32::from_be_bytes(bytes)).ok()
}

fn le32(file: &[u8], at: usize) -> Option<usize> {
    let bytes = file.get(at..at.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(bytes)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::images::test_pictures::{jpeg, png, webp_with};

    fn judge(file: &[u8]) -> Result<(), ImageError> {
        check(kind(file)?, file)
    }

    fn after(file: &[u8], tail: &[u8]) -> Vec<u8> {
        [file, tail].concat()
    }

    fn comment(text: &[u8]) -> Vec<u8> {
        let picture = jpeg(8, 8);
        let length = u16::try_from(text.len() + 2).unwrap().to_be_bytes();
        [&picture[..2], &[0xFF, 0xFE], &length, text, &picture[2..]].concat()
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        for no_picture in [
            &b""[..],
            b"hello",
            b"GIF89a\x01\x00\x01\x00",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"<!doctype html>",
            b"%PDF-1.7",
            b"PK\x03\x04",
            b"RIFF\x00\x00\x00\x00WAVE",
            b"BM",
            b"\0\0\0\x18ftypheic",
        ] {
            assert_eq!(judge(no_picture), Err(ImageError::NotAPicture));
        }
    }

    #[test]
    fn plain_pictures_pass() {
        assert_eq!(judge(&jpeg(8, 8)), Ok(()));
        assert_eq!(judge(&png(8, 8)), Ok(()));
        assert_eq!(judge(&comment(b"foto oleh Siti, 5 < 7")), Ok(()));
        assert_eq!(judge(&jpeg(8, 8)[..40]), Ok(()));
    }

    #[test]
    fn what_phones_append_passes() {
        let clip = [&b"\0\0\0\x18ftypmp42\0\0\0\0isommp42"[..], &[7; 400]].concat();
        let second = jpeg(4, 4);
        for tail in [
            &b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1700000000000SEFH\x6b\0\0\0\x01\0\0\0SEFT"[..],
            &clip,
            &second,
            b"\0\0\0\0",
            b"\r\n",
            b"<\x01\x02\x03",
        ] {
            assert_eq!(judge(&after(&jpeg(8, 8), tail)), Ok(()), "{tail:?}");
        }
    }

    #[test]
    fn a_picture_that_is_more_is_refused() {
        let zip = b"PK\x03\x04....PK\x01\x02....PK\x05\x06\0\0\0\0\x01\0\x01\0........\0\0";
        for tail in [
            &zip[..],
            b"%PDF-1.7 ...",
            b"<script>alert(1)</script>",
            b"\n<!DOCTYPE html><p>",
            b"<SVG onload=alert(1)>",
            b"<b>bold</b>",
            b"<?php system($_GET[0]);",
            b"#!/bin/sh\nrm -rf",
            b"MZ\x90\0",
            &[&b"\x7fELF\x02\x01\x01\0"[..], &[0; 64]].concat(),
            b"\0\0Rar!\x1a\x07\0",
            b"eval(atob(''))",
        ] {
            for file in [jpeg(8, 8), png(8, 8)] {
                assert_eq!(judge(&after(&file, tail)), Err(ImageError::MoreThanAPicture), "{tail:?}");
            }
        }
        assert!(judge(&comment(b"x<?php system('id'); ?>")).is_err());
        assert!(judge(&comment(b"%PDF-1.4")).is_err());
        assert!(judge(&comment(b"<ScRiPt >")).is_err());
        assert!(judge(&webp_with(b"XMP ", b"<script>")).is_err());
        assert_eq!(judge(&webp_with(b"XMP ", b"<x:xmpmeta>")), Ok(()));
        let mut comment_as_script = jpeg(8, 8);
        comment_as_script[4..6].copy_from_slice(b"/*");
        assert!(judge(&comment_as_script).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_hang(start in 0..3usize, body in proptest::collection::vec(0u8.., 0..600)) {
            let starts: [&[u8]; 3] = [&[0xFF, 0xD8, 0xFF], b"\x89PNG\r\n\x1a\n", b"RIFF\xff\xff\xff\xffWEBP"];
            let file = [starts[start], &body].concat();
            let _ = judge(&file);
        }
    }
}
