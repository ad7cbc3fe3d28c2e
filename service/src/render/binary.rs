//! Is a file text or not? The guess of the stock backend, byte for byte.
//!
//! A template's author sees which files are rendered, so the guess must be the same: it follows the results of
//! the npm package `isbinaryfile` 5.0, which looks at the first 515 bytes for marks of encodings, PDF, zero
//! bytes, the share of odd characters, and the shape of a protobuf message. It does not say whether the bytes
//! are UTF-8.

/// How far the bytes are judged.
const SCANNED: usize = 512;
/// How much further a character that starts before the end may reach.
const RESERVE: usize = 3;

/// The beginnings of text in an encoding that says so itself.
const TEXT_MARKS: &[&[u8]] = &[
    b"\xef\xbb\xbf",
    b"\x00\x00\xfe\xff",
    b"\xff\xfe\x00\x00",
    b"\x84\x31\x95\x33",
    b"\xfe\xff",
    b"\xff\xfe",
];

/// Whether the stock backend copies such a file instead of rendering it.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    let head = bytes.get(..SCANNED + RESERVE).unwrap_or(bytes);
    let scanned = head.get(..SCANNED).unwrap_or(head);
    if head.is_empty() || TEXT_MARKS.iter().any(|mark| head.starts_with(mark)) {
        return false;
    }
    if head.starts_with(b"%PDF-") {
        return true;
    }
    match count_odd(head, scanned.len()) {
        None => true,
        Some(odd) => odd * 100 > scanned.len() * 10 || (odd > 1 && is_protobuf(scanned)),
    }
}

/// How many bytes are neither plain text nor UTF-8; nothing when that is clear before the end.
fn count_odd(head: &[u8], scanned: usize) -> Option<usize> {
    let byte = |place: usize| head.get(place).copied().unwrap_or(0);
    let continues = |place: usize| (0x80..=0xbf).contains(&byte(place));
    let (mut odd, mut place) = (0, 0);
    while place < scanned {
        let here = byte(place);
        if here == 0 {
            return None;
        }
        if matches!(here, 7..=14 | 32..=127) {
            place += 1;
            continue;
        }
        let following = match here {
            0xc0..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf7 => 3,
            _ => 0,
        };
        if following > 0 && place + following < head.len() {
            place += 1;
            if (place..place + following).all(continues) {
                place += following;
                continue;
            }
        }
        odd += 1;
        if place >= 32 && odd * 100 > scanned * 10 {
            return None;
        }
        place += 1;
    }
    Some(odd)
}

/// Whether the bytes read as fields of a protobuf message up to their end.
fn is_protobuf(bytes: &[u8]) -> bool {
    let mut reader = Reader { rest: bytes, short: false };
    let mut fields = 0;
    loop {
        if !reader.field() && !reader.short {
            return false;
        }
        if reader.short {
            return fields > 0;
        }
        fields += 1;
    }
}

/// Reads until there is nothing left, and then remembers that.
struct Reader<'a> {
    rest: &'a [u8],
    short: bool,
}

impl Reader<'_> {
    fn byte(&mut self) -> u8 {
        match self.rest.split_first() {
            Some((byte, rest)) if !self.short => {
                self.rest = rest;
                *byte
            }
            _ => {
                self.short = true;
                0xff
            }
        }
    }

    fn skip(&mut self, count: i32) {
        for _ in 0..count {
            if self.short {
                return;
            }
            self.byte();
        }
    }

    /// A number in as many bytes as it needs; 32 bits of it count, and shifting wraps.
    fn number(&mut self) -> i32 {
        let mut number = 0_i32;
        let mut place = 0_u32;
        while !self.short {
            let byte = self.byte();
            number |= i32::from(byte & 0x7f).wrapping_shl(7 * place);
            if byte & 0x80 == 0 {
                break;
            }
            if place >= 10 {
                self.short = true;
                break;
            }
            place += 1;
        }
        number
    }

    fn field(&mut self) -> bool {
        match self.number() & 7 {
            0 => _ = self.number(),
            1 => self.skip(8),
            2 => {
                let length = self.number();
                self.skip(length);
            }
            5 => self.skip(4),
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests;
